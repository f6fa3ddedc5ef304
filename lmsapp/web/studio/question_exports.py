"""Questions out as a file: which, in which format, and what that format cannot say (QIZ-1)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from slugify import slugify

from lmsapp.courses.bank.pools import pool_for
from lmsapp.courses.bank.queries import Wanted, find_questions
from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.exchange.exporting import Exported
from lmsapp.courses.exchange.formats.draft import MOST_QUESTIONS
from lmsapp.courses.exchange.formats.writing import FORMATS, losses
from lmsapp.courses.exchange.queries import questions_out
from lmsapp.courses.quizzes.authored import quiz_for
from lmsapp.courses.quizzes.queries import questions_as_asked
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.web.lists import numbers, readable
from lmsapp.web.render import get_or_404, page
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS

FILTERS = ("q", "kind", "tag", "pool", "course", "state")
WHICH = ("pick", "lesson", "of_pool", *FILTERS)


@bp.get("/question-exports")
def export_questions() -> ResponseReturnValue:
    """The formats, and what each cannot say of these questions.

    In the address: `pick` (ids), `lesson` (a quiz), `of_pool`, or the filters of the bank.
    """
    out, name, back = asked_for()
    which: dict[str, Any] = {key: request.args.getlist(key) for key in WHICH}
    formats = [
        {"name": one.name, "key": key, "href": url_for("studio.export_file", format=key, **which),
         "lost": losses(key, out.drafts)}
        for key, one in FORMATS.items()
    ]  # fmt: skip
    return page("studio/exchange/export.html", formats=formats, count=len(out.drafts), name=name, back=back)


@bp.get("/question-exports/file")
def export_file() -> ResponseReturnValue:
    """The file. That it was taken is on the trail."""
    chosen = FORMATS.get(request.args.get("format", "")) or abort(404)
    out, name, _back = asked_for()
    if not out.drafts:
        abort(404)
    note_reading("questions", g.viewer, filters={"format": chosen.name, "questions": len(out.drafts), "of": name})
    file_name = (slugify(name, max_length=60) or "questions") + chosen.suffix
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return Response(chosen.write(out.drafts), content_type=chosen.media_type, headers=headers)


def asked_for() -> tuple[Exported, str, str]:
    """The questions the address asks for, what they are called together, and the page they stand on."""
    args = readable(request.args)
    if picked := numbers(args.getlist("pick")):
        return questions_out(g.viewer, picked), _("Chosen questions"), url_for("studio.bank")
    for key, found in (("lesson", _of_quiz), ("of_pool", _of_pool)):
        if wanted := numbers(args.getlist(key)):
            return found(wanted[0])
    asked = _wanted(args)
    rows = find_questions(g.viewer, asked, size=MOST_QUESTIONS).rows
    kept: dict[str, Any] = {key: args.getlist(key) for key in FILTERS}
    back = url_for("studio.bank", **kept)
    return questions_out(g.viewer, [row.id for row in rows]), _("Question bank"), back


def _of_quiz(lesson_id: int) -> tuple[Exported, str, str]:
    lesson, quiz = get_or_404(lesson_for(g.viewer, lesson_id)), get_or_404(quiz_for(g.viewer, lesson_id))
    ids = [one["id"] for one in questions_as_asked(quiz.id)]
    return questions_out(g.viewer, ids), lesson.title, url_for("studio.lesson", lesson_id=lesson_id)


def _of_pool(pool_id: int) -> tuple[Exported, str, str]:
    pool = get_or_404(pool_for(g.viewer, pool_id))
    rows = find_questions(g.viewer, Wanted(pools=(pool_id,)), size=MOST_QUESTIONS).rows
    return questions_out(g.viewer, [row.id for row in rows]), pool.title, url_for("studio.pool", pool_id=pool_id)


def _wanted(args: Any) -> Wanted:
    """As the bank reads its own address; archived questions are not written out."""
    return Wanted(
        q=args.get("q", "")[:100],
        kinds=[one for one in args.getlist("kind") if one in QUESTION_KINDS],
        tags=[one[:60] for one in args.getlist("tag")][:20],
        pools=numbers(args.getlist("pool")),
        courses=numbers(args.getlist("course")),
        unused="unused" in args.getlist("state"),
    )
