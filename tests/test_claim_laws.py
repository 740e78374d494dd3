"""The laws of merging and of a claim's life, against a model, in any order of commands, on both databases.

The model knows nothing of files, cells or SQL: a claim is a dict, a workbook what it says. After every command the
store must say what the model says, every history must be whole, and at most one claim be open.
"""

import json
import random
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from claimbatch.claims.claim import Status
from claimbatch.claims.copies import kept
from claimbatch.claims.history import Event, Kind, detail
from claimbatch.claims.merge import UNCLAIMED, Mark, Statement
from claimbatch.claims.proof import examine
from claimbatch.claims.standing import standing
from claimbatch.claims.taking import Brought, take
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import sha256
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT, NOT_CLAIMING
from claimbatch.intake.known import Issued, _Past
from claimbatch.intake.stance import Measure, Stance
from claimbatch.intake.tables import Line
from claimbatch.output.export import rows_of
from tests.centre import CENTRE, IT, PEOPLE, Centre, column_of
from tests.servers import database

Target = tuple[str, str]
Lines = dict[Target, Mark]
CANDIDATES = [number for number, _, _ in PEOPLE[:2]]
UNITS = ("3", "4")
FORMS = {"grid": UNITS, "unit 3": ("3",), "unit 4": ("4",)}
BLANK: Mark = ("", "?")  # the cell is emptied: it says nothing

targets = st.tuples(st.sampled_from(CANDIDATES), st.sampled_from(UNITS))
grades = st.tuples(st.sampled_from("PM"), st.sampled_from(["JH", "SA"]))
entries = st.dictionaries(targets, grades | st.just(UNCLAIMED) | st.just(BLANK), min_size=1, max_size=3)


# --- the model ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Template:
    path: Path
    form: str
    key: str
    base: Lines
    moment: int
    token: str
    again: Lines = field(default_factory=dict)  # filled in, because a moderator had withdrawn it


@dataclass(frozen=True)
class Workbook:
    """A workbook and what somebody typed into it."""

    path: Path
    template: Template
    typed: Lines

    @property
    def said(self) -> Lines:
        """What it says that its template did not; *Not claiming* somebody has typed."""
        base = self.template.base
        return {t: mark for t, mark in self.typed.items() if mark != base.get(t) or mark == UNCLAIMED}

    @property
    def sha256(self) -> str:
        return sha256(self.path.read_bytes())


@dataclass(frozen=True)
class Taken:
    """A workbook that was taken: in which run, and what of it."""

    token: str
    run: int
    said: Lines


@dataclass
class Model:
    """Claims by key with their states and lines, the files that were taken, and when each line last changed.

    *withdrawn* are the lines that went with their group, *sampled* and *agreed* what a moderator chose and decided.
    *copies* are all that was taken, *brought* those that said what a line last changed to, in the run that changed it.
    """

    states: dict[str, Status] = field(default_factory=dict)
    lines: dict[str, Lines] = field(default_factory=dict)
    withdrawn: dict[str, Lines] = field(default_factory=dict)
    sampled: set[tuple[str, Target]] = field(default_factory=set)
    agreed: dict[tuple[str, Target], str] = field(default_factory=dict)
    received: set[str] = field(default_factory=set)
    changed: dict[tuple[str, Target], int] = field(default_factory=dict)
    copies: list[Taken] = field(default_factory=list)
    brought: dict[tuple[str, Target], list[Taken]] = field(default_factory=dict)
    moment: int = 0

    @property
    def open(self) -> str:
        """The key of the open claim, or of the one to come."""
        at = next((key for key, state in self.states.items() if state is Status.NOT_SUBMITTED), "")
        return at or f"{CENTRE}-{IT}-{len(self.states) + 1}"

    @property
    def now(self) -> Lines:
        return self.lines.get(self.open, {})

    def change(self, said: Iterable[tuple[Target, Mark]], copies: Iterable[Taken] = ()) -> None:
        """State lines anew, by hand or as these *copies* say."""
        self.states.setdefault(self.open, Status.NOT_SUBMITTED)
        lines = self.lines.setdefault(self.open, {})
        for target, mark in list(said):
            if mark != lines.get(target, UNCLAIMED):
                self.moment += 1
                self.changed[self.open, target] = self.moment
                self.brought[self.open, target] = [c for c in copies if c.said.get(target) == mark]
                lines[target] = mark
            if mark == UNCLAIMED:
                lines.pop(target, None)

    def merge(self, books: Iterable[Workbook], *, partial: bool, overrule: bool) -> dict[Path, set[str]]:
        """Merge *books*; the codes that each of those not seen before gets."""
        ordered = sorted(
            books, key=lambda book: book.path.as_posix(), reverse=True
        )  # of twins the first by name
        fresh = {book.sha256: book for book in ordered if not self.is_received(book)}
        codes = {book.path: self._codes(book, fresh.values(), overrule) for book in fresh.values()}
        taken: Lines = {}
        copies = []
        something = self.open in self.states
        for digest, book in fresh.items():
            wrong = codes[book.path]
            if "CB014" in wrong.values() or (wrong and not partial):
                continue
            said = {target: mark for target, mark in book.said.items() if target not in wrong}
            clean = {target: mark for target, mark in said.items() if self.hears(book, target, overrule)}
            something = something or bool(clean) or self._asks(book)
            taken |= {
                target: mark for target, mark in clean.items() if mark != self.now.get(target, UNCLAIMED)
            }
            copies.append(Taken(book.template.token, self.runs, said))
            if not wrong:
                self.received.add(digest)
        if something:
            self.change(taken.items(), copies)
            self.copies += copies
        return {path: set(wrong.values()) for path, wrong in codes.items()}

    @property
    def runs(self) -> int:
        return 1 + max((copy.run for copy in self.copies), default=0)

    def hears(self, book: Workbook, target: Target, overrule: bool) -> str:  # noqa: PLR0911
        """What a line of a workbook is: nothing, "again", "fine" or "against"."""
        mark = book.said[target]
        now = self.now.get(target, UNCLAIMED)
        if mark == UNCLAIMED == now == book.template.base.get(target, UNCLAIMED):
            return ""
        if self.changed.get((self.open, target), 0) <= book.template.moment:
            return "fine"
        versions = [c for c in self.copies if c.token == book.template.token]
        mine = [c for c in versions if c.said.keys() <= book.said.keys()]
        goes_on = any(c in mine for c in self.brought[self.open, target])
        if mark == now:
            return "again" if goes_on else "fine"
        if goes_on and all(c.said.get(target) != mark for c in versions):
            return "fine"
        if not goes_on and mark == book.template.again.get(target):
            return ""
        if not overrule:
            return "against"
        mine = [c for c in mine if target in c.said]
        compared = [c for c in mine if c.run == mine[-1].run] or versions
        return "" if any(c.said.get(target) == mark for c in compared) else "fine"

    def _codes(self, book: Workbook, books: Iterable[Workbook], overrule: bool) -> dict[Target, str]:
        if self.states.get(book.template.key, Status.NOT_SUBMITTED) is not Status.NOT_SUBMITTED:
            return {("", ""): "CB014"}
        codes = {}
        for target, mark in book.said.items():
            heard = self.hears(book, target, overrule)
            if heard == "against":
                codes[target] = "CB303"
            if heard in ("fine", "against") and any(
                other.said.get(target, mark) != mark
                and other.template.key == self.open
                and self.hears(other, target, overrule) in ("fine", "against")
                for other in books
            ):
                codes[target] = "CB302"
        return codes

    def is_received(self, book: Workbook) -> bool:
        """Whether these bytes were taken, into a claim that was not withdrawn whole since."""
        return book.sha256 in self.received and self.states.get(book.template.key) is not Status.WITHDRAWN

    def _asks(self, book: Workbook) -> bool:
        """Whether it comes with a query: a unit that an earlier claim holds."""
        return any(mark != UNCLAIMED and self.earlier(target) for target, mark in book.said.items())

    def earlier(self, target: Target, besides: str = "") -> bool:
        """Whether a submitted claim holds it; not what does not reach a pass."""
        held = (Status.SUBMITTED, Status.SAMPLED, Status.COMPLETED)
        keys = [key for key, state in self.states.items() if state in held and key != besides]
        return any(target in self.lines[key] and self.agreed.get((key, target)) != "U" for key in keys)

    @property
    def again(self) -> Lines:
        """What a template fills in: withdrawn, held by no claim since, and no word on it in the open one."""
        gone: Lines = {}
        for key, state in self.states.items():
            gone |= self.withdrawn.get(key, {})
            gone |= self.lines[key] if state is Status.WITHDRAWN else {}
        stated = {target for key, target in self.changed if key == self.open}
        return {t: mark for t, mark in gone.items() if not self.earlier(t) and t not in stated}


# --- how a line stands, on plain values --------------------------------------------------------------------------


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[Target, Mark] | list[Lines]]:
    """What happens to a claim: a change by hand, or a run of one or two copies of one template.

    Most copies are later ones of copies before them.
    """
    made: list[tuple[Target, Mark] | list[Lines]] = []
    before: list[Lines] = [{}]
    said = st.dictionaries(targets, grades | st.just(UNCLAIMED) | st.just(BLANK), max_size=3)
    for _ in range(draw(st.integers(1, 7))):
        if draw(st.integers(0, 4)) == 0:
            made.append((draw(targets), draw(grades | st.just(UNCLAIMED))))
            continue
        books = []
        for _ in range(draw(st.integers(1, 2))):
            lines = draw(st.sampled_from(before)) | draw(said)
            books.append({target: mark for target, mark in lines.items() if mark != BLANK})
        before += books
        made.append(books)
    return made


@settings(max_examples=400)
@given(base=st.dictionaries(targets, grades, max_size=2), happened=steps())
def test_a_line_stands_as_the_model_says(
    base: Lines, happened: list[tuple[Target, Mark] | list[Lines]]
) -> None:
    """Silent, again, fine or against, and whether it can be overruled: after any changes, for copies of any kind."""
    model = Model()
    history = [Event(Kind.CREATED, revision=1)]
    for step in [(target, mark) for target, mark in base.items()]:
        by_hand(model, history, *step)
    template = Template(Path(), "grid", model.open, dict(base), model.moment, "t")
    issued_at = history[-1].revision
    for step in happened:
        if isinstance(step, tuple):
            by_hand(model, history, *step)
            continue
        books = [Workbook(Path(), template, typed) for typed in step]
        issued = issued_of(model, history, issued_at)
        for book in books:
            measure = Measure.of(issued, [line_of(t, m, base) for t, m in book.typed.items()])
            assert measure.said == book.said
            for target, mark in book.said.items():
                stance = measure.stance(target, mark)
                expected = [model.hears(book, target, overrule) for overrule in (False, True)]
                assert told_of(stance, mark, model.now.get(target, UNCLAIMED)) == expected
        receive(model, history, books)


def by_hand(model: Model, history: list[Event], target: Target, mark: Mark) -> None:
    if mark != model.now.get(target, UNCLAIMED):
        history.append(Event(Kind.CHANGED, "Pat", *target, "", "", *mark, revision=len(history) + 1))
    model.change([(target, mark)])


def receive(model: Model, history: list[Event], books: list[Workbook]) -> None:
    """Take what is clean of the *books*, the last first, and write it down as a merge does."""
    wrong = [model._codes(book, books, False) for book in books]
    said = [{t: m for t, m in b.said.items() if t not in bad} for b, bad in zip(books, wrong, strict=True)]
    wanted = [
        {t: m for t, m in lines.items() if model.hears(book, t, False) and m != model.now.get(t, UNCLAIMED)}
        for book, lines in zip(books, said, strict=True)
    ]
    since = len(history)
    for target, (mark, number) in {
        t: (m, n) for n, some in enumerate(wanted) for t, m in some.items()
    }.items():
        if mark != model.now.get(target, UNCLAIMED):
            change = Event(Kind.CHANGED, "Pat", *target, "", "", *mark, f"{number}.xlsx", f"{since}-{number}")
            history.append(change._replace(template_id="t", revision=len(history) + 1))
    for number, lines in enumerate(said):
        facts = detail(whole=True, since=since, said=kept(lines))
        receipt = Event(Kind.RECEIVED, "Pat", workbook=f"{number}.xlsx", sha256=f"{since}-{number}")
        history.append(receipt._replace(template_id="t", detail=facts, revision=len(history) + 1))
    copies = [Taken("t", model.runs, lines) for lines in said]
    model.change([change for some in wanted for change in some.items()], copies)
    model.copies += copies


def issued_of(model: Model, history: list[Event], revision: int) -> Issued:
    past = _Past.of(history, {"t"})
    base, touched = past.at(revision)
    assert past.now == model.now
    return Issued(
        model.open,
        {},
        base=base,
        now=past.now,
        last=past.last,
        touched=touched,
        copies=past.copies.get("t", ()),
    )


def line_of(target: Target, mark: Mark, base: Lines) -> Line:
    """A line of a workbook as tabulating makes it, as far as it matters here."""
    blank = dict.fromkeys(Line._fields, "")
    grade = mark[0] or NOT_CLAIMING
    was = dict(zip(("base_grade", "base_assessor"), base.get(target, UNCLAIMED), strict=True))
    told = {"candidate": target[0], "unit": target[1], "grade": grade, "grade_shown": grade}
    return Line(**(blank | told | was | {"assessor": mark[1]}))


def told_of(stance: Stance, mark: Mark, now: Mark) -> list[str]:
    """A stance in the model's words: as it is, and when it is overruled."""
    if not stance.speaks:
        return ["", ""]
    if stance.contradicts:
        return ["against", "" if stance.stale else "fine"]
    return ["again" if mark == stance.base == now else "fine"] * 2


# --- real workbooks ----------------------------------------------------------------------------------------------


def fill_in(template: Template, says: Mapping[Target, Mark], path: Path, source: Path) -> Path:
    """Type into a workbook as a teacher would."""
    workbook = openpyxl.load_workbook(source)
    for (candidate, unit), (grade, assessor) in says.items():
        row = 5 + CANDIDATES.index(candidate)
        if template.form == "grid":
            column = column_of(workbook["Grades"], f"Unit {unit}")
            cells = workbook["Grades"].cell(row, column), workbook["Assessed by"].cell(row, column)
        else:
            cells = workbook["Claim"].cell(row, 5), workbook["Claim"].cell(row, 6)
        blank = (grade, assessor) == BLANK
        cells[0].value = None if blank else grade or "Not claiming"
        cells[1].value = None if blank else assessor or None
    workbook.save(path)
    return path


class Life(RuleBasedStateMachine):
    """Commands in any order, in the model and for real."""

    templates = Bundle("templates")
    books = Bundle("books")

    def __init__(self, address: Callable[[ExitStack, Path], str]) -> None:
        super().__init__()
        self.kept = ExitStack()
        self.folder = Path(self.kept.enter_context(tempfile.TemporaryDirectory()))
        store = address(self.kept, self.folder)
        self.centre = Centre.make(self.folder / "centre", (IT,), people=PEOPLE[:2], address=store)
        self.model = Model()
        self.numbers = count(1)

    def teardown(self) -> None:
        self.kept.close()

    # workbooks go out and come back

    @rule(target=templates, form=st.sampled_from(list(FORMS)))
    def issue_again(self, form: str) -> Template:
        return self.issue(form)

    def issue(self, form: str) -> Template:
        kind, unit = (BY_CANDIDATE, 0) if form == "grid" else (BY_UNIT, int(form[-1]))
        path = self.centre.issue(IT, kind, unit, into=self.folder / f"t{next(self.numbers)}")
        base = {target: mark for target, mark in self.model.now.items() if target[1] in FORMS[form]}
        about = openpyxl.load_workbook(path)["About"]
        (token,) = [row[1] for row in about.iter_rows(values_only=True) if row[0] == "Template token"]
        again = {target: mark for target, mark in self.model.again.items() if target[1] in FORMS[form]}
        return Template(path, form, self.model.open, base, self.model.moment, token, again)

    @initialize(target=templates)
    def issue_first(self) -> MultipleResults[Template]:
        return multiple(*(self.issue(form) for form in FORMS))

    def edit(self, filled: Template | Workbook, said: Lines) -> Workbook:
        """Fill in a copy of a template or a workbook; what is said of a unit that it lacks is said of one it has."""
        of_workbook = isinstance(filled, Workbook)
        template, before = (filled.template, filled.typed) if of_workbook else (filled, filled.again)
        units = FORMS[template.form]
        here = {
            (candidate, unit if unit in units else units[0]): mark for (candidate, unit), mark in said.items()
        }
        path = fill_in(template, here, self.folder / f"w{next(self.numbers)}.xlsx", filled.path)
        typed = {target: mark for target, mark in (before | here).items() if mark != BLANK}
        return Workbook(path, template, typed)

    @rule(
        target=books,
        filled=st.lists(st.tuples(templates, entries), min_size=1, max_size=3),
        old=st.lists(books, max_size=2),
        partial=st.booleans(),
        overrule=st.sampled_from([False, False, True]),
        dice=st.randoms(),
    )
    def merge(
        self,
        filled: list[tuple[Template, Lines]],
        old: list[Workbook],
        partial: bool,
        overrule: bool,
        dice: random.Random,
    ) -> MultipleResults[Workbook]:
        """Workbooks fresh from their templates come in, and some that came before."""
        new = [self.edit(*one) for one in filled]
        self.take_in([*new, *old], dice, partial=partial, overrule=overrule)
        return multiple(*new)

    def take_in(self, chosen: list[Workbook], dice: random.Random, *, partial: bool, overrule: bool) -> None:
        """In any order the same; what was merged is merged; each problem is at its workbook."""
        options = [*["--partial"] * partial, *["--overrule"] * overrule]
        turned = dice.sample(chosen, len(chosen))
        would = self.merged(turned, "--dry-run", *options)[1]
        before = dict(self.model.now)
        codes = self.model.merge(chosen, partial=partial, overrule=overrule)
        code, shown = self.merged(chosen, *options)
        assert told(would["changes"]) == told(shown["changes"]) == difference(before, self.model.now)
        assert problems(shown) == {path: found for path, found in codes.items() if found}
        assert code == int(any(codes.values()))
        codes = self.model.merge(chosen, partial=partial, overrule=overrule)
        again = self.merged(turned, *options)[1]
        assert again["changes"] == []
        assert problems(again) == {path: found for path, found in codes.items() if found}

    @rule(
        target=books,
        later=st.lists(st.tuples(books, entries), min_size=1, max_size=2),
        partial=st.booleans(),
        overrule=st.sampled_from([False, False, True]),
        dice=st.randoms(),
    )
    def merge_later_copies(
        self,
        later: list[tuple[Workbook, Lines]],
        partial: bool,
        overrule: bool,
        dice: random.Random,
    ) -> MultipleResults[Workbook]:
        """Workbooks are filled in further, corrected, cleared here and there, and come again."""
        new = [self.edit(*one) for one in later]
        self.take_in(new, dice, partial=partial, overrule=overrule)
        return multiple(*new)

    def merged(self, books: Iterable[Workbook], *options: str) -> tuple[int, dict]:
        code, text = self.centre.run("merge", *(book.path for book in books), "--format", "json", *options)
        return code, json.loads(text[text.index("{\n") : text.rindex("\n}") + 2])

    # two at once

    @rule(filled=st.tuples(*[st.tuples(templates, entries)] * 2))
    def race(self, filled: Iterable[tuple[Template, Lines]]) -> None:
        """Two workbooks are checked, then both are taken at the same moment: one after the other, or one is refused."""
        said = [self.centre.check(self.edit(*one).path).statements for one in filled]
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(self.taken, said))
        orders = [self.serial(said, order) for order in ((0, 1), (1, 0))]
        with self.centre.workspace.store() as store:
            became = (store.lines_at(self.model.open), done)
        assert became in orders
        for fine, statements in zip(done, said, strict=True):
            if fine and statements:
                self.model.change((s.target, s.mark) for s in statements)

    def taken(self, statements: Iterable[Statement]) -> bool:
        try:
            with self.centre.workspace.store() as store:
                take(store, [Brought(CENTRE, IT, list(statements))], [], who="test")
        except ClaimbatchError as error:
            if error.exit_code is Exit.LOCKED:
                return False
            raise
        return True

    def serial(self, said: list[tuple[Statement, ...]], order: tuple[int, int]) -> tuple[Lines, list[bool]]:
        """What becomes of the claim when these are taken in this order."""
        lines, fine = dict(self.model.now), [False, False]
        for position in order:
            statements = said[position]
            fits = all(
                s.claim_key == self.model.open and lines.get(s.target, UNCLAIMED) in (s.base, s.mark)
                for s in statements
            )
            fine[position] = fits
            if fits:
                lines |= {s.target: s.mark for s in statements}
        return {target: mark for target, mark in lines.items() if mark != UNCLAIMED}, fine

    # by hand

    @precondition(lambda self: self.model.open in self.model.states)
    @rule(target_=targets, mark=grades | st.just(UNCLAIMED))
    def set(self, target_: Target, mark: Mark) -> None:
        words = mark if mark[0] else ("Not claiming",)
        self.centre.done("claim", "set", self.model.open, *target_, *words)
        self.model.change([(target_, mark)])

    @precondition(lambda self: self.model.open in self.model.states)
    @rule(candidate=st.sampled_from(CANDIDATES))
    def remove(self, candidate: str) -> None:
        there = [(target, UNCLAIMED) for target in self.model.now if target[0] == candidate]
        code, _ = self.centre.run("claim", "remove", self.model.open, "--candidate", candidate)
        assert code == (0 if there else 2)
        self.model.change(there)

    # on to the end

    @precondition(lambda self: self.model.now)
    @rule()
    def submit(self) -> None:
        key = self.model.open
        words = ("claim", "submit", key, "--centre-declaration", "--submitted-by", "Pat", "--yes")
        self.centre.done("claim", "declare", key, "--all", "--undo")
        assert self.centre.run(*words)[0] == 1
        self.centre.done("claim", "declare", key, "--all")
        for asked in json.loads(self.centre.done("claim", "queries", key, "--format", "json")):
            if not asked["answer"]:
                self.centre.done("claim", "answer", key, asked["query"], "--because", "a better grade")
        self.centre.done(*words)
        self.model.states[key] = Status.SUBMITTED

    @precondition(lambda self: self.model.states)
    @rule(
        data=st.data(),
        step=st.sampled_from(["sample", "complete", "withdraw", "withdraw group", "set", "submit"]),
    )
    def carry_on(self, data: st.DataObject, step: str) -> None:
        """Any step on any claim: done where the state allows it, else refused with exit 2."""
        key = data.draw(st.sampled_from(list(self.model.states)))
        state, lines = self.model.states[key], self.model.lines[key]
        if state is Status.NOT_SUBMITTED and step in ("set", "submit"):
            return
        target, (grade, assessor) = self.first_line(key)
        sample = self.folder / "sample.csv"
        sample.write_text(f"candidate_number,unit\n{target[0]},{target[1]}\n")
        group = ("--unit", target[1], "--assessor", assessor, "--grade", grade)
        commands = {
            "sample": ("sample", "record", key, sample),
            "complete": ("moderation", "complete", key, "--reference", "R1"),
            "withdraw": ("claim", "withdraw", key, "--reason", "redone", "--yes"),
            "withdraw group": ("claim", "withdraw", key, *group, "--reason", "redone", "--yes"),
            "set": ("claim", "set", key, *target, "P", "JH"),
            "submit": ("claim", "submit", key, "--centre-declaration", "--submitted-by", "Pat", "--yes"),
        }
        after = {"sample": Status.SAMPLED, "complete": Status.COMPLETED, "withdraw": Status.WITHDRAWN}
        with_moderator = state in (Status.SUBMITTED, Status.SAMPLED)
        allowed = with_moderator and step not in ("set", "submit")
        if step in ("sample", "withdraw group"):
            allowed = with_moderator and bool(lines)
        assert self.centre.run(*commands[step])[0] == (0 if allowed else 2)
        if allowed and step in after:
            self.model.states[key] = after[step]
            self.model.sampled |= {(key, target)} if step == "sample" else set()
        elif allowed:
            gone = {t: mark for t, mark in lines.items() if (t[1], mark) == (target[1], (grade, assessor))}
            self.model.lines[key] = {t: mark for t, mark in lines.items() if t not in gone}
            self.model.withdrawn.setdefault(key, {}).update(gone)

    def first_line(self, key: str) -> tuple[Target, Mark]:
        return min(self.model.lines[key].items(), default=(("0042", "3"), ("P", "JH")))

    @precondition(lambda self: self.model.states)
    @rule(data=st.data(), step=st.sampled_from(["number", "agree", "fail", "undecide", "reopen"]))
    def moderate(self, data: st.DataObject, step: str) -> None:
        """Numbers, decisions, and what takes them back."""
        key = data.draw(st.sampled_from(list(self.model.states)))
        state, (target, (grade, _)) = self.model.states[key], self.first_line(key)
        line = ("--candidate", target[0], "--unit", target[1])
        commands = {
            "number": ("claim", "number", key, f"N{key}", "--reference", f"R{key}"),
            "agree": ("moderation", "agree", key, *line),
            "fail": ("moderation", "change", key, *line, "--grade", "U"),
            "undecide": ("moderation", "agree", key, *line, "--undo"),
            "reopen": ("moderation", "complete", key, "--undo"),
        }
        with_moderator = state in (Status.SUBMITTED, Status.SAMPLED)
        decides = with_moderator and target in self.model.lines[key] and (key, target) in self.model.sampled
        allowed = {
            "number": state is not Status.NOT_SUBMITTED,
            "agree": decides,
            "fail": decides,
            "undecide": with_moderator,
            "reopen": state is Status.COMPLETED,
        }[step]
        assert self.centre.run(*commands[step])[0] == (0 if allowed else 2)
        if allowed and step in ("agree", "fail"):
            self.model.agreed[key, target] = grade if step == "agree" else "U"
        elif allowed and step == "undecide":
            self.model.agreed.pop((key, target), None)
        elif allowed and step == "reopen":
            was_sampled = any(of == key for of, _ in self.model.sampled)
            self.model.states[key] = Status.SAMPLED if was_sampled else Status.SUBMITTED

    @precondition(lambda self: any(self.model.withdrawn.values()))
    @rule(data=st.data())
    def reinstate(self, data: st.DataObject) -> None:
        """A withdrawal is taken back, unless another claim has claimed a line of the group since."""
        key = data.draw(st.sampled_from([key for key, gone in self.model.withdrawn.items() if gone]))
        gone = self.model.withdrawn[key]
        (_, unit), (grade, assessor) = min(gone.items())
        back = {t: mark for t, mark in gone.items() if (t[1], mark) == (unit, (grade, assessor))}
        words = (
            "moderation",
            "withdraw",
            key,
            "--unit",
            unit,
            "--assessor",
            assessor,
            "--grade",
            grade,
            "--undo",
        )
        claimed = any(self.model.earlier(t, besides=key) or t in self.model.now for t in back)
        with_moderator = self.model.states[key] in (Status.SUBMITTED, Status.SAMPLED)
        allowed = with_moderator and not claimed
        assert self.centre.run(*words)[0] == (0 if allowed else 2)
        if allowed:
            self.model.lines[key] |= back
            self.model.withdrawn[key] = {t: mark for t, mark in gone.items() if t not in back}

    # what holds always

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        with self.centre.workspace.store() as store:
            rows = {row.key: row.status for row in reversed(store.claims())}
            assert rows == self.model.states
            assert list(rows.values()).count(Status.NOT_SUBMITTED) <= 1
            for key, status in rows.items():
                assert store.lines_at(key) == self.model.lines.get(key, {})
                assert examine(store, key).is_whole
                exported = rows_of(standing(store.claim(key, self.centre.catalogue), store.history(key)))
                lines, gone = self.model.lines.get(key, {}), self.model.withdrawn.get(key, {})
                assert {
                    (r["candidate_number"], r["unit"]): (r["grade"], r["assessor_initials"]) for r in exported
                } == lines | gone
                agreed = {t: self.model.agreed.get((key, t), "") for t in lines}
                assert {
                    (r["candidate_number"], r["unit"]): r["agreed_grade"]
                    for r in exported
                    if r["status"] == status
                } | dict.fromkeys(gone, "") == agreed | dict.fromkeys(gone, "")


def told(changes: Iterable[Mapping[str, str]]) -> list[tuple[str, ...]]:
    return sorted((c["candidate"], c["unit"], c["old"], c["new"]) for c in changes)


def difference(before: Lines, after: Lines) -> list[tuple[str, ...]]:
    words = {target: (said(before.get(target)), said(after.get(target))) for target in {*before, *after}}
    return sorted((*target, *both) for target, both in words.items() if both[0] != both[1])


def said(mark: Mark | None) -> str:
    return " by ".join(mark) if mark else "not claimed"


def problems(shown: Mapping[str, list[dict[str, str]]]) -> dict[Path, set[str]]:
    found: dict[Path, set[str]] = {}
    for problem in shown["problems"]:
        if problem["severity"] == "error":
            found.setdefault(Path(problem["workbook"]), set()).add(problem["rule"])
    return found


def in_sqlite(_: ExitStack, folder: Path) -> str:
    return f"sqlite:///{folder}/claims.db"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_laws_hold(kind: str, request: pytest.FixtureRequest) -> None:
    """No sequence of commands breaks them."""
    address = in_sqlite
    if kind == "postgresql":
        server = request.getfixturevalue("server")

        def address(kept: ExitStack, _: Path) -> str:
            return kept.enter_context(database(server))

    run_state_machine_as_test(
        lambda: Life(address),
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
