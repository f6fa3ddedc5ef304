"""What happens, and what is wrong, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.people.roster.columns import WORDS, Column
from lmsapp.people.roster.lines import Kind

KIND_WORDS: dict[Kind, Any] = {
    Kind.PROBLEM: __("Lines to correct"),
    Kind.JOINER: __("Join"),
    Kind.MOVER: __("Change"),
    Kind.LEAVER: __("Leave"),
    Kind.MISSING: __("Not in the file"),
    Kind.SAME: __("Stay as they are"),
}
STATUS_WORDS: dict[str, Any] = {
    "planned": __("Dry run"),
    "applied": __("Applied"),
    "discarded": __("Set aside"),
    "refused": __("Refused"),
}
SOURCE_WORDS: dict[str, Any] = {"upload": __("Upload"), "folder": __("Folder"), "command": __("Command line")}


def said(counts: Mapping[str, int]) -> str:
    """'6 joined, 9 moved, 7 left.'"""
    if not counts:
        return ""
    parts = (
        ngettext("%(num)s joined", "%(num)s joined", counts["joiners"]) if counts["joiners"] else "",
        ngettext("%(num)s changed", "%(num)s changed", counts["movers"]) if counts["movers"] else "",
        ngettext("%(num)s left", "%(num)s left", counts["leavers"]) if counts["leavers"] else "",
        ngettext("%(num)s line to correct", "%(num)s lines to correct", counts["problems"])
        if counts["problems"]
        else "",
    )
    return ", ".join(part for part in parts if part) or _("No changes")


def step_words(run: Any) -> str:
    """What the worker is at: 'Reading the file: 3,000 of 10,000 rows.'"""
    if run.state == "failed":
        return _(run.error, **run.error_values) if run.error else ""
    words = {
        "read": _("Reading the file."),
        "plan": _("Comparing the file with everybody here."),
        "apply": _("Applying the file: all of it, or nothing."),
    }[run.asked]
    if run.state == "waiting":
        return _("The worker takes it next.")
    if run.done and run.total:
        return words + " " + _("%(done)s of %(total)s people.", done=run.done, total=run.total)
    return words + (" " + _("%(done)s rows so far.", done=run.done) if run.done else "")


def column_words(name: str) -> str:
    """'manager_number' -> 'Manager's employee number'."""
    return _(WORDS[Column(name)]) if name in set(Column) else _("Status")


def line_words(kind: str, told: Mapping[str, Any]) -> str:
    """A kept line in one sentence, for a download."""
    if kind == Kind.PROBLEM:
        return _(told["message"], **told["values"])
    if "changes" in told:
        return "; ".join(f"{column_words(n)}: {before or '-'} → {after or '-'}" for n, before, after in told["changes"])
    return ", ".join(str(value) for value in told.values())
