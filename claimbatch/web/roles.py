"""Who may do what on the page: centre administrators and tutors, as the awarding body has them.

Both may prepare a claim; only a centre administrator speaks for the centre.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """As what somebody works."""

    ADMINISTRATOR = "administrator"
    TUTOR = "tutor"

    @property
    def label(self) -> str:
        """The role as people say it."""
        return "Centre administrator" if self is Role.ADMINISTRATOR else "Tutor or teacher"


class Right(StrEnum):
    """What a page, or a button on it, does."""

    LOOK = "look"  # at claims, the state of the term, qualifications
    CHECK = "check"  # workbooks, and have marked copies made
    MERGE = "merge"  # what workbooks say into claims, and take it back
    CORRECT = "correct"  # a claim by hand, answer its queries
    TEMPLATES = "templates"  # make them
    REGISTER = "register"  # change who is entered, who assesses
    QUALIFICATIONS = "qualifications"  # add to them, correct them
    DECLARE = "declare"  # candidates' declarations are in the file
    SUBMIT = "submit"  # a claim, or withdraw it
    MODERATE = "moderate"  # record the sample and the outcome
    NIGHT = "night"  # what the nightly run did
    CLOSE = "close"  # end the program


PREPARING = frozenset({Right.LOOK, Right.CHECK, Right.MERGE, Right.CORRECT, Right.TEMPLATES})
# The one table of who may do what.
MAY: Mapping[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.TUTOR: PREPARING,
}
