"""What every wing shows of an onboarding: words, and the tasks grouped by who does them (ORG-6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from lmsapp.infra import files
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.onboarding.courses.rules import Reason
from lmsapp.onboarding.running import actions
from lmsapp.onboarding.running.queries import OnboardingView, may_read_file, onboarding_view, task_for
from lmsapp.onboarding.running.rules import Standing, WhyNotStarted
from lmsapp.onboarding.templates.rules import CountedFrom, Kind, Who
from lmsapp.web.dates import day
from lmsapp.web.forms import Form
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.sending import send_stored

WHO: dict[str, Any] = {
    Who.EMPLOYEE: __("The new colleague"),
    Who.MANAGER: __("The manager"),
    Who.HR: __("HR"),
    Who.PARTNER: __("The HR business partner"),
}
TASK_KINDS: dict[str, Any] = {
    Kind.TODO: __("Something to do"),
    Kind.UPLOAD: __("A document to hand in"),
    Kind.SIGNATURE: __("A text to sign"),
    Kind.TRAINING: __("The mandatory courses"),
}
COUNTED: dict[str, Any] = {
    CountedFrom.HIRE: __("hire date"),
    CountedFrom.START: __("start of the onboarding"),
}
STATES: dict[str, tuple[str, Any]] = {
    "open": ("pending", __("To do")),
    "waiting": ("in review", __("Waiting for HR")),
    "done": ("completed", __("Done")),
    "waived": ("waived", __("Not needed")),
}
STANDINGS: dict[str, tuple[str, Any]] = {
    Standing.LATE: ("overdue", __("Late")),
    Standing.RUNNING: ("in progress", __("Running")),
    Standing.AHEAD: ("scheduled", __("Starts later")),
    Standing.COMPLETED: ("completed", __("Completed")),
    Standing.CANCELLED: ("cancelled", __("Cancelled")),
    Standing.LEFT: ("inactive", __("Left")),
}
NOT_STARTED: dict[str, Any] = {
    WhyNotStarted.NO_HIRE_DATE: __("The record has no hire date."),
    WhyNotStarted.HIRED_BEFORE: __("Hired longer ago than the setting allows."),
    WhyNotStarted.SWITCHED_OFF: __("Starting by itself is switched off in the settings."),
    WhyNotStarted.BY_HAND: __("There was no template and no mandatory course when they joined."),
}


class TaskForm(Form):
    """What may be said when a task is ticked, waived, handed in, accepted or sent back."""

    note = TextAreaField(__("Note"), [Optional(), Length(max=1000)])
    reason = StringField(__("Reason"), [Optional(), Length(max=1000)])
    files = FileField(__("Document"))
    expires_on = DateField(__("Last valid day"), [Optional()])


def why_words(row: Any) -> tuple[str, str]:
    """Why a course was not assigned, and what to do about it."""
    missed = {"department": _("not for this department"), "job role": _("not for this job role")}
    detail = row.detail
    completed = day(dt.date.fromisoformat(detail)) if row.why_not == Reason.COMPLETED else ""
    known = {
        Reason.LEFT: (_("has left"), _("Nothing to do.")),
        Reason.NOT_MEANT: (
            missed.get(detail, _("not for this location")),
            _("If it should be, change in the course's settings for whom it is mandatory."),
        ),
        Reason.NOT_PUBLISHED: (
            _("not published"),
            _("Publish the course; it is then assigned by itself."),
        ),
        Reason.WITHDRAWN: (_("withdrawn from it"), _("Enroll them again, then try again.")),
        Reason.COMPLETED: (_("completed on %(day)s", day=completed), _("Nothing to do.")),
        Reason.ASSIGNED: (_("assigned before"), _("Nothing to do; that assignment counts here.")),
        Reason.EXEMPT: (_("exempt from it"), _("Nothing to do; or assign it by hand.")),
    }
    return known[Reason(row.why_not)]


def context_of(
    view: OnboardingView, wing: str, form: TaskForm | None = None, task_id: int = 0, tried: str = ""
) -> dict[str, Any]:
    """For `onboarding/_tasks.html`: tasks grouped by who does them, one's own first; addresses of the wing.

    `tried`: what of `act` did not work with `task_id`, so that its own fields are open and keep what was typed.
    """
    groups: dict[str, list[Any]] = {}
    for one in sorted(view.tasks, key=lambda task: not task.theirs):
        groups.setdefault(one.task.who, []).append(one)
    paired = [row for row in view.courses if row.assignment_id is not None]
    return {
        "view": view,
        "groups": list(groups.items()),
        "who": WHO,
        "states": STATES,
        "standings": STANDINGS,
        "paired": paired,
        "not_paired": [(row, *why_words(row)) for row in view.courses if row.assignment_id is None],
        "wing": wing,
        "form": form,
        "wrong_task": task_id if form is not None and form.errors else 0,
        "tried": tried,
        "address": lambda what, task: url_for(f"{wing}.{what}_onboarding_task", task_id=task.id),
        "file_address": lambda task: url_for(f"{wing}.onboarding_file", task_id=task.id),
    }


def act(task_id: int, wing: str, what: str, scopes: tuple[str, ...], back: str, template: str) -> Response:
    """Find the task, do it, and go back; what is wrong stands beside the task, nothing typed lost."""
    task = get_or_404(task_for(g.viewer, task_id, *scopes))
    form = TaskForm()
    if form.validate():
        with form.rule_errors():
            said = _do(what, task, form)
    if form.errors:
        view = onboarding_view(g.viewer, task.onboarding_id, *scopes)
        if view is None or template == "":
            raise form.broken or RuleBroken(N_("That did not work. Try again."))
        return page(template, status=422, **context_of(view, wing, form, task_id, what))
    where = back if back.startswith("/") else url_for(back, onboarding_id=task.onboarding_id)
    return to(f"{where}#task-{task_id}", said=said)


def _do(what: str, task: Any, form: TaskForm) -> str:
    viewer, reason = g.viewer, form.reason.data or ""
    if what == "finish":
        actions.finish_task(task, viewer, note=form.note.data or "", reason=reason)
        return _("Done: %(title)s", title=task.title)
    if what == "reopen":
        actions.reopen_task(task, viewer)
        return _("To do again: %(title)s", title=task.title)
    if what == "waive":
        actions.waive_task(task, viewer, reason)
        return _("Not needed: %(title)s", title=task.title)
    if what == "accept":
        actions.accept_document(task, viewer, expires_on=form.expires_on.data)
        return _("Accepted; it is in the employee file.")
    if what == "return":
        actions.send_back(task, viewer, reason)
        return _("Sent back; they are told why.")
    given = request.files.get("files")
    if given is None or not given.filename:
        raise RuleBroken(N_("Choose a file first."), field="files")
    actions.hand_in(task, given.stream, given.filename, viewer, expires_on=form.expires_on.data)
    return _("Handed in: %(title)s", title=task.title)


def send_task_file(task_id: int, *scopes: str) -> Response:
    """What was handed in, always as an attachment; who opened it is on the record."""
    task = get_or_404(task_for(g.viewer, task_id, *scopes))
    if task.file is None or not may_read_file(g.viewer, task) or not files.exists(task.file.sha256):
        abort(404)
    actions.note_opened(task, g.viewer)
    return send_stored(task.file.sha256, name=task.file.name, media_type=task.file.media_type)
