"""One enrollment for staff: where it stands, everything that happened, what can be done (ENR-7, ENR-9, ENR-10)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.infra import clock
from lmsapp.insight.enrollments.filters import Scope
from lmsapp.insight.enrollments.one import OneEnrollment, enrollment_in, what_happened
from lmsapp.learning.certificates.evaluations.queries import evaluation_of
from lmsapp.learning.certificates.staff import certificates_of_enrollment
from lmsapp.learning.enrollments.by_hand import is_done
from lmsapp.learning.enrollments.queries import study
from lmsapp.learning.overrides.queries import overrides_of
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.pauses.queries import pauses_of
from lmsapp.learning.quizzes.granting import quizzes_used_up
from lmsapp.learning.regrading.lost import lost_passes
from lmsapp.people.roles import May
from lmsapp.people.settings.queries import setting
from lmsapp.web.criteria import needed_items
from lmsapp.web.dates import day
from lmsapp.web.enrolled_words import OVERRIDE_KINDS, OVERRIDE_STATES, PAUSE_ENDS, PAUSE_KINDS, SOURCES, STATUSES
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form
from lmsapp.web.reported import summary_of
from lmsapp.web.timeline import lines

REASON = [InputRequired(__("Give a reason; it stays on record.")), Length(max=1000)]


class AccessForm(Form):
    """Taking access away, or giving it back."""

    reason = TextAreaField(__("Reason"), REASON)


class AttemptForm(Form):
    """One more attempt."""

    quiz_id = SelectField(__("Quiz"), coerce=int)
    reason = TextAreaField(__("Reason"), REASON)


class OverrideForm(Form):
    """What to set by hand."""

    kind = RadioField(
        __("What to set"),
        choices=choices(
            {
                OverrideKind.COMPLETION.value: __("Completed: the learner has shown that they did it"),
                OverrideKind.EXEMPTION.value: __("Exempt: they need not take it"),
            }
        ),
        default=OverrideKind.COMPLETION.value,
    )
    reason = TextAreaField(__("Reason"), REASON)
    proof = FileField(__("What the learner showed"), description=__("PDF, JPG, PNG or DOCX. Kept with the decision."))


class TakeBackForm(Form):
    """Taking a decision back."""

    reason = TextAreaField(__("Reason"), REASON)


class PauseForm(Form):
    """Until when, and why."""

    until_on = DateField(__("Last day of the pause"), [InputRequired(__("Choose the last day."))])
    kind = SelectField(__("Because of"), choices=choices(PAUSE_KINDS))
    reason = StringField(
        __("In a few words"),
        [InputRequired(__("Say a few words about why.")), Length(max=500)],
        description=__("The manager and those who look after courses can read it. No medical details, please."),
    )


def one_context(wing: str, scope: Scope, found: OneEnrollment) -> dict[str, Any]:
    """For the page: facts, criteria, timeline, and forms for who may use them."""
    one = found.enrollment
    open_ = one.withdrawn_at is None and one.exempted_at is None
    used_up = quizzes_used_up(one)
    decided = overrides_of(one.id)
    waiting = [row for row in decided if row.state == "waiting"]
    lost = lost_passes(one)
    moderates = wing == "studio" and g.viewer.may(May.MODERATE)
    view = study(one)
    return {
        "wing": wing,
        "enrollment": one,
        "standing": found.status,
        "words": {"status": STATUSES, "source": SOURCES, "pause": PAUSE_KINDS, "ended": PAUSE_ENDS},
        "override_words": {"kind": OVERRIDE_KINDS, "state": OVERRIDE_STATES},
        "facts": _facts(found),
        "criteria": needed_items(view.judgement),
        "view": view,
        "timeline": lines(what_happened(one)),
        "decisions": decided,
        "waiting": waiting,
        "pauses": pauses_of(one.id),
        "reported": summary_of(one),
        "certificates": certificates_of_enrollment(one.id) if wing == "studio" else [],
        "evaluation": evaluation_of(one.id),
        "may": {
            "moderate": moderates,
            "revoke": moderates and one.withdrawn_at is None,
            "give_back": moderates and one.withdrawn_at is not None,
            "override": moderates and open_ and not is_done(one) and not waiting,
            "take_back": moderates
            and (one.exempted_at or one.completed_by_hand or lost)
            and open_or_exempt(one)
            and not waiting,
            "grant": moderates and bool(used_up) and open_,
            "pause": (moderates or wing == "team") and open_ and one.paused_until is None and may_be_paused(one),
            "resume": (moderates or wing == "team") and one.paused_until is not None,
        },
        "pass_lost": lost,
        "two_people": bool(setting("override_second_person")),
        "access_form": AccessForm(formdata=None, prefix="access"),
        "attempt_form": attempt_form(used_up, formdata=None),
        "override_form": OverrideForm(formdata=None, prefix="hand"),
        "back_form": TakeBackForm(formdata=None, prefix="back"),
        "pause_form": PauseForm(formdata=None, prefix="pause"),
        "back": {"href": url_for(f"{wing}.enrollments"), "label": _("Enrollments")},
        "wing_scope": scope,
    }


def open_or_exempt(one: Any) -> bool:
    """What was set by hand can be taken back while the learner has access."""
    return one.withdrawn_at is None


def may_be_paused(one: Any) -> bool:
    """Not completed, or up for renewal."""
    return not is_done(one)


def attempt_form(used_up: Any, **more: Any) -> AttemptForm:
    """With the quizzes whose attempts are used up to choose from."""
    form = AttemptForm(prefix="attempt", **more)
    form.quiz_id.choices = choices([(row.quiz_id, row.title) for row in used_up])
    return form


def find(scope: Scope, enrollment_id: int) -> OneEnrollment | None:
    """One the viewer may see in this wing."""
    return enrollment_in(g.viewer, scope, enrollment_id, clock.now())


def _facts(found: OneEnrollment) -> list[tuple[str, Any]]:
    one, assigned = found.enrollment, found.assignment
    due = day(assigned.due_on) if assigned and not assigned.closed_as and not assigned.completed_on else None
    facts: list[tuple[str, Any]] = [
        (_("Employee number"), one.employee.number),
        (_("Department"), found.department),
        (_("Enrolled"), f"{day(one.enrolled_at)} · {SOURCES.get(one.source, one.source)}"),
        (_("Due"), due),
        (_("Lessons done"), str(one.done_lessons)),
        (_("Best score"), f"{one.best_score} %" if one.best_score is not None else None),
        (_("Last active"), day(one.last_active_at) if one.last_active_at else None),
        (_("Completed"), day(one.completed_at) if one.completed_at else None),
    ]
    if one.paused_until:
        facts.append((_("Paused, back on"), day(one.paused_until)))
    return facts
