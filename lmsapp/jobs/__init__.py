"""What runs without a person at the page: by the doorbell (JOBS) and by the clock (SCHEDULE).

Bodies are one line: a query for what is due, an action on it. Conditions live in the rules of the areas.
"""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from lmsapp.assignments.acts.actions import ACT_JOB, forget_acts
from lmsapp.assignments.acts.work import sweep_acts, work_on_act
from lmsapp.assignments.bulk.actions import BULK_JOB
from lmsapp.assignments.bulk.work import sweep_files_of_enrollments, work_on_file
from lmsapp.assignments.escalation.stalled import put_off_looks, tell_of_stalled
from lmsapp.assignments.letters import tell_assigned
from lmsapp.assignments.reminders import note_overdue, remind_due
from lmsapp.assignments.reminding.looking import look_again
from lmsapp.assignments.standing.applying import TELL_JOB
from lmsapp.assignments.standing.work import RUN_JOB, run_daily, sweep_runs
from lmsapp.assignments.standing.work import work_on as work_on_audiences
from lmsapp.assignments.states.actions import check_states, keep_states, keep_states_ahead
from lmsapp.assignments.tallies.actions import check_tallies, keep_tallies
from lmsapp.compliance.batches.actions import BATCH_JOB as COMPLIANCE_JOB
from lmsapp.compliance.batches.work import sweep_batches
from lmsapp.compliance.batches.work import work_on as work_on_batch
from lmsapp.compliance.documents import ends as document_ends
from lmsapp.compliance.documents.alarms import tell_of_scanner
from lmsapp.compliance.documents.bundles.actions import BUNDLE_JOB
from lmsapp.compliance.documents.bundles.work import forget_bundles, make_bundle, sweep_bundles
from lmsapp.compliance.documents.scans import SCAN_JOB, scan_stored, sweep_scans
from lmsapp.compliance.ledger.alerts import look_at_renewals
from lmsapp.compliance.ledger.following import check_duties
from lmsapp.compliance.policies.actions import LETTERS_JOB
from lmsapp.compliance.policies.letters import remind_to_sign, tell_asked
from lmsapp.compliance.reconciling.actions import LOOK_JOB, ask_daily
from lmsapp.compliance.reconciling.work import sweep_looks, work_on_look
from lmsapp.compliance.standing.actions import check_standings, keep_standings
from lmsapp.courses.exchange.actions import IMPORT_JOB as QUESTIONS_JOB
from lmsapp.courses.exchange.work import sweep_question_files, work_on_questions
from lmsapp.courses.moving.actions import IMPORT_JOB
from lmsapp.courses.moving.work import sweep_imports, work_on_import
from lmsapp.courses.packages.actions import PACKAGE_JOB
from lmsapp.courses.packages.work import sweep_packages, work_on_package
from lmsapp.courses.publishing.writings import note_ended_writings
from lmsapp.evidence.ledger.adopting import adopt
from lmsapp.evidence.ledger.exporting import export_when_due, tell_checkpoint
from lmsapp.evidence.ledger.sequencing import sequence_all
from lmsapp.evidence.ledger.watching import look_after
from lmsapp.evidence.retention.erasures.actions import ERASURE_JOB
from lmsapp.evidence.retention.erasures.work import sweep_erasures
from lmsapp.evidence.retention.retrieval.actions import RETRIEVAL_JOB, test_yearly
from lmsapp.evidence.retention.retrieval.work import sweep_tests
from lmsapp.evidence.retention.reviews.actions import RETENTION_JOB
from lmsapp.evidence.retention.reviews.work import sweep_reviews
from lmsapp.evidence.sealed_tables.actions import SEAL_TRAIL_JOB
from lmsapp.evidence.seals.actions import SEAL_JOB, sweep_files
from lmsapp.evidence.seals.sealing import Draw, seal_next
from lmsapp.evidence.signatures.document import draw_signature
from lmsapp.evidence.verifications.actions import VERIFY_JOB, ask_verification
from lmsapp.evidence.verifications.work import seal_all, sweep_verifications, work_on_verification
from lmsapp.infra import tracing
from lmsapp.infra.db import unit_of_work
from lmsapp.infra.queue import ring
from lmsapp.infra.scheduling import Daily, Every, Row, run_beside, run_forever
from lmsapp.insight.completion import ReportStatus
from lmsapp.insight.figures.actions import check_figures, forget_figures
from lmsapp.insight.gonogo import document as gonogo
from lmsapp.insight.keeping import work as keeping
from lmsapp.insight.keeping.documents import draw_retrieval_test
from lmsapp.insight.pack.actions import PACK_JOB
from lmsapp.insight.pack.work import sweep_packs, work_on_pack
from lmsapp.insight.printed.document import drawing_of
from lmsapp.insight.reports.runs.actions import RUN_REPORT_JOB
from lmsapp.insight.reports.runs.work import sweep_runs as sweep_reports
from lmsapp.insight.reports.runs.work import work_on_run as work_on_report
from lmsapp.insight.reports.schedules.actions import send_due
from lmsapp.insight.testified import SEALED, SOURCES
from lmsapp.jobs.batches import in_batches, keep_figures_awhile
from lmsapp.jobs.letters import LINKS, STILL_WANTED, WORDS
from lmsapp.learning.certificates.document import draw_certificate
from lmsapp.learning.certificates.groups.actions import GROUP_JOB
from lmsapp.learning.certificates.groups.work import sweep_groups, work_on_group
from lmsapp.learning.choosing.counting import COUNT_JOB, count_suggestions
from lmsapp.learning.links.asking import LINK_JOB, answer_asked, forget_old_links, sweep_asked
from lmsapp.learning.pauses.actions import end_pauses
from lmsapp.learning.quizpapers.documents import draw_analysis, draw_course_paper, draw_quiz_report, draw_regrade_report
from lmsapp.learning.quizzes.actions import submit_expired
from lmsapp.learning.regrading.actions import REGRADE_JOB
from lmsapp.learning.regrading.work import sweep_regrades, work_on_regrade
from lmsapp.learning.scorm.commits.finalising import finalise_silent
from lmsapp.learning.transcripts.document import draw_transcript
from lmsapp.learning.validity.renewals import tell_of_turns
from lmsapp.learning.versions.actions import MOVE_JOB
from lmsapp.learning.versions.work import sweep_moves, work_on_move
from lmsapp.onboarding.running.reminders import remind_of_tasks
from lmsapp.outreach.digests.actions import send_digests
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.actions import SEND_JOB
from lmsapp.outreach.notices.waits import ring_for_overlooked, shorten_waits
from lmsapp.people.accounts.resets import RESET_JOB, answer_reset, sweep_resets
from lmsapp.people.accounts.visits import forget_old_sign_ins
from lmsapp.people.employees.leaving import leave_due
from lmsapp.people.roster.actions import ROSTER_JOB
from lmsapp.people.roster.folder import look_into_folder, miss_roster
from lmsapp.people.roster.work import sweep_rosters, work_on
from lmsapp.web.gonogo.words import standing_label
from lmsapp.web.labels import word_finder
from lmsapp.web.report_labels import report_labels

DRAW: Draw = {
    "certificate": draw_certificate,
    "quiz_report": draw_quiz_report,
    "quiz_regrade_report": draw_regrade_report,
    "course_quiz_report": draw_course_paper,
    "question_analysis": draw_analysis,
    "signature": draw_signature,
    "transcript": draw_transcript,
    "retrieval_test": draw_retrieval_test,
    "completion_report": drawing_of(lambda: word_finder(ReportStatus), report_labels),
    "go_no_go": gonogo.drawing_of(standing_label),
}

JOBS: dict[str, Callable[..., object]] = {
    SEAL_JOB: lambda _sealed_id: seal_next(DRAW),  # the newest that waits, whichever rang
    RESET_JOB: answer_reset,
    LETTERS_JOB: lambda: in_batches(tell_asked),
    SEND_JOB: lambda notice_id: delivery.send(notice_id, STILL_WANTED, WORDS, LINKS),
    LINK_JOB: answer_asked,
    ROSTER_JOB: work_on,
    BULK_JOB: work_on_file,
    ACT_JOB: work_on_act,
    MOVE_JOB: work_on_move,
    RUN_JOB: work_on_audiences,
    TELL_JOB: lambda: in_batches(tell_assigned),
    IMPORT_JOB: work_on_import,
    QUESTIONS_JOB: work_on_questions,
    PACKAGE_JOB: work_on_package,
    REGRADE_JOB: work_on_regrade,
    COMPLIANCE_JOB: work_on_batch,
    LOOK_JOB: work_on_look,
    PACK_JOB: work_on_pack,
    RUN_REPORT_JOB: lambda run_id: work_on_report(run_id, report_labels),
    SEAL_TRAIL_JOB: lambda: seal_all(SEALED),
    VERIFY_JOB: lambda run_id: work_on_verification(run_id, SOURCES, SEALED),
    GROUP_JOB: lambda group_id: work_on_group(group_id, DRAW),
    SCAN_JOB: scan_stored,
    BUNDLE_JOB: make_bundle,
    RETENTION_JOB: keeping.review,
    ERASURE_JOB: keeping.erase,
    RETRIEVAL_JOB: keeping.test_retrieval,
    COUNT_JOB: count_suggestions,
}


def end_access() -> None:
    """Of those whose last day is over where they are, a batch at a time."""
    in_batches(leave_due)


def forget() -> None:
    """What is older than it is kept: sign-ins, single-use links, what came of acting on many."""
    forget_acts()
    forget_old_sign_ins()
    forget_old_links()


def verify_tonight() -> None:
    """The worker does it: the clock has other things to do meanwhile."""
    ask_verification(by=None)


def remind() -> None:
    """Turns of certifications and reminders due where their readers are, what became overdue, letters not rung for."""
    in_batches(
        look_again,
        tell_of_turns,
        look_at_renewals,
        remind_due,
        note_overdue,
        tell_asked,
        tell_assigned,
        remind_to_sign,
        remind_of_tasks,
    )


def keep_duties() -> None:
    """Who has to hold what: what is not as it should be is put right, and said on the trail."""
    check_duties()


def look_at_standstills() -> None:
    """Training in progress that nobody went on with: first whatever is not of that kind is put off, all at once."""
    in_batches(put_off_looks, tell_of_stalled)


SCHEDULE: tuple[Row, ...] = (
    Every("sweep notices", 15, delivery.sweep),
    Every("waits set by a wrong clock", 300, shorten_waits),
    Every("notices overlooked", 600, ring_for_overlooked),
    Every("sweep files", 15, sweep_files),
    Every("sweep resets", 30, sweep_resets),
    Every("sweep links asked for", 30, sweep_asked),
    Every("hand in expired attempts", 30, submit_expired),
    Every("sweep rosters", 15, sweep_rosters),
    Every("sweep enrollment files", 15, sweep_files_of_enrollments),
    Every("sweep acts on many", 15, sweep_acts),
    Every("sweep version moves", 15, sweep_moves),
    Every("sweep course imports", 15, sweep_imports),
    Every("sweep question files", 15, sweep_question_files),
    Every("sweep packages", 15, sweep_packages),
    Every("sweep regrades", 15, sweep_regrades),
    Every("sweep compliance batches", 15, sweep_batches),
    Every("sweep verifications", 15, sweep_verifications),
    Every("seal the trail", 3600, lambda: ring(SEAL_TRAIL_JOB)),
    Daily("verify the ledger", dt.time(3, 30), lambda _date: verify_tonight()),
    Every("sweep certificate groups", 15, sweep_groups),
    Every("standings of the matrix", 15, lambda: in_batches(keep_standings)),
    Every("tallies of completed training", 15, lambda: in_batches(keep_tallies)),
    Every("figures of the statistics", 15, keep_figures_awhile),
    Every("figures that are over", 600, forget_figures),
    Daily("check standings", dt.time(4, 35), lambda _date: check_standings()),
    Daily("check figures", dt.time(4, 45), lambda _date: check_figures()),
    Every("what colleagues take", 3600, lambda: ring(COUNT_JOB)),
    Every("states of training", 15, lambda: in_batches(keep_states, keep_states_ahead)),
    Daily("check tallies", dt.time(4, 30), lambda _date: check_tallies()),
    Daily("check states", dt.time(4, 40), lambda _date: check_states()),
    Every("sweep reconciliation", 15, sweep_looks),
    Daily("reconciliation", dt.time(4), ask_daily),
    Every("sweep evidence packs", 15, sweep_packs),
    Every("sweep reports", 15, sweep_reports),
    Every("reports to send", 60, lambda: in_batches(send_due)),
    Every("sweep document scans", 30, sweep_scans),
    Every("tell of the virus scanner", 60, tell_of_scanner),
    Every("sweep document bundles", 15, sweep_bundles),
    Daily("documents that end", dt.time(6), document_ends.tell_of_ends),
    Daily("forget document bundles", dt.time(3), lambda _date: forget_bundles()),
    Every("sweep retention reviews", 15, sweep_reviews),
    Every("sweep erasures", 15, sweep_erasures),
    Every("sweep retrieval tests", 15, sweep_tests),
    Every("files that went", 300, keeping.forget_files),
    Daily("retention review", dt.time(2), lambda _date: keeping.review_monthly()),
    Daily("retrieval test", dt.time(2), lambda _date: test_yearly()),
    Every("players that fell silent", 60, finalise_silent),
    Every("note what was written", 60, note_ended_writings),
    Every("roster folder", 60, look_into_folder),
    Every("roster expected", 300, miss_roster),
    Daily("reminders", dt.time(6), lambda _date: remind()),
    Every("sweep audiences", 15, sweep_runs),
    Daily("audiences", dt.time(1), lambda _date: run_daily()),
    Daily("compliance duties", dt.time(2), lambda _date: keep_duties()),
    Daily("forget old sign-ins", dt.time(3), lambda _date: forget()),
    Every("digests", 180, lambda: in_batches(send_digests)),  # nor is the hour of the letters of the day
    Every("standing still", 600, look_at_standstills),
    Every("reminders elsewhere", 60, remind),  # six in the morning is not the same instant everywhere
    Every("planned leavers", 300, end_access),  # nor is midnight
    Every("pauses that are over", 300, lambda: in_batches(end_pauses)),
    Every("look after the ledger", 60, look_after),
    Every("export checkpoints", 300, export_when_due),
    Daily("adopt into the ledger", dt.time(2), lambda _date: in_batches(lambda: adopt(SOURCES))),
    Daily("checkpoint to auditors", dt.time(5), lambda _date: tell_checkpoint()),
)

# In a thread of its own: a checkpoint comes within two seconds, whatever else the clock has to do.
BESIDE: tuple[Every, ...] = (Every("places in the ledger", 1, sequence_all),)
LAST_WORDS_S = 10


def run_job(name: str, *args: int | str, trace: Sequence[Any] = ("", 0, "")) -> None:
    """The one entry the queue calls. Everything the job does happens, or nothing does.

    `trace`: request id, and id and name of the person whose request rang; see `infra.queue.Ring`.
    """
    request_id, person_id, person_name = trace
    person = tracing.Person(person_id, person_name) if person_id else None
    with tracing.traced(tracing.Origin.JOB, request_id, person), unit_of_work():
        JOBS[name](*args)


def install(app: Flask) -> None:
    """Adds `flask scheduler`, which runs SCHEDULE until it is stopped."""

    @app.cli.command("scheduler", with_appcontext=False)
    def scheduler() -> None:
        """Run what is due by the clock; of several schedulers one works and the others wait."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        beside = [threading.Thread(target=run_beside, args=(app, row, stop), name=row.job) for row in BESIDE]
        for thread in beside:
            thread.start()
        run_forever(app, SCHEDULE, app.config["TIME_ZONE"], stop)
        for thread in beside:
            thread.join(LAST_WORDS_S)
