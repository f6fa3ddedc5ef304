"""The form of a compliance type: what it is, how long it lasts, what shows it, who has to hold it (HRD-3)."""

from __future__ import annotations

import re
from typing import Any

from babel.dates import get_month_names
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lmsapp.assignments.policies.queries import policy_choices
from lmsapp.compliance.ledger.actions import TypeFacts
from lmsapp.compliance.ledger.queries import course_choices
from lmsapp.compliance.ledger.rules import EVERYBODY, TERMS, Kind
from lmsapp.compliance.ledger.types import audience_choices, document_type_choices, linked_courses
from lmsapp.courses.validity.policy import Basis, Late
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.web.forms import LineField
from lmsapp.web.studio.audience_forms import AudienceForm, audience_values, offer_people
from lmsapp.web.studio.forms import TicksField
from lmsapp.web.studio.validity_form import LATE
from lmsapp.web.studio.words import choices

KINDS: dict[str, Any] = {
    Kind.TRAINING: __("Training"),
    Kind.IDENTITY: __("Identity and permission to work (I-9)"),
    Kind.BACKGROUND: __("Background check"),
    Kind.LICENCE: __("Licence or registration"),
    Kind.HEALTH: __("Health: a vaccination, a fit test"),
    Kind.OTHER: __("Something else"),
}
BASES: dict[str, Any] = {
    Basis.COMPLETION: __("From the day it was completed"),
    Basis.PREVIOUS: __("From the end of the last one: in time loses nothing"),
    Basis.FIXED: __("To a fixed date of the year"),
}
WHO: dict[str, Any] = {
    "everybody": __("Everybody who works here"),
    "audience": __("An audience"),
    "rule": __("A rule of its own"),
}
SINGLE = re.compile(r"[\s,;]+")


class TypeForm(AudienceForm):
    """A compliance type; who has to hold it by the fields of an audience. `seen`: the numbers somebody agreed to."""

    name = LineField(
        __("Name"),
        description=__("What people call it, for example HIPAA privacy."),
        validators=[InputRequired(__("Give it a name.")), Length(max=100)],
    )
    kind = SelectField(__("What it is"), choices=choices(KINDS), default=Kind.TRAINING.value)
    regulator = LineField(__("Regulator"), validators=[Optional(), Length(max=100)])
    reference = LineField(
        __("Reference"),
        description=__("Where it is asked for, for example 45 CFR 164.530(b)."),
        validators=[Optional(), Length(max=200)],
    )
    renewal_months = IntegerField(
        __("Renew every … months"),
        description=__("Empty: it never ends."),
        validators=[Optional(), NumberRange(1, 240, __("Between 1 and 240 months, or empty."))],
    )
    basis = RadioField(__("Counted"), choices=choices(BASES), default=Basis.COMPLETION.value)
    grace_days = IntegerField(
        __("Grace (days)"),
        default=0,
        validators=[Optional(), NumberRange(0, 180)],
        description=__("It is Expired in these days, but a completion counts as if it were in time."),
    )
    late = RadioField(__("Completed after the grace"), choices=choices(LATE), default=Late.COMPLETION.value)
    fixed_day = IntegerField(__("Day"), default=31, validators=[Optional(), NumberRange(1, 31)])
    fixed_month = SelectField(__("Month"), coerce=int, default=12)
    fixed_within = IntegerField(
        __("A completion so many days before that date counts for the year after"),
        default=90,
        validators=[Optional(), NumberRange(0, 300)],
    )
    notice_days = IntegerField(
        __("Expiring … days before"),
        default=60,
        validators=[InputRequired(__("Give a number of days.")), NumberRange(0, 365, __("Between 0 and 365 days."))],
    )
    reminder_days = StringField(
        __("Tell the employee, the manager and HR so many days before"),
        default="60, 30, 7",
        description=__("Days by commas; each is told once. Empty: nobody is told."),
        validators=[Optional(), Length(max=100)],
    )
    course_id = SelectField(__("Training that supports it"), coerce=int, default=0)
    course_ids = TicksField(__("More courses that count as well"), coerce=int)
    reminder_policy_id = SelectField(
        __("Reminder policy for that training"),
        coerce=int,
        default=0,
        description=__("A policy chosen on the course itself comes first."),
    )
    evidence_needed = BooleanField(__("A document in the employee file must show it"), default=True)
    document_type_id = SelectField(
        __("Kind of document"),
        coerce=int,
        default=0,
        description=__("The newest one of this kind is suggested; certificates of its courses always are."),
    )
    who = RadioField(__("Who has to hold it"), choices=choices(WHO), default="everybody")
    audience_id = SelectField(__("Audience"), coerce=int, default=0)

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        names = get_month_names("wide", locale=str(get_locale() or "en"))
        self.fixed_month.choices = [(number, names[number]) for number in range(1, 13)]

    def facts(self) -> TypeFacts:
        """What was typed, for the action. Raises RuleBroken for days or people that are none."""
        first = self.course_id.data or None
        more = [one for one in self.course_ids.data or () if one != first]
        audience_id, rule = self._whom()
        return TypeFacts(
            name=" ".join((self.name.data or "").split()),
            kind=self.kind.data or Kind.TRAINING.value,
            regulator=(self.regulator.data or "").strip(),
            reference=(self.reference.data or "").strip(),
            renewal_months=self.renewal_months.data,
            validity_terms=self._terms(),
            notice_days=self.notice_days.data or 0,
            reminder_days=self._days(),
            evidence_needed=bool(self.evidence_needed.data),
            document_type_id=self.document_type_id.data or None,
            course_ids=tuple([first] if first else []) + tuple(more),
            reminder_policy_id=self.reminder_policy_id.data or None,
            audience_id=audience_id,
            rule=rule,
        )

    def _whom(self) -> tuple[int | None, dict[str, Any]]:
        if self.who.data == "audience":
            if not self.audience_id.data:
                raise RuleBroken(N_("Choose an audience."), field="audience_id")
            return self.audience_id.data, {}
        if self.who.data == "rule":
            self.everybody.data = False
            return None, self.rule().as_json()
        return None, dict(EVERYBODY)

    def _terms(self) -> dict[str, Any]:
        if self.renewal_months.data is None:
            return {}
        basis = self.basis.data or Basis.COMPLETION.value
        kept: dict[str, Any] = {"basis": basis} if basis != Basis.COMPLETION.value else {}
        if basis == Basis.PREVIOUS.value:
            kept |= {"late": self.late.data or Late.COMPLETION.value}
        if basis == Basis.FIXED.value:
            numbers = {"fixed_day": self.fixed_day.data or 31, "fixed_month": self.fixed_month.data or 12}
            within = self.fixed_within.data
            kept |= numbers | {"fixed_within": 90 if within is None else within}
        return kept | ({"grace_days": self.grace_days.data} if self.grace_days.data else {})

    def _days(self) -> tuple[int, ...]:
        words = [word for word in SINGLE.split(self.reminder_days.data or "") if word]
        if not all(word.isdecimal() and len(word) < 5 for word in words):
            raise RuleBroken(N_("Give days by commas, for example 60, 30, 7."), field="reminder_days")
        return tuple(int(word) for word in words)


def type_form(type_: Any = None, *, posted: bool) -> TypeForm:
    """As posted; or as the type stands; or as a new one begins."""
    form = TypeForm() if posted else TypeForm(formdata=None, data=_values(type_) if type_ is not None else {})
    courses = course_choices()
    there = [(one.id, one.title) for one in linked_courses(type_.id)] if type_ is not None else []
    courses += [one for one in there if one not in courses]
    form.course_id.choices = [(0, _("None")), *courses]
    form.course_ids.choices = choices(courses)
    form.reminder_policy_id.choices = [(0, _("The organisation's")), *policy_choices()]
    form.document_type_id.choices = [(0, _("Any"))] + [(key, _(name)) for key, name in document_type_choices()]
    chosen = type_.audience_id if type_ is not None else None
    form.audience_id.choices = [(0, _("Choose an audience")), *audience_choices(chosen)]
    offer_people(form)
    return form


def _values(type_: Any) -> dict[str, Any]:
    names = ("name", "kind", "regulator", "reference", "renewal_months", "notice_days", "evidence_needed")
    chosen = ("course_id", "reminder_policy_id", "document_type_id", "audience_id")
    rule = AudienceRule.from_json(type_.rule)
    who = "audience" if type_.audience_id else "everybody" if type_.rule == dict(EVERYBODY) else "rule"
    return {
        **audience_values("", rule),
        **{name: getattr(type_, name) for name in names},
        **{name: getattr(type_, name) or 0 for name in chosen},
        **{name: type_.validity_terms[name] for name in TERMS if name in type_.validity_terms},
        "course_ids": [one.id for one in linked_courses(type_.id) if one.id != type_.course_id],
        "reminder_days": ", ".join(str(one) for one in type_.reminder_days),
        "who": who,
    }
