"""ORG-2: who may do what, as a page made from the table, and who holds each role."""

from __future__ import annotations

import pytest

from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import deactivate, grant_role
from lmsapp.people.holders import count_holders_by_role, holders_of
from lmsapp.people.roles import GRANTS, REACHES, Role
from tests.cast import Cast, employee, make_cast
from tests.client import PageClient
from tests.conftest import Statements


@pytest.fixture
def cast(client: PageClient) -> Cast:
    cast = make_cast()
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    return cast


def test_every_role_in_plain_words(client: PageClient, cast: Cast) -> None:
    """ORG-2: each role with everything the table grants it, how many hold it, and the line manager."""
    text = client.get("/admin/roles").text
    for role in Role:
        row = text.partition(f'id="role-{role.value.lower().replace(" ", "-")}"')[2].partition("</tr>")[0]
        for may, (_reach, words) in REACHES.items():
            assert (words in row) is (may in GRANTS[role]), f"{role} {may}"
    assert "Line manager" in text
    assert "follows from the reporting line" in text


def test_who_holds_it_since_when_and_by_whom(client: PageClient, cast: Cast) -> None:
    """ORG-2: given by hand, or by a roster; a closed account still stands there, but is not counted."""
    grant_role(cast.otto.user, Role.AUDITOR, cast.sam.viewer)
    deactivate(cast.aki.user, cast.sam.viewer)
    db.session.commit()
    text = client.get("/admin/roles/auditor").text
    assert "Otto Nobody" in text
    assert "Sam Whitaker" in text
    assert "no person: roster or command line" in text, "Aki's came from the command line"
    assert "Closed" in text
    assert "Lena Fischer" not in text
    assert f'href="/admin/users/{cast.otto.user.id}"' in text
    assert count_holders_by_role()[Role.AUDITOR] == 1


def test_line_managers_follow_from_the_line(client: PageClient, cast: Cast) -> None:
    """ORG-2: who leads, and how many report to them."""
    employee("Below Lena", "E-300", department="Cardiology", job_role="RN", manager=cast.lena.record)
    db.session.commit()
    text = client.get("/admin/roles/line-manager").text
    assert "Mark Okafor" in text
    assert "Lena Fischer" in text
    assert "Otto Nobody" not in text


def test_an_auditor_reads_and_changes_nothing(client: PageClient, cast: Cast) -> None:
    """ORG-2: the page is theirs too, without ways into the accounts."""
    client.sign_in(cast.aki.user.id, cast.aki.user.session_epoch)
    assert client.get("/admin/roles").status_code == 200
    text = client.get("/admin/roles/lms-student").text
    assert "Lena Fischer" in text
    assert "/admin/users" not in text


@pytest.mark.parametrize("who", ["otto", "lena", "mark", "hana", "carla", "milo"])
def test_nobody_else(client: PageClient, cast: Cast, who: str) -> None:
    """ORG-2: Otto is told nothing of it."""
    person = cast.everybody[who]
    client.sign_in(person.user.id, person.user.session_epoch)
    assert client.get("/admin/roles").status_code == 403
    assert client.get("/admin/roles/auditor").status_code == 403


def test_no_such_role(client: PageClient, cast: Cast) -> None:
    """SEC-6: and a page past the end is the last one."""
    assert client.get("/admin/roles/emperor").status_code == 404
    assert client.get("/admin/roles/auditor?page=99999999999999999999").status_code == 200
    assert client.get("/admin/roles/batch-evaluator").status_code == 200, "nobody holds it"


def test_many_cost_what_few_cost(cast: Cast, statements: Statements) -> None:
    """PERF: a constant number of statements."""
    sam = cast.sam.viewer
    statements.clear()
    holders_of(sam, Role.LMS_STUDENT)
    few = len(statements)
    for number in range(40):
        employee(f"More{number} People", f"M-{number}", department="Surgery", job_role="RN")
    db.session.commit()
    statements.clear()
    found = holders_of(sam, Role.LMS_STUDENT)
    assert (len(found.rows), found.total, len(statements)) == (25, 43, few)
