"""A batch: how far it is, what came of each row, and taking all of it out again (HRD-2)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms.validators import DataRequired, Length

from lmsapp.compliance.batches.actions import ask_batch
from lmsapp.compliance.batches.queries import batch_for, counts_of, done_lines, lines_page, undone_by
from lmsapp.compliance.batches.work import begin, try_again
from lmsapp.compliance.ledger.types import any_type
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.web.forms import Form, LineField, error_words
from lmsapp.web.hr.compliance_words import BATCHES, LINES, said_of
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import page_url
from lmsapp.web.render import answer, get_or_404, page, to

UNDONE = ("file", "mark", "waive", "treat")


class TakingOutForm(Form):
    """Why the batch is taken out again."""

    reason = LineField(__("Reason"), [DataRequired(__("Say why.")), Length(max=500)])


@bp.get("/compliance-batches/<int:batch_id>")
def compliance_batch(batch_id: int) -> ResponseReturnValue:
    return _page(batch_id, TakingOutForm(formdata=None))


@bp.get("/compliance-batches/<int:batch_id>/progress")
def compliance_batch_progress(batch_id: int) -> ResponseReturnValue:
    """The work as it stands; once it is done the whole page answers."""
    batch = get_or_404(batch_for(g.viewer, batch_id))
    if batch.state not in ("waiting", "running"):
        return to(url_for("hr.compliance_batch", batch_id=batch_id))
    return answer("hr/compliance_batches/_job.html", **_job(batch))


@bp.post("/compliance-batches/<int:batch_id>/end")
def undo_compliance_batch(batch_id: int) -> ResponseReturnValue:
    """Documents are taken out of the files again, and decisions that still stand are taken back."""
    batch, form = get_or_404(batch_for(g.viewer, batch_id)), TakingOutForm()
    if form.validate():
        with form.rule_errors():
            if batch.asked not in UNDONE or batch.state in ("waiting", "running"):
                raise RuleBroken(N_("This cannot be taken out again now."))
            terms = {"reason": (form.reason.data or "").strip()}
            lines = done_lines(batch_id)
            asked = ask_batch("take out", lines, by=g.viewer, terms=terms, after=batch, type_id=batch.type_id)
            done = begin(asked, g.viewer)
            return to(url_for("hr.compliance_batch", batch_id=done.id))
    return _page(batch_id, form)


@bp.post("/compliance-batches/<int:batch_id>/retry")
def retry_compliance_batch(batch_id: int) -> ResponseReturnValue:
    """What failed on our side is asked for once more."""
    batch, form = get_or_404(batch_for(g.viewer, batch_id)), Form()
    if form.validate():
        with form.rule_errors():
            try_again(batch, g.viewer)
    return to(url_for("hr.compliance_batch", batch_id=batch_id))


def _page(batch_id: int, form: Form) -> ResponseReturnValue:
    batch = get_or_404(batch_for(g.viewer, batch_id))
    state = request.args.get("state", "")
    found = lines_page(
        g.viewer,
        batch_id,
        state=state if state in LINES else "",
        number=min(max(request.args.get("page", 1, type=int), 1), 100_000),
    )
    return page(
        "hr/compliance_batches/one.html",
        status=422 if form.errors else 200,
        found=found,
        page_url=page_url,
        form=form,
        states=LINES,
        state=state,
        said_of=said_of,
        counts=counts_of(batch_id),
        undone=undone_by(batch_id),
        undoable=batch.asked in UNDONE,
        type=any_type(g.viewer, batch.type_id) if batch.type_id else None,
        **_job(batch),
    )


def _job(batch: Any) -> dict[str, Any]:
    done, total = batch.done, batch.total
    words = _("%(done)s of %(total)s", done=done, total=total) if total else ""
    if batch.error:
        words = error_words(batch)
    return {
        "batch": batch,
        "heading": str(BATCHES[batch.asked]),
        "words": words,
        "percent": 100 * done // total if total else None,
    }
