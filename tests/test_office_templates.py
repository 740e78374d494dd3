"""Templates as a page makes them: what there is to be is told first, then each is made; and what is known of units."""

from pathlib import Path

import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.form.added_units import read_added
from claimbatch.form.layout import BY_UNIT
from claimbatch.office.qualifications import catalogue_of, qualification_row, unit_row
from claimbatch.office.refreshing import refresh
from claimbatch.office.templates import Wanted, group_columns, make_templates, plan_several, plan_templates
from claimbatch.office.units import add_unit, add_units, read_units, remove_unit, store_units, unit_changes
from tests.centre import IT, MEDIA, Centre, put


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre.make(tmp_path / "centre")


def made(centre: Centre, wanted: Wanted) -> list[str]:
    with centre.workspace.store() as store:
        planned = plan_templates(store, centre.catalogue, wanted)
        return [one.path.name for one in make_templates(centre.workspace, store, planned)]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(IT), ["68199_05349_by-candidate.xlsx"]),
        (Wanted(IT, BY_UNIT, (3, 5)), ["68199_05349_unit-03.xlsx", "68199_05349_unit-05.xlsx"]),
        (Wanted(), ["68199_05349_by-candidate.xlsx", "68199_05844_by-candidate.xlsx"]),
        (Wanted(IT, people=("JH",)), ["68199_05349_by-candidate_Jo-Hughes.xlsx"]),
        (
            Wanted(IT, each_assessor=True),
            ["68199_05349_by-candidate_Jo-Hughes.xlsx", "68199_05349_by-candidate_Sam-Adeyemi.xlsx"],
        ),
    ],
)
def test_one_all_by_unit_or_by_person(centre, wanted, names):
    assert made(centre, wanted) == names


def test_what_is_planned_is_told_and_nothing_is_made(centre):
    """A name that the register has not, and what of a qualification is not known for certain."""
    with centre.workspace.store() as store:
        planned = plan_templates(store, centre.catalogue, Wanted(IT, people=("Jo Huges",)))
    assert planned.notes == (
        "Jo Huges is no assessor of 05349 in the register: no initials are filled in. Did you mean Jo Hughes?",
    )
    assert len(planned.orders) == 1
    assert not list((centre.workspace.folder / "outbox").glob("*.xlsx"))


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted(IT, BY_UNIT, (99,)), "Unit 99 cannot be claimed"),
        (Wanted(IT, group="house"), "no column house"),
        (Wanted(IT, centre="12345"), "holds no centre 12345"),
        (Wanted("11111"), "no qualification with the entry code"),
    ],
)
def test_what_cannot_be_made_is_refused(centre, wanted, why):
    with centre.workspace.store() as store, pytest.raises(ClaimbatchError, match=why):
        plan_templates(store, centre.catalogue, wanted)


def test_a_workbook_that_was_filled_in_is_left_and_named(centre):
    path = put(centre.issue(), {"Grades!E5": "P"})
    with centre.workspace.store() as store:
        planned = plan_templates(store, centre.catalogue, Wanted(IT))
        (one,) = make_templates(centre.workspace, store, planned)
    assert (one.left, one.path.name) == (path, f"{path.stem}_2.xlsx")


def test_an_old_template_is_refreshed_beside_itself(centre):
    old = put(centre.issue(), {"Grades!E5": "P JH"})
    path, new = refresh(centre.workspace, old)
    assert (path.name, new.left, old.exists()) == (f"{old.stem}_refreshed.xlsx", (), True)


def test_a_unit_is_added_to_all_that_share_it_and_taken_off_again(centre):
    workspace = centre.workspace
    added = add_unit(workspace, MEDIA, {"number": 98, "title": "Sound", "glh": 60, "credits": None})
    assert (added.entry_code, added.units[0].full_title) == (MEDIA, "Unit 98: Sound")
    for code in (MEDIA, *added.others):
        unit = workspace.catalogue().get(code).unit(98)
        assert unit
        assert unit_row(unit).remarks == "not verified: added by the centre"
    with pytest.raises(ClaimbatchError, match="has that unit already: Unit 98: Sound") as refused:
        add_unit(workspace, MEDIA, {"number": 98, "title": "Sound"})
    assert "remove-unit" in refused.value.hint
    assert remove_unit(workspace, MEDIA, 98).others == added.others
    assert workspace.catalogue().get(MEDIA).unit(98) is None
    with pytest.raises(ClaimbatchError, match="was not added here"):
        remove_unit(workspace, MEDIA, 98)


def test_a_list_of_units_is_seen_before_it_is_stored(centre, tmp_path):
    """What is known already is left; with a fault in any row nothing is new."""
    known = centre.catalogue.get(MEDIA).units[0]
    path = tmp_path / "units.csv"
    path.write_text(f"Unit,Title\n{known.number},Other\n97,Light\n", "utf-8")
    listed = read_units(centre.workspace, MEDIA, path, "the handbook")
    assert ([u.label for u in listed.new], [u.label for u in listed.known]) == (["Unit 97"], [known.label])
    assert centre.workspace.catalogue().get(MEDIA).unit(97) is None
    add_units(centre.workspace, MEDIA, listed.new)
    assert centre.workspace.catalogue().get(MEDIA).unit(97) is not None
    path.write_text("Unit,Title\n96,Glass\nx,Stone\n", "utf-8")
    faulty = read_units(centre.workspace, MEDIA, path)
    assert (faulty.new, [problem.rule.code for problem in faulty.problems]) == ((), ["CB219"])


def test_what_is_known_of_a_qualification_says_what_is_not_verified(tmp_path):
    """Without a workspace the shipped ones are there to look up."""
    row = qualification_row(catalogue_of(tmp_path / "nowhere").get(IT))
    assert (row.entry_code, row.units, row.verified) == (IT, "40", "yes, but not its size")
    with pytest.raises(ClaimbatchError, match="not a claimbatch workspace"):
        catalogue_of(tmp_path, named=True)


def test_several_qualifications_are_planned_together(centre):
    """With what is said of each; the further columns are those that all of them have."""
    with centre.workspace.store() as store:
        planned = plan_several(store, centre.catalogue, [IT, MEDIA], Wanted(people=("Ann Bell",)))
        assert [order.entry_code for order in planned.orders] == [IT, MEDIA]
        assert [note.split(" of ")[1][:5] for note in planned.notes] == [IT, MEDIA]
        assert group_columns(store.entries()) == {IT: frozenset(), MEDIA: frozenset()}
    path = centre.workspace.folder / "r.csv"
    head = "entry_code,candidate_number,candidate_name,date_of_birth,tutor_group"
    path.write_text(f'{head}\n{IT},0060,"Li, Bo",2008-05-06,12A\n', "utf-8")
    centre.done("entries", "import", path)
    with centre.workspace.store() as store:
        assert group_columns(store.entries()) == {IT: {"tutor_group"}, MEDIA: frozenset()}


def test_a_correction_says_only_what_differs_and_what_stood_in_the_file_before_stays(centre):
    """A unit of the centre's own file keeps what was written there by hand; another unit's lines are not touched."""
    workspace = centre.workspace
    path = add_unit(workspace, MEDIA, {"number": 98, "title": "Sound"}).path
    path.write_text(path.read_text("utf-8") + 'note = "ask the moderator"\n', "utf-8")
    known = workspace.catalogue().get(MEDIA).unit(3)
    facts = [{"number": 3, "title": known.title, "glh": 90}, {"number": 98, "title": "Sounds"}]
    changes = unit_changes(workspace.catalogue().get(MEDIA), facts)
    assert [(one.number, one.is_new, one.differences) for one in changes] == [
        (3, False, (("glh", known.glh, 90),)),
        (98, False, (("title", "Sound", "Sounds"),)),
    ]
    stored = store_units(workspace, MEDIA, facts, "the handbook")
    assert [unit.number for unit in stored.units] == [3, 98]
    own = {unit.number: (unit, stated) for _, unit, stated in read_added(path)}
    assert own[3][1] == {"number", "glh", "verified", "source", "why", "size_verified"}
    assert (own[98][0].title, own[98][0].note) == ("Sounds", "ask the moderator")
    assert workspace.catalogue().get(MEDIA).unit(3).title == known.title
    with pytest.raises(ClaimbatchError):
        store_units(workspace, MEDIA, [{"number": 3, "reference": "nonsense"}])
    assert {unit.number for _, unit, _ in read_added(path)} == {3, 98}
