"""What a rule asks of one completion beyond the completion itself: trainer, evaluation, training elsewhere (REP-2)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, StringField
from wtforms.validators import Length, Optional

from lmsapp.learning.particulars.actions import note_particulars
from lmsapp.learning.particulars.queries import particulars_of, particulars_said, record_for
from lmsapp.learning.particulars.rules import LONGEST, Particulars
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.hr.employee import head
from lmsapp.web.hr.wing import bp
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import get_or_404, page, to


class ParticularsForm(SharedForm):
    """As `learning.particulars.rules.Particulars` has them; everything may stay empty."""

    trainer = StringField(
        __("Trainer"),
        [Optional(), Length(max=LONGEST)],
        description=__("Only where it was not the trainer of course or session."),
    )
    qualification = StringField(__("Qualifications of the trainer"), [Optional(), Length(max=LONGEST)])
    evaluated_on = DateField(__("Evaluated on"), [Optional()], description=__("The day they were seen doing it."))
    evaluated_by = StringField(__("Evaluated by"), [Optional(), Length(max=LONGEST)])
    equipment = StringField(
        __("On what"), [Optional(), Length(max=LONGEST)], description=__("For example “Reach truck, class II”.")
    )
    adequate_on = DateField(
        __("Found adequate on"),
        [Optional()],
        description=__("The day you decided that training by another employer was good enough."),
    )
    given_by = StringField(__("Training given by"), [Optional(), Length(max=LONGEST)])
    reason = StringField(
        __("Reason"), [Length(max=1000)], description=__("Needed where it changes what was said before.")
    )

    @property
    def said(self) -> Particulars:
        """As typed."""
        return Particulars(**{name: getattr(self, name).data or EMPTY[name] for name in EMPTY})


EMPTY: dict[str, Any] = {name: getattr(Particulars(), name) for name in Particulars.__dataclass_fields__}


@bp.get("/records/<int:record_id>/particulars")
def particulars(record_id: int) -> ResponseReturnValue:
    """The form with what is said now; below it what was said before."""
    record = get_or_404(record_for(g.viewer, record_id))
    return _page(record, _stored(record))


@bp.post("/records/<int:record_id>/particulars")
def save_particulars(record_id: int) -> ResponseReturnValue:
    """From now on; nothing is deleted."""
    record = get_or_404(record_for(g.viewer, record_id))
    form, saved = ParticularsForm(), ("employee", record.employee_id or 0)
    if form.validate() and not form.changed_meanwhile(
        _stored(record), saved, "training particulars noted", record=record.id
    ):
        with form.rule_errors():
            note_particulars(record, form.said, by=g.viewer, reason=form.reason.data or "")
            return to(url_for("hr.particulars", record_id=record.id), said=_("Saved. Reports for regulators have it."))
    return _page(record, form)


def _stored(record: Any) -> ParticularsForm:
    said = particulars_of(record.id)
    return ParticularsForm(formdata=None, **{name: getattr(said, name) for name in EMPTY})


def _page(record: Any, form: ParticularsForm) -> Response:
    person = get_or_404(employee_for(g.viewer, record.employee_id))
    status, said = 422 if form.errors else 200, particulars_said(record.id)
    return page(
        "hr/employee/particulars.html", status=status, record=record, form=form, said=said, **head(person, "training")
    )
