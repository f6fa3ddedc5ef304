"""Handing in and grading on a real database (CRS-1, CRS-3, QIZ-5)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lmsapp.courses.catalogue.actions import retire
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.publishing.queries import content_of
from lmsapp.courses.tasks.actions import set_evaluators, set_task
from lmsapp.courses.tasks.rules import Gives, Task
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock as time
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.grading.actions import DecidedMeanwhile, claim, grade
from lmsapp.learning.grading.next_one import claim_next
from lmsapp.learning.grading.queries import hand_in_for
from lmsapp.learning.grading.queue import QueueFilters, Show, count_waiting, queue
from lmsapp.learning.handins.actions import Work, add_files, hand_in, remove_file, save_draft
from lmsapp.learning.handins.facts import given_in
from lmsapp.learning.handins.models import Grading, HandIn
from lmsapp.learning.handins.queries import work_of
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.actions import add_roles
from lmsapp.people.roles import Role
from tests.cast import Cast, Person, employee, make_cast, staff
from tests.clock import Clock
from tests.kept import kept
from tests.learning.handins.scene import PDF, Scene, office_file, scene_of, verdict


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return scene_of(cast)


@pytest.fixture
@kept
def eva(cast: Cast) -> Person:
    person = staff("Eva Evaluator", Role.BATCH_EVALUATOR)
    db.session.commit()
    return person


def to_grade(viewer: Person, given: HandIn) -> HandIn:
    found = hand_in_for(viewer.viewer, given.id)
    assert found is not None
    return found


def states(scene: Scene, person: Person) -> list[str]:
    return [one.state.value for one in given_in(scene.enrollment(person).id, scene.lesson.id)]


def ids(viewer: Person, **filters: object) -> list[int]:
    rows, total = queue(viewer.viewer, QueueFilters(**filters), time.now())  # type: ignore[arg-type]
    assert total == len(rows)
    return [row.id for row in rows]


def staff_learner(scene: Scene, n: int) -> Person:
    person = employee(f"Learner{n} Number", f"E-2{n}", department="Cardiology", job_role="RN")
    enroll(person.record, scene.course, source="staff", by=None)
    db.session.commit()
    return person


def test_a_draft_is_kept_as_typed_and_a_late_save_changes_nothing(scene: Scene, cast: Cast) -> None:
    """QIZ-3: reordered saves, files up to the limit, all or none, checked by content; only one's own."""
    place, lena = scene.place(cast.lena), cast.lena.viewer
    assert save_draft(place, "one", "", 1, by=lena).kept
    assert save_draft(place, "three", "https://x", 3, by=lena).kept
    late = save_draft(place, "two", "", 2, by=lena)
    assert (late.kept, late.revision) == (False, 3)
    assert work_of(place).draft.text == "three"
    add_files(
        place, [Upload.of(PDF, "..\\..\\plan.exe"), Upload.of(office_file("word/document.xml"), "a.docx")], by=lena
    )
    names = [one["name"] for one in work_of(place).draft.files]
    assert names == ["plan.pdf", "a.docx"], "by content, without folders"
    refused = {
        "empty": b"",
        "larger than 1 MB": b"%PDF-1.4" + b"0" * (1 << 20),
        "not a PDF": b"<script>alert(1)</script>",
        "is not a": office_file("xl/workbook.xml"),
    }
    for words, content in refused.items():
        with pytest.raises(RuleBroken, match=words), db.session.begin_nested():
            add_files(place, [Upload.of(content, "x.pdf")], by=lena)
    with pytest.raises(RuleBroken, match="At most 3 files"), db.session.begin_nested():
        add_files(place, [Upload.of(PDF, "b.pdf")] * 2, by=lena)
    first = work_of(place).draft.files[0]["id"]
    remove_file(place, first, by=lena)
    remove_file(place, first, by=lena)
    assert len(work_of(place).draft.files) == 1
    for act in (
        lambda: save_draft(place, "mine", "", 9, by=cast.otto.viewer),
        lambda: hand_in(place, Work("k", "for her"), by=cast.milo.viewer),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_handing_in_twice_is_once_and_replacing_keeps_history(scene: Scene, cast: Cast) -> None:
    """QIZ-3, QIZ-5: one key is one hand-in; until it is graded a newer one replaces it and costs no try."""
    place = scene.place(cast.lena)
    add_files(place, [Upload.of(PDF, "plan.pdf")], by=cast.lena.viewer)
    one = scene.give(cast.lena, "First.", key="a")
    assert scene.give(cast.lena, "Something else.", key="a").id == one.id
    assert one.files[0]["sha256"] and one.number == 1 and one.content_version == scene.course.content_version
    assert not save_draft(place, "late", "", 0, by=cast.lena.viewer).kept, "a save that overtook nothing"
    assert work_of(place).draft.files == ()
    two = hand_in(place, Work("b", "Second.", keep=[one.files[0]["id"], 999_999]), by=cast.lena.viewer)
    db.session.commit()
    assert [file["name"] for file in two.files] == ["plan.pdf"]
    assert states(scene, cast.lena) == ["replaced", "waiting"]
    assert work_of(place).left == 1, "of two tries one is used"
    with pytest.raises(RuleBroken, match="nothing to hand in"):
        hand_in(place, Work("c", "   "), by=cast.lena.viewer)
    for link in ("javascript:alert(1)", "https://me:pw@x", "ftp://x", "https://", "https://x y"):
        with pytest.raises(RuleBroken, match="whole address"):
            hand_in(place, Work("d", "x", link), by=cast.lena.viewer)
    for statement in ("UPDATE hand_in SET text = 'forged'", "DELETE FROM hand_in"):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_passing_completes_the_course_when_the_grader_presses(scene: Scene, cast: Cast, eva: Person) -> None:
    """CRS-3, QIZ-5: lesson, criterion, record with who graded, notices; the same click twice is one grading."""
    given = scene.give(cast.lena, "# Plan\n<script>alert(1)</script> [x](javascript:alert(2))")
    assert "<script" not in given.text_html and "href" not in given.text_html
    found = to_grade(eva, given)
    row = grade(found, verdict(feedback="Good **work**. <img src=x onerror=alert(1)>"), by=eva.viewer)
    again = grade(found, verdict(feedback="Good **work**. <img src=x onerror=alert(1)>"), by=eva.viewer)
    db.session.commit()
    assert (row.id, str(row.percent), "<img" in row.feedback_html) == (again.id, "90.00", False)
    enrollment = scene.enrollment(cast.lena)
    assert enrollment.completed_at is not None and enrollment.progress == 100
    record = db.session.scalars(select(CompletionRecord)).one()
    criterion = next(one for one in record.criteria if one["kind"] == "assignment_passed")
    assert criterion["met"] and criterion["graded"][0]["by"] == "Eva Evaluator"
    assert criterion["graded"][0]["hand_in"] == given.id
    notices = db.session.scalars(select(Notice).where(Notice.template == "work_graded").order_by(Notice.id)).all()
    assert [one.channel for one in notices] == ["in_app", "email"]
    assert notices[0].subject == "Passed: Rescue plan" and "Eva Evaluator" in notices[0].body_text
    trail = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "hand_in")))
    assert trail == {"work handed in", "work graded"}
    with pytest.raises(RuleBroken, match="passed"):
        scene.give(cast.lena, "More.")
    with pytest.raises(RuleBroken, match="record stays"):
        grade(found, verdict("fail", "0", "0", seen=1, why="Copied."), by=eva.viewer)


def test_rework_then_the_last_try_fails(scene: Scene, cast: Cast, eva: Person) -> None:
    """QIZ-5, ENR-3: rework opens the next try; the last one cannot be sent back; failing it is Failed; regraded, it goes on."""
    one = to_grade(eva, scene.give(cast.lena, "One."))
    with pytest.raises(RuleBroken, match="what is missing"):
        grade(one, verdict("rework", "0", "", feedback=" "), by=eva.viewer)
    grade(one, verdict("rework", "1", "", feedback="Who carries the kit?"), by=eva.viewer)
    assert scene.enrollment(cast.lena).failed_at is None
    two = to_grade(eva, scene.give(cast.lena, "Two."))
    assert states(scene, cast.lena) == ["rework", "waiting"]
    with pytest.raises(RuleBroken, match="newer hand-in"):
        grade(one, verdict(seen=1, why="Second thoughts"), by=eva.viewer)
    with pytest.raises(RuleBroken, match="last try"):
        grade(two, verdict("rework", "0", "0", feedback="Again"), by=eva.viewer)
    grade(two, verdict("fail", "0", "0", feedback="Copied."), by=eva.viewer)
    assert scene.enrollment(cast.lena).failed_at is not None
    with pytest.raises(RuleBroken, match="was not passed"):
        scene.give(cast.lena, "Three.")
    with pytest.raises(RuleBroken, match="judged anew"):
        grade(two, verdict(seen=1), by=eva.viewer)
    grade(two, verdict(seen=1, why="The wrong file was read."), by=eva.viewer)
    enrollment = scene.enrollment(cast.lena)
    assert enrollment.completed_at is not None and enrollment.failed_at is None
    rows = db.session.scalars(select(Grading).where(Grading.hand_in_id == two.id).order_by(Grading.number)).all()
    assert [(row.decision, row.reason) for row in rows] == [("fail", ""), ("pass", "The wrong file was read.")]


def test_two_graders_at_once(scene: Scene, cast: Cast, eva: Person) -> None:
    """QIZ-5: a claim keeps nobody out and ends by itself; the second to decide is told what the first decided."""
    given, milo = scene.give(cast.lena), cast.milo
    first, second = to_grade(eva, given), to_grade(milo, given)
    claim(first, by=eva.viewer)
    with pytest.raises(RuleBroken, match="Eva Evaluator is on it"):
        claim(second, by=milo.viewer)
    grade(first, verdict(), by=eva.viewer)
    with pytest.raises(DecidedMeanwhile, match="Eva Evaluator passed this"):
        grade(second, verdict("fail", "0", "0"), by=milo.viewer)
    other = scene.give(cast.otto)
    claim(to_grade(eva, other), by=eva.viewer)
    assert claim_next(by=milo.viewer) is None
    with Clock(time.now() + dt.timedelta(minutes=31)).running():
        found = claim_next(by=milo.viewer)
        assert found is not None and found.id == other.id
        assert ids(milo, show=Show.MINE) == [other.id] and ids(eva, show=Show.MINE) == []


def test_forged_points_are_refused(scene: Scene, cast: Cast, eva: Person) -> None:
    """QIZ-5: points outside the rubric, for no criterion, missing, or against the decision."""
    found = to_grade(eva, scene.give(cast.lena))
    tries = {
        "between 0 and 6": verdict(first="7"),
        "between 0 and 4": verdict(second="-1"),
        "Give points": verdict(second=""),
        "do not pass": verdict(first="1", second="1"),
        "points pass": verdict("fail"),
    }
    for words, said in tries.items():
        with pytest.raises(RuleBroken, match=words):
            grade(found, said, by=eva.viewer)
    forged = verdict()
    forged.points["c99"] = forged.points["c1"]  # type: ignore[index]
    with pytest.raises(RuleBroken, match="do not belong"):
        grade(found, forged, by=eva.viewer)
    assert db.session.scalars(select(Grading)).all() == []


def test_who_finds_what(scene: Scene, cast: Cast, eva: Person) -> None:
    """ORG-2, QIZ-5: authors their courses, moderators all, evaluators what is theirs; nobody their own, in no role."""
    mine, hers = scene.give(cast.otto), scene.give(cast.lena)
    other = Scene(cast.milo.viewer, [cast.lena], title="Other")
    there = other.give(cast.lena)
    assert ids(cast.carla) == [mine.id, hers.id]
    assert ids(cast.milo) == ids(eva) == [mine.id, hers.id, there.id]
    for role in (Role.MODERATOR, Role.BATCH_EVALUATOR):
        add_roles([cast.otto.user.id, cast.mark.user.id], role, None)
    db.session.commit()
    assert ids(cast.otto) == [hers.id, there.id] and hand_in_for(cast.otto.viewer, mine.id) is None
    with pytest.raises(NotAllowed):
        grade(to_grade(eva, mine), verdict(), by=cast.otto.viewer)
    assert ids(cast.aki) == ids(cast.hana) == []
    fred = staff("Fred Evaluator", Role.BATCH_EVALUATOR)
    db.session.commit()
    set_evaluators(other.course, [fred.user.id], by=cast.milo.viewer)
    assert ids(eva) == [mine.id, hers.id] and there.id in ids(fred)
    with pytest.raises(RuleBroken, match="Batch Evaluator"):
        set_evaluators(other.course, [cast.hana.user.id], by=cast.milo.viewer)
    assert ids(cast.milo, course_id=other.course.id) == [there.id]
    assert ids(cast.milo, search="lena other") == [there.id]
    assert ids(cast.milo, waiting_days=1) == []
    retire(scene.course, cast.carla.viewer)
    scene.enrollment(cast.lena).withdrawn_at = time.now()
    db.session.commit()
    assert ids(eva) == [mine.id], "retired: still graded; withdrawn: not any more"
    with pytest.raises(RuleBroken, match="taken out of the course"):
        grade(to_grade(eva, hers), verdict(), by=eva.viewer)


def test_the_queue_costs_the_same_for_many(scene: Scene, cast: Cast, statements: list[str]) -> None:
    """QIZ-5, QUA: two statements for the list, however long; one for the number that waits."""

    milo = cast.milo.viewer

    def cost() -> int:
        statements.clear()
        queue(milo, QueueFilters(), time.now())
        count_waiting(milo)
        return len(statements)

    scene.give(cast.lena)
    few = cost()
    for n in range(6):
        scene.give(staff_learner(scene, n))
    assert len(ids(cast.milo)) == 7
    assert cost() == few == 3


def test_the_task_is_content_and_settings_are_checked(scene: Scene, cast: Cast) -> None:
    """CRS-1, EVD-1: task, rubric and files are in the content version; a hand-in keeps what was asked then."""
    given = scene.give(cast.lena)
    with_file = [Upload.of(PDF, "form.pdf")]
    set_task(scene.lesson, Task(gives=(Gives.FILE,), tries=None), by=cast.carla.viewer, uploads=with_file)
    assert scene.place(cast.lena).task.tries == 2, "the draft is no learner's"
    said = content_of(scene.course.id)["chapters"][0]["lessons"][1]["task"]
    assert (said["gives"], said["tries"], len(said["attached"][0])) == (["file"], None, 64)
    assert given.task["tries"] == 2 and len(given.task["rubric"]) == 2
    for words, task in {
        "one way": Task(gives=()),
        "type of file": Task(file_groups=()),
        "needs a rubric": Task(passing_percent=50),
        "between 1 and 10": Task(max_files=99),
    }.items():
        with pytest.raises(RuleBroken, match=words):
            set_task(scene.lesson, task, by=cast.carla.viewer)
