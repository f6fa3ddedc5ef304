"""What a posted form changes, row by row and column by column, beside what it may (SEC-4, ASVS 15.3.3).

Every field a form could be made to swallow is posted beside the valid minimum: each column of each table, and the names
that such holes had elsewhere. MAY_CHANGE says what each route changes for a learner or a line manager; a route that
is not named there changes nothing at all but the trail of its own doing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache

from flask import Flask
from sqlalchemy import text

from lmsapp.infra import clock
from lmsapp.infra.db import Base, db
from lmsapp.learning.quizzes.rules import digest_of
from tests.undoing import undone
from tests.walk.people import PASSWORD
from tests.walk.policy import Caller, Expected, Objects, expected
from tests.walk.routes import Call, Route, enters, worth_trying
from tests.walk.stage import Stage
from tests.walk.walk import Answer, send

Row = dict[str, object]
Snapshot = dict[str, dict[str, Row]]

# Names that were swallowed in other systems, or would hurt most here; each with what somebody would like it to be.
WISHES: dict[str, str] = {
    "is_admin": "1", "admin": "true", "role": "System Manager", "roles": "System Manager", "role_name": "Moderator",
    "grants": "configure", "status": "completed", "score": "100", "best_score": "100", "percent": "100",
    "progress": "100", "passed": "1", "correct": "1", "completed_at": "2020-01-01T00:00:00", "completed_on": "2020-01-01",
    "due_on": "2031-01-01", "due_at": "2031-01-01T00:00:00", "closed_as": "exempt", "session_epoch": "9",
    "active": "1", "valid_until": "2099-01-01", "password_hash": "x", "manager_id": "1", "by": "1", "waived": "1",
    "seconds": "100000", "min_seconds": "0", "attempts": "0", "max_attempts": "99", "deadline": "2099-01-01T00:00:00",
}  # fmt: skip
# Saying who did what is always allowed, and so is that something of a person is to be counted anew.
NOTES = ("audit_entry+", "assignment_states_mark+", "figures_touched+")
SOON = (clock.now().date() + dt.timedelta(days=20)).isoformat()
SCHEDULE = {
    "report": "completion", "name": "Mine", "every": "week", "weekday": "2", "month_day": "3", "hour": "8", "working_days": "1", "days": "",
    "form": "csv",
}  # fmt: skip
ONE_ROW = {"chosen": "", "everybody": "", "mark": ""}  # the ticked one, not all that match
# The valid minimum of a route; the rest of what it is sent is hostile. '{name}' is an id of the caller's own.
VALID: dict[str, dict[str, str]] = {
    "student.finish_lesson": {"agreed": "1"},
    "student.create_launch": {"item": ""},
    "student.note_lesson": {"visit": "1", "beat": "1", "seconds": "5", "seen": "[]"},
    "student.hand_in": {"key": "abcd", "seen": digest_of([])},
    "student.give_work": {"key": "abcd", "text": "Mine", "link": "", "revision": "2"},
    "student.save_work": {"text": "Mine", "link": "", "revision": "2"},
    "student.keep_note": {"text": "Mine", "revision": "2"},
    "student.save_review": {"stars": "2", "text": "Changed"},
    "student.save_cost_centre": {"cost_centre": "CC 9"},
    "student.save_quiz_answer": {"answer": "a", "revision": "2"},
    "student.answer_question": {"answer": "a", "go": "next"},
    "student.finish_onboarding_task": {"note": "Done", "expires_on": ""},
    "team.finish_onboarding_task": {"note": "Done", "expires_on": ""},
    "team.create_reminders": {"pick": "{open_assignment_id}", **ONE_ROW},
    "team.create_extensions": {"pick": "{open_assignment_id}", **ONE_ROW, "due_on": "2030-05-05", "reason": "Ill"},
    "team.create_escalations": {"pick": "{open_assignment_id}", **ONE_ROW, "to_whom": "hr partner", "reason": "Ill"},
    "team.create_assignment_changes": {
        "what": "move",
        "how": "days",
        "days": "400",
        "day": "",
        "pick": "{open_assignment_id}",
        "reason": "Ill",
        "everybody": "",
        "mark": "",
    },
    "team.create_report_run": {"form": "csv"},
    "team.create_report_schedule": SCHEDULE,
    "team.save_report_schedule": {**SCHEDULE, "name": "Changed"},
    "team.pause_report_schedule": {},
    "team.resume_report_schedule": {},
    "team.end_report_schedule": {},
    "team.cancel_one_act": {},
    "team.repeat_act": {},
    "gonogo.create_checklist": {
        "name": "Mine",
        "day": SOON,
        "who": "line",
        "lead": "",
        "people": "",
        "courses": "{course_id}",
    },
    "gonogo.save_checklist": {
        "name": "Changed",
        "day": SOON,
        "who": "line",
        "lead": "",
        "people": "",
        "courses": "{course_id}",
    },
    "gonogo.create_clearance": {"until": SOON, "reason": "Ill"},
    "gonogo.create_reminders": {"everybody": "1", "back": ""},
    "gonogo.create_token": {"name": "Build server", "scope": "0", "days": "9"},
    "account.create_view": {
        "list": "team.assignments",
        "filters": "late=7",
        "name": "Late",
        "shared": "",
        "first": "1",
    },
    "account.save_view_changes": {"name": "Later", "shared": "", "first": "1"},
    "account.choose_first_view": {"first": "1"},
    "student.create_pause": {"courses": "{fresh_enrollment_id}", "until_on": SOON, "kind": "leave", "reason": "Away"},
    "team.create_pause": {"pause-until_on": SOON, "pause-kind": "leave", "pause-reason": "Away"},
    "team.create_person_pause": {
        "courses": "{fresh_enrollment_id}",
        "until_on": SOON,
        "kind": "leave",
        "reason": "Away",
    },
    "account.choose_language": {"language": "es"},
    "account.read_notices": {"notice": "{notice_id}"},
    "account.change_mobile": {"mobile": "+34 600 100 200", "present_password": PASSWORD},
    "account.choose_zone": {"time_zone": "Europe/Madrid"},
    "account.agree_to_texts": {"number": "+1 312 555 0100", "agreed": "1"},
    "account.save_digest": {"digest": "1"},
    "account.save_quiet_hours": {"quiet_from": "12", "quiet_until": "14"},
    "account.save_slack_member": {"member": "U024BE7LH"},
    "account.create_signature": {"version": "{signing_version_id}", "agreed": "1", "password": PASSWORD},
    "account.ask_for_new_email": {"email": "another.one@walk.example", "present_password": PASSWORD},
    "account.change": {"old_password": PASSWORD, "password": "four unrelated words here"},
}
# Where the address should lead to something that is still to be done.
TO_DO: dict[str, dict[str, str]] = {
    "student.note_lesson": {"course_id": "fresh_course_id", "lesson_id": "fresh_lesson_id"},
    "student.finish_lesson": {"course_id": "fresh_course_id", "lesson_id": "fresh_lesson_id"},
    "student.finish_onboarding_task": {"task_id": "open_task_id"},
    "student.give_work": {"course_id": "work_course_id", "lesson_id": "work_lesson_id"},
    "student.save_work": {"course_id": "work_course_id", "lesson_id": "work_lesson_id"},
    "student.add_work_files": {"course_id": "work_course_id", "lesson_id": "work_lesson_id"},
    "student.remove_work_file": {"course_id": "work_course_id", "lesson_id": "work_lesson_id"},
    "team.finish_onboarding_task": {"task_id": "line_task_id"},
    "team.create_pause": {"enrollment_id": "fresh_enrollment_id"},
    "student.create_renewal": {"course_id": "renewable_course_id"},
    "student.save_cost_centre": {"course_id": "paid_course_id"},
    "student.create_launch": {"course_id": "launched_course_id", "lesson_id": "launched_lesson_id"},
    "student.start_quiz": {"course_id": "open_course_id", "lesson_id": "open_quiz_id"},
    "student.end_instructor_time": {"course_id": "asking_course_id"},
    "student.end_more_time": {"course_id": "late_course_id"},
    "team.resume_report_schedule": {"report_schedule_id": "paused_schedule_id"},
    "team.repeat_act": {"act_id": "stopped_act_id"},
}
# For a learner and a line manager: 'table.column' that changes, 'table+' for new rows; * for any.
LEARNING = ("enrollment.current_lesson_id", "enrollment.last_active_at", "enrollment.started_at", "lesson_progress*")
LEARNING += (
    "training_assignment.started_at",
    "enrollment.content_version",
    "enrollment.counted_until",
    "lesson_visit*",
)
# Done, by whom and when; what was written beside it; no date, no document, nobody else's part.
DONE = tuple(f"onboarding_task.{name}" for name in ("state", "done_*", "note", "reason", "next_reminder_on"))
# Paused: until when; and the due date that moves with it.
PAUSED = ("enrollment.paused_at", "enrollment.paused_until", "enrollment_pause+", "assignment_pause+")
PAUSED += tuple(f"training_assignment.{name}" for name in ("due_at", "due_on", "next_reminder_on", "reminded_through"))
MAY_CHANGE: dict[str, tuple[str, ...]] = {
    "account.ask_for_new_email": ("notice+", "sign_in_failure+", "sign_in_link+"),
    "account.change": (
        "app_user.password_hash",
        "app_user.session_epoch",
        "notice+",
        "sign_in+",
        "scorm_launch.revoked_at",
    ),
    "account.change_mobile": ("employee.mobile", "notice+"),
    "account.choose_optional_letters": ("app_user.switched_off",),
    "account.choose_zone": ("app_user.time_zone",),
    "account.agree_to_texts": ("contact_preference*",),
    "account.end_texts": ("contact_preference*",),
    "account.save_digest": ("contact_preference*",),
    "account.save_quiet_hours": ("contact_preference*",),
    "account.save_slack_member": ("contact_preference*",),
    "admin.print_completion": ("report_request+", "sealed_file+"),
    "team.print_completion": ("report_request+", "sealed_file+"),
    "team.create_report_run": ("report_run+",),
    "account.report_run_again": ("report_run+",),
    "account.report_run_end": ("report_run.file_id", "stored_file-", "file_going+"),
    "team.create_report_schedule": ("report_schedule+", "report_schedule_person+"),
    "team.save_report_schedule": tuple(f"report_schedule.{name}" for name in (*SCHEDULE, "next_at")),
    "team.pause_report_schedule": ("report_schedule.paused_at", "report_schedule.next_at"),
    "team.resume_report_schedule": ("report_schedule.paused_at", "report_schedule.next_at"),
    "team.end_report_schedule": ("report_schedule.ended_at", "report_schedule.next_at"),
    "team.cancel_one_act": ("assignment_act.state", "assignment_act.finished_at"),
    "team.repeat_act": ("assignment_act.state", "assignment_act.tries"),
    "account.create_signature": ("sealed_file+", "signature+", "signature_request.signature_id", "ledger_*"),
    "account.download_held": ("sign_in_failure+",),  # counts, so that it cannot be asked for without end
    "account.end_one_session": ("sign_in.ended_at",),
    "account.choose_language": ("app_user.language",),
    "account.end_all_sessions": ("app_user.session_epoch", "scorm_launch.revoked_at"),
    "account.read_notices": ("notice.read_at",),
    "student.answer_question": ("quiz_answer+",),
    "student.create_transcript": ("sealed_file+", "transcript+"),
    "team.create_transcript": ("sealed_file+", "transcript+"),
    "student.create_launch": (*LEARNING, "scorm_attempt*", "scorm_launch*", "scorm_sco*"),
    "student.create_renewal": tuple(
        f"enrollment.{name}"
        for name in ("cycle", "renewal_started_at", "progress", "done_lessons", "started_at", "content_version")
    ),
    "gonogo.create_checklist": ("go_no_go+", "go_no_go_item+"),
    "gonogo.save_checklist": ("go_no_go.*", "go_no_go_item*"),
    "gonogo.end_checklist": ("go_no_go.archived_at",),
    "gonogo.create_clearance": ("go_no_go_clearance+",),
    "gonogo.create_reminders": ("notice+",),
    "gonogo.create_print": ("go_no_go_print+", "sealed_file+"),
    "gonogo.create_token": ("access_token+",),
    "gonogo.end_token": ("access_token.revoked_*",),
    "student.create_pause": PAUSED,
    "student.enroll": ("enrollment+",),
    "student.give_work": (*LEARNING, "hand_in+", "hand_in_draft.*"),
    "student.save_work": ("hand_in_draft.*",),
    "student.remove_work_file": ("hand_in_draft.*",),
    "student.keep_note": ("lesson_note+", "lesson_note.*"),
    "student.decline": ("learner_choice+", "learner_choice-"),
    "student.no_review": ("learner_choice+",),
    "student.save_cost_centre": ("payment.cost_centre",),
    "student.save_review": (
        "course_rating.stars",
        "course_review.edited_at",
        "course_review.stars",
        "course_review.text",
    ),
    "student.finish_lesson": (*LEARNING, "enrollment.done_lessons", "enrollment.progress"),
    "student.finish_onboarding_task": DONE,
    "student.end_instructor_time": tuple(
        f"instructor_request.{name}" for name in ("state", "closed_at", "closed_by_name")
    ),
    "student.end_more_time": ("extension_request.state",),
    "student.ask_more_time": ("extension_request+", "notice+"),
    "team.answer_extension_request": (
        "extension_request.answer*",
        "extension_request.granted_on",
        "extension_request.state",
        "notice+",
        "training_assignment.due_at",
        "training_assignment.due_on",
        "training_assignment.next_reminder_on",
        "training_assignment.reminded_through",
    ),
    "student.hand_in": ("quiz_submission.*", "sealed_file+", "quiz_grading+"),
    "student.ask_attempts_paper": ("quiz_paper+", "sealed_file+"),
    "team.ask_attempts_paper": ("quiz_paper+", "sealed_file+"),
    "student.note_lesson": LEARNING,
    "student.read_notices": ("notice.read_at",),
    "student.save_quiz_answer": ("quiz_answer+",),
    "student.start_quiz": ("enrollment.last_active_at", "quiz_submission+"),
    "team.create_extensions": (
        "training_assignment.due_at",
        "training_assignment.due_on",
        "training_assignment.next_reminder_on",
        "training_assignment.reminded_through",
    ),
    "account.create_view": ("saved_view+", "first_view+"),
    "account.save_view_changes": ("saved_view.name", "saved_view.saved_at", "saved_view.shared", "first_view+"),
    "account.choose_first_view": ("first_view+",),
    "account.remove_view": ("saved_view-", "first_view-"),
    "team.create_assignments": ("training_assignment+", "enrollment+", "notice+"),
    "team.create_assignment_changes": (
        "training_assignment.due_at",
        "training_assignment.due_on",
        "training_assignment.next_reminder_on",
        "training_assignment.reminded_through",
    ),
    "team.undo_assignment_changes": (
        "training_assignment.due_at",
        "training_assignment.due_on",
        "training_assignment.next_reminder_on",
        "training_assignment.reminded_through",
    ),
    "team.create_pause": PAUSED,
    "team.create_person_pause": PAUSED,
    "team.create_reminders": ("notice+",),
    "team.create_escalations": ("notice+",),
    "team.create_further_training": ("training_assignment+", "enrollment+", "notice+"),
    "team.finish_onboarding_task": DONE,
}

# What is written to others by design: whoever is above, or keeps HR's records.
TELLS_OTHERS = {("team.create_escalations", "notice")}


@dataclass(frozen=True)
class Change:
    """`what`: 'table.column', 'table+' or 'table-'. `whose`: ids of people that the row names."""

    what: str
    row: Row

    def whose(self) -> dict[str, object]:
        return {name: self.row[name] for name in ("employee_id", "user_id") if self.row.get(name) is not None}


@lru_cache(maxsize=1)
def every_column() -> frozenset[str]:
    """The name of every column of every table."""
    return frozenset(column.name for table in Base.metadata.tables.values() for column in table.columns)


def take_snapshot(only: Iterable[str] = ()) -> Snapshot:
    """Every row of every table (or of `only` these), by its key."""
    wanted = set(only)
    tables = [table for name, table in sorted(Base.metadata.tables.items()) if not wanted or name in wanted]
    union = " UNION ALL ".join(f"SELECT '{t.name}', to_jsonb(t)::text FROM \"{t.name}\" t" for t in tables)
    keys = {table.name: [column.name for column in table.primary_key] for table in tables}
    found: Snapshot = {table.name: {} for table in tables}
    for name, row in db.session.execute(text(union)):
        values = json.loads(row)
        found[name]["/".join(str(values[key]) for key in keys[name])] = values
    return found


def rows_written() -> dict[str, int]:
    """Table -> rows inserted, changed and deleted in this transaction so far, those that were undone included."""
    counted = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
    return {name: count for name, count in db.session.execute(text(counted)) if count}


def changes_between(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """In the tables that `after` holds."""
    for table, new in after.items():
        old = before[table]
        yield from (Change(f"{table}-", old[key]) for key in old.keys() - new.keys())
        yield from (Change(f"{table}+", new[key]) for key in new.keys() - old.keys())
        for key in old.keys() & new.keys():
            for column in new[key]:
                if old[key].get(column) != new[key][column]:
                    yield Change(f"{table}.{column}", new[key])


def hostile_form(route: Route, own: Objects, foreign: Objects) -> dict[str, object]:
    """The valid minimum, and beside it every name with what one would wish, foreign ids where ids are asked for."""
    ids: dict[str, object] = {name: str(value) for name, value in foreign.ids.items()}
    form: dict[str, object] = dict.fromkeys(every_column(), "1") | ids | WISHES
    form |= {"employee": str(foreign.employee_id), "user": str(foreign.user_id)}
    return form | {name: value.format(**own.ids) for name, value in VALID.get(route.endpoint, {}).items()}


def post_everything(
    app: Flask, stage: Stage, routes: Iterable[Route], callers: Iterable[Caller], *, tables: Iterable[str] = ()
) -> Iterator[tuple[Call, Answer, list[Change]]]:
    """Each route that changes something, as each caller, on each object they find; undone afterwards.

    Only the tables that were written to are looked through, unless some are named: there is a row to write on the way
    to any change.
    """
    client = app.test_client(use_cookies=False)
    db.session.remove()
    before = take_snapshot(tables)
    for caller in callers:
        for route in routes:
            for own in _each_standing(stage, caller, route):
                finds = route.policy is not None and expected(route.policy, caller, own if route.owned else None)
                if route.method == "GET" or finds is not Expected.FOUND or (route.policy and route.policy.public):
                    continue
                foreign = next(one for one in stage.objects if one is not own)
                ids = own.ids | {name: own.ids[other] for name, other in TO_DO.get(route.endpoint, {}).items()}
                path = route.path(stage.shared | ids)
                call = Call(caller, route, path, own, fragment=False)
                with undone():
                    so_far = {} if tables else rows_written()
                    db.session.remove()
                    answer = send(client, call, hostile_form(route, own, foreign))
                    db.session.remove()
                    written = set(before)
                    if not tables:
                        written &= {name for name, count in rows_written().items() if count != so_far.get(name)}
                    changed = list(changes_between(before, take_snapshot(written))) if written else []
                yield call, answer, changed


def _each_standing(stage: Stage, caller: Caller, route: Route) -> list[Objects]:
    """One object of each way in which they can be the caller's; any one where the address names none."""
    if not route.owned or not enters(caller, route):
        return list(stage.objects[:1])
    return [one for one in worth_trying(stage, caller, route, thorough=False) if one is not None]


def unannounced(call: Call, change: Change, stage: Stage) -> str:
    """'' for what the route says it changes, in rows of people it may change, to what it worked out itself."""
    what, said = change.what, f"{call.caller.name}: {call.route} changes {change.what}"
    if not any(fnmatch(what, pattern) for pattern in (*NOTES, *MAY_CHANGE.get(call.route.endpoint, ()))):
        return f"{said}: {change.row}"
    viewer, table = call.caller.viewer, what.partition(".")[0].rstrip("+-")
    assert viewer is not None
    people = {viewer.employee_id, viewer.user_id}
    people |= {i for one in stage.objects if viewer.employee_id in one.above for i in (one.employee_id, one.user_id)}
    if (
        table != "audit_entry"
        and (call.route.endpoint, table) not in TELLS_OTHERS
        and not set(change.whose().values()) <= people
    ):
        return f"{said} of somebody else: {change.whose()}"
    valid = VALID.get(call.route.endpoint, {})
    for column in [what.partition(".")[2]] if "." in what else change.row:
        if column not in valid and column in WISHES and str(change.row.get(column)) == WISHES[column]:
            return f"{said}: takes {column} = {WISHES[column]!r} from the form"
    return ""
