"""What claimbatch writes into the comments of a marked copy, told from what people wrote there.

By its words, which every program keeps, not by where or in what order a comment is stored.
"""

import re

FOUND = "claimbatch found "  # how each of our comments starts
BREAK = "\n\n"  # between what a person wrote and what we add
OURS = re.compile(rf"{FOUND}an? (?:error|query) \(CB\d+\):\s.*?[\r\n]→[^\r\n]*", re.DOTALL)


def without_ours(text: str) -> str:
    """The words of a comment that are not ours; blank where it was ours alone."""
    return OURS.sub(BREAK, text) if FOUND in text else text
