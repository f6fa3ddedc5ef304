"""What runs behind the pages: the clock's jobs, the queue, the PDFs that wait or failed (OPS, EVD-7)."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.evidence.seals.actions import retry_file
from lmsapp.evidence.seals.queries import count_files, unfinished_files
from lmsapp.evidence.seals.sealing import key_trouble
from lmsapp.infra import clock
from lmsapp.infra.workings import queue_state, recent_runs
from lmsapp.outreach.notices.queries import oldest_waiting
from lmsapp.people.roles import May
from lmsapp.web.admin import words
from lmsapp.web.admin.channel_words import trouble_words
from lmsapp.web.admin.content_host import content_host
from lmsapp.web.admin.wing import bp
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.ledger_pages import ledger_alarm
from lmsapp.web.render import get_or_404, page, to

LATE_AFTER_S = 600


class RetryForm(Form):
    """Nothing but its token."""


@bp.get("/jobs")
def jobs() -> ResponseReturnValue:
    """One page to see whether the machinery does its work."""
    return _page(RetryForm(formdata=None))


@bp.post("/jobs/files/<int:sealed_id>/tries")
@needs(May.CONFIGURE)
def retry_one_file(sealed_id: int) -> ResponseReturnValue:
    """Make a PDF that failed, again."""
    form = RetryForm()
    if form.validate():
        with form.rule_errors():
            sealed = get_or_404(retry_file(sealed_id, g.viewer))
            return to(url_for("admin.jobs"), said=_("“%(title)s” is being made again.", title=sealed.title))
    return _page(form)


def _page(form: Form) -> ResponseReturnValue:
    waiting_since = oldest_waiting()
    trouble = key_trouble()
    late = waiting_since is not None and (clock.now() - waiting_since).total_seconds() > LATE_AFTER_S
    return page(
        "admin/jobs/list.html",
        status=422 if form.errors else 200,
        form=form,
        runs=recent_runs(),
        queue=queue_state(),
        files=unfinished_files(),
        by_status=count_files(),
        mail_waiting_since=waiting_since if late else None,
        key_trouble=say(trouble) if trouble else "",
        content=content_host(),
        troubles=trouble_words(),
        may_retry=g.viewer.may(May.CONFIGURE),
        words=words,
        ledger_alarm=ledger_alarm("admin"),
    )
