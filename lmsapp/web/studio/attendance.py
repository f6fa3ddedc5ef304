"""Recording who attended a session of a course, for many at once, and correcting it (CRS-3)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.learning.attendance.actions import Held, record_session, take_back_attendance
from lmsapp.learning.attendance.queries import attendance_in, attended, session_for, who_could_attend
from lmsapp.learning.particulars.actions import name_session_trainer
from lmsapp.learning.particulars.rules import LONGEST, Trainer
from lmsapp.web.dates import today
from lmsapp.web.fields import TicksField, choices, sure
from lmsapp.web.forms import Form
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.trainers import held_by
from lmsapp.web.studio.wing import bp


class SessionForm(Form):
    """What was held, and who was there."""

    title = StringField(__("What was held"), [InputRequired(__("Say what was held.")), Length(max=200)])
    held_on = DateField(__("On"), [InputRequired(__("Choose the day."))])
    minutes = IntegerField(__("Minutes"), [InputRequired(__("Give the minutes.")), NumberRange(1, 1440)], default=60)
    trainer = StringField(
        __("Trainer"), [Length(max=LONGEST)], description=__("Who held it; regulators ask for the name.")
    )
    qualification = StringField(__("Qualifications of the trainer"), [Length(max=LONGEST)])
    enrollments = TicksField(__("Who was there"), coerce=int)


class TakeBackForm(Form):
    """Why an entry is wrong."""

    reason = StringField(
        __("Why it is wrong"), [InputRequired(__("Give a reason; it stays on record.")), Length(max=500)]
    )


@bp.get("/courses/<int:course_id>/sessions/new")
def new_session(course_id: int) -> ResponseReturnValue:
    """The form."""
    course = get_or_404(course_for(g.viewer, course_id))
    return _form_page(course, _form(who_could_attend(course_id), formdata=None, held_on=today()))


@bp.post("/courses/<int:course_id>/sessions/new")
def create_session(course_id: int) -> ResponseReturnValue:
    """Record it; whoever has met the rule by it is completed now."""
    course = get_or_404(course_for(g.viewer, course_id))
    there = who_could_attend(course_id)
    form = _form(there)
    if form.validate():
        with form.rule_errors():
            wanted = set(form.enrollments.data or ())
            held = Held(sure(form.title), sure(form.held_on), sure(form.minutes))
            came = [one for one in there if one.id in wanted]
            session = record_session(course, held, came, by=g.viewer)
            if form.trainer.data or form.qualification.data:
                trainer = Trainer(form.trainer.data or "", form.qualification.data or "")
                name_session_trainer(session, trainer, by=g.viewer)
            said = ngettext("%(num)s person recorded.", "%(num)s people recorded.", len(came))
            return to(url_for("studio.session", session_id=session.id), said=said)
    return _form_page(course, form)


@bp.get("/sessions/<int:session_id>")
def session(session_id: int) -> ResponseReturnValue:
    """One, with who was there and what was taken back."""
    return _session_page(get_or_404(session_for(g.viewer, session_id)))


@bp.post("/sessions/<int:session_id>/attendance/<int:attendance_id>/correction")
def correct_attendance(session_id: int, attendance_id: int) -> ResponseReturnValue:
    """Somebody was not there after all."""
    found = get_or_404(session_for(g.viewer, session_id))
    entry, enrollment = get_or_404(attendance_in(session_id, attendance_id))
    form = TakeBackForm()
    if form.validate():
        with form.rule_errors():
            take_back_attendance(entry, enrollment, by=g.viewer, reason=sure(form.reason))
            return to(url_for("studio.session", session_id=session_id), said=_("Corrected. The entry stays on record."))
    return _session_page(found, form)


def _form(there: Any, **more: Any) -> SessionForm:
    form = SessionForm(**more)
    form.enrollments.choices = choices([(one.id, f"{one.employee.name} · {one.employee.number}") for one in there])
    return form


def _form_page(course: Any, form: SessionForm) -> Response:
    status = 422 if form.errors else 200
    return page("studio/course/session_new.html", status=status, course=course, form=form)


def _session_page(found: Any, form: TakeBackForm | None = None) -> Response:
    status = 422 if form and form.errors else 200
    rows, held = attended(found.id), held_by(found)
    return page("studio/course/session.html", status=status, session=found, rows=rows, form=form, **held)
