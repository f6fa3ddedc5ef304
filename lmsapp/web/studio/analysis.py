"""Question analysis for authors: a quiz, one question, and the same as a sheet or a PDF (QIZ-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from slugify import slugify

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.insight.sheets import rows_as_csv, rows_as_xlsx
from lmsapp.learning.analysis.queries import AnalysisFilters, QuizAnalysis, Row, analysis_of, quiz_to_analyse
from lmsapp.learning.analysis.rules import Flag
from lmsapp.learning.quizpapers.actions import ask_analysis_paper as ask_paper
from lmsapp.learning.quizpapers.documents import filters_json
from lmsapp.learning.quizpapers.queries import paper_of_quiz
from lmsapp.people.roles import May
from lmsapp.web import dates
from lmsapp.web.enrolled import EXCEL
from lmsapp.web.gates import needs
from lmsapp.web.lists import csv_response, options, readable
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.student.papers import send_sealed
from lmsapp.web.studio.analysis_words import alpha_words, flag_words, short, two
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS

SORTS: dict[str, Callable[[Row], Any]] = {
    "number": lambda row: row.number,
    "asked": lambda row: row.figures.asked,
    "difficulty": lambda row: _known(row.figures.difficulty),
    "discrimination": lambda row: _known(row.figures.discrimination),
    "flags": lambda row: -sum(flag is not Flag.FEW for flag, _text in row.figures.flags),
}


@bp.get("/lessons/<int:quiz_lesson_id>/analysis")
@needs(May.AUTHOR, May.MODERATE)
def analysis(quiz_lesson_id: int) -> ResponseReturnValue:
    """Every question of the quiz, with what to look at."""
    filters, found = asked_for(quiz_lesson_id)
    key, desc = sort_asked()
    return answer(
        "studio/analysis/_table.html",
        whole="studio/analysis/index.html",
        found=found,
        rows=ordered(found.rows, key, desc=desc),
        filters=filters,
        facets=facets_of(filters),
        active=sum(map(bool, (filters.every, filters.older, filters.from_on or filters.until_on))),
        sort={"key": key, "desc": desc, "url": sort_url},
        sheets={
            kind: url_for(f"studio.analysis_{kind}", quiz_lesson_id=quiz_lesson_id, **kept_args())
            for kind in ("csv", "xlsx")
        },
        **words(),
    )


@bp.get("/lessons/<int:quiz_lesson_id>/analysis/<int:asked_id>")
@needs(May.AUTHOR, May.MODERATE)
def analysed_question(quiz_lesson_id: int, asked_id: int) -> ResponseReturnValue:
    """One question: what was answered, by how many, and by whom more."""
    filters, found = asked_for(quiz_lesson_id, older=True)
    row = get_or_404(next((one for one in found.rows if one.question_id == asked_id), None))
    return page("studio/analysis/question.html", found=found, row=row, filters=filters, **words())


@bp.post("/lessons/<int:quiz_lesson_id>/analysis")
@needs(May.AUTHOR, May.MODERATE)
def ask_analysis_paper(quiz_lesson_id: int) -> ResponseReturnValue:
    """The same as a signed PDF; while nothing changes, the one that is there."""
    quiz = get_or_404(quiz_to_analyse(g.viewer, quiz_lesson_id))
    paper = ask_paper(quiz.id, filters_json(filters_asked()), str(get_locale()), by=g.viewer)
    return to(url_for("studio.analysis_paper", quiz_lesson_id=quiz_lesson_id, quiz_paper_id=paper.id))


@bp.get("/lessons/<int:quiz_lesson_id>/analysis/papers/<int:quiz_paper_id>")
@needs(May.AUTHOR, May.MODERATE)
def analysis_paper(quiz_lesson_id: int, quiz_paper_id: int) -> ResponseReturnValue:
    """How far it is; asks again by itself."""
    quiz = get_or_404(quiz_to_analyse(g.viewer, quiz_lesson_id))
    sealed = get_or_404(paper_of_quiz(quiz.id, quiz_paper_id))
    return answer(
        "studio/analysis/_paper.html",
        whole="studio/analysis/paper.html",
        quiz=quiz,
        sealed=sealed,
        paper_id=quiz_paper_id,
    )


@bp.get("/lessons/<int:quiz_lesson_id>/analysis/papers/<int:quiz_paper_id>.pdf")
@needs(May.AUTHOR, May.MODERATE)
def analysis_file(quiz_lesson_id: int, quiz_paper_id: int) -> ResponseReturnValue:
    """The sealed bytes as a download."""
    quiz = get_or_404(quiz_to_analyse(g.viewer, quiz_lesson_id))
    return send_sealed(get_or_404(paper_of_quiz(quiz.id, quiz_paper_id)))


@bp.get("/lessons/<int:quiz_lesson_id>/analysis.csv")
@needs(May.AUTHOR, May.MODERATE)
def analysis_csv(quiz_lesson_id: int) -> ResponseReturnValue:
    """The table as CSV, a line for every answer there is."""
    found = noted(quiz_lesson_id)
    return csv_response(iter([rows_as_csv(head(), sheet_rows(found))]), f"{file_name(found)}.csv")


@bp.get("/lessons/<int:quiz_lesson_id>/analysis.xlsx")
@needs(May.AUTHOR, May.MODERATE)
def analysis_xlsx(quiz_lesson_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    found = noted(quiz_lesson_id)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(found)}.xlsx"'}
    return Response(rows_as_xlsx(head(), sheet_rows(found)), content_type=EXCEL, headers=headers)


def noted(lesson_id: int) -> QuizAnalysis:
    """What a sheet shows; that it was taken is noted."""
    _filters, found = asked_for(lesson_id)
    note_reading("question analysis", g.viewer, filters={"quiz": [found.title], **request.args.to_dict(flat=False)})
    return found


def asked_for(lesson_id: int, *, older: bool = False) -> tuple[AnalysisFilters, QuizAnalysis]:
    """By the address; 404 for a quiz that is not the viewer's to write."""
    quiz = get_or_404(quiz_to_analyse(g.viewer, lesson_id))
    filters = filters_asked(older=older)
    return filters, analysis_of(quiz, filters)


def filters_asked(*, older: bool = False) -> AnalysisFilters:
    """By the address, or by the form that asks for a PDF; what makes no sense is left out."""
    args = readable(request.form if request.method == "POST" else request.args)
    return AnalysisFilters(
        from_on=day_asked(args.get("from", "")),
        until_on=day_asked(args.get("until", "")),
        every=args.get("attempts") == "every",
        older=older or args.get("versions") == "every",
        zone=g.viewer.zone,
    )


def day_asked(text: str) -> dt.date | None:
    """A day of an address, or none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def words() -> dict[str, Any]:
    """What the templates say figures with."""
    return {
        "kinds": QUESTION_KINDS,
        "two": two,
        "flag_words": flag_words,
        "alpha_words": alpha_words,
        "short": short,
    }


def facets_of(filters: AnalysisFilters) -> list[tuple[str, str, Any]]:
    """What can be chosen."""
    attempts = [("", _("The first of each learner")), ("every", _("Every attempt"))]
    versions = [("", _("As asked now")), ("every", _("Earlier versions too"))]
    return [
        (_("Attempts"), "attempts", options(attempts, {"every" if filters.every else ""})),
        (_("Versions"), "versions", options(versions, {"every" if filters.older else ""})),
    ]


def ordered(rows: Sequence[Row], key: str, *, desc: bool) -> list[Row]:
    """By the column chosen, then by number."""
    return sorted(sorted(rows, key=SORTS["number"]), key=SORTS[key], reverse=desc)


def _known(value: float | None) -> tuple[bool, float]:
    return value is None, value or 0.0


def sort_asked() -> tuple[str, bool]:
    """(column, descending); what makes no sense is the order of the quiz."""
    key = request.args.get("sort", "number")
    return (key if key in SORTS else "number"), request.args.get("desc") == "1"


def sort_url(key: str, desc: bool) -> str:
    """The present address in another order."""
    kept = {name: value for name, value in kept_args().items() if name not in ("sort", "desc")}
    order: dict[str, Any] = {"sort": key, "desc": "1"} if desc else {"sort": key}
    return url_for("studio.analysis", quiz_lesson_id=(request.view_args or {})["quiz_lesson_id"], **kept, **order)


def kept_args() -> dict[str, Any]:
    """The filters of the address."""
    names = ("from", "until", "attempts", "versions", "sort", "desc")
    return {name: request.args[name][:20] for name in names if request.args.get(name)}


def head() -> list[str]:
    """Of the sheet."""
    return [
        _("Question"), _("Version"), _("Kind"), _("Text"), _("Points"), _("Asked"), _("Answered"), _("Left empty"),
        _("Difficulty (mean share)"), _("Discrimination (correlation with the rest)"),
        _("Best 27 % less weakest 27 %"), _("What to look at"),
        _("Answer"), _("Right"), _("Chosen"), _("Share"), _("Share of the best 27 %"), _("Share of the weakest 27 %"),
        _("Mean rest score"),
    ]  # fmt: skip


def sheet_rows(found: QuizAnalysis) -> list[list[Any]]:
    """A line for each answer of each question; a question without any has one line."""
    said = {True: _("yes"), False: _("no"), None: _("partly")}
    rows: list[list[Any]] = []
    for row in found.rows:
        made = row.figures
        front: list[Any] = [
            float(row.number), float(row.version), str(QUESTION_KINDS.get(row.kind, row.kind)), row.prompt,
            float(row.points), float(made.asked), float(made.answered), float(made.omitted),
            rounded(made.difficulty), rounded(made.discrimination), rounded(made.apart),
            " ".join(one["text"] for one in flag_words(made)),
        ]  # fmt: skip
        chosen = [
            [one.text, said[one.right], float(one.count), *map(rounded, (one.share, one.upper, one.lower, one.rest))]
            for one in made.choices
        ]
        rows += [front + line for line in chosen or [[None] * 7]]
    return rows


def rounded(value: float | None) -> float | None:
    """To four places."""
    return None if value is None else round(value, 4)


def file_name(found: QuizAnalysis) -> str:
    """'questions-ladder-safety-2026-11-28'."""
    return f"questions-{slugify(found.title, max_length=50) or found.lesson_id}-{dates.today()}"
