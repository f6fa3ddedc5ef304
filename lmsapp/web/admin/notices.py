"""The outbox: every notice with its fate, and another try for what failed (REM-4, REM-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import BooleanField

from lmsapp.outreach.notices.actions import retry_notice
from lmsapp.outreach.notices.queries import OutboxFilters, OutboxPage, outbox, outbox_row
from lmsapp.outreach.notices.stuck import AT_ONCE, Outcome, count_stuck, give_up, may_come_twice, send_again, stuck
from lmsapp.people.roles import May
from lmsapp.web.admin import words
from lmsapp.web.admin.channel_words import trouble_words
from lmsapp.web.admin.wing import bp
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.ledger_pages import ledger_alarm
from lmsapp.web.lists import MOST, numbers, page_url
from lmsapp.web.notice_words import NOTICE_STATUSES
from lmsapp.web.render import answer, get_or_404, page, to


class RetryForm(Form):
    """Nothing but its token."""


class ManyForm(Form):
    """`sure`: that some may arrive twice."""

    sure = BooleanField()


@bp.get("/notices")
def notices() -> ResponseReturnValue:
    """Newest first."""
    filters = _filters()
    found = outbox(g.viewer, filters, request.args.get("page", 1, type=int))
    may_act = g.viewer.may(May.CONFIGURE) and any(row.can_retry for row in found.rows)
    many = count_stuck(g.viewer, filters) if may_act else 0
    asked = request.args.to_dict(flat=False)
    facets = _facets(found, filters)
    return page(
        "admin/notices/list.html", found=found, filters=filters, facets=facets, many=many, at_once=AT_ONCE, asked=asked,
        troubles=trouble_words(), ledger_alarm=ledger_alarm("admin"), **_shared(),
    )  # fmt: skip


@bp.post("/notices/<int:notice_id>/tries")
@needs(May.CONFIGURE)
def retry_one_notice(notice_id: int) -> ResponseReturnValue:
    """Another try, by hand."""
    get_or_404(outbox_row(g.viewer, notice_id))
    form = RetryForm()
    if form.validate():
        with form.rule_errors():
            retry_notice(notice_id, g.viewer)
    row = get_or_404(outbox_row(g.viewer, notice_id))
    said = _("It is on its way to %(name)s again.", name=row.to_name)
    return answer(
        "admin/notices/_row.html", whole="admin/notices/one.html", back=url_for("admin.notices"), said=said,
        form=form, row=row, picks=request.args.get("picks") == "1", **_shared(),
    )  # fmt: skip


@bp.post("/notices/tries")
@needs(May.CONFIGURE)
def retry_notices() -> ResponseReturnValue:
    """Many more tries: the ticked ones, or all the filters find; first asking where a second copy may arrive."""
    rows, form = _picked(), ManyForm()
    if not form.validate() or not rows:
        return to(_back(), said=_("Nothing is ticked that failed."))
    risky = may_come_twice(rows)
    if risky and not form.sure.data:
        return page(
            "admin/notices/again.html", rows=rows, risky=risky, action=request.full_path, back=_back(), **_shared()
        )
    return _result(send_again(rows, g.viewer), _("Sent again"))


@bp.post("/notices/endings")
@needs(May.CONFIGURE)
def give_up_notices() -> ResponseReturnValue:
    """They stay as they are, and off the list of what somebody has to look at."""
    rows = _picked()
    if not ManyForm().validate() or not rows:
        return to(_back(), said=_("Nothing is ticked that failed."))
    return _result(give_up(rows, g.viewer), _("Given up"))


def _result(outcomes: list[Outcome], title: str) -> ResponseReturnValue:
    done = sum(one.broken is None for one in outcomes)
    return page(
        "admin/notices/done.html", outcomes=outcomes, done=done, title=title, back=_back(), say=say, **_shared()
    )


def _picked() -> Sequence[Any]:
    everything = request.form.get("everything") == "1"
    return stuck(g.viewer, _filters(), None if everything else numbers(request.form.getlist("pick")))


def _back() -> str:
    asked: dict[str, Any] = request.args.to_dict(flat=False)
    return url_for("admin.notices", **asked)


def _filters() -> OutboxFilters:
    given = request.args
    return OutboxFilters(
        status=tuple(status for status in given.getlist("status") if status in NOTICE_STATUSES),
        channel=given.get("channel", "") if given.get("channel") in words.CHANNELS else "",
        templates=tuple(given.getlist("template")[:MOST]),
        q=given.get("q", "").strip()[:100],
    )


def _facets(found: OutboxPage, filters: OutboxFilters) -> list[tuple[str, str, list[dict[str, Any]], str]]:
    statuses = [
        {"value": key, "label": label, "count": found.by_status.get(key, 0), "checked": key in filters.status}
        for key, (_look, label) in NOTICE_STATUSES.items()
    ]
    templates = [
        {"value": key, "label": words.word(words.TEMPLATES, key), "count": count, "checked": key in filters.templates}
        for key, count in found.by_template.items()
    ]
    channels = [
        {"value": key, "label": label, "checked": bool(key) and key == filters.channel}
        for key, label in {"": _("Any"), **words.CHANNELS}.items()
    ]
    return [
        (_("Status"), "status", statuses, "checkbox"),
        (_("Kind"), "template", templates, "checkbox"),
        (_("Channel"), "channel", channels, "radio"),
    ]


def _shared() -> dict[str, Any]:
    return {"words": words, "may_retry": g.viewer.may(May.CONFIGURE), "page_url": page_url}
