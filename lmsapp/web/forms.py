"""Forms check shape; rules check meaning, and what they say becomes a form error with nothing typed lost (SEC-6)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField

from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken

LARGEST_NUMBER = 2**31 - 1


def say(broken: RuleBroken) -> str:
    """The words of a broken rule in the reader's language."""
    return gettext(broken.message, **{key: str(value) for key, value in broken.values.items()})


def error_words(run: Any) -> str:
    """Why work of the worker failed (`infra.claims`), in the reader's language; '' where it did not."""
    return gettext(run.error, **run.error_values) if run.error else ""


class Form(FlaskForm):
    """Base of every form. `broken` is the rule that said no, where one did (its `link` leads to the object)."""

    broken: RuleBroken | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """As WTForms does, but a number that no column holds is none: range checks stumble over four hundred digits."""
        for field in self:
            if isinstance(field, IntegerField) and field.data is not None and abs(field.data) > LARGEST_NUMBER:
                field.data = None
                field.process_errors = [*field.process_errors, field.gettext("Not a valid integer value.")]
        return bool(super().validate(extra_validators))

    @contextmanager
    def rule_errors(self) -> Iterator[None]:
        """Turn a broken rule into a form error, and undo what the action had begun."""
        try:
            with db.session.begin_nested():
                yield
        except RuleBroken as broken:
            self.broken = broken
            field = self._fields.get(broken.field or "")
            if field is not None:
                field.errors = [*field.errors, say(broken)]
            else:
                self.form_errors.append(say(broken))


class NothingForm(Form):
    """Nothing but its token, for a button that asks nothing."""


class LineField(StringField):
    """One line of text. Characters no page may hold are shown as '\ufffd' when it comes back; the rule says why."""

    def _value(self) -> str:
        return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in self.data or "")
