"""Whom training rules mean and could not assign: the list, and the three answers (CRS-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.assignments.standing.actions import ask_again, exempt, set_due_dates
from lmsapp.assignments.standing.queries import ExceptionFilters, exceptions_page, exceptions_picked
from lmsapp.people.audiences.queries import audiences_for
from lmsapp.people.roles import May
from lmsapp.web.gates import needs
from lmsapp.web.lists import numbers, options, page_url, readable
from lmsapp.web.render import answer, page, to
from lmsapp.web.studio.audience_forms import AnswerDateForm, AnswerReasonForm
from lmsapp.web.studio.audience_words import REASONS, reason_in_words
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.wing import bp


@bp.get("/audience-exceptions")
@needs(May.MODERATE)
def rule_exceptions() -> ResponseReturnValue:
    """Those somebody has to decide, or whatever reason is asked for."""
    return answer("studio/audiences/_exceptions.html", whole="studio/audiences/exceptions.html", **listed())


@bp.post("/audience-exceptions/due-dates")
@needs(May.MODERATE)
def date_exceptions() -> ResponseReturnValue:
    """Assign those that are ticked by one date."""
    form, picked = AnswerDateForm(), ticked()
    if picked and form.validate():
        with form.rule_errors():
            done = set_due_dates(picked, sure(form.due_on), by=g.viewer)
            passed = len(picked) - done
            said = ngettext("%(num)s assigned.", "%(num)s assigned.", done)
            if passed:
                said += " " + ngettext("%(num)s passed over.", "%(num)s passed over.", passed)
            return to(url_for("studio.rule_exceptions"), said=said)
    return again(form if picked else None, picked, date_form=form)


@bp.post("/audience-exceptions/exemptions")
@needs(May.MODERATE)
def exempt_exceptions() -> ResponseReturnValue:
    """They need not take it, with a reason."""
    form, picked = AnswerReasonForm(), ticked()
    if picked and form.validate():
        with form.rule_errors():
            done = exempt(picked, by=g.viewer, reason=sure(form.reason))
            return to(url_for("studio.rule_exceptions"), said=ngettext("%(num)s exempt.", "%(num)s exempt.", done))
    return again(form if picked else None, picked, reason_form=form)


@bp.post("/audience-exceptions/questions")
@needs(May.MODERATE)
def ask_exceptions_again() -> ResponseReturnValue:
    """The rule judges them anew."""
    picked = ticked()
    if not picked:
        return again(None, picked)
    done = ask_again(picked, by=g.viewer)
    said = ngettext("%(num)s assigned.", "%(num)s assigned.", done)
    if len(picked) > done:
        said += " " + _("The others stay on the list: their reason is still there.")
    return to(url_for("studio.rule_exceptions"), said=said)


def again(form: Any, picked: Any, **forms: Any) -> Response:
    """The list with what is wrong. Nothing ticked is an error too."""
    context = listed() | forms | {"form": form, "nothing_ticked": not picked, "ticked": {one.id for one in picked}}
    return page("studio/audiences/exceptions.html", status=422, **context)


def ticked() -> Any:
    return exceptions_picked(g.viewer, numbers(request.form.getlist("pick")))


def listed() -> dict[str, Any]:
    """One page of the list, its filters and its answers."""
    asked = readable(request.args)
    filters = ExceptionFilters(
        q=asked.get("q", "")[:100],
        reasons=tuple(one for one in asked.getlist("reason") if one in REASONS),
        audience_id=next(iter(numbers(asked.getlist("audience"))), None),
        rule_id=next(iter(numbers(asked.getlist("rule"))), None),
        page=min(max(1, asked.get("page", 1, int)), 100_000),
    )
    audiences = [(row.id, row.name) for row in audiences_for(g.viewer)]
    return {
        "found": exceptions_page(g.viewer, filters),
        "filters": filters,
        "facets": [
            (_("Reason"), "reason", options(REASONS.items(), filters.reasons), "checkbox"),
            (_("Audience"), "audience", options(audiences, (filters.audience_id,)), "radio"),
        ],
        "reasons": REASONS,
        "reason_words": reason_in_words,
        "page_url": page_url,
        "date_form": AnswerDateForm(formdata=None),
        "reason_form": AnswerReasonForm(formdata=None),
        "form": None,
        "nothing_ticked": False,
        "ticked": set(),
    }
