"""Two people at one page of settings: whoever saves second hears of it first, and nothing typed is lost."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask_babel import gettext as _
from wtforms import HiddenField

from lmsapp.web.forms import Form


class SettingsForm(Form):
    """A form that says what it showed when it was opened."""

    seen = HiddenField()

    def opened(self) -> SettingsForm:
        """The form, as it is sent to the page: filled with what is stored."""
        self.seen.data = _digest(_said(self))
        return self

    def changed_meanwhile(self, stored: SettingsForm) -> bool:
        """Whether what is stored is not what was shown when this was opened; it says so, and the next time it is saved.

        `stored`: the same form as it would be opened now. A form that does not say what it showed is let through.
        """
        now = _digest(_said(stored))
        if not self.seen.data or self.seen.data == now:
            return False
        mine, theirs = _said(self), _said(stored)
        fields = [str(self[name].label.text) for name in theirs if name in mine and mine[name] != theirs[name]]
        self.seen.data = now
        if not fields:
            return False
        words = _(
            "Somebody else saved these settings while this page was open. What you have differs in: %(fields)s. "
            "Save once more to put yours in place of theirs, or open the page again to see theirs.",
            fields=", ".join(fields),
        )
        self.form_errors.append(words)
        return True


def _said(form: SettingsForm) -> dict[str, Any]:
    """Field -> what it holds, written in one way: nothing is nothing, whether it was stored or sent."""
    plain = {name: form[name].data for name in form.data if name not in ("csrf_token", "seen")}
    return {name: _plain(value) for name, value in plain.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    if isinstance(value, list | tuple):
        return sorted(map(str, value)) or None
    return str(value) if value not in (None, False) else None


def _digest(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
