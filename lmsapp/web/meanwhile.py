"""Two people at one record: whoever saves second hears who changed what and when, and loses no word (SEC-6, UX-2).

A form carries a mark of what it showed. What somebody else changed since, and the reader left alone, comes into the
form; what both changed stays as the reader typed it, and is saved when they save once more.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any, ClassVar

from flask import g
from flask_babel import gettext as _
from wtforms import BooleanField, Field, FileField, HiddenField, PasswordField, RadioField, SelectField
from wtforms.fields import SelectMultipleField

from lmsapp.evidence.audit.actions import SYSTEM
from lmsapp.evidence.audit.timeline import last_change
from lmsapp.infra import clock
from lmsapp.web.dates import moment
from lmsapp.web.forms import Form

DIGITS = 8  # of a mark, for the moment and for each field
LONGEST = 60  # characters of a value that is said; a longer one is read on the page


class OpenedField(HiddenField):
    """The mark of what a form showed when it was opened. It is made with the page, and comes back as it was."""

    shown: SharedForm | None = None

    def _value(self) -> str:
        fresh = self.raw_data is None and not self.data and self.shown is not None
        return self.shown.mark() if fresh and self.shown is not None else str(self.data or "")


class SharedForm(Form):
    """Edits a record that somebody else may be editing too.

    `asked_once`: what is asked for this save and kept nowhere. `saved`: who saved it last, where the trail has nothing
    of it: actor_id, actor_name, at.
    """

    asked_once: ClassVar[frozenset[str]] = frozenset({"reason"})
    saved: Any = None
    opened = OpenedField()

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.opened.shown = self

    def mark(self) -> str:
        """Hexadecimal: now in seconds since 1970, then a digest for each field."""
        return f"{int(clock.now().timestamp()):0{DIGITS}x}" + "".join(map(_digest, _said(self).values()))

    def changed_meanwhile(self, stored: SharedForm, subject: tuple[str, int], *actions: str, **holding: object) -> bool:
        """Whether somebody else changed what this form would put back; it says so, and the next time it is saved.

        `stored`: the same form as it would be opened now. What the audit trail has of saving it: `subject`, `actions`,
        and what the entry holds, where the subject has several such records. A form that does not say what it showed is
        let through.
        """
        since, shown = _read(self.opened.data)
        if since is None:
            return False
        mine, theirs = _said(self), _said(stored)
        was = dict(zip(theirs, shown, strict=True)) if len(shown) == len(theirs) else {}
        changed = [name for name, value in theirs.items() if _digest(value) != was.get(name)]
        differing = [name for name in changed if name in mine and mine[name] != theirs[name]]
        self.opened.data = stored.mark()
        if not differing:
            return False
        alone = [name for name in differing if _digest(mine[name]) == was.get(name)]
        self._take(stored, alone)
        both = [name for name in differing if name not in alone]
        entry = stored.saved or last_change(subject, since, actions, holding)
        self.form_errors.append(" ".join([_who(entry), *self._what(stored, both, alone)]))
        return True

    def _take(self, stored: SharedForm, names: list[str]) -> None:
        for name in names:
            self[name].raw_data = None
            self[name].process(None, stored[name].data)

    def _what(self, stored: SharedForm, both: list[str], alone: list[str]) -> list[str]:
        said = []
        if both:
            names = "; ".join(_named(stored[name]) for name in both)
            said.append(_("Changed on both sides: %(fields)s. The form has what you typed here.", fields=names))
        if alone:
            names = "; ".join(str(self[name].label.text) for name in alone)
            said.append(_("Changed only there, and in the form now: %(fields)s.", fields=names))
        said.append(_("Nothing is saved yet. Save once more to keep what the form shows, or open the page again."))
        return said


def _who(entry: Any) -> str:
    if entry is None:
        return _("Somebody else saved this while you had it open.")
    if entry.actor_id == g.viewer.user_id:
        return _("You saved this in another window: %(when)s.", when=moment(entry.at))
    name, when = _("The system") if entry.actor_name == SYSTEM else entry.actor_name, moment(entry.at)
    return _("%(name)s saved this while you had it open: %(when)s.", name=name, when=when)


def _named(field: Field) -> str:
    """'Title (saved now: “Fire safety”)'; a field whose value is long, or no words, by its label alone."""
    label, value = str(field.label.text), _in_words(field)
    return _("%(field)s (saved now: %(value)s)", field=label, value=value) if value else label


def _in_words(field: Field) -> str:
    if isinstance(field, BooleanField):
        return _("ticked") if field.data else _("not ticked")
    if isinstance(field, SelectField | RadioField) and not isinstance(field, SelectMultipleField):
        return next((str(label) for value, label, *_more in field.iter_choices() if value == field.data), "")
    if isinstance(field.data, list | tuple | dict):
        return ""
    value = _plain(field.data)
    if value is None:
        return _("empty")
    return f"“{value}”" if len(value) <= LONGEST else ""


def _read(mark: str | None) -> tuple[dt.datetime | None, list[str]]:
    try:
        since = dt.datetime.fromtimestamp(int((mark or "")[:DIGITS], 16), dt.UTC)
    except (ValueError, OverflowError):
        return None, []
    shown = (mark or "")[DIGITS:]
    return since, [shown[at : at + DIGITS] for at in range(0, len(shown), DIGITS)]


def _said(form: SharedForm) -> dict[str, Any]:
    """Field -> what it holds, written in one way: nothing is nothing, whether it was stored or sent."""
    fields = {field.short_name: field for field in form if _is_kept(field)}
    return {name: _held(field) for name, field in fields.items() if name not in form.asked_once}


def _is_kept(field: Field) -> bool:
    hidden = getattr(field.widget, "input_type", "") == "hidden"
    return not hidden and not isinstance(field, FileField | PasswordField)


def _held(field: Field) -> Any:
    if isinstance(field, SelectMultipleField):
        return sorted(map(str, field.data or ())) or None
    return _plain(field.data)


def _plain(value: Any) -> Any:
    if value is None or value is False:
        return None
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    if isinstance(value, dict):
        return {str(key): held for key, one in value.items() if (held := _plain(one)) is not None} or None
    if isinstance(value, list | tuple):
        return [held for one in value if (held := _plain(one)) is not None] or None
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:DIGITS]
