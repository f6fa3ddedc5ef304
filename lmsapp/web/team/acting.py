"""Acting on one row or many: remind now, move a due date; the row says what happened (DSH-2)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length

from lmsapp.assignments.acts.actions import ask_act
from lmsapp.assignments.acts.doing import do_act
from lmsapp.assignments.acts.rules import MOST, Act, Result, Terms
from lmsapp.assignments.rules import OPEN
from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.insight.assignments.chosen import one_of_each
from lmsapp.insight.team import team_rows
from lmsapp.web.fields import sure
from lmsapp.web.forms import Form, say
from lmsapp.web.render import fragment, page, to, wants_fragment
from lmsapp.web.team.choosing import Choice, choice, context
from lmsapp.web.team.results import results
from lmsapp.web.team.wing import bp
from lmsapp.web.team.words import came_words, last_of

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
    form, given = RemindersForm(), choice(MOST)
    if form.validate() and not given.unseen:
        with form.rule_errors():
            return carried_out(given, Terms(Act.REMIND))
    return dialog("remind", form, given)


@bp.get("/extensions/new")
@bp.post("/extensions/new")
def new_extensions() -> Response:
    """The question. By POST too: the ids of many are too long for an address."""
    return dialog("extend", ExtensionsForm(formdata=None), choice(MOST))


@bp.post("/extensions")
def create_extensions() -> Response:
    """Each by itself: one that cannot be moved says why and leaves the others alone."""
    form, given = ExtensionsForm(), choice(MOST)
    if form.validate():
        with form.rule_errors():
            return carried_out(given, Terms(Act.EXTEND, due_on=sure(form.due_on), reason=form.reason.data or ""))
    return dialog("extend", form, given)


def carried_out(given: Choice, terms: Terms) -> Response:
    """At once; many by the worker, on to the page that shows how far it is. Raises RuleBroken, also where what was
    typed is refused for every single one: then there is something to type anew."""
    ids, people = given.settled(), terms.act is Act.ASSIGN
    if given.takes_a_while:
        lines = one_of_each(ids) if people else ids
        return to(url_for("team.act", act_id=ask_act(terms, lines, by=g.viewer).id))
    found = given.assignments()
    came = do_act(terms, found, by=g.viewer)
    if terms.act is Act.EXTEND and all(one.result is Result.REFUSED for one in came.values()):
        raise RuleBroken(" ".join(dict.fromkeys(came_words(one) for one in came.values())))
    return results(given, found, {key: last_of(one) for key, one in came.items()}, people=people)


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
        "back": {"href": given.back_url, "label": rows[0].person if given.person and rows else _("Team")},
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
