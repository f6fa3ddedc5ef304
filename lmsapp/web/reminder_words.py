"""Steps of a reminder policy as a person says them: in the studio and beside notices (REM-2, REM-6, REM-7)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.assignments.policies.rules import Moment, Step, ToWhom
from lmsapp.web.admin.words import CHANNELS as ALL_CHANNELS

WHOM: dict[ToWhom, Any] = {
    ToWhom.LEARNER: __("the learner"),
    ToWhom.MANAGER: __("the line manager"),
    ToWhom.SECOND_MANAGER: __("the manager's manager"),
    ToWhom.HR_PARTNER: __("the HR partner"),
}
CHANNELS: dict[str, Any] = {one: ALL_CHANNELS[one] for one in ("email", "in_app", "sms", "slack")}
BY: dict[str, Any] = {
    "email": __("by e-mail"),
    "in_app": __("in the product"),
    "sms": __("by SMS"),
    "slack": __("by Slack"),
    "apprise": __("by a further channel"),
}
UNITS: dict[Moment, Any] = {
    Moment.BEFORE_DUE: __("days before the due date"),
    Moment.ON_DUE: __("on the due date (no number)"),
    Moment.AFTER_DUE: __("days after the due date"),
    Moment.BEFORE_EXPIRY: __("days before a certification ends"),
    Moment.STALLED: __("hours without a step forward"),
}


def moment_words(step: Step) -> str:
    """'7 days before the due date'."""
    match step.moment:
        case Moment.BEFORE_DUE:
            return ngettext("%(num)s day before the due date", "%(num)s days before the due date", step.days)
        case Moment.ON_DUE:
            return _("On the due date")
        case Moment.AFTER_DUE:
            return _after(step)
        case Moment.BEFORE_EXPIRY:
            return ngettext(
                "%(num)s day before a certification ends", "%(num)s days before a certification ends", step.days
            )
    return ngettext(
        "After %(num)s hour without a step forward", "After %(num)s hours without a step forward", step.hours
    )


def _after(step: Step) -> str:
    first = ngettext("%(num)s day after the due date", "%(num)s days after the due date", step.days)
    if not step.every:
        return first
    again = ngettext("then every day", "then every %(num)s days", step.every)
    times = ngettext("%(num)s time in all", "%(num)s times in all", step.most)
    return f"{first}, {again}, {times}"


def how_words(step: Step) -> str:
    """'by e-mail and in the product, to the learner'."""
    ways = [str(BY[one]) for one in step.channels]
    by = ways[0] if len(ways) == 1 else _("%(some)s and %(last)s", some=", ".join(ways[:-1]), last=ways[-1])
    return _("%(by)s, to %(whom)s", by=by, whom=WHOM[step.to_whom])


def step_words(step: Step) -> str:
    """'7 days before the due date, by e-mail, to the learner'."""
    return f"{moment_words(step)}, {how_words(step)}"
