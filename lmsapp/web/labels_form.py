"""The form for the words of one scope: a field for each status and language (CRS-7). Two wings show it."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import StringField
from wtforms.validators import Length, Optional

from lmsapp.people.labels.actions import set_labels
from lmsapp.people.labels.rules import (
    ATTEMPTS,
    CERTIFICATES,
    COMPLIANCE,
    MAX_LABEL,
    ORGANISATION,
    TRAINING,
    Scope,
    field_name,
)
from lmsapp.people.viewer import Viewer
from lmsapp.web.forms import LineField
from lmsapp.web.labels import present_labels, standard_words
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.sessions import LANGUAGES

GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (__("Training"), TRAINING),
    (__("Certificates"), CERTIFICATES),
    (__("Quizzes"), ATTEMPTS),
    (__("Compliance"), COMPLIANCE),
)


class WordsForm(SharedForm):
    """A field for each word is added when it is built; and why."""

    reason = StringField(__("Reason"), [Optional(), Length(max=500)])


def words_form(scope: Scope, *, sent: bool) -> Any:
    """As it was sent, or as it stands."""
    chosen = present_labels().chosen.get(scope, {})
    standing = {field_name(language, status): label for (language, status), label in chosen.items()}
    fields = {
        field_name(language, status): LineField(
            _("%(status)s, %(language)s", status=_(status), language=LANGUAGES[language]),
            [Length(max=MAX_LABEL, message=_("At most %(most)s characters.", most=MAX_LABEL))],
        )
        for _title, statuses in groups_of(scope)
        for status in statuses
        for language in LANGUAGES
    }
    made = type("AllWordsForm", (WordsForm,), fields)
    return made(request.form) if sent else made(formdata=None, data=standing)


def groups_of(scope: Scope) -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """What can be met in that scope: a course knows nothing of compliance, and a compliance type of nothing else."""
    if scope.kind == "compliance_type":
        return GROUPS[3:]
    return GROUPS if scope == ORGANISATION else GROUPS[:3]


def rows_of(scope: Scope, form: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """(heading, rows) for the page: a row has the status, and for each language its field and what holds without it."""
    standard, labels = standard_words(), present_labels()

    def without(status: str, language: str) -> str:
        above = labels.label(status, language) if scope != ORGANISATION else None
        return above or standard[language, status]

    return [
        (
            str(title),
            [
                {
                    "status": _(status),
                    "cells": [
                        {
                            "field": form[field_name(language, status)],
                            "language": LANGUAGES[language],
                            "without": without(status, language),
                        }
                        for language in LANGUAGES
                    ],
                }
                for status in statuses
            ],
        )
        for title, statuses in groups_of(scope)
    ]


def save_words(scope: Scope, form: Any, by: Viewer) -> bool:
    """Whether anything changed. Raises RuleBroken."""
    wanted = {
        (language, status): form[field_name(language, status)].data or ""
        for _title, statuses in groups_of(scope)
        for status in statuses
        for language in LANGUAGES
    }
    return set_labels(scope, wanted, standard=standard_words(), by=by, reason=form.reason.data or "")
