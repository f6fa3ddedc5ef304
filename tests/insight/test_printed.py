"""The completion report as a PDF: asked for by a page, drawn by the worker, the same bytes ever after."""

from __future__ import annotations

import io

import pypdfium2
from pypdf import PdfReader
from sqlalchemy import delete, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.backoff import WAITS
from lmsapp.infra.db import db
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.jobs import DRAW, seal_next
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.models import UserRole
from lmsapp.people.roles import Role
from tests.cast import Person, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.certificates.learners import Learner


def test_from_the_page_to_the_same_bytes_again(client: PageClient, clock: Clock) -> None:
    """EVD-7, REP-1: asked once however often it is clicked; rows, scripts, tags and signature; nobody else's; logged."""
    cast, learner = make_cast(), Learner(clock, name="Богуслава 王秀华")
    certificate = learner.finish()
    while seal_next(DRAW):
        pass
    client.sign_in(cast.hana.user.id)
    page = client.get("/hr/reports/completion").text
    assert "/hr/reports/completion/prints" in page
    first = client.post("/hr/reports/completion/prints")
    assert client.post("/hr/reports/completion/prints").location == first.location
    assert "Waiting" in client.get(first.location).text
    assert client.get(f"{first.location}.pdf").status_code == 404
    assert seal_next(DRAW)
    assert not seal_next(DRAW)
    assert "Ready" in client.get(first.location).text
    pdf = client.get(f"{first.location}.pdf", buffered=True).data
    assert client.get(f"{first.location}.pdf", buffered=True).data == pdf
    text = "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(pdf))
    for words in (
        "Богуслава",
        "王秀华",
        certificate.number,
        "Hand hygiene",
        "100 %",
        "Page 1 of",
        "1 enrollment as of",
        "Hana",
    ):
        assert words in text, words
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    trail = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "report_request").order_by(AuditEntry.id)
    ).all()
    assert sorted(trail) == ["downloaded", "downloaded", "report asked for"]

    empty = client.post("/hr/reports/completion/prints?course=999999", follow_redirects=True)
    assert "nothing to print" in empty.text
    client.sign_in(cast.otto.user.id)
    assert client.get(first.location).status_code == 404
    client.sign_in(cast.mark.user.id)
    assert client.get(f"{first.location}.pdf").status_code == 404
    assert client.post("/hr/reports/completion/prints").status_code == 403


def test_whoever_asked_hears_that_it_is_there(client: PageClient, clock: Clock) -> None:
    """EVD-7, REP-1: in the product with the address of its page; by letter too where it took long; nobody hears of
    what was made for no one who asked, as a certificate."""
    cast = make_cast()
    Learner(clock).finish()
    while seal_next(DRAW):
        pass
    assert told(cast.hana) == []
    client.sign_in(cast.hana.user.id)
    first = client.post("/hr/reports/completion/prints").location
    assert seal_next(DRAW)
    assert told(cast.hana) == [("pdf_ready", "in_app", first)]
    assert "Signed PDF ready: Completion report" in client.get("/account/notices").text
    second = client.post("/hr/reports/rows/overdue/files", data={"form": "pdf"}).location
    assert second != first, "nobody is late"
    clock.move(minutes=2)
    slow = client.post("/hr/reports/completion/prints").location
    clock.move(minutes=2)
    assert seal_next(DRAW)
    assert told(cast.hana)[1:] == [("pdf_ready", "email", slow), ("pdf_ready", "in_app", slow)]


def test_whoever_asked_hears_that_there_will_be_none(client: PageClient, clock: Clock) -> None:
    """EVD-7: after the last try, once, with where to go; until then it may still come."""
    cast = make_cast()
    Learner(clock).finish()
    client.sign_in(cast.hana.user.id)
    address = client.post("/hr/reports/completion/prints").location
    drawn = {**DRAW, "completion_report": _breaks}
    while seal_next(drawn):
        pass
    assert told(cast.hana) == []
    for _try in range(len(WAITS)):
        clock.move(hours=13)
        while seal_next(drawn):
            pass
    assert told(cast.hana) == [("report_failed", "email", address), ("report_failed", "in_app", address)]


def _breaks(_request_id: int, _language: str) -> bytes:
    raise OSError("disk full")


def told(person: Person) -> list[tuple[str, str, str | None]]:
    """Template, channel and link of what was written to them, in order."""
    found = select(Notice.template, Notice.channel, Notice.link).where(Notice.user_id == person.user.id)
    return [(one[0], one[1], one[2]) for one in db.session.execute(found.order_by(Notice.id))]


def test_who_lost_the_right_gets_neither_old_nor_new_ones(client: PageClient, clock: Clock) -> None:
    """SEC-4: the worker draws for people as they are when it draws, and the file is given to them as they are now."""
    cast = make_cast()
    Learner(clock).finish()
    client.sign_in(cast.hana.user.id)
    address = client.post("/hr/reports/completion/prints").location
    db.session.execute(delete(UserRole).where(UserRole.user_id == cast.hana.user.id, UserRole.role == Role.HR_MANAGER))
    db.session.commit()
    db.session.expire_all()
    while seal_next(DRAW):
        pass
    asked = db.session.scalars(select(ReportRequest)).one()
    sealed = select(SealedFile).where(SealedFile.kind == "completion_report", SealedFile.subject_id == asked.id)
    assert "may not see it any more" in str(db.session.scalars(sealed).one().error)
    assert client.get(address).status_code == 403
