"""What an attempt comes to by what its parts reported, and what of it counts for the enrollment (SCO-3, ENR-3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.packages.rules import Edition, Manifest, Of, PackageTerms, ScoreOf
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.reported import Reported, content_reported
from lmsapp.learning.scorm.commits.elements import number
from lmsapp.learning.scorm.held import manifest_of, terms_of
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch, ScormSco
from lmsapp.learning.scorm.outcome.facts import NOTHING, ObjectiveFact, PartFact, fact_of
from lmsapp.learning.scorm.outcome.rollup import Result, required, rolled_up
from lmsapp.learning.scorm.outcome.rules import COMPLETIONS, LEFT, SUCCESSES, Completion, Success

OBJECTIVE = re.compile(r"cmi\.objectives\.(\d+)\.(id|success_status|score\.scaled)")


def settle(attempt: ScormAttempt, enrollment: Enrollment) -> Result:
    """Roll its parts up, note what it comes to, and let the enrollment know. The enrollment is locked.

    An attempt of an earlier time round, or at a course the learner has no access to, keeps its facts to itself.
    """
    db.session.flush()
    manifest, terms = manifest_of(attempt.package_id), terms_of(enrollment, attempt.lesson_id)
    result = rolled_up(manifest, terms, part_facts(attempt.id, manifest.edition))
    attempt.completion = max(Completion(attempt.completion), Completion(result.completion), key=COMPLETIONS.index)
    attempt.success = max(Success(attempt.success), Success(result.success), key=SUCCESSES.index)
    attempt.score = result.score
    if result.done and attempt.done_at is None:
        attempt.done_at = clock.now()
    if attempt.cycle == enrollment.cycle and enrollment.withdrawn_at is None:
        percent = result.score if is_final(result, terms) else None
        if attempt.done_at is not None or percent is not None:
            word = Success.PASSED.value if attempt.success == Success.PASSED else attempt.completion
            said = Reported(attempt.id, attempt.number, percent, attempt.done_at, word)
            content_reported(enrollment, attempt.lesson_id, said)
    return result


def is_final(result: Result, terms: PackageTerms) -> bool:
    """Whether the score can only get better: the mean or the lowest of some parts says nothing while others are
    open."""
    if result.by_rules or terms.score is ScoreOf.HIGHEST or terms.of is Of.ANY:
        return True
    return result.finished >= result.asked


def part_facts(attempt_id: int, edition: Edition) -> dict[str, PartFact]:
    """What is known of each part that was opened, by item."""
    closed = db.session.execute(
        select(ScormLaunch.item, func.bool_or(ScormLaunch.closed_how.in_(LEFT)).label("left"))
        .where(ScormLaunch.attempt_id == attempt_id)
        .group_by(ScormLaunch.item)
    )
    ended = {row.item: row.left for row in closed}
    rows = db.session.scalars(select(ScormSco).where(ScormSco.attempt_id == attempt_id))
    return {
        row.item: fact_of(
            row,
            ended=bool(ended.get(row.item)),
            objectives=objectives_in(row.cmi) if edition is Edition.V2004 else None,
        )
        for row in rows
    }


def objectives_in(cmi: Mapping[str, Any]) -> dict[str, ObjectiveFact]:
    """By their ids, as the content told of them."""
    told: dict[str, dict[str, str]] = {}
    for name, value in cmi.items():
        if found := OBJECTIVE.fullmatch(name):
            told.setdefault(found[1], {})[found[2]] = value
    return {
        one["id"]: ObjectiveFact(one.get("success_status", "unknown"), number(one.get("score.scaled", "")))
        for one in told.values()
        if one.get("id")
    }


def part_over(attempt_id: int, item: str) -> bool:
    """Whether the content itself ended that part, and did not ask to go on later when it was left last."""
    ended = select(ScormLaunch.id).where(
        ScormLaunch.attempt_id == attempt_id, ScormLaunch.item == item, ScormLaunch.closed_how == "finished"
    )
    row = db.session.get(ScormSco, (attempt_id, item))
    return row is not None and row.exit != "suspend" and db.session.scalar(ended.limit(1)) is not None


def is_over(manifest: Manifest, attempt_id: int) -> bool:
    """Whether it is left for good: every part is completed, be it by failing, and none asked to go on later."""
    facts = part_facts(attempt_id, manifest.edition)
    if any(facts.get(one.id, NOTHING).completion != Completion.COMPLETED for one in required(manifest)):
        return False
    suspended = select(ScormSco.item).where(ScormSco.attempt_id == attempt_id, ScormSco.exit == "suspend")
    return not {one.id for one in manifest.scos} & set(db.session.scalars(suspended))
