"""The yearly test: a sample of what is kept, opened as an auditor would (EVD-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, url_for

from lmsapp.evidence.retention.retrieval.actions import ask_test
from lmsapp.evidence.retention.retrieval.queries import test_for, tests_for
from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.insight.keeping.documents import CHECKS, check_words
from lmsapp.web.hr.retention_words import kind_words, tabs
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.sending import send_stored


@bp.get("/retention/retrieval-tests")
def retrieval_tests() -> Response:
    return page("hr/retention/tests.html", tests=tests_for(g.viewer), tabs=tabs())


@bp.post("/retention/retrieval-tests")
def create_retrieval_test() -> Response:
    run = ask_test(by=g.viewer)
    return to(url_for("hr.retrieval_test", test_run_id=run.id))


@bp.get("/retention/retrieval-tests/<int:test_run_id>")
def retrieval_test(test_run_id: int) -> Response:
    return page("hr/retention/test.html", **_context(test_run_id))


@bp.get("/retention/retrieval-tests/<int:test_run_id>/progress")
def retrieval_progress(test_run_id: int) -> Response:
    """The fragment with its states; once it is done, the page itself."""
    context = _context(test_run_id)
    if context["run"].state in ("waiting", "running"):
        return answer("hr/retention/_test_job.html", whole="hr/retention/test.html", **context)
    return to(url_for("hr.retrieval_test", test_run_id=test_run_id))


@bp.get("/retention/retrieval-tests/<int:test_run_id>/file")
def retrieval_file(test_run_id: int) -> Response:
    """The result as a sealed PDF."""
    row = get_or_404(test_for(g.viewer, test_run_id))
    sealed = sealed_for("retrieval_test", row.test_id or 0)
    if sealed is None or sealed.file is None:
        abort(404)
    return send_stored(sealed.file.sha256, name=sealed.file.name, media_type="application/pdf")


def _context(test_run_id: int) -> dict[str, Any]:
    row = get_or_404(test_for(g.viewer, test_run_id))
    run = row.RetrievalRun
    sealed = sealed_for("retrieval_test", row.test_id) if row.test_id else None
    return {
        "row": row,
        "run": run,
        "ready": sealed is not None and sealed.file is not None,
        "percent": min(99, 100 * run.done // run.total) if run.total else None,
        "checks": CHECKS,
        "check_words": check_words,
        "kind_words": kind_words,
        "tabs": tabs(),
    }
