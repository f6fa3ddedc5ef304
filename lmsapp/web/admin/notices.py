"""The outbox: every notice with its fate, and another try for what failed (REM-4, REM-7)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.outreach.notices.actions import retry_notice
from lmsapp.outreach.notices.queries import OutboxFilters, OutboxPage, outbox, outbox_row
from lmsapp.people.roles import May
from lmsapp.web.admin import words
from lmsapp.web.admin.wing import bp
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import MOST, page_url
from lmsapp.web.render import answer, get_or_404, page


class RetryForm(Form):
    """Nothing but its token."""


@bp.get("/notices")
def notices() -> ResponseReturnValue:
    """Newest first."""
    filters = _filters()
    found = outbox(g.viewer, filters, request.args.get("page", 1, type=int))
    return page("admin/notices/list.html", found=found, filters=filters, facets=_facets(found, filters), **_shared())


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
        form=form, row=row, **_shared(),
    )  # fmt: skip


def _filters() -> OutboxFilters:
    given = request.args
    return OutboxFilters(
        status=tuple(status for status in given.getlist("status") if status in words.NOTICE_STATUSES),
        channel=given.get("channel", "") if given.get("channel") in words.CHANNELS else "",
        templates=tuple(given.getlist("template")[:MOST]),
        q=given.get("q", "").strip()[:100],
    )


def _facets(found: OutboxPage, filters: OutboxFilters) -> list[tuple[str, str, list[dict[str, Any]], str]]:
    statuses = [
        {"value": key, "label": label, "count": found.by_status.get(key, 0), "checked": key in filters.status}
        for key, (_look, label) in words.NOTICE_STATUSES.items()
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
