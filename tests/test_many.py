"""Many documents at once: the same files as one by one, for the owner alone, and no more programs than needed."""

import os
import stat
import sys

import pytest

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.output import many
from claimbatch.output.drawing import draw_document
from claimbatch.output.many import Order, draw_files
from tests.centre import CENTRE, IT, fill
from tests.claims_made import claim_of
from tests.papers import pages_of, report_of


class Killer:
    """A document that ends the program which takes it out of its wrapping."""

    def __reduce__(self):
        return os._exit, (3,)


def orders(folder, number):
    document = report_of(claim_of(updated_at="2026-07-01T08:00:00Z"))
    return [Order(document, ("pdf", "html")[n % 2], folder / f"{n}.file") for n in range(number)]


def test_files_drawn_at_once_are_those_drawn_one_by_one(tmp_path, monkeypatch):
    """In the order asked for, by programs that are replaced in between; nobody else may read them."""
    monkeypatch.setattr(many, "EACH", 3)
    wanted = orders(tmp_path, 11)
    assert list(draw_files(iter(wanted), workers=2)) == [order.path for order in wanted]
    assert {order.path.read_bytes() for order in wanted} == {
        draw_document(wanted[0].document, style) for style in ("pdf", "html")
    }
    if sys.platform != "win32":
        assert {stat.S_IMODE(order.path.stat().st_mode) for order in wanted} == {0o600}


def test_no_more_documents_wait_than_a_batch(tmp_path, monkeypatch):
    """So memory does not grow with their number."""
    monkeypatch.setattr(many, "EACH", 2)
    monkeypatch.setattr(many, "FEW", 100)
    taken = 0

    def counted():
        nonlocal taken
        for order in orders(tmp_path, 9):
            taken += 1
            yield order

    drawn = draw_files(counted(), workers=2)
    next(drawn)
    assert taken == 4
    assert len(list(drawn)) == 8


def test_a_drawing_program_that_dies_is_told_in_a_sentence(tmp_path):
    bad = [Order(Killer(), "html", tmp_path / f"{n}.html") for n in range(6)]
    with pytest.raises(ClaimbatchError) as told:
        list(draw_files(bad, workers=2))
    assert (told.value.exit_code, list(tmp_path.iterdir())) == (Exit.NOT_FINISHED, [])


def test_all_claims_get_their_documents_and_those_without_are_named(centre, tmp_path):
    """A claim without a sample is no error beside one that has it; alone it is."""
    other = "05844"
    for code in (IT, other):
        centre.done("merge", fill(centre.issue(code)))
    out = tmp_path / "out"
    centre.done("report", "--all", "-o", out)
    assert sorted(path.name for path in out.iterdir()) == [
        f"{CENTRE}-{code}-1_claim.{ending}" for code in sorted((IT, other)) for ending in ("html", "pdf")
    ]
    centre.done("report", "--all", "--bundle", "-o", tmp_path / "one")
    pages = pages_of((tmp_path / "one" / "bundle_claim.pdf").read_bytes())
    firsts = [page for page in pages if "Page 1 of" in page]
    assert [other in page or f"Qualification\n{other}" in page for page in firsts].count(True) == 1
    assert len(firsts) == 2
    code, said = centre.run("report", "--all", "--kind", "sample", "-o", out)
    assert code == 2
    assert said.count("Passed over") == 2
    assert f"Wrote {out}/{CENTRE}-{other}-1_claim.pdf" in centre.done(
        "report", other, "--to", "pdf", "-o", out
    )
    assert centre.run("report")[0] == 2
    assert centre.run("report", f"{CENTRE}-{IT}-1", f"{CENTRE}-{IT}-7", "-o", out)[0] == 2
    assert centre.run("report", "--all", f"{CENTRE}-{IT}-1")[0] == 2


class Gone:
    """A program that was killed."""

    def is_alive(self):
        return False


def test_nothing_is_written_for_a_program_that_was_killed(tmp_path, monkeypatch):
    """Whoever clears up after it would find it coming back."""
    monkeypatch.setattr(many.multiprocessing, "parent_process", Gone)
    (order,) = orders(tmp_path, 1)
    with pytest.raises(SystemExit):
        many._draw_for_another(order)
    assert not order.path.exists()
