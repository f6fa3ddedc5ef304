"""One question: where it is used, how often it was asked, what it asked before (QIZ-1, QIZ-4)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.courses.bank.queries import draws_with, kin_of, lines_for, question_for, versions_of, writers_of
from lmsapp.courses.bank.rules import changed_parts
from lmsapp.learning.quizzes.asking import times_asked
from lmsapp.web.dates import figure, moment
from lmsapp.web.render import get_or_404, page
from lmsapp.web.studio.questions import changeable
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS

PARTS: dict[str, Any] = {
    "kind": __("kind"),
    "prompt": __("question"),
    "answers": __("answers"),
    "explanation": __("explanation"),
    "points": __("points"),
    "tags": __("tags"),
    "lesson": __("lesson"),
}


@bp.get("/questions/<int:question_id>/history")
def question_history(question_id: int) -> ResponseReturnValue:
    """Use, copies and versions."""
    found = get_or_404(question_for(g.viewer, question_id, archived=True))
    versions = versions_of(found)
    ids = [one.id for one in versions]
    line = lines_for(g.viewer, [question_id])[0]
    asked = times_asked(ids)
    return page(
        "studio/question/history.html",
        q=found,
        question_kinds=QUESTION_KINDS,
        place_back=back_of(line),
        may_change=changeable(found),
        facts=[
            (_("Points"), figure(found.points)),
            (_("Tags"), ", ".join(found.tags)),
            (_("Asked"), ngettext("%(num)s time", "%(num)s times", asked)),
            (_("State"), _("Archived") if found.archived_at else _("In use")),
        ],
        uses=[*own_quiz(line), *(drawn(row) for row in draws_with(g.viewer, found))],
        kin=[
            {"id": row.id, "prompt": row.prompt, "words": kin_words(row, ids)}
            for row in kin_of(g.viewer, ids, found.copied_from_id)
            if row.id != found.id
        ],
        versions=told(versions),
    )


def back_of(line: Any) -> dict[str, str]:
    """To the quiz or the pool."""
    if line.pool_id is not None:
        return {"href": url_for("studio.pool", pool_id=line.pool_id), "label": line.pool_title}
    return {"href": url_for("studio.lesson", lesson_id=line.lesson_id), "label": line.lesson_title}


def own_quiz(line: Any) -> list[dict[str, Any]]:
    """The quiz it stands in."""
    if line.pool_id is not None or line.archived_at is not None:
        return []
    said = {"lesson_id": line.lesson_id, "lesson_title": line.lesson_title, "course_title": line.course_title}
    return [{**said, "words": _("asked in every attempt")}]


def drawn(row: Any) -> dict[str, Any]:
    """A quiz that may draw it."""
    words = (
        _("draws %(count)s with the tag “%(tag)s”", count=row.number, tag=row.tag)
        if row.tag
        else _("draws %(count)s of the pool", count=row.number)
    )
    return {
        "lesson_id": row.lesson_id,
        "lesson_title": row.lesson_title,
        "course_title": row.course_title,
        "words": words,
    }


def kin_words(row: Any, ids: list[int]) -> str:
    """What a related question is, and where."""
    where = row.pool_title or f"{row.course_title}: {row.lesson_title}"
    return (
        _("copy in “%(place)s”", place=where)
        if row.copied_from_id in ids
        else _("original in “%(place)s”", place=where)
    )


def told(versions: list[Any]) -> list[dict[str, Any]]:
    """Each version, the newest first: when, by whom, what changed against the one before."""
    names = writers_of(versions)
    changed = [[str(PARTS[part]) for part in changed_parts(old, new)] for new, old in pairwise(versions)] + [[]]
    return [
        {"version": one.version, "said": written(one, names), "changed": parts, "row": one}
        for one, parts in zip(versions, changed, strict=True)
    ]


def written(one: Any, names: dict[int, str]) -> str:
    """When, and by whom, as far as it is known."""
    return ", ".join(filter(None, [moment(one.written_at) if one.written_at else "", names.get(one.written_by_id, "")]))
