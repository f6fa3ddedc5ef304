"""Reports sent by the calendar: to each what they may see, once, in their language (REP-4, story 1)."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from flask_babel import force_locale
from pypdfium2 import PdfDocument
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.scheduling import Every as Row
from lmsapp.infra.scheduling import Scheduler
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.insight.printed.report_document import report_pdf
from lmsapp.insight.reports.asked import asking_of
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.reach import Reach, seen_as, widest
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.runs.queries import is_theirs_today
from lmsapp.insight.reports.runs.rules import Form
from lmsapp.insight.reports.said import scope_of
from lmsapp.insight.reports.schedules import actions
from lmsapp.insight.reports.schedules.actions import (
    What,
    change_schedule,
    create_schedule,
    end_schedule,
    pause_schedule,
    resume_schedule,
    send_again,
    send_due,
)
from lmsapp.insight.reports.schedules.models import ReportSchedule
from lmsapp.insight.reports.schedules.queries import turns_of
from lmsapp.insight.reports.schedules.recipients import Reader, readers_of, shares
from lmsapp.insight.reports.schedules.rules import Every, Readers, Timing, Wanted
from lmsapp.insight.reports.windows import Window
from lmsapp.jobs import SCHEDULE
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.calendar.actions import add_holidays
from lmsapp.people.employees.models import Department, ReportingLine
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import Role
from lmsapp.people.settings.models import SettingValue
from lmsapp.people.viewer import Viewer
from tests.cast import Person, employee, staff
from tests.clock import Clock
from tests.insight.crowd import Crowd
from tests.jobs import run_rings

MONDAY = Timing(Every.WEEK, weekday=0, hour=7)
WEEKLY = "Completion by department"


class Ward:
    """Three departments: A, with B below it, and C. Wanda heads A, Carl heads C; neither leads anybody."""

    def __init__(self) -> None:
        self.crowd = Crowd(6)
        self.cast = self.crowd.cast
        self.a, self.b = self.crowd.departments
        self.b.parent_id = self.a.id
        self.wanda = employee("Wanda Ward", "W-1", department="Office", job_role="Head")
        self.carl = employee("Carl Clinic", "W-2", department="Clinic", job_role="Head")
        self.cleo = staff("Cleo Officer", Role.AUDITOR)
        self.a.head_id = self.wanda.record.id
        db.session.get_one(Department, self.carl.record.department_id).head_id = self.carl.record.id
        self.wanda.user.language = "es"
        db.session.commit()


def rows_of(run: ReportRun) -> list[list[str]]:
    """Without the head."""
    return list(csv.reader(io.StringIO(files.read(run.sha256).decode("utf-8-sig"))))[1:]


def turn(rings: list[Ring]) -> None:
    """The clock looks, and the worker works."""
    send_due()
    db.session.commit()
    run_rings(rings)


def runs_of(schedule: ReportSchedule, person: Person) -> list[ReportRun]:
    found = select(ReportRun).where(ReportRun.schedule_id == schedule.id, ReportRun.asked_by_id == person.user.id)
    return list(db.session.scalars(found.order_by(ReportRun.id).execution_options(populate_existing=True)))


def letters(person: Person, template: str = "report_sent") -> list[Notice]:
    mine = (Notice.user_id == person.user.id, Notice.template == template, Notice.channel == "email")
    return list(db.session.scalars(select(Notice).where(*mine).order_by(Notice.id)))


def test_story_1_the_weekly_report_of_each_department(clock: Clock, rings: list[Ring]) -> None:
    """REP-4, story 1: each Monday at seven, where the organisation is, each department head gets their departments with
    those below and the compliance officer gets everybody, each in their language, with a link that opens for them alone;
    who has no rows is told why; a doubled tick sends nothing twice; the file is attached only where the settings allow."""
    ward = Ward()
    hana = ward.cast.hana.viewer
    looked = shares(COMPLETION, {}, readers_of([Readers.HEADS], [ward.cleo.user.id]))
    assert [(one.reader.name, one.seen and one.seen.reach, one.rows) for one in looked] == [
        ("Carl Clinic", Reach.DEPARTMENTS, 0),
        ("Cleo Officer", Reach.EVERYBODY, 12),
        ("Wanda Ward", Reach.DEPARTMENTS, 12),
    ]
    away = ward.crowd.employees[0]
    away.department_id = ward.cast.otto.record.department_id
    schedule = create_schedule(
        What(COMPLETION, {"course": [], "nonsense": ["1"]}),
        Wanted(WEEKLY, MONDAY, [Readers.HEADS], [ward.cleo.user.id]),
        by=hana,
    )
    db.session.commit()
    assert schedule.next_at == dt.datetime(2026, 11, 2, 13, tzinfo=dt.UTC), "seven in Chicago, in winter"
    turn(rings)
    assert not runs_of(schedule, ward.wanda)
    clock.set(dt.datetime(2026, 11, 2, 13, 1, tzinfo=dt.UTC))
    turn(rings)
    assert schedule.next_at == dt.datetime(2026, 11, 9, 13, tzinfo=dt.UTC)
    schedule.next_at = clock.instant  # as a second clock would find it that looked at the same moment
    schedule.last_turn = None
    turn(rings)

    (mine,) = runs_of(schedule, ward.wanda)
    assert (mine.state, mine.reach, mine.heads, mine.rows) == ("ready", "departments", [ward.a.id], 10)
    assert {row[2] for row in rows_of(mine)} == {"Ward A", "Ward B"}
    assert "Departamento" in files.read(mine.sha256).decode()
    (letter,) = letters(ward.wanda)
    assert letter.subject == WEEKLY
    assert letter.language == "es"
    assert f"/account/reports/files/{mine.id}" in letter.body_text
    assert letter.attachment_id is None
    (officers,) = runs_of(schedule, ward.cleo)
    assert (officers.reach, officers.rows) == ("everybody", 12)
    (nothing,) = runs_of(schedule, ward.carl)
    assert (nothing.state, nothing.rows, nothing.file_id) == ("ready", 0, None)
    (said,) = letters(ward.carl)
    assert "nothing to report" in said.subject
    assert "enrolled in anything" in said.body_text
    assert not letters(ward.cast.mark)
    assert is_theirs_today(ward.wanda.viewer, mine)
    ward.a.head_id = None
    db.session.flush()
    assert not is_theirs_today(ward.wanda.viewer, mine), "no head any more: not the old files either"

    db.session.add(SettingValue(name="report_attached_mb", value=1))
    clock.move(days=7)
    turn(rings)
    assert len(runs_of(schedule, ward.wanda)) == 1, "who heads nothing gets nothing"
    assert letters(ward.cleo)[-1].attachment_id == runs_of(schedule, ward.cleo)[-1].file_id
    assert [one.day for one in turns_of(schedule)] == [dt.date(2026, 11, 9), dt.date(2026, 11, 2)]


def test_turns_missed_moved_paused_and_failed(clock: Clock, rings: list[Ring], monkeypatch: pytest.MonkeyPatch) -> None:
    """REP-4: ten weeks without a server are made up for once; a holiday moves the turn; what falls into a pause is not
    sent; one schedule that breaks stops no other, says so, and sends on 'Try again' only what is owed; who left, who may
    not and whose account closed get nothing; deleted is the end."""
    ward = Ward()
    hana, mark = ward.cast.hana.viewer, ward.cast.mark
    by_line = create_schedule(What(COMPLETION, {}), Wanted("Lines", MONDAY, [Readers.MANAGERS], []), by=hana)
    monthly = Timing(Every.MONTH, month_day=0, hour=7, working_days=False)
    what = What(COMPLETION, {"dates": ["due"]}, Window.MONTH)
    to_all = Wanted("Month", monthly, [], [mark.user.id, ward.cast.otto.user.id, ward.cast.lena.user.id])
    by_name = create_schedule(what, to_all, by=hana)
    db.session.commit()
    clock.move(days=70, hours=2)
    turn(rings)
    turn(rings)
    assert [one.period for one in runs_of(by_line, mark)] == [dt.date(2027, 1, 11)]
    (of_month,) = runs_of(by_name, mark)
    assert of_month.period == dt.date(2026, 12, 31)
    assert (of_month.terms["since"], of_month.terms["until"]) == (["2026-11-01"], ["2026-11-30"])
    (skipped,) = runs_of(by_name, ward.cast.otto)
    assert (skipped.state, skipped.error) == ("skipped", "May not see this report any more.")
    assert not letters(ward.cast.otto)
    assert not letters(ward.cast.otto, "report_failed")

    add_holidays({dt.date(2027, 1, 18): "Martin Luther King Day"}, hana)
    db.session.flush()
    assert by_line.next_at == dt.datetime(2027, 1, 19, 13, tzinfo=dt.UTC)
    pause_schedule(by_line, by=hana)
    clock.move(days=9)
    turn(rings)
    resume_schedule(by_line, by=hana)
    assert by_line.next_at == dt.datetime(2027, 1, 25, 13, tzinfo=dt.UTC)
    assert len(runs_of(by_line, mark)) == 1

    real = actions.readers_of

    def breaks(readers: list[Readers], people: list[int]) -> object:
        if readers:
            raise RuntimeError("no such table")
        return real(readers, people)

    clock.set(dt.datetime(2027, 2, 1, 13, 5, tzinfo=dt.UTC))
    with monkeypatch.context() as broken:
        broken.setattr(actions, "readers_of", breaks)
        turn(rings)
    assert by_line.error == actions.OUR_ERROR
    assert len(runs_of(by_name, mark)) == 2
    assert send_again(by_line, by=hana) == 1
    db.session.commit()
    run_rings(rings)
    assert by_line.error is None
    assert len(runs_of(by_line, mark)) == 2
    assert send_again(by_line, by=hana) == 0

    mark.user.active = False
    clock.move(days=7)
    turn(rings)
    assert by_line.error == actions.NOBODY
    end_schedule(by_line, by=hana)
    with pytest.raises(RuleBroken):
        send_again(by_line, by=hana)
    with pytest.raises(RuleBroken):
        change_schedule(by_line, What(COMPLETION, {}), Wanted("x", MONDAY, [Readers.HR]), by=hana)
    clock.move(days=7)
    assert send_due() == 0
    trail = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "report_schedule").order_by(AuditEntry.id)
    ).all()
    assert set(trail) == {
        "report schedule made", "report schedule paused", "report schedule resumed", "report schedule sent",
        "report schedule sent again", "report schedule deleted",
    }  # fmt: skip


def test_who_may_set_up_what(clock: Clock) -> None:
    """REP-4: HR sends to anybody; managers and auditors to themselves; who may not see the report sends it to nobody; a
    reader chosen twice gets it once; the table of the clock holds the job."""
    ward = Ward()
    mark, aki, otto = (ward.cast.mark, ward.cast.aki, ward.cast.otto)
    what = What(COMPLETION, {})
    for person in (mark, aki, ward.wanda):
        own = create_schedule(what, Wanted("Mine", MONDAY, [], [person.user.id]), by=person.viewer)
        assert own.made_by_id == person.user.id
        for wanted in (Wanted("x", MONDAY, [Readers.HR]), Wanted("x", MONDAY, [], [otto.user.id, person.user.id])):
            with pytest.raises(NotAllowed):
                create_schedule(what, wanted, by=person.viewer)
    with pytest.raises(NotAllowed):
        create_schedule(what, Wanted("Mine", MONDAY, [], [otto.user.id]), by=otto.viewer)
    with pytest.raises(RuleBroken):
        create_schedule(what, Wanted("x", MONDAY, [], [999_999]), by=ward.cast.hana.viewer)
    ward.b.head_id = mark.record.id
    ward.cast.hana.user.language = "es"
    db.session.flush()
    found = readers_of([Readers.HEADS, Readers.MANAGERS, Readers.HR], [ward.carl.user.id])
    assert {one.name: one.reach for one in found} == {
        "Mark Okafor": Reach.BOTH, "Wanda Ward": Reach.DEPARTMENTS, "Hana Novák": None, "Carl Clinic": None,
    }  # fmt: skip
    row = next(one for one in SCHEDULE if one.job == "reports to send")
    assert isinstance(row, Row)
    Scheduler([row], "America/Chicago").run_due()


def test_a_head_who_leads_gets_both_parts_in_one(clock: Clock, rings: list[Ring]) -> None:
    """REP-4: who heads a department and leads people elsewhere gets both, each row once, said in the letter and above the
    print; once one part is gone the other is still sent, and the old file with both is theirs no more."""
    ward = Ward()
    mark = ward.cast.mark
    db.session.get_one(Department, ward.carl.record.department_id).head_id = mark.record.id
    ward.b.head_id = mark.record.id
    ward.carl.record.department_id = ward.b.id
    stranger = ward.crowd.employees[0]
    db.session.execute(ReportingLine.__table__.delete().where(ReportingLine.employee_id == stranger.id))
    stranger.department_id = ward.b.id  # of the department, and not of the line
    db.session.commit()
    line = {one.name for one in ward.crowd.employees} - {stranger.name}
    schedule = create_schedule(
        What(COMPLETION, {}, form=Form.CSV), Wanted(WEEKLY, MONDAY, [Readers.HEADS, Readers.MANAGERS]), by=ward.cast.hana.viewer
    )  # fmt: skip
    db.session.commit()
    clock.set(dt.datetime(2026, 11, 2, 13, 1, tzinfo=dt.UTC))
    turn(rings)
    (both,) = runs_of(schedule, mark)
    assert (both.state, both.reach) == ("ready", "line and departments")
    assert sorted(row[1] for row in rows_of(both)) == sorted([*line, stranger.name] * 2)
    assert "reports to you, and the departments you head" in letters(mark)[-1].body_text
    seen = widest(mark.viewer, COMPLETION)
    assert seen is not None
    asking = asking_of(COMPLETION, seen, {}, lambda _family: ({}, {}))
    with force_locale("en"):
        assert "The line of Mark Okafor; " in scope_of(asking, "Mark Okafor")
        assert "Ward A / Ward B" in scope_of(asking, "Mark Okafor")
        printed = report_pdf(COMPLETION, asking, asked_by="Mark Okafor", asked_at=clock.instant, language="en")
        wanda = seen_as(ward.wanda.viewer, COMPLETION, Reach.DEPARTMENTS)
        assert wanda is not None
        said = scope_of(asking_of(COMPLETION, wanda, {}, lambda _family: ({}, {})), "Wanda Ward")
    assert "Ward A / Ward B" in PdfDocument(printed)[0].get_textpage().get_text_range()
    assert said == "Ward A, with the departments below", "the department and not the line"

    assert is_theirs_today(mark.viewer, both)
    db.session.execute(ReportingLine.__table__.delete())
    db.session.commit()
    left = person_viewer(mark)
    assert not is_theirs_today(left, both)
    assert [one.seen and one.seen.reach for one in shares(COMPLETION, {}, [Reader(mark.user.id, "x", "en", Reach.BOTH)])] == [
        Reach.DEPARTMENTS
    ]  # fmt: skip


def person_viewer(person: Person) -> Viewer:
    found = viewer_now(person.user.id)
    assert found is not None
    return found
