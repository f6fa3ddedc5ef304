"""Who was told of somebody's training, as what, and why it was not somebody else (REM-6, REM-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

ABOUT_OTHERS = ("escalation", "stalled")
STEPS: dict[str, Any] = {
    "manager": __("line manager"),
    "second manager": __("manager's manager"),
    "hr partner": __("HR business partner"),
}
VIAS: dict[str, Any] = {
    "successor": __("their successor"),
    "next manager up": __("next manager up"),
    "head of department": __("head of the department"),
    "hr partner": __("HR business partner"),
    "hr managers": __("HR"),
}


def told_as(reason: Mapping[str, Any]) -> str:
    """'line manager', or 'head of the department, in place of the line manager: no line manager on record'."""
    step = str(STEPS.get(str(reason.get("to_whom", "")), ""))
    via, because = str(VIAS.get(str(reason.get("via", "")), step)), str(reason.get("because") or "")
    if not step:
        return ""
    said = via if via == step else _("%(whom)s, in place of the %(step)s", whom=via, step=step)
    if reason.get("instead_of"):
        said = _("%(whom)s, in place of %(name)s", whom=said, name=reason["instead_of"])
    return f"{said}: {_(because)}" if because else said


def with_reader(words: str, reason: Mapping[str, Any]) -> str:
    """Behind why it was told, as what."""
    whom = told_as(reason)
    return f"{words} ({whom})" if whom else words


def escalated(name: str, template: str, status: str, why: str, error: str) -> tuple[str, str, str]:
    """As `timeline.Line` takes it: title, icon, tone."""
    if status == "suppressed":
        return _("%(name)s was not told after all: %(why)s", name=name, why=error or why), "users", ""
    if status in ("gathered", "queued", "sending"):
        return _("%(name)s will be told: %(why)s", name=name, why=why), "users", ""
    if status in ("failed", "unknown"):
        return _("Telling %(name)s did not work: %(why)s", name=name, why=why), "users", "bad"
    words = (
        _("%(name)s was told that it stands still: %(why)s")
        if template == "stalled"
        else _("%(name)s was told: %(why)s")
    )
    return words % {"name": name, "why": why}, "users", "warn"
