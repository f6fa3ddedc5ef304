"""Acting on one row or many: remind now, move a due date; the row says what happened (DSH-2)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length

from lmsapp.assignments.actions import change_due_date
from lmsapp.assignments.reminding.letters import remind_all
from lmsapp.assignments.rules import OPEN
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.team import team_rows
from lmsapp.web import dates
from lmsapp.web.fields import sure
from lmsapp.web.forms import Form, say
from lmsapp.web.render import fragment, page, wants_fragment
from lmsapp.web.team import asked
from lmsapp.web.team.choosing import Choice, choice, context
from lmsapp.web.team.results import results
from lmsapp.web.team.wing import bp
from lmsapp.web.team.words import Last

LONGEST_REASON = 500


class RemindersForm(Form):
    """What is chosen stands in the fields of `choosing`; nothing else is asked."""


class ExtensionsForm(Form):
    """A new due date for what is chosen, and why."""

    due_on = DateField(__("New due date"), validators=[DataRequired(__("Choose a date."))])
    reason = StringField(
        __("Reason"),
        description=__("It stays on the record, beside the old date."),
        validators=[DataRequired(__("Say why.")), Length(max=LONGEST_REASON)],
    )


@bp.post("/reminders")
def create_reminders() -> Response:
    """At once for ticked rows; all that match are shown with their number first."""
    form, given = RemindersForm(), choice()
    if form.validate() and not given.unseen:
        with form.rule_errors():
            found = given.assignments()
            time = clock.now().astimezone(clock.zone(g.viewer.zone)).strftime("%H:%M")
            came = remind_all(found, by_name=g.viewer.name)
            return results(given, found, {key: _reminded(one, time) for key, one in came.items()})
    return dialog("remind", form, given)


def _reminded(one: bool | RuleBroken, time: str) -> Last:
    if isinstance(one, RuleBroken):
        return Last(say(one), bad=True)
    return Last(_("Reminded %(time)s", time=time), did=True) if one else Last(_("Reminded today already"))


@bp.get("/extensions/new")
@bp.post("/extensions/new")
def new_extensions() -> Response:
    """The question. By POST too: the ids of many are too long for an address."""
    return dialog("extend", ExtensionsForm(formdata=None), choice())


@bp.post("/extensions")
def create_extensions() -> Response:
    """Each by itself: one that cannot be moved says why and leaves the others alone."""
    form, given = ExtensionsForm(), choice()
    if form.validate():
        with form.rule_errors():
            found = given.assignments()
            said = {one.id: _extended(one, sure(form.due_on), form.reason.data or "") for one in found}
            if not all(last.bad for last in said.values()):
                return results(given, found, said)
            form.form_errors.extend(dict.fromkeys(last.text for last in said.values()))
    return dialog("extend", form, given)


def _extended(one: Any, due_on: Any, reason: str) -> Last:
    """Asked twice, it is moved once."""
    if one.due_on == due_on and one.due_at > clock.now() and not one.completed_at and not one.closed_as:
        return Last(_("Due on %(day)s already", day=dates.day(due_on)))
    form, moved = RemindersForm(), Last("")
    with form.rule_errors():
        if one.completed_at or one.closed_as:
            raise RuleBroken(N_("This is not open any more."))
        change_due_date(one, due_on, by=g.viewer, reason=reason)
        moved = Last(_("Due date moved to %(day)s", day=dates.day(due_on)), did=True)
    return Last(say(form.broken), bad=True) if form.broken else moved


def dialog(name: str, form: Form, given: Choice, **more: Any) -> Response:
    """The question `team/acts/_<name>.html`, as dialog or as page; the same for one and for many."""
    chosen_now = context(given)
    found = chosen_now["found"]
    rows = team_rows(g.viewer, [row.id for row in found.rows], clock.now()) if found else ()
    words: dict[str, Any] = {
        "form": form,
        "name": name,
        "rows": rows,
        "open_statuses": OPEN,
        "back_url": url_for("team.dashboard") + asked.query(given.filters, page=given.filters.page),
        "stop_words": say(chosen_now["stop"]) if chosen_now["stop"] else "",
        **chosen_now,
        **more,
    }
    status = 422 if form.errors else 200
    if not wants_fragment():
        return page("team/acts/page.html", status=status, **words)
    response = fragment("team/acts/dialog.html", status=status, **words)
    # Whatever the answer was meant to replace: a question comes as a dialog over the page.
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialogs", "innerHTML"
    response.headers["HX-Reselect"] = f"#{name}"
    return response
