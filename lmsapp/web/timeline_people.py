"""What happened to a person's record and account, in the words of HR (ORG-3, EVD-3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.web.dates import day

# As the trail names what a change holds.
FACTS: dict[str, Any] = {
    "number": __("Employee number"),
    "name": __("Name"),
    "email": __("E-mail"),
    "mobile": __("Mobile"),
    "department": __("Department"),
    "job_role": __("Job role"),
    "location": __("Location"),
    "region": __("Region"),
    "cohort": __("Hire cohort"),
    "hire_date": __("Hire date"),
    "manager": __("Manager"),
    "manager_number": __("Manager's employee number"),
    "hr_partner": __("HR business partner"),
    "time_zone": __("Time zone"),
    "language": __("Language"),
}
Title = tuple[str, str, str]  # words, icon, tone


def of_person(action: str, detail: dict[str, Any]) -> Title:
    """`detail` holds what is after, and under 'before' what was."""
    before = detail.get("before") or {}
    after = {name: value for name, value in detail.items() if name != "before"}
    if action == "change":
        return _change(before, after)
    if action in ("give role", "take role"):
        return _roles(before, after)
    known: dict[str, Title] = {
        "hire": (_("Hired"), "user", "good"),
        "leave": (_("Left on %(day)s", day=_value(after.get("left_on"))), "minus", ""),
        "invite": (_("Invited again"), "mail", ""),
        "create account": (_("Account made"), "user", ""),
        "set password": (_("Password set"), "user", ""),
        "sign out everywhere": (_("Signed out everywhere"), "user", ""),
        "deactivate account": (_("Account closed"), "ban", ""),
        "duties changed": (_duties(after), "shield", ""),
        "looked at": (_("Looked at compliance"), "eye", ""),
        "activate account": (_("Account open again"), "user", ""),
    }
    return known.get(action, (_(action).capitalize(), "circle", ""))


def _duties(after: dict[str, Any]) -> str:
    parts = {
        _("Has to hold: %(names)s"): after.get("must hold"),
        _("Need not hold any more: %(names)s"): after.get("need not hold any more"),
    }
    return " · ".join(words % {"names": ", ".join(names)} for words, names in parts.items() if names)


def _change(before: dict[str, Any], after: dict[str, Any]) -> Title:
    if after.get("status") == "active":
        return _("Came back"), "user", "good"
    if "leaves_on" in after:
        if after["leaves_on"]:
            return _("Will leave: last day %(day)s", day=_value(after["leaves_on"])), "calendar", ""
        return _("Stays after all"), "user", "good"
    said = [_one(name, before.get(name), value) for name, value in after.items() if name in FACTS]
    if not said:
        return _("Record changed"), "edit", ""
    return "; ".join(said), "edit", ""


def _one(name: str, old: Any, new: Any) -> str:
    if name == "manager" and new:
        return (
            _("New manager: %(new)s", new=new)
            if not old
            else _("New manager: %(new)s, before %(old)s", new=new, old=old)
        )
    what = str(FACTS[name])
    if not old:
        return _("%(what)s set to %(new)s", what=what, new=_value(new))
    if not new:
        return _("%(what)s taken away, was %(old)s", what=what, old=_value(old))
    return _("%(what)s changed from %(old)s to %(new)s", what=what, old=_value(old), new=_value(new))


def _roles(before: dict[str, Any], after: dict[str, Any]) -> Title:
    held, now = set(before.get("roles") or ()), set(after.get("roles") or ())
    if given := now - held:
        return _("Role given: %(role)s", role=", ".join(_(role) for role in sorted(given))), "shield", ""
    return _("Role taken: %(role)s", role=", ".join(_(role) for role in sorted(held - now))), "shield", ""


def _value(kept: Any) -> str:
    """The trail keeps days as ISO 8601."""
    try:
        return day(dt.date.fromisoformat(str(kept)))
    except ValueError:
        return str(kept or "")
