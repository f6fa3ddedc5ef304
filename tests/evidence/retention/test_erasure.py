"""Somebody asked to be forgotten (EVD-6, GDPR 17)."""

from __future__ import annotations

from sqlalchemy import func, select, text

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.retention.erasures.actions import approve_erasure, carry_on, enter_erasure
from lmsapp.evidence.retention.erasures.queries import outlook
from lmsapp.evidence.retention.erasures.work import work_on_erasure
from lmsapp.evidence.retention.holds.actions import lift_hold, set_hold
from lmsapp.evidence.retention.holds.rules import HoldFacts, Scope
from lmsapp.evidence.retention.policies.actions import add_policy, change_policy
from lmsapp.evidence.retention.policies.queries import policies_in_force
from lmsapp.evidence.retention.policies.rules import Start, Terms
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.insight.keeping.letters import erasure_letter
from lmsapp.insight.keeping.work import WAYS
from lmsapp.learning.quizzes.models import QuizSubmission
from tests.clock import Clock
from tests.evidence.retention.scene import Past, found_in
from tests.jobs import run_rings


def test_what_no_duty_keeps_goes_and_the_rest_is_explained(clock: Clock, rings: list[Ring]) -> None:
    """EVD-6: answers and account go at once, the completion record stays until its law lets it go, then the name too;
    a killed worker is no harm; a hold stops all of it."""
    past = Past(clock, rings)
    name, employee = past.employee.name, past.employee
    law = Terms(180, Start.MADE, True, "21 CFR 211.180")
    add_policy("completion_record", "", law, by=past.hana, reason="The firm's schedule.")
    hold = set_hold(HoldFacts("A matter", "A claim.", Scope.PERSON, employee.id), by=past.hana)
    before = outlook(employee.id)
    assert before.held == ("A matter",) and not before.goes
    erasure = enter_erasure(employee.id, past.today, by=past.hana, language="en", confirmed=True)
    approve_erasure(erasure, by=past.ida)
    db.session.commit()
    run_rings(rings)
    db.session.refresh(erasure)
    assert (erasure.state, erasure.error) == ("ready", None)
    assert "legal hold" in erasure.letter and name not in erasure.letter
    assert employee.email and db.session.scalar(select(func.count()).select_from(QuizSubmission)) == 1

    lift_hold(hold, by=past.ida, reason="Settled.")
    assert "quiz_submission" in outlook(employee.id).goes
    carry_on(erasure, by=past.hana)
    db.session.commit()
    run_rings(rings)
    assert not work_on_erasure(erasure.id, WAYS, erasure_letter), "nothing is asked any more"
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(QuizSubmission)) == 0
    assert employee.email is None and employee.name == name
    assert [one["kind"] for one in erasure.kept] == ["completion_record"]
    assert "21 CFR 211.180" in erasure.letter and "Quiz attempts and answers: 1" in erasure.letter
    assert found_in(name) == {"employee", "completion_record", "audit_entry"}

    policy = next(one for one in policies_in_force(past.hana) if one.law == law.law)
    change_policy(policy, Terms(12, Start.MADE, True, law.law), by=past.hana, reason="The law changed.")
    db.session.commit()
    past.dispose(past.listed())
    past.dispose(past.listed())
    db.session.expire_all()
    assert employee.erased_at is not None
    assert found_in(name) == {"audit_entry"}
    assert db.session.scalars(select(CompletionRecord.title)).one() == "Hand hygiene"
    assert db.session.scalar(text("SELECT count(*) FROM ledger_subject WHERE salt IS NULL")) == 1
