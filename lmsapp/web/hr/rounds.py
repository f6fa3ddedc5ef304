"""Asking people to sign: choosing whom, and how it stands (ORG-7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import BooleanField, DateField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lmsapp.compliance.policies.actions import begin_round, end_round
from lmsapp.compliance.policies.queries import (
    CSV_HEAD,
    AskedFilters,
    asked_page,
    asked_sheet,
    count_whom,
    department_names,
    people_named,
    round_for,
    whom_of,
)
from lmsapp.compliance.policies.rules import JOINER_DAYS, AskedState, Whom, names_in
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.sheets import as_csv
from lmsapp.people.employees.queries import employee_options
from lmsapp.web.dates import today
from lmsapp.web.forms import Form
from lmsapp.web.hr.policies import find
from lmsapp.web.hr.publishing import ReasonForm
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import csv_response, options, page_url
from lmsapp.web.render import answer, fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.forms import TicksField, sure
from lmsapp.web.studio.words import choices


class RoundForm(Form):
    """Whom to ask, and until when."""

    everybody = BooleanField(__("Everybody who works here"))
    job_roles = TicksField(__("Job roles"), description=__("Nothing ticked: every job role."))
    departments = TicksField(__("Departments"), coerce=int, description=__("Nothing ticked: every department."))
    people = TextAreaField(
        __("Single people besides"),
        [Optional(), Length(max=100_000)],
        description=__("Employee numbers or e-mail addresses, by commas or lines."),
    )
    due_on = DateField(__("Sign by"), [InputRequired(__("Choose a day."))])
    standing = BooleanField(
        __("Ask those who come later too"),
        description=__("Whoever is hired or moves, and fits, is asked on that day."),
    )
    joiner_days = IntegerField(
        __("They have … days"),
        default=JOINER_DAYS,
        validators=[InputRequired(__("Give a number of days.")), NumberRange(1, 365, __("Between 1 and 365 days."))],
    )
    anew = BooleanField(
        __("Ask those too who have signed this version already"),
        description=__("For a yearly acknowledgement. Otherwise their signature counts at once."),
    )

    def whom(self) -> Whom:
        """Who is meant. Raises RuleBroken naming the words that name nobody."""
        found, unknown = people_named(g.viewer, names_in(self.people.data or ""))
        if unknown:
            raise RuleBroken(
                N_("Nobody who works here has these: %(names)s."), field="people", names=", ".join(unknown[:10])
            )
        return Whom(
            everybody=self.everybody.data,
            job_roles=tuple(self.job_roles.data or ()),
            departments=tuple(self.departments.data or ()),
            picked=tuple(found),
        )


@bp.get("/policies/<int:text_id>/rounds/new")
def new_round(text_id: int) -> ResponseReturnValue:
    text = find(text_id)
    form = round_form(due_on=today() + dt.timedelta(days=30), joiner_days=JOINER_DAYS)
    return page("hr/policies/new_round.html", text=text, form=form, reach=None)


@bp.post("/policies/<int:text_id>/rounds/reach")
def round_reach(text_id: int) -> ResponseReturnValue:
    """How many it would ask, while it is chosen."""
    text, form = find(text_id), round_form()
    reach = reach_of(form)
    if wants_fragment():
        return fragment("hr/policies/_reach.html", reach=reach)
    return page("hr/policies/new_round.html", text=text, form=form, reach=reach)


@bp.post("/policies/<int:text_id>/rounds/new")
def create_round(text_id: int) -> ResponseReturnValue:
    text, form = find(text_id), round_form()
    if form.validate():
        with form.rule_errors():
            begun = begin_round(
                text,
                form.whom(),
                due_on=sure(form.due_on),
                by=g.viewer,
                standing=form.standing.data,
                anew=form.anew.data,
                joiner_days=sure(form.joiner_days),
            )
            return to(url_for("hr.round", round_id=begun.id), said=_("Asked. The letters are on their way."))
    return page("hr/policies/new_round.html", status=422, text=text, form=form, reach=reach_of(form))


@bp.get("/rounds/<int:round_id>", endpoint="round")
def show_round(round_id: int) -> ResponseReturnValue:
    """Who has signed which version when, and who has not."""
    found = get_or_404(round_for(g.viewer, round_id))
    given = request.args
    states = tuple(one for one in given.getlist("state") if one in set(AskedState))
    filters = AskedFilters(given.get("q", "").strip()[:100], states)
    asked = asked_page(g.viewer, round_id, filters, min(given.get("page", 1, type=int), 100_000))
    labels = [(one.value, f"{_(one.value)} ({asked.counts.get(one.value, 0)})") for one in AskedState]
    return answer(
        "hr/policies/_asked.html", whole="hr/policies/round.html", round=found, text=find(found.text_id), asked=asked,
        filters=filters, facets=[(_("Status"), "state", options(labels, states))], page_url=page_url,
        whom=whom_words(whom_of(found), found.why), today=today(),
    )  # fmt: skip


@bp.get("/rounds/<int:round_id>.csv")
def round_sheet(round_id: int) -> Response:
    """Everybody who was asked, as a sheet."""
    found = get_or_404(round_for(g.viewer, round_id))
    heads = [_(head) for head in CSV_HEAD]
    return csv_response(as_csv(heads, asked_sheet(g.viewer, found.id)), f"signatures-{found.id}-{today()}.csv")


@bp.get("/rounds/<int:round_id>/end")
def new_round_end(round_id: int) -> ResponseReturnValue:
    found = get_or_404(round_for(g.viewer, round_id))
    return page("hr/policies/end_round.html", round=found, text=find(found.text_id), form=ReasonForm(formdata=None))


@bp.post("/rounds/<int:round_id>/end")
def create_round_end(round_id: int) -> ResponseReturnValue:
    found, form = get_or_404(round_for(g.viewer, round_id)), ReasonForm()
    if form.validate():
        with form.rule_errors():
            ended = end_round(found, by=g.viewer, reason=form.reason.data or "")
            said = ngettext("Ended; %(num)s request was withdrawn.", "Ended; %(num)s requests were withdrawn.", ended)
            return to(url_for("hr.round", round_id=round_id), said=said)
    return page("hr/policies/end_round.html", status=422, round=found, text=find(found.text_id), form=form)


def round_form(**values: Any) -> RoundForm:
    """The form with its choices."""
    form = RoundForm(formdata=None, data=values) if values else RoundForm()
    known = employee_options(g.viewer)
    form.job_roles.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.job_roles)
    form.departments.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.departments)
    return form


def reach_of(form: RoundForm) -> dict[str, Any] | None:
    """How many are meant, and how many of them cannot sign; None while nothing is chosen."""
    try:
        whom = form.whom()
    except RuleBroken as broken:
        return {"total": 0, "without": 0, "problem": _(broken.message, **broken.values)}
    if not whom:
        return None
    total, without = count_whom(whom)
    return {"total": total, "without": without, "problem": ""}


def whom_words(whom: Whom, why: str) -> str:
    """Whom a round asked, in words."""
    if why == "changed text":
        return _("Everybody who had signed an earlier version")
    if whom.everybody:
        return _("Everybody who works here")
    parts = [*whom.job_roles, *department_names(whom.departments)]
    if whom.picked:
        parts.append(ngettext("%(num)s person by name", "%(num)s people by name", len(whom.picked)))
    return ", ".join(parts)
