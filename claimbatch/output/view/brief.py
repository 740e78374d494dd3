"""What a document of a claim is made of, and what such documents have in common: the head of each page, and names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from claimbatch import __version__
from claimbatch.claims.award import Award
from claimbatch.claims.claim import LABELS, Candidate, Claim, Line, unit_order
from claimbatch.claims.standing import Standing
from claimbatch.clock import zoned
from claimbatch.names import squeeze
from claimbatch.output.view.choice import Choice
from claimbatch.output.view.document import Block, Cell, Column, Document, Fact, Text, text
from claimbatch.output.view.wording import Wording, load_wording

NO_NUMBER = "not yet submitted"
NUMBER = 19.0  # millimetres that a candidate number takes, with the heading above it
CANDIDATE = Column("Candidate", width=NUMBER)


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a document of one claim may tell.

    *words* are the explanations kept beside the claim's history, by revision; *signed* says who recorded each
    candidate's declaration, and when; *awards* are left out of the document where they are None. *made_by* is who has
    it printed. *sort* is the order of candidates: by ``number`` or by ``name``. Of forms, *choice* says whose and
    which, *per* what each list to sign is for, *wording* what is signed.
    """

    standing: Standing
    words: Mapping[int, str] = field(default_factory=dict)
    signed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    awards: Mapping[str, Award] | None = None
    made_by: str = ""
    sort: str = "number"
    choice: Choice = field(default_factory=Choice)
    per: str = "claim"
    wording: Wording = field(default_factory=load_wording)

    @property
    def claim(self) -> Claim:
        """The claim."""
        return self.standing.claim

    @property
    def chosen(self) -> list[Line]:
        """The lines that forms are made for."""
        return self.choice.lines(self.standing)

    def people(self, numbers: Iterable[str] | None = None) -> list[Candidate]:
        """The candidates on the claim (or those of *numbers*) in the order asked for."""
        wanted = {line.candidate for line in self.claim.lines} if numbers is None else set(numbers)
        found = [self.claim.candidate(number) for number in sorted(wanted)]
        return sorted(found, key=lambda who: squeeze(who.name)) if self.sort == "name" else found

    def by_person(self, lines: Iterable[Line]) -> list[tuple[Candidate, list[Line]]]:
        """*lines* by candidate in the order asked for, each with the lines in order of units."""
        held: dict[str, list[Line]] = {}
        for line in sorted(lines, key=lambda line: unit_order(line.unit)):
            held.setdefault(line.candidate, []).append(line)
        return [(who, held[who.number]) for who in self.people(held)]


def document_of(
    claim: Claim,
    title: str,
    blocks: Iterable[Block],
    *,
    facts: Iterable[Fact] = (),
    stamp: str = "",
    upright: bool = False,
) -> Document:
    """A document about *claim*: centre, qualification, claim number and reference stand on each of its pages.

    OCR asks for centre number, entry code and claim number in any query. The status stands in the corner, unless
    another *stamp* does: then it stands among the others.
    """
    return Document(
        title=title,
        about=f"{claim.centre_number}, {claim.entry_code}",
        running=(
            Fact("Centre", claim.centre_number, claim.centre_name),
            Fact("Qualification", claim.entry_code, claim.qualification.title),
            Fact("Claim number", claim.claim_number or NO_NUMBER),
            Fact("Reference", claim.reference or "–"),
            *([Fact("Status", LABELS[claim.status])] if stamp else []),
        ),
        stamp=stamp or LABELS[claim.status],
        foot=f"{title} · claim {claim.key}",
        made=claim.updated_at,
        blocks=tuple(blocks),
        facts=tuple(facts),
        upright=upright,
    )


def origin(claim: Claim, made_by: str = "") -> Text:
    """Which revision of *claim* a document shows, and who and what made it."""
    as_of = f", as it stood on {zoned(claim.updated_at)}" if claim.updated_at else ""
    ends = f"; its history ends in {claim.head}" if claim.head else ""
    by = f" for {made_by}" if made_by else ""
    return text(
        f"Claim {claim.key}, revision {claim.revision}{as_of}{ends}. Made by claimbatch {__version__}{by}.",
        soft=True,
    )


def name_of(who: Candidate) -> str | Cell:
    """The name of a candidate; that it was removed, where the register holds none any more."""
    return who.name or Cell("name removed", soft=True)


def unit_name(claim: Claim, unit: str) -> str:
    """``Unit 3``; of another awarding body's unit who awards it (its title stands beside it)."""
    return claim.unit_label(unit) if unit.isdigit() else claim.awarding_body(unit)
