"""The worker's part: the sample, opened one by one; the result is filed as a row and a sealed PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale, gettext

from lmsapp.evidence.ledger.sources import Source
from lmsapp.evidence.retention.kinds import Kinds
from lmsapp.evidence.retention.retrieval.actions import RETRIEVAL_JOB
from lmsapp.evidence.retention.retrieval.events import RetrievalFailed
from lmsapp.evidence.retention.retrieval.models import RetrievalRun, RetrievalTest
from lmsapp.evidence.retention.retrieval.opening import opened, passed, sample
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.infra import clock
from lmsapp.infra.claims import Claim, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_
from lmsapp.people.settings.queries import setting

SIZE = "retrieval_sample"
MOST_TRIES = 3
WORKER_LOST = N_("The worker stopped during this test. Run it again.")
OUR_ERROR = N_("Something went wrong on our side. Run it again, or tell your administrator.")


def work_on_test(run_id: int, kinds: Kinds, sources: Mapping[str, Source]) -> bool:
    """Test, unless another worker does already. Never raises; a failure of the test itself stands on the row."""
    return work(RetrievalRun, run_id, lambda claim: _test(claim, kinds, sources), our_error=OUR_ERROR)


def _test(claim: Claim[RetrievalRun], kinds: Kinds, sources: Mapping[str, Source]) -> None:
    lines = _lines(claim, kinds, sources)
    with unit_of_work():
        _file(claim, lines)


def sweep_tests() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    sweep(RetrievalRun, RETRIEVAL_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST)


def _lines(claim: Claim[RetrievalRun], kinds: Kinds, sources: Mapping[str, Source]) -> list[dict[str, Any]]:
    with unit_of_work():
        chosen = sample(setting(SIZE))
    lines: list[dict[str, Any]] = []
    for kind, record_id, year in chosen:
        with unit_of_work():
            checks = opened(kinds[kind], record_id, sources.get(kind)) if kind in kinds else {"record": False}
        lines.append({"kind": kind, "record_id": record_id, "year": year, "checks": checks})
        claim(len(lines), len(chosen))
    return lines


def _file(claim: Claim[RetrievalRun], lines: list[dict[str, Any]]) -> None:
    run = claim.run()
    good = passed(list(lines))
    test = RetrievalTest(run_id=run.id, passed=good, lines=lines)
    db.session.add(test)
    run.state, run.lease_until, run.finished_at = "ready", None, clock.now()
    db.session.flush()
    with force_locale("en"):
        title = gettext("Retrieval test of %(day)s", day=test.finished_at.date().isoformat())
    promise_file("retrieval_test", test.id, employee_id=None, title=title)
    if not good:
        failed = sum(1 for line in lines if False in line["checks"].values())
        emit(RetrievalFailed(test, failed))
