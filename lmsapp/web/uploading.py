"""Many files sent at once, each with a result of its own: what was stored stays, what was refused says why (HRD-2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.web.forms import Form, say
from lmsapp.web.render import fragment


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file."""

    name: str
    done: bool
    words: str


def sent(most: int, field: str = "files") -> list[FileStorage]:
    """The files of the request. Raises RuleBroken for none, or too many."""
    given = [file for file in request.files.getlist(field) if file.filename]
    if not given or len(given) > most:
        raise RuleBroken(N_("Choose one to %(most)s files."), field=field, most=most)
    return given


def each(files: Sequence[FileStorage], keep: Callable[[FileStorage], str]) -> list[Result]:
    """Do it for each; a broken rule undoes that one alone. `keep` answers what is said of it."""
    results = []
    for file in files:
        name, form, words = (file.filename or "").replace("\\", "/").rpartition("/")[2], Form(formdata=None), ""
        with form.rule_errors():
            words = keep(file)
        results.append(Result(name, not form.broken, say(form.broken) if form.broken else words))
    return results


def is_one() -> bool:
    """Whether the script of the page sent it: one file a request, so that each shows how far it is."""
    return request.form.get("one") == "1"


def one_result(results: Sequence[Result]) -> Response:
    """For the script: one line, refused with 422."""
    result = results[0]
    return fragment("hr/documents/_result.html", status=200 if result.done else 422, result=result)


def refusal(form: Form) -> Response:
    """For the script, where the form itself is wrong: the same line."""
    words = " ".join(str(one) for errors in form.errors.values() for one in errors)
    return fragment("hr/documents/_result.html", status=422, result=Result(_("Not sent"), False, words))
