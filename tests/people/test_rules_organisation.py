"""ORG-3: names that may be given, names that look alike, the tree of departments; holidays as people paste them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.infra.words import RuleBroken
from lmsapp.people.calendar.rules import read_holidays
from lmsapp.people.employees.editing import settle
from lmsapp.people.employees.facts import checked_facts
from lmsapp.people.organisation.rules import Tree, Unit, clean_name, likeness, look_alikes, path_of

HOSPITAL = Tree(
    [
        Unit(1, "Nursing"),
        Unit(2, "Cardiology", 1, also_called=("Heart Centre",)),
        Unit(3, "Ward", 2),
        Unit(4, "Surgery"),
        Unit(5, "Ward", 4),
        Unit(6, "Old Lab", archived=True),
        Unit(7, "Med/Surg", 4),
        Unit(8, "Kitchen", None, also_called=("Services / Kitchen",)),
        Unit(9, "ICU", 4),
        Unit(10, "Icu", 1),
    ]
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Nursing", [1]),
        ("cardiology", [2]),
        ("Nursing / Cardiology", [2]),
        ("Nursing > Cardiology", [2]),
        ("Nursing>Cardiology", [2]),
        ("Cardiology / Ward", [3]),
        ("Surgery / Ward", [5]),
        ("Ward", [3, 5]),
        ("Heart Centre", [2]),
        ("Nursing / Heart Centre / Ward", [3]),
        ("Old Lab", [6]),
        ("Med/Surg", [7]),
        ("Services > Kitchen", [8]),
        ("ICU", [9]),
        ("Icu", [10]),
        ("icu", [9, 10]),
        ("Laundry", []),
        ("Laundry / Ward", []),
        ("", []),
    ],
)
def test_a_roster_finds_departments_by_name_and_path(text: str, ids: list[int]) -> None:
    """ORG-3, ORG-5: wherever it was moved, by a former name too; several that fit are several."""
    assert sorted(unit.id for unit in HOSPITAL.find(text)) == ids


def test_a_path_that_is_not_there_begins_where_it_is_known() -> None:
    """ORG-5: 'Cardiology / Lab' is made beneath Nursing / Cardiology; beneath one of two wards it cannot be told."""
    assert path_of("Cardiology / Lab / Night", HOSPITAL) == "Nursing / Cardiology / Lab / Night"
    assert path_of("Laundry", HOSPITAL) == "Laundry"
    for unclear in ("Ward", "Ward / Night"):
        assert isinstance(path_of(unclear, HOSPITAL), RuleBroken)
    assert isinstance(path_of("Laundry\x07", HOSPITAL), RuleBroken)


def test_below_and_moves() -> None:
    """ORG-3: everything beneath, at any depth; nothing can stand beneath itself."""
    assert HOSPITAL.below([1]) == {1, 2, 3, 10}
    assert HOSPITAL.below([99]) == frozenset()
    HOSPITAL.check_move(3, 4)
    for under in (1, 2, 3):
        with pytest.raises(RuleBroken, match="beneath itself"):
            HOSPITAL.check_move(1, under)


@given(st.lists(st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9))), max_size=40))
def test_any_sequence_of_moves_keeps_it_a_forest(moves: list[tuple[int, int | None]]) -> None:
    """ORG-3: whatever is tried, every department is reached from the top exactly once."""
    parents: dict[int, int | None] = dict.fromkeys(range(10))
    for id_, under in moves:
        try:
            Tree(Unit(n, f"D{n}", parent) for n, parent in parents.items()).check_move(id_, under)
        except RuleBroken:
            continue
        parents[id_] = under
    tree = Tree(Unit(n, f"D{n}", parent) for n, parent in parents.items())
    assert sorted(unit.id for unit, _depth in tree.in_order()) == list(range(10))
    assert all(tree.line(n)[0].parent_id is None for n in parents)


@pytest.mark.parametrize("text", ["", "   ", "two\nlines", "bell\x07", "a\u202eb", "x" * 201])
def test_names_nobody_can_read_are_refused_in_words(text: str) -> None:
    """SEC-6: control characters, turned text, 500 characters."""
    with pytest.raises(RuleBroken):
        clean_name(text)


def test_names_of_any_script_pass() -> None:
    """ORG-3: right-to-left letters and markup are only text."""
    for text in ("العناية المركزة", "<script>alert(1)</script>", "Ärzte & Co", "می‌خواهم"):
        assert clean_name(f"  {text} ") == text


def test_spellings_that_look_alike_are_pointed_out() -> None:
    """ORG-3: 'RN' and 'R.N.', not 'LPN'; marks alone are no word."""
    assert look_alikes(["RN", "LPN", "R.N.", "Tower B", "tower-b", "…", "?"]) == [
        ("RN", "R.N."),
        ("Tower B", "tower-b"),
    ]
    assert likeness("Señor Nurse") == likeness("SENOR  NURSE")


def test_holidays_are_read_line_by_line() -> None:
    """ORG-6: the date first, then the name; the first line that cannot be read is named."""
    assert read_holidays("2027-01-01 New Year\n\n2027-7-4; Independence Day") == {
        dt.date(2027, 1, 1): "New Year",
        dt.date(2027, 7, 4): "Independence Day",
    }
    for text, word in (
        ("", "at least one"),
        ("2027-01-01", "Line 1"),
        ("2027-01-01 A\nMonday B", "Line 2"),
        ("2027-02-30 No such day", "no such day"),
        ("2027-01-01 A\n2027-01-01 B", "twice"),
        ("1027-01-01 Long ago", "2000"),
        ("2027-01-01 " + "x" * 200, "too long"),
    ):
        with pytest.raises(RuleBroken, match=word):
            read_holidays(text)


@pytest.mark.parametrize(
    "fact",
    [
        {"name": "1234"},
        {"number": ""},
        {"mobile": "call me"},
        {"email": "nobody"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"language": "tlh"},
        {"hire_date": dt.date(1066, 10, 14)},
        {"job_role": "a\x00b"},
    ],
)
def test_what_cannot_be_a_fact_is_refused_at_its_field(fact: dict[str, object]) -> None:
    """ORG-3, SEC-6: in words, beside the field."""
    with pytest.raises(RuleBroken) as broken:
        checked_facts(fact)
    assert broken.value.field in fact


VALUE = st.one_of(st.none(), st.integers(0, 3))


@given(st.fixed_dictionaries({name: st.tuples(VALUE, VALUE, VALUE) for name in "abc"}))
def test_nobodys_change_is_lost(fields: dict[str, tuple[int | None, int | None, int | None]]) -> None:
    """ORG-3: saving leaves fields the editor did not touch; where both wrote different things it is said, not saved."""
    seen, present, wanted = ({name: values[at] for name, values in fields.items()} for at in range(3))
    touched, both = settle(seen, present, wanted)
    after = present | {name: value for name, value in touched.items() if name not in both}
    for name in fields:
        if present[name] != seen[name] and name not in touched:
            assert after[name] == present[name]
        assert (name in both) == (wanted[name] != seen[name] != present[name] != wanted[name])
