"""`rules.readiness` in SQL, over columns named as the fields of `rules.Facts`; a test holds both together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, or_

from lmsapp.insight.gonogo.rules import READY, Facts, Standing

# Booleans are never null there; a date is, where there is none.
FIELDS = tuple(Facts.__dataclass_fields__)


def standing_of(facts: Any, on: Any, today: Any) -> ColumnElement[str]:
    """The standing as text. `facts`: the columns of a statement; `on` as `rules.asked_on` has it."""
    holds = and_(facts.completed, or_(facts.valid_until.is_(None), facts.valid_until >= on))
    branches = (
        (and_(holds, facts.renewal_from.is_not(None), facts.renewal_from <= on), Standing.RENEWAL_REQUIRED),
        (holds, Standing.COMPLETED),
        (facts.exempt, Standing.EXEMPT),
        (and_(facts.completed, facts.valid_until < today), Standing.EXPIRED),
        (facts.completed, Standing.LAPSES),
        (~facts.enrolled, Standing.NOT_ENROLLED),
        (facts.withdrawn, Standing.WITHDRAWN),
        (facts.failed, Standing.FAILED),
        (and_(facts.paused_until.is_not(None), facts.paused_until > today), Standing.PAUSED),
        (facts.started, Standing.IN_PROGRESS),
    )
    named = ((condition, literal(standing.value)) for condition, standing in branches)
    return case(*named, else_=literal(Standing.NOT_STARTED.value))


def is_ready(standing: ColumnElement[str], *, strict: bool) -> ColumnElement[bool]:
    """As the rule of that name."""
    good = READY - {Standing.RENEWAL_REQUIRED} if strict else READY
    return standing.in_([one.value for one in Standing if one in good])
