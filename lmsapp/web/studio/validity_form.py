"""The form of how long a completion counts, and the policy it means."""

from __future__ import annotations

from typing import Any

from babel.dates import get_month_names
from flask_babel import get_locale
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from lmsapp.courses.validity.policy import Basis, Late, Policy, Unit
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.studio.words import choices

BASES: dict[str, Any] = {
    Basis.COMPLETION: __("From the day it was completed"),
    Basis.PREVIOUS: __("From the last expiry: renewing within the window loses nothing"),
    Basis.FIXED: __("To a fixed date of the year"),
}
LATE: dict[str, Any] = {
    Late.COMPLETION: __("From the day it was completed"),
    Late.PREVIOUS: __("To the next anniversary of the last expiry"),
}
FUTURE, HELD = "future", "held"


class ValidityForm(SharedForm):
    """Everything of `Policy`, and whom it is for."""

    asked_once = frozenset({"scope", "reason"})

    validity_months = IntegerField(
        __("Valid for (months)"), [Optional(), NumberRange(1, 240)], description=__("Empty: it never expires.")
    )
    basis = RadioField(__("Counted"), choices=choices(BASES), default=Basis.COMPLETION.value)
    fixed_day = IntegerField(__("Day"), [Optional(), NumberRange(1, 31)], default=31)
    fixed_month = SelectField(__("Month"), coerce=int, default=12)
    fixed_within = IntegerField(
        __("A completion so many days before that date counts for the year after"),
        [Optional(), NumberRange(0, 300)],
        default=90,
    )
    late = RadioField(__("Completed after the grace"), choices=choices(LATE), default=Late.COMPLETION.value)
    lead = IntegerField(__("The renewal window opens before the expiry by"), [Optional(), NumberRange(0, 7300)])
    lead_unit = SelectField(
        __("Days or months"), choices=choices({Unit.DAYS: __("days"), Unit.MONTHS: __("months")}), default="days"
    )
    renewal_months = IntegerField(
        __("‘Renewal Required’ after (months)"),
        [Optional(), NumberRange(1, 240)],
        description=__("For example 11 where it is valid for 12."),
    )
    renewal_days = IntegerField(
        __("or so many days before the expiry"),
        [Optional(), NumberRange(0, 7300)],
        description=__("Both empty: there is no such status."),
    )
    grace_days = IntegerField(
        __("Grace (days)"),
        [Optional(), NumberRange(0, 180)],
        default=0,
        description=__("It is Expired in these days, but a completion counts as if it were in time."),
    )
    assign = BooleanField(__("Assign the renewal when the window opens, due on the last valid day"), default=True)
    scope = RadioField(
        __("For whom"),
        choices=choices(
            {
                FUTURE: __("For what is completed from now on"),
                HELD: __("Also for what people hold now: their dates change"),
            }
        ),
        default=FUTURE,
    )
    reason = StringField(__("Reason"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        names = get_month_names("wide", locale=str(get_locale() or "en"))
        self.fixed_month.choices = [(number, names[number]) for number in range(1, 13)]

    def policy(self) -> Policy:
        """What it says; what was left empty has its default. Valid as a form, not yet as a policy."""
        months = self.validity_months.data
        if months is None:
            return Policy(None, self.renewal_months.data, self.renewal_days.data)
        usual = Policy.of(months, None, {})
        lead = self.lead.data
        return Policy(
            months=months,
            renewal_months=self.renewal_months.data,
            renewal_days=self.renewal_days.data,
            basis=Basis(self.basis.data),
            lead=usual.lead if lead is None else lead,
            lead_unit=Unit(self.lead_unit.data) if lead is not None else usual.lead_unit,
            grace_days=self.grace_days.data or 0,
            late=Late(self.late.data),
            fixed_month=self.fixed_month.data,
            fixed_day=usual.fixed_day if self.fixed_day.data is None else self.fixed_day.data,
            fixed_within=usual.fixed_within if self.fixed_within.data is None else self.fixed_within.data,
            assign=bool(self.assign.data),
        )


def form_of(policy: Policy) -> ValidityForm:
    """The form as the course stands."""
    return ValidityForm(formdata=None, data={"validity_months": policy.months, **_fields(policy)})


def _fields(policy: Policy) -> dict[str, Any]:
    names = (
        "renewal_months",
        "renewal_days",
        "lead",
        "grace_days",
        "fixed_month",
        "fixed_day",
        "fixed_within",
        "assign",
    )
    values = {name: getattr(policy, name) for name in names}
    words = {name: getattr(policy, name).value for name in ("basis", "late", "lead_unit")}
    return {**values, **words, "scope": FUTURE}
