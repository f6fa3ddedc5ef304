"""What became due goes through the door, and nothing else goes at all (EVD-6)."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select, text

from lmsapp.courses.packages.queries import named_files
from lmsapp.evidence.ledger.models import LedgerEvent, LedgerSalt
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.retention.holds.actions import lift_hold, set_hold
from lmsapp.evidence.retention.holds.rules import HoldFacts, Scope
from lmsapp.evidence.retention.retained import DUE, HOLDS
from lmsapp.evidence.retention.reviews.actions import approve_review, finish_review, keep_longer
from lmsapp.evidence.retention.reviews.going import take_files_away
from lmsapp.evidence.retention.reviews.models import Disposal, RetentionItem
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import RuleBroken
from lmsapp.insight.keeping.kinds import KINDS
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.particulars.actions import note_particulars
from lmsapp.learning.particulars.models import TrainingParticular
from lmsapp.learning.particulars.rules import Particulars
from tests.clock import Clock
from tests.evidence.retention.scene import Past, count, kinds, refused
from tests.jobs import run_rings


def test_from_the_list_to_the_disposal_record(clock: Clock, rings: list[Ring]) -> None:
    """EVD-6: listed, held, kept longer, approved by a second person, gone by the worker; a record of it without a name
    stays; no path around it."""
    past = Past(clock, rings)
    record = db.session.scalars(select(CompletionRecord)).one()
    course_id = record.subject_id
    evaluated = Particulars(trainer="Tess", evaluated_on=record.occurred_at.date(), evaluated_by="Ed")
    note_particulars(record, evaluated, by=past.hana, reason="")
    hold = set_hold(
        HoldFacts("Nair v. Northgate", "A claim.", Scope.COURSE, course_id, kind="certificate"), by=past.hana
    )
    db.session.commit()

    review = past.listed()
    assert count(review, "open") > 5
    assert "completion_record" in kinds(review) and "certificate" not in kinds(review), "what is held is not listed"
    assert db.session.scalars(select(HOLDS).where(DUE.c.kind == "certificate")).all() == [[hold.id]]
    quiz = db.session.scalars(select(RetentionItem).where(RetentionItem.kind == "quiz_submission")).one()
    keep_longer(review, [quiz.id], past.today.replace(year=past.today.year + 2), by=past.hana, reason="A question.")
    with pytest.raises(RuleBroken):
        finish_review(review, by=past.hana, seen=1)
    finish_review(review, by=past.hana, seen=count(review, "open"))
    with pytest.raises(RuleBroken):
        approve_review(review, by=past.hana)
    item = db.session.scalars(select(RetentionItem).where(RetentionItem.kind == "completion_record")).one()
    assert "no review approved" in refused(f"SELECT retention_dispose({item.id})")
    for statement in (
        "DELETE FROM completion_record",
        "UPDATE completion_record SET employee_name = ''",
        "DELETE FROM training_particular",
        "UPDATE training_particular SET trainer = ''",
        "DELETE FROM certificate",
        "UPDATE certificate SET holder_name = ''",
        "DELETE FROM quiz_answer",
        "UPDATE quiz_answer SET given = '[]'",
        "DELETE FROM quiz_submission",
        "DELETE FROM sealed_file",
        "UPDATE sealed_file SET file_id = NULL, status = 'failed'",
        "DELETE FROM employee",
        "UPDATE employee SET name = ' '",
        "DELETE FROM ledger_salt",
        "UPDATE ledger_subject SET salt = NULL",
        "DELETE FROM notice",
        "UPDATE stored_file SET sha256 = 'x'",
        "DELETE FROM training_assignment",
        (
            "INSERT INTO disposal (kind, record_id, subject, why, law, due_on, item_id, sha256, files, txid)"
            f" VALUES ('completion_record', {record.id}, '', '', '', now(), {item.id}, '', '[]', '')"
        ),
        "DELETE FROM legal_hold",
        "UPDATE retention_policy SET months = 1",
    ):
        refused(statement)

    approve_review(review, by=past.ida)
    db.session.commit()
    run_rings(rings)
    db.session.refresh(review)
    assert review.status == "closed", review.error
    assert {item.kind: item.words for item in db.session.scalars(select(RetentionItem)) if item.state == "kept"} == {}
    db.session.refresh(record)
    assert (record.employee_id, record.employee_name, record.title) == (None, "", "Hand hygiene")
    assert not db.session.scalars(select(TrainingParticular)).all(), "who trained and evaluated them goes with it"
    noted = db.session.scalars(select(Disposal).where(Disposal.kind == "completion_record")).one()
    assert noted.reviewed_by_id == past.hana.user_id and noted.approved_by_id == past.ida.user_id
    assert noted.law and noted.subject and len(noted.sha256) == 64
    said = [
        json.loads(one.payload)["what"]
        for one in db.session.scalars(select(LedgerEvent).order_by(LedgerEvent.id))
        if one.record_kind in ("completion_record", "disposal") and one.record_id in (record.id, noted.id)
    ]
    assert {"completed", "disposed"} <= set(said)
    first = db.session.scalars(select(LedgerEvent).where(LedgerEvent.what == "completed")).one()
    assert db.session.get(LedgerSalt, first.id) is None, "who it was about can no longer be told"
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1
    refused("UPDATE completion_record SET title = 'x'")
    refused("SELECT retention_dispose(1)")

    lift_hold(hold, by=past.hana, reason="Settled.")
    again = past.listed()
    assert kinds(again) == {"certificate"}
    past.dispose(again)
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 0
    assert take_files_away(named_files) == 0, "bytes just written wait"


def test_every_kind_is_known_to_the_database() -> None:
    """EVD-6: the table of kinds, the view and the door name the same."""
    view = set(
        db.session.scalars(
            text(
                "SELECT unnest(regexp_matches(pg_get_viewdef('retained'::regclass) ||"
                " pg_get_viewdef('retained_record'::regclass), '''([a-z_]+)''::text AS kind|SELECT ''([a-z_]+)''', 'g'))"
            )
        )
    )
    door = db.session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'retention_dispose'"))
    assert door is not None
    for name, kind in KINDS.items():
        assert (f"WHEN '{name}' THEN" in door) == kind.disposable, name
    assert view >= {"completion_record", "employee"}
