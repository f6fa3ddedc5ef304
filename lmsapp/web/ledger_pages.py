"""The completion ledger as auditors, system managers and HR see it: its state, verifications, findings (EVD-2).

The same pages in two wings, because HR does not enter the administration and auditors do not enter HR.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, make_response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import BooleanField, TextAreaField

from lmsapp.evidence.verifications import queries
from lmsapp.evidence.verifications.actions import acknowledge, ask_verification
from lmsapp.infra import clock
from lmsapp.people.roles import May
from lmsapp.web.forms import Form
from lmsapp.web.ledger_words import HEALTH, HOW, record_link, run_words
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.wing_routes import Route

QUICK_S = 12


class AskForm(Form):
    """`files`: the bytes of documents and PDFs too."""

    files = BooleanField(default=True)


class AcknowledgeForm(Form):
    reason = TextAreaField()


def show_ledger(wing: str) -> ResponseReturnValue:
    """Its state, the latest verification, what was found."""
    return _page(wing, AskForm(formdata=None))


def create_verification(wing: str) -> ResponseReturnValue:
    """The worker does it; while one is open, that one is shown."""
    form = AskForm()
    if form.validate():
        with form.rule_errors():
            ask_verification(by=g.viewer, with_files=bool(form.files.data))
            return to(url_for(f"{wing}.completion_ledger", _anchor="verification"))
    return _page(wing, form)


def show_progress(wing: str, verification_run_id: int) -> ResponseReturnValue:
    """The fragment with its states; when it is done, the page with what came of it."""
    run = get_or_404(queries.verification_run(g.viewer, verification_run_id))
    if run.state in ("waiting", "running"):
        return answer("ledger/_run.html", whole="ledger/working.html", wing=wing, run=_shown(run))
    return to(url_for(f"{wing}.completion_ledger", _anchor="verification"))


def show_finding(wing: str, finding_id: int) -> ResponseReturnValue:
    """One, with what can be said to it."""
    return _finding(wing, finding_id, AcknowledgeForm(formdata=None))


def acknowledge_finding(wing: str, finding_id: int) -> ResponseReturnValue:
    """Somebody looked into it; it stays in the list, with their words."""
    finding = get_or_404(queries.finding_for(g.viewer, finding_id))
    form = AcknowledgeForm()
    if form.validate():
        with form.rule_errors():
            acknowledge(finding, by=g.viewer, reason=form.reason.data or "")
            return to(url_for(f"{wing}.completion_ledger", _anchor="findings"), said=_("Noted. It stays in the list."))
    return _finding(wing, finding_id, form)


def ledger_alarm(wing: str) -> dict[str, Any] | None:
    """For the first pages of a wing; None while all is well."""
    findings, unanswered = queries.open_findings()
    if not findings:
        return None
    href = url_for(f"{wing}.completion_ledger", _anchor="findings")
    return {"findings": findings, "unanswered": unanswered, "href": href}


def verifier_keys(_wing: str) -> Response:
    """Every public key that has signed here, one a line: all that somebody outside needs."""
    answered = make_response("".join(f"{line}\n" for line in queries.keys().values()))
    answered.headers["Content-Type"] = "text/plain; charset=utf-8"
    answered.headers["Content-Disposition"] = "attachment; filename=ledger-keys.txt"
    return answered


def _page(wing: str, form: AskForm) -> Response:
    run = queries.latest_run()
    state = queries.ledger_state()
    return page(
        "ledger/ledger.html",
        status=422 if form.errors else 200,
        wing=wing,
        form=form,
        state=state,
        health=HEALTH[state.health],
        run=_shown(run) if run and run.state != "ready" else None,
        findings=_lines(wing, queries.findings(g.viewer)),
        over=_lines(wing, queries.findings(g.viewer, over=True)),
        verifications=queries.verifications(g.viewer),
        exports=queries.exports(),
        keys=queries.keys(),
        how=HOW,
    )


def _finding(wing: str, finding_id: int, form: AcknowledgeForm) -> Response:
    finding = get_or_404(queries.finding_for(g.viewer, finding_id))
    (line,) = _lines(wing, [finding])
    told = {"wing": wing, "form": form, "one": line, "may_answer": g.viewer.may(May.CONFIGURE, May.KEEP_RECORDS)}
    return page("ledger/finding.html", status=422 if form.errors else 200, **told)


def _lines(wing: str, findings: Sequence[Any]) -> list[dict[str, Any]]:
    people = queries.people_of(findings)
    return [
        {
            "row": one,
            "words": _(one.words, **one.facts),
            "record": record_link(
                wing, g.viewer, one.record_kind, one.record_id, people.get((one.record_kind, one.record_id))
            ),
            "href": url_for(f"{wing}.ledger_finding", finding_id=one.id),
        }
        for one in findings
    ]


def _shown(run: Any) -> dict[str, Any]:
    quick = (clock.now() - run.asked_at).total_seconds() < QUICK_S
    percent = min(99, 100 * run.done // run.total) if run.total else None
    return {"row": run, "every": "600ms" if quick else "2s", "percent": percent, "words": run_words(run)}


ALL = "/completion-ledger"
FINDING = f"{ALL}/findings/<int:finding_id>"
LEDGER: tuple[Route, ...] = (
    Route(ALL, "completion_ledger", show_ledger),
    Route(f"{ALL}/verifications", "create_verification", create_verification, "POST"),
    Route(f"{ALL}/verifications/<int:verification_run_id>/progress", "verification_progress", show_progress),
    Route(FINDING, "ledger_finding", show_finding),
    Route(f"{FINDING}/acknowledgement", "acknowledge_finding", acknowledge_finding, "POST"),
    Route(f"{ALL}/verifier-keys.txt", "verifier_keys", verifier_keys),
)
