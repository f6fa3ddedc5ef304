"""What a stranger sees of a certificate."""

from __future__ import annotations

import pytest

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.certificates.actions import revoke_certificate
from lmsapp.people.roles import Role
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import author
from tests.learning.certificates.learners import Learner


def test_a_valid_one_shows_what_is_printed_and_nothing_else(client: PageClient, clock: Clock) -> None:
    """CRT-3: holder, course, number, dates; no e-mail, employee number, score or department."""
    learner = Learner(clock, name="Χαραλαμπία Κατσαντώνης")
    certificate = learner.finish()
    answer = client.get(f"/verify/{certificate.token}")
    assert answer.status_code == 200
    for word in ("is valid", "Χαραλαμπία Κατσαντώνης", "Hand hygiene", certificate.number, "2 November 2026",
                 "2 November 2027", "Northgate Hospital"):  # fmt: skip
        assert word in answer.text
    for hidden in (str(learner.employee.email), learner.employee.number, "100", "America/Chicago"):
        assert hidden not in answer.text


def test_valid_to_the_end_of_its_last_day(client: PageClient, clock: Clock) -> None:
    """CRT-3: the day named still counts, in the organisation's zone; the next does not."""
    certificate = Learner(clock).finish()
    clock.set(clock.instant.replace(year=2027, month=11, day=3, hour=4))  # 2 November, 23:00 in Chicago
    assert "is valid" in client.get(f"/verify/{certificate.token}").text
    clock.move(hours=2)
    assert "has expired" in client.get(f"/verify/{certificate.token}").text


def test_revoking_shows_at_once_and_is_on_the_trail(client: PageClient, clock: Clock) -> None:
    """CRT-3, EVD-3: with the reason; only moderators, only once, never without a reason."""
    certificate = Learner(clock).finish()
    moderator = author("Mo Derator", Role.MODERATOR)
    with pytest.raises(NotAllowed):
        revoke_certificate(certificate, by=author("Cy Creator"), reason="typo")
    with pytest.raises(RuleBroken):
        revoke_certificate(certificate, by=moderator, reason="  ")
    revoke_certificate(certificate, by=moderator, reason="Issued to the wrong person")
    db.session.commit()
    with pytest.raises(RuleBroken):
        revoke_certificate(certificate, by=moderator, reason="again")

    text = client.get(f"/verify/{certificate.token}").text
    assert "was revoked" in text
    assert "Issued to the wrong person" in text
    assert "2 November 2026" in text
    entry = db.session.query(AuditEntry).filter_by(action="certificate revoked").one()
    assert (entry.actor_name, entry.reason) == ("Mo Derator", "Issued to the wrong person")


@pytest.mark.parametrize("token", ["nothing", "x" * 500, "%00", "ąę", "../admin"])
def test_an_unknown_one_is_told_so(client: PageClient, token: str) -> None:
    """CRT-3: an invented address is not confirmed, whatever it is made of."""
    answer = client.get(f"/verify/{token}")
    assert answer.status_code == (400 if token == "%00" else 404)


def test_it_is_kept_out_of_search_engines_and_caches(client: PageClient, clock: Clock) -> None:
    """CRT-3: a name on a page for strangers is not for everybody to search."""
    answer = client.get(f"/verify/{Learner(clock).finish().token}")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"
