"""Your notices in the product (REM-4)."""

from __future__ import annotations

import pytest

from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.queries import count_unread
from lmsapp.outreach.notices.recipient import recipient_of
from tests.cast import Cast, Person, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.guards import without_guard
from tests.outreach.post import promise

pytestmark = pytest.mark.owner  # words of their own, in letters that were sent


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def tell(person: Person, key: str, subject: str = "Overdue: Fire", link: str | None = "/account") -> Notice:
    notice = promise(key, recipient_of(person.record), channel="in_app", link=link)
    without_guard("notice")
    notice.subject = subject
    db.session.commit()
    return notice


def test_own_ones_newest_first(client: PageClient, cast: Cast) -> None:
    """REM-4, SEC-4: nobody sees another's; e-mails are not repeated here."""
    tell(cast.lena, "1", "First <b>")
    tell(cast.lena, "2", "Second")
    tell(cast.otto, "3", "For Otto alone")
    promise("4", recipient_of(cast.lena.record)).subject = "By e-mail"
    db.session.commit()
    assert client.get("/account/notices").status_code == 302
    client.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    page = client.get("/account/notices").text
    assert page.index("Second") < page.index("First &lt;b&gt;")
    assert "For Otto alone" not in page
    assert "By e-mail" not in page
    assert 'href="/account/notices" aria-label="Notices, 2 unread"' in page


def test_marking_read(client: PageClient, cast: Cast) -> None:
    """REM-4: one or all, with and without script; read ones stay; never another's."""
    first, other = tell(cast.lena, "1"), tell(cast.otto, "2")
    tell(cast.lena, "3")
    client.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    client.post("/account/notices/read", data={"notice": other.id})
    assert count_unread(cast.otto.viewer) == 1
    part = client.post("/account/notices/read", data={"notice": first.id}, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="own-notices"')
    assert count_unread(cast.lena.viewer) == 1
    assert client.post("/account/notices/read").location == "/account/notices"
    assert count_unread(cast.lena.viewer) == 0
    page = client.get("/account/notices").text
    assert page.count("Overdue: Fire") == 2
    assert "Unread" not in page


def test_nothing_yet(client: PageClient, cast: Cast) -> None:
    client.sign_in(cast.otto.user.id, cast.otto.user.session_epoch)
    assert "No notices yet" in client.get("/account/notices").text
