"""ORG-5: cells, columns and files as HR systems write them, and as they should never arrive."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.infra.words import RuleBroken
from lmsapp.people.roster.columns import Column, Matching, check_columns, guess_columns
from lmsapp.people.roster.people import read_people
from lmsapp.people.roster.plan import Known, Plan, Present, make_plan
from lmsapp.people.roster.table import read_roster
from lmsapp.people.roster.values import DateOrder, is_active, order_of, parse_date

HEAD = "Employee Number;First Name;Last Name;Work E-mail;Manager Number;Hire Date;Status\n"
NOBODY = Present({}, {})


def plan_of(text: str, present: Present = NOBODY, *, full: bool = False) -> Plan:
    table = read_roster(text.encode())
    return make_plan(table, Matching(guess_columns(table.header), full), present)


def reasons(plan: Plan) -> list[tuple[int, str]]:
    return [(problem.line, problem.words) for problem in plan.problems]


def known(number: str, *, manager: str | None = None, active: bool = True, **values: object) -> Known:
    usual: dict[str, object] = dict.fromkeys(
        ("name", "job_role", "location", "region", "cohort", "department", "mobile"), ""
    )
    usual |= {"email": None, "hire_date": None, "time_zone": "UTC", "language": "en", "name": f"Person {number}"}
    return Known(int(number), number, active, usual | values, manager)


def present(*employees: Known) -> Present:
    return Present({k.number: k for k in employees}, {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    """ORG-5: as Excel, Unix tools and HR systems save it."""
    text = "Employee Number,Name,Job Title\n1,Zoë Łuczak,RN\n2,Λουκία,LPN\n".replace(",", delimiter)
    table = read_roster(text.encode(encoding))
    assert table.header == ("Employee Number", "Name", "Job Title")
    assert [line.cells[1] for line in table.lines] == ["Zoë Łuczak", "Λουκία"]


def test_the_windows_code_page() -> None:
    """ORG-5: what is no UTF-8 is read as the code page of Western Europe."""
    table = read_roster("id;name\n1;José Muñoz\n".encode("cp1252"))
    assert table.lines[0].cells == ("1", "José Muñoz")


def test_lines_are_numbered_as_an_editor_does() -> None:
    """ORG-5: blank lines and line breaks inside quotes count."""
    table = read_roster(b'id,name\n1,"Two\nLines"\n\n4,Four\n')
    assert [(line.number, line.cells[0]) for line in table.lines] == [(2, "1"), (5, "4")]


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"\x00" * 50, bytes(range(256)) * 20, b"%PDF-1.7 ...", b"PK\x03\x04 not a zip", b"id,name\n",
     b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"just one line of words", b"id,name\n1," + b"x" * 200_000],
    ids=["empty", "blank", "zeros", "junk", "pdf", "broken-xlsx", "no-rows", "old-xls", "prose", "huge-cell"],
)  # fmt: skip
def test_hostile_files_are_refused_in_words(data: bytes) -> None:
    """ORG-5: refused with a reason for the 'file' field, never with a trace."""
    with pytest.raises(RuleBroken) as broken:
        read_roster(data)
    assert broken.value.field == "file"
    assert str(broken.value)


@settings(max_examples=300)
@given(st.binary(max_size=3000))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    """ORG-5: nothing but RuleBroken, whatever is uploaded."""
    try:
        table = read_roster(data)
    except RuleBroken:
        return
    make_plan(table, Matching({Column.NUMBER: 0, Column.NAME: 1}), NOBODY)


def sheet(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_excel_with_real_dates_and_numbers() -> None:
    """ORG-5: 10017.0 is number 10017, a date cell is a date."""
    day = dt.datetime(2026, 11, 2)  # noqa: DTZ001 - as Excel has it
    table = read_roster(sheet(["ID", "Full name", "Start date"], [10017.0, "Lena Fischer", day]))
    person = read_people(table, Matching(guess_columns(table.header))).people[0]
    assert (person.number, person.values["hire_date"]) == ("10017", dt.date(2026, 11, 2))


def test_formulas_are_not_values() -> None:
    """ORG-5: a formula Excel never computed is no name, and text like one is refused by line."""
    table = read_roster(sheet(["ID", "Full name"], [1, "=HYPERLINK(A1)"], [2, "Lena Fischer"]))
    assert [p.line for p in make_plan(table, Matching(guess_columns(table.header)), NOBODY).problems] == [2]
    assert reasons(plan_of("id,name\n1,=cmd|' /C calc'!A0\n2,Lena F\n"))[0][0] == 2


def test_headings_of_many_systems() -> None:
    """ORG-5: the three exports of the stories, and Spanish."""
    hospital = guess_columns(("Employee Number", "First Name", "Last Name", "Work E-mail", "Manager Number", "Status"))
    assert set(hospital) == {Column.NUMBER, Column.FIRST, Column.LAST, Column.EMAIL, Column.MANAGER, Column.STATUS}
    site = guess_columns(("emp_id", "name", "email", "mobile", "crew", "trade", "project", "hired", "foreman_id"))
    assert [
        site[c] for c in (Column.DEPARTMENT, Column.JOB_ROLE, Column.LOCATION, Column.HIRE_DATE, Column.MANAGER)
    ] == [4, 5, 6, 7, 8]
    assert guess_columns(("ID", "Full name", "Título", "Correo electrónico"))[Column.EMAIL] == 3


def test_wrong_columns_are_named() -> None:
    """ORG-5: without number or name, or with one column used twice, nothing goes on."""
    for columns in (
        {Column.NAME: 0},
        {Column.NUMBER: 0},
        {Column.NUMBER: 0, Column.NAME: 0},
        {Column.NUMBER: 0, Column.NAME: 9},
    ):
        with pytest.raises(RuleBroken):
            check_columns(columns, ("a", "b"))


@given(st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2030, 12, 31)), min_size=1, max_size=40), st.booleans())
def test_the_column_tells_the_order_of_day_and_month(days: list[dt.date], month_first: bool) -> None:
    """ORG-5: every date is read right, or all that could be two days are refused; never a wrong day."""
    texts = [f"{d:%m/%d/%Y}" if month_first else f"{d:%d/%m/%Y}" for d in days]
    order = order_of(texts)
    for day, text in zip(days, texts, strict=True):
        try:
            assert parse_date(text, order) == day
        except RuleBroken:
            assert order is DateOrder.AUTO
            assert day.day <= 12


@pytest.mark.parametrize(
    "text", ["2026-11-30", "30.11.2026", "30 Nov 2026", "Nov 30, 2026", "11/30/2026", "30-nov-2026"]
)
def test_ways_to_write_a_day(text: str) -> None:
    """ORG-5: ISO, German, English, US."""
    assert parse_date(text, order_of([text])) == dt.date(2026, 11, 30)


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "soon", "11/30/26", "0001-01-01", "45123"])
def test_no_dates(text: str) -> None:
    """ORG-5: refused, not guessed."""
    with pytest.raises(RuleBroken):
        parse_date(text, order_of([text]))


def test_ambiguous_dates_name_the_line() -> None:
    """ORG-5: 03/04 alone could be two days."""
    assert [line for line, _words in reasons(plan_of(HEAD + "1;A;B;;;03/04/2026;Active\n"))] == [2]


def test_statuses() -> None:
    """ORG-5: Active and Terminated in the words of many systems; an unknown word is an error, not a leaver."""
    assert is_active("Active")
    assert is_active("On Leave")
    assert not is_active("TERMINATED")
    with pytest.raises(RuleBroken):
        is_active("Moved to Mars")


def test_every_bad_line_is_named_with_its_reason() -> None:
    """ORG-5: bad rows by line and reason; any of them stops the whole file."""
    plan = plan_of(
        HEAD
        + "1;Ann;One;ann@x.example;;2026-01-02;Active\n"
        + "1;Bob;Two;bob@x.example;;2026-01-02;Active\n"
        + "3;Cid;Three;ANN@x.example;;2026-01-02;Active\n"
        + "4;Dee;Four;;99;2026-01-02;Active\n"
        + "5;;;e@x.example;;2026-01-02;Active\n"
        + ";Fay;Six;;;2026-01-02;Active\n"
        + "7;Guy;Seven;not an address;;2026-02-30;Perhaps\n"
        + "8;Hal;Eight;;8;2026-01-02;Active\n"
        + "9;Ida;Nine;;;2026-01-02;Active;too;many\n"
    )
    assert {line for line, _words in reasons(plan)} == {3, 4, 5, 6, 7, 8, 9, 10}
    words = dict(reasons(plan))
    assert "on line 2 already" in words[3]
    assert "on line 2 already" in words[4]
    assert "99" in words[5]
    assert "themselves" in words[9]
    assert len([p for p in plan.problems if p.line == 8]) == 3


def test_all_that_is_wrong_with_a_line_is_said_at_once() -> None:
    """ORG-5: what is compared with other lines and with what is here is said of a line with errors of its own, too."""
    here = present(known("9", email="held@x.example"))
    plan = plan_of(
        HEAD
        + "1;Ann;One;ann@x.example;77;2026-02-30;Active\n"
        + "2;Bob;Two;ANN@x.example;2;never;Active\n"
        + "3;;;held@x.example;78;2026-01-02;Active\n"
        + "4;Dee;Four;dee@x.example;no;2026-01-02;Perhaps\n"
        + "4;Eve;Five;dee@x.example;79;2026-01-02;Active\n",
        here,
    )
    found: dict[int, list[str]] = {}
    for line, words in reasons(plan):
        found.setdefault(line, []).append(words)
    assert ["not a date" in found[2][0], "77" in found[2][1], len(found[2])] == [True, True, 2]
    assert sorted(found[3]) == [
        "'never' is not a date. Write it as 2026-11-30.",
        "2 would report to themselves.",
        "ann@x.example is on line 2 already.",
    ]
    assert sorted(found[4]) == [
        "Nobody has the manager's number 78, neither in this file nor here.",
        "The name is missing.",
        "held@x.example belongs to another employee.",
    ]
    assert len(found[5]) == 2, "its status and its manager"
    assert [("line 5 already" in one, "79" in one) for one in found[6]] == [(True, False), (False, True)]
    assert plan.joiners == []


def test_circles_of_managers() -> None:
    """ORG-5: found across the file and what is there already."""
    there = present(known("1", manager="2"), known("2"))
    plan = plan_of("id,name,manager id\n2,Two,3\n3,Three,1\n", there)
    assert len(plan.problems) == 1
    assert "circle" in plan.problems[0].words


def test_managers_may_stand_below_or_be_here_already() -> None:
    """ORG-5: the order of rows means nothing."""
    plan = plan_of("id,name,manager id\n5,Five,6\n6,Six,1\n", present(known("1")))
    assert not plan.problems
    assert [person.number for person in plan.joiners] == ["5", "6"]


def test_missing_people_leave_only_from_a_full_file() -> None:
    """ORG-5: absence alone removes nobody unless the file is said to list everybody."""
    there = present(known("1", name="One"), known("2"), known("3", active=False))
    text = "id,name\n1,One\n"
    assert [leaver.known.number for leaver in plan_of(text, there).missing] == ["2"]
    assert not plan_of(text, there).leavers
    assert [leaver.known.number for leaver in plan_of(text, there, full=True).leavers] == ["2"]


def test_the_guard_begins_above_ten_percent() -> None:
    """ORG-5: 10 of 100 is a day, 11 of 100 must be typed."""
    there = present(*(known(str(n), name=f"P {n}") for n in range(1, 101)))
    lines = [f"{n},P {n},{{}}\n" for n in range(1, 101)]
    for leaving, guarded in ((10, False), (11, True)):
        rows = [line.format("Terminated" if i < leaving else "Active") for i, line in enumerate(lines)]
        plan = plan_of("id,name,status\n" + "".join(rows), there)
        assert (len(plan.leavers), bool(plan.doubts)) == (leaving, guarded)


def test_a_return_is_a_change() -> None:
    """ORG-5: who left and is active again comes back to the same record."""
    plan = plan_of("id,name,status\n1,Person 1,Active\n", present(known("1", active=False)))
    assert plan.movers[0].changes == {"status": ("left", "active")}
    assert not plan.joiners
