"""Who conducts the training of a course, and of a session that was held (REP-2, 29 CFR 1910.1030(h)(2))."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.learning.attendance.queries import attended, session_for
from lmsapp.learning.particulars.actions import name_session_trainer, name_trainer
from lmsapp.learning.particulars.queries import trainer_notes, trainer_of_session
from lmsapp.learning.particulars.rules import LONGEST, Trainer
from lmsapp.web.dates import today
from lmsapp.web.fields import sure
from lmsapp.web.forms import Form
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.wing import bp


class TrainerFields(Form):
    """A name, and what makes them fit to train."""

    name = StringField(__("Trainer"), [Length(max=LONGEST)], description=__("Several: one after the other."))
    qualification = StringField(
        __("Qualifications"), [Length(max=LONGEST)], description=__("For example “RN, infection control, 12 years”.")
    )

    @property
    def trainer(self) -> Trainer:
        """As typed."""
        return Trainer(self.name.data or "", self.qualification.data or "")


class TrainerForm(TrainerFields):
    """From when on."""

    since = DateField(__("Since"), [InputRequired(__("Choose the day."))])


class SessionTrainerForm(TrainerFields):
    """Of one session."""


@bp.get("/courses/<int:course_id>/trainers")
def trainers(course_id: int) -> ResponseReturnValue:
    """Who trains now and who did, with the form."""
    course = get_or_404(course_for(g.viewer, course_id))
    return _page(course, TrainerForm(formdata=None, since=today()))


@bp.post("/courses/<int:course_id>/trainers")
def create_trainer(course_id: int) -> ResponseReturnValue:
    """From a day on; what was said before stays on record."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = TrainerForm()
    if form.validate():
        with form.rule_errors():
            name_trainer(course, form.trainer, sure(form.since), by=g.viewer)
            return to(url_for("studio.trainers", course_id=course_id), said=_("Saved. Reports name the trainer."))
    return _page(course, form)


@bp.post("/sessions/<int:session_id>/trainer")
def create_session_trainer(session_id: int) -> ResponseReturnValue:
    """Who held it; said again, it replaces what was said."""
    found = get_or_404(session_for(g.viewer, session_id))
    form = SessionTrainerForm()
    if form.validate():
        with form.rule_errors():
            name_session_trainer(found, form.trainer, by=g.viewer)
            return to(url_for("studio.session", session_id=session_id), said=_("Saved. Reports name the trainer."))
    rows = attended(session_id)
    return page("studio/course/session.html", status=422, session=found, rows=rows, form=None, **held_by(found, form))


def held_by(session: Any, form: SessionTrainerForm | None = None) -> dict[str, Any]:
    """`trainer` and its form, for the page of a session."""
    trainer = trainer_of_session(session.id)
    empty = SessionTrainerForm(formdata=None, name=trainer.name, qualification=trainer.qualification)
    return {"trainer": trainer, "trainer_form": form or empty}


def _page(course: Any, form: TrainerForm) -> Response:
    status = 422 if form.errors else 200
    return page("studio/course/trainers.html", status=status, course=course, form=form, notes=trainer_notes(course.id))
