"""Keeping the texts, and looking whether they say what duties and decisions say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.compliance.ledger.moments import present
from lmsapp.compliance.standing.models import ComplianceStanding, ComplianceTouched
from lmsapp.compliance.standing.working_out import kept, worked_out
from lmsapp.infra.db import db
from lmsapp.infra.sweeping import Sweep
from lmsapp.people.employees.models import Employee

A_BATCH = 1000
LOCK = 7_309_150  # one at a time keeps them
SAID = ("until", "states", "worst", "next_on")
FACTS = ("day", *SAID)


def keep_standings() -> int:
    """A batch of those who were touched, whose text ended, or who have none yet; how many."""
    return SWEEP.turn()


def check_standings() -> int:
    """Compare those that hold with the facts, and make anew what differs, which should be nobody's; how many."""
    return SWEEP.compare("Standings of the matrix", select(ComplianceStanding.employee_id), wrong_standings)


def wrong_standings(ids: Sequence[int]) -> list[int]:
    """Whose text holds and says something else than duties and decisions, of these employees."""
    moment = present()
    fact = worked_out(moment, Employee.id.in_(ids)).subquery("fact")
    differ = (getattr(ComplianceStanding, name).is_distinct_from(fact.c[name]) for name in SAID)
    wrong = (
        select(Employee.id)
        .join(ComplianceStanding, kept(moment))
        .join(fact, fact.c.employee_id == Employee.id)
        .where(or_(*differ))
        .order_by(Employee.id)
    )
    return list(db.session.scalars(wrong))


def _without(most: int) -> Iterable[int]:
    """Who has no text, or one that ended. A text made where the day is later than here still holds."""
    moment = present()
    ended = ComplianceStanding.until <= moment.today
    missing = (
        select(Employee.id)
        .outerjoin(ComplianceStanding, ComplianceStanding.employee_id == Employee.id)
        .where(or_(ComplianceStanding.employee_id.is_(None), ended, ComplianceStanding.day > moment.today))
        .limit(most)
    )
    return db.session.scalars(missing)


def _keep(whose: Counter[int]) -> None:
    found = worked_out(present(), Employee.id.in_(sorted(whose)))
    put = insert(ComplianceStanding).from_select(["employee_id", *FACTS], found)
    changed = {name: put.excluded[name] for name in FACTS}
    db.session.execute(put.on_conflict_do_update(index_elements=["employee_id"], set_=changed))


SWEEP = Sweep(LOCK, A_BATCH, ComplianceTouched.employee_id, _keep, _without)
