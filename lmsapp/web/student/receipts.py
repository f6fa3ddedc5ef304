"""Receipts of one's own completions: to keep, and to hold against the ledger later (EVD-2)."""

from __future__ import annotations

import json

from flask import Response, g
from flask.typing import ResponseReturnValue

from lmsapp.evidence.ledger.receipts import own_completions, receipt_for
from lmsapp.web.render import get_or_404, page
from lmsapp.web.student.wing import bp


@bp.get("/record/receipts")
def receipts() -> ResponseReturnValue:
    """Everything completed, each with its receipt."""
    return page("student/receipts.html", rows=own_completions(g.viewer))


@bp.get("/record/receipts/<int:record_id>")
def receipt(record_id: int) -> ResponseReturnValue:
    """What one receipt says."""
    found = get_or_404(receipt_for(g.viewer, record_id))
    return page("student/receipt.html", receipt=found, facts=json.loads(found.content["payload"])["facts"])


@bp.get("/record/receipts/<int:record_id>.json")
def receipt_file(record_id: int) -> Response:
    """To keep: with the proof, once the event has its place."""
    found = get_or_404(receipt_for(g.viewer, record_id))
    headers = {"Content-Disposition": f'attachment; filename="receipt-{found.content["event"]}.json"'}
    content = json.dumps(found.content, indent=1, ensure_ascii=False)
    return Response(content, content_type="application/json", headers=headers)
