"""Questions from a file: send it, look through what was found, take it, take it back (QIZ-1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField
from wtforms.validators import Optional

from lmsapp.courses.bank.pools import list_pools, pool_to_change
from lmsapp.courses.bank.queries import quizzes_of
from lmsapp.courses.exchange import actions
from lmsapp.courses.exchange.formats.draft import MOST_BYTES, MOST_QUESTIONS
from lmsapp.courses.exchange.formats.writing import FORMATS
from lmsapp.courses.exchange.queries import import_for, latest_imports, lines_of, target_for, target_of
from lmsapp.courses.exchange.template import template_csv
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.web.forms import Form
from lmsapp.web.lists import csv_response, numbers, page_url
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.forms import TopicsField
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS, choices

SHOWN: dict[str, Any] = {
    "questions": __("Questions"),
    "noted": __("With a note"),
    "same": __("There already"),
    "problems": __("Cannot be taken"),
}
FORMAT_NAMES = {**{key: one.name for key, one in FORMATS.items()}, "zip": "ZIP"}


class QuestionFileForm(Form):
    """A file, and where its questions go."""

    into = SelectField(__("Put the questions into"))
    file = FileField(__("File"), [FileRequired(__("Choose the file first."))])


class TakeForm(Form):
    """What is said of all questions taken."""

    tags = TopicsField(__("Tags for all of them"), [Optional()], description=__("With commas between."))
    categories = BooleanField(__("The file’s categories become tags too"))


@bp.get("/question-files")
def question_files() -> ResponseReturnValue:
    """Where to drop a file, and the latest of them."""
    form = upload_form(formdata=None)
    form.into.data = request.args.get("into", "")
    return upload_page(form)


@bp.post("/question-files")
def create_question_file() -> ResponseReturnValue:
    """Keep the file and read it; a large one is read by the worker."""
    form = upload_form()
    if form.validate():
        target = get_or_404(target_for(g.viewer, form.into.data))
        with form.rule_errors():
            sent = form.file.data
            words = (_("True"), _("False"))
            run = actions.keep_file(sent.stream, sent.filename or "", target.place, by=g.viewer, words=words)
            return to(url_for("studio.question_file", question_file_id=run.id))
    return upload_page(form)


@bp.get("/question-files/template.csv")
def question_template() -> ResponseReturnValue:
    """A table with an example of each kind."""
    return csv_response(iter([template_csv()]), "questions-template.csv")


@bp.get("/question-files/<int:question_file_id>")
def question_file(question_file_id: int) -> ResponseReturnValue:
    """Work in progress, then what was found, then what came of it."""
    return run_page(get_or_404(import_for(g.viewer, question_file_id)))


@bp.get("/question-files/<int:question_file_id>/progress")
def question_file_progress(question_file_id: int) -> ResponseReturnValue:
    """The fragment while it works; then the page."""
    run = get_or_404(import_for(g.viewer, question_file_id))
    if run.state in ("waiting", "running"):
        return answer("studio/exchange/_job.html", whole="studio/exchange/file.html", **run_context(run))
    return to(url_for("studio.question_file", question_file_id=question_file_id))


@bp.post("/question-files/<int:question_file_id>/selection")
def choose_questions(question_file_id: int) -> ResponseReturnValue:
    """Take those ticked, or leave them out."""
    run = get_or_404(import_for(g.viewer, question_file_id))
    what = request.form.get("what", "")
    picks = numbers(request.form.getlist("pick"))

    def choose() -> None:
        if what in ("all", "none"):
            actions.choose_all(run, taken=what == "all", by=g.viewer)
        else:
            actions.choose_lines(run, picks, taken=what == "take", by=g.viewer)

    return done(run, choose, _("Saved."), show=request.form.get("show", ""), page=request.form.get("page", ""))


@bp.post("/question-files/<int:question_file_id>/application")
def take_questions(question_file_id: int) -> ResponseReturnValue:
    """Now they are made."""
    run = get_or_404(import_for(g.viewer, question_file_id))
    form = TakeForm()
    if form.validate():
        with form.rule_errors():
            needed_target(run)
            actions.ask_application(run, form.tags.data or [], categories=form.categories.data, by=g.viewer)
            return to(url_for("studio.question_file", question_file_id=question_file_id))
    return run_page(run, form)


@bp.post("/question-files/<int:question_file_id>/reversal")
def take_back_questions(question_file_id: int) -> ResponseReturnValue:
    """Archive what was made of the file."""
    run = get_or_404(import_for(g.viewer, question_file_id))
    needed_target(run)
    return done(run, lambda: actions.undo_run(run, by=g.viewer), _("The import was taken back."))


@bp.post("/question-files/<int:question_file_id>/discarded")
def discard_question_file(question_file_id: int) -> ResponseReturnValue:
    """Not this one."""
    run = get_or_404(import_for(g.viewer, question_file_id))
    return done(run, lambda: actions.discard_run(run, by=g.viewer), _("The file was set aside. Nothing was changed."))


@bp.post("/question-files/<int:question_file_id>/attempt")
def retry_question_file(question_file_id: int) -> ResponseReturnValue:
    """Once more what failed."""
    run = get_or_404(import_for(g.viewer, question_file_id))
    return done(run, lambda: actions.try_again(run, by=g.viewer), "")


def done(run: Any, act: Callable[[], None], said: str, **kept: str) -> ResponseReturnValue:
    """Do it and go back to the file; what a rule refuses is said there."""
    form = Form()
    with form.rule_errors():
        act()
    if form.broken is not None:
        return run_page(run, refused=form)
    shown: dict[str, Any] = {name: value for name, value in kept.items() if value}
    return to(url_for("studio.question_file", question_file_id=run.id, **shown), said=said)


def needed_target(run: Any) -> Any:
    """Where the questions go. 403 where the viewer may not change it any more."""
    target = target_of(g.viewer, run)
    if target is None:
        raise NotAllowed(N_("You may not change the quiz or pool this file is for."))
    return target


def upload_form(**values: Any) -> QuestionFileForm:
    """With every quiz and pool of the viewer to choose from."""
    form = QuestionFileForm(**values)
    pools = [one for one in list_pools(g.viewer) if pool_to_change(g.viewer, one.id)]
    lines = [(f"pool-{one.id}", _("Pool: %(title)s", title=one.title)) for one in pools]
    lines += [(f"quiz-{row.id}", f"{row.course_title}: {row.title}") for row in quizzes_of(g.viewer)]
    form.into.choices = choices(lines)
    return form


def upload_page(form: QuestionFileForm) -> Response:
    """The form and the latest files."""
    return page(
        "studio/exchange/upload.html",
        status=422 if form.errors else 200,
        form=form,
        latest=latest_imports(g.viewer),
        target=target_for(g.viewer, form.into.data or ""),
        most=MOST_BYTES >> 20,
        most_questions=MOST_QUESTIONS,
    )


def run_page(run: Any, form: TakeForm | None = None, refused: Form | None = None) -> Response:
    """The file with what was found in it."""
    wrong = (form is not None and form.errors) or refused is not None
    form = form or TakeForm(formdata=None, data={"tags": run.terms.get("tags") or [], "categories": False})
    context = run_context(run)
    return page("studio/exchange/file.html", status=422 if wrong else 200, form=form, refused=refused, **context)


def run_context(run: Any) -> dict[str, Any]:
    """For the page and its fragment."""
    asked = request.args.get("show", "")
    show = asked if asked in SHOWN else ""
    counts = {"questions": 0, "problems": 0, "same": 0, "noted": 0, "taken": 0} | run.counts
    tabs = [{"label": _("All"), "href": url_for("studio.question_file", question_file_id=run.id), "current": not show}]
    tabs += [
        {"label": word, "href": url_for("studio.question_file", question_file_id=run.id, show=key),
         "count": counts[key], "current": key == show}
        for key, word in SHOWN.items()
        if counts[key]
    ]  # fmt: skip
    return {
        "run": run,
        "counts": counts,
        "found": lines_of(run, show, min(max(request.args.get("page", 1, type=int), 1), 10_000)),
        "tabs": tabs,
        "show": show,
        "target": target_of(g.viewer, run),
        "format_name": FORMAT_NAMES.get(run.format, ""),
        "question_kinds": QUESTION_KINDS,
        "percent": min(99, 100 * run.done // run.total) if run.total else None,
        "job_note": ngettext("%(num)s question", "%(num)s questions", run.total)
        if run.total
        else _("Reading the file."),
        "page_url": page_url,
    }
