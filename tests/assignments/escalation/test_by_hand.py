"""DSH-2, REM-6: telling the next level by hand: whom it comes to, once a day, on the trail, in the letter with the words."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.assignments.actions import assign, close
from lmsapp.assignments.escalation.by_hand import escalate_all
from lmsapp.assignments.escalation.lines import fates
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.rules import ToWhom
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.digests.actions import send_digests
from lmsapp.outreach.digests.rules import Line
from lmsapp.outreach.notices.models import Notice
from lmsapp.web.admin.words import why
from tests.cast import Cast, employee, make_cast
from tests.clock import Clock
from tests.courses.authors import Written
from tests.jobs import run_rings
from tests.outreach.post import mail_server

DUE = dt.date(2026, 11, 9)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def sent() -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.template == "escalation").order_by(Notice.id)))


def test_the_next_level_once_a_day(app: Flask, cast: Cast, clock: Clock, rings: list[Ring]) -> None:
    """DSH-2: Mark's people go to Dana above him; the closed one is refused in words, the others are told; asked twice it
    is one notice and one entry; another day it may be said again. Without a reason nobody is told."""
    dana = employee("Dana Boss", "E-900", department="Cardiology", job_role="Director")
    cast.mark.record.manager_id = dana.record.id
    what = Written(cast.milo.viewer, title="Fire safety").publish().course
    nora = employee("Nora Late", "E-901", department="Cardiology", job_role="RN", manager=cast.mark.record)
    ones: list[TrainingAssignment] = [
        assign(one.record, what, DUE, by=cast.milo.viewer, source="demo") for one in (cast.lena, nora)
    ]
    close(ones[1], "cancelled", by=cast.milo.viewer, reason="Moved")
    mark = cast.mark.viewer
    with pytest.raises(RuleBroken):
        escalate_all(ones, ToWhom.SECOND_MANAGER, by=mark, reason=" ")
    came = escalate_all(ones, ToWhom.SECOND_MANAGER, by=mark, reason="No cover on nights <b>")
    assert came[ones[0].id] == ("Dana Boss",)
    assert isinstance(came[ones[1].id], RuleBroken)
    assert escalate_all(ones[:1], ToWhom.SECOND_MANAGER, by=mark, reason="Again") == {ones[0].id: ()}
    (notice,) = sent()
    assert (notice.to_name, notice.status, notice.about_id) == ("Dana Boss", "gathered", ones[0].id)
    with app.test_request_context():
        assert why(notice.reason).startswith("Mark Okafor asked to look at it: No cover on nights <b>")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "escalated")).one()
    assert (entry.actor_name, entry.reason, entry.subject_id) == ("Mark Okafor", "No cover on nights <b>", ones[0].id)
    (fate,) = fates(notice, [notice]).values()
    assert isinstance(fate, Line)
    assert (fate.values["by"], fate.values["words"]) == ("Mark Okafor", "No cover on nights <b>")
    clock.set(dt.datetime(2026, 11, 3, 13, tzinfo=dt.UTC))  # seven in the morning in Chicago
    db.session.commit()
    assert send_digests() == 1
    db.session.commit()
    with mail_server(app) as post:
        run_rings(rings)
        (mail,) = post.mails
    for kind, written in (("plain", "No cover on nights <b>"), ("html", "No cover on nights &lt;b&gt;")):
        text = " ".join(mail.get_body((kind,)).get_content().split())  # type: ignore[union-attr]
        assert f"Mark Okafor asks you to look at it: {written}" in text
    assert escalate_all(ones[:1], ToWhom.SECOND_MANAGER, by=mark, reason="Still")[ones[0].id] == ("Dana Boss",)


def test_nobody_tells_themselves(cast: Cast) -> None:
    """DSH-2: the line manager of Lena is Mark himself; HR are those who keep the records."""
    what = Written(cast.milo.viewer, title="Fire safety").publish().course
    one = assign(cast.lena.record, what, DUE, by=cast.milo.viewer, source="demo")
    came = escalate_all([one], ToWhom.MANAGER, by=cast.mark.viewer, reason="x")
    assert "you" in str(came[one.id])
    assert escalate_all([one], ToWhom.HR_PARTNER, by=cast.mark.viewer, reason="x")[one.id] == ("Hana Novák",)
