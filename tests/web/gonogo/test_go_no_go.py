"""Checklists as people use them, and the same answer as other systems ask for it (REP-3)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import delete, select

from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoClearance
from lmsapp.insight.gonogo.rules import Group
from lmsapp.jobs import DRAW, seal_next
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.actions import deactivate
from lmsapp.people.accounts.models import UserRole
from lmsapp.people.tokens import actions as token_actions
from lmsapp.people.tokens.actions import make_token
from lmsapp.people.tokens.models import AccessToken
from lmsapp.people.tokens.rules import Scope, What
from tests.cast import Person, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.insight.gonogo.scene import SPRINT, Scene
from tests.learning.certificates.learners import Learner

HTMX = {"HX-Request": "true"}
SECRET = re.compile(r"lms_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return Scene(4)


def enter(client: PageClient, person: Person) -> PageClient:
    client.sign_in(person.user.id, person.user.session_epoch)
    return client


def ask(client: PageClient, token: str, address: str, **headers: str) -> Any:
    return client.get(address, headers={"Authorization": f"Bearer {token}", **headers})


def token_of(person: Person, checklist_id: int | None = None) -> str:
    whole = make_token("Build server", [Scope(What.GO_NO_GO, checklist_id)], 30, by=person.viewer)[1]
    db.session.commit()
    return whole


def test_no_go_until_the_training_is_taken(client: PageClient, clock: Clock) -> None:
    """Story 4, REP-3: a moderator keeps the list, the build is told no and by whom, the training is taken, it is yes."""
    cast, learner = make_cast(), Learner(clock, title="House Style for Writers")
    number = learner.employee.number
    enter(client, cast.milo)
    form = {"name": "Sprint 12", "day": SPRINT.isoformat(), "who": "people", "people": f"{number}\n", "clearing": "y",
            "audience": "0", "courses": [learner.written.course.id]}  # fmt: skip
    made = client.post("/go-no-go", data=form)
    assert made.status_code == 303
    page = client.get(made.location).text
    assert "NO-GO" in page
    assert "1 of 1 people is not ready." in page
    assert "Not Started" in page
    assert f"/studio/enrollments/{learner.enrollment.id}/why" in page
    checklist_id = int(made.location.rpartition("/")[2])
    shown = client.post("/go-no-go/tokens", data={"name": "CI", "scope": checklist_id, "days": "30"}).text
    (token,) = {found[0] for found in [SECRET.search(shown)] if found}
    assert "shown this once" in shown
    assert not SECRET.search(client.get("/go-no-go/tokens").text)
    client.sign_out()

    address = f"/api/go-no-go/{checklist_id}"
    no = ask(client, token, address)
    assert (no.status_code, no.json["go"], no.json["people"], no.json["ready"]) == (200, False, 1, 0)
    assert no.json["blocked"] == [
        {
            "number": number,
            "name": "Priya Nair",
            "missing": [
                {
                    "kind": "course",
                    "id": learner.written.course.id,
                    "title": "House Style for Writers",
                    "status": "Not Started",
                    "due_on": "2026-12-04",
                    "valid_until": None,
                }
            ],
        }
    ]
    assert no.json["checklist"]["page"].endswith(f"/go-no-go/{checklist_id}")
    assert no.headers["Cache-Control"] == "no-store"
    clock.move(minutes=5)
    same = ask(client, token, address, **{"If-None-Match": no.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    one = ask(client, token, f"{address}?person={learner.employee.email.upper()}").json  # type: ignore[union-attr]
    assert (one["go"], one["person"]["state"], one["missing"][0]["status"]) == (False, "blocked", "Not Started")

    learner.finish()
    yes = ask(client, token, address, **{"If-None-Match": no.headers["ETag"]})
    assert (yes.status_code, yes.json["go"], yes.json["ready"], yes.json["blocked"]) == (200, True, 1, [])
    assert ask(client, token, f"{address}?person={number}").json["go"] is True
    kept = db.session.scalars(select(AccessToken)).one()
    assert kept.last_used_at is not None
    assert token.rpartition("_")[2] not in f"{kept.secret_sha256} {kept.key} {kept.name}"
    assert "GO" in enter(client, cast.milo).get(made.location).text


def test_what_a_token_does_not_open(client: PageClient, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """REP-3, ASVS 8.3: 401, 403, 404, 405, 429 as JSON in words, never with `go`; a cookie counts for nothing; rights
    are those of the owner at that moment."""
    cast, kept, other = scene.cast, scene.keep(), scene.keep()
    address = f"/api/go-no-go/{kept.id}"
    hana, mark, milo = token_of(cast.hana), token_of(cast.mark), token_of(cast.milo, other.id)

    def refused(response: Any, status: int, error: str) -> None:
        assert (response.status_code, response.json["error"], response.json["go"]) == (status, error, False)
        assert response.json["message"]
        assert response.mimetype == "application/json"

    enter(client, cast.hana)
    refused(client.get(address), 401, "unauthorized")
    client.sign_out()
    assert "Bearer" in client.get(address).headers["WWW-Authenticate"]
    for wrong in ("", "lms", hana[:-1] + ("A" if hana[-1] != "A" else "B"), f"{hana}x", f"{address}?token={hana}"):
        refused(ask(client, wrong, address), 401, "unauthorized")
    refused(ask(client, milo, address), 403, "forbidden")
    assert ask(client, milo, f"/api/go-no-go/{other.id}").status_code == 200
    refused(ask(client, mark, address), 404, "not_found")
    refused(ask(client, hana, "/api/go-no-go/999999"), 404, "not_found")
    refused(ask(client, hana, "/api/nothing"), 404, "not_found")
    refused(ask(client, hana, f"{address}?person=E-999"), 404, "not_found")
    refused(ask(client, hana, f"{address}?person=' OR 1=1 --"), 404, "not_found")
    refused(ask(client, hana, f"{address}?person=%00"), 400, "bad_request")
    refused(client.post(address, headers={"Authorization": f"Bearer {hana}"}), 405, "method_not_allowed")
    assert ask(client, hana, address).status_code == 200

    monkeypatch.setattr(token_actions, "CALLS_A_WINDOW", 3)
    limited = [ask(client, hana, address).status_code for _n in range(4)]
    assert limited[-1] == 429
    monkeypatch.undo()

    db.session.execute(delete(UserRole).where(UserRole.user_id == cast.milo.user.id))
    db.session.commit()
    refused(ask(client, milo, f"/api/go-no-go/{other.id}"), 404, "not_found")
    enter(client, cast.sam)
    listed = client.get("/admin/access-tokens").text
    assert "Hana Novák" in listed
    ids = {row.owner_id: row.id for row in db.session.scalars(select(AccessToken))}
    client.post(f"/admin/access-tokens/{ids[cast.hana.user.id]}/end")
    refused(ask(client, hana, address), 401, "unauthorized")
    fresh = token_of(cast.hana)
    deactivate(cast.hana.user, None)
    db.session.commit()
    refused(ask(client, fresh, address), 401, "unauthorized")
    trail = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "access_token").order_by(AuditEntry.id)
    ).all()
    assert (trail.count("token made"), trail.count("token revoked")) == (4, 1)


def test_an_ended_or_archived_one_answers_no_longer(client: PageClient, scene: Scene, clock: Clock) -> None:
    """REP-3: a token ends by its date; a checklist that is archived says so, and comes back."""
    kept = scene.keep()
    token = token_of(scene.cast.hana, kept.id)
    enter(client, scene.cast.hana)
    client.post(f"/go-no-go/{kept.id}/end")
    gone = ask(client, token, f"/api/go-no-go/{kept.id}")
    assert (gone.status_code, gone.json["go"]) == (404, False)
    assert "archived" in gone.json["message"]
    assert "Archived" in client.get(f"/go-no-go/{kept.id}").text
    assert kept.name in client.get("/go-no-go?archived=1").text
    client.post(f"/go-no-go/{kept.id}/return")
    assert ask(client, token, f"/api/go-no-go/{kept.id}").status_code == 200
    clock.set(dt.datetime(2026, 12, 2, 13, tzinfo=dt.UTC))
    assert ask(client, token, f"/api/go-no-go/{kept.id}").status_code == 401


def test_cleared_with_a_reason_and_an_end(client: PageClient, scene: Scene) -> None:
    """REP-3, EVD-3: kept, shown as cleared, on the trail; the record of training is as it was; taken back; not oneself;
    switched off it counts no longer."""
    cast, kept = scene.cast, scene.keep()
    scene.everybody_done(scene.people[1:])
    person = scene.people[0]
    at = f"/go-no-go/{kept.id}/people/{person.id}/clearance"
    enter(client, cast.hana)
    assert "NO-GO" in client.get(f"/go-no-go/{kept.id}").text
    assert client.get(at).status_code == 200
    early = {"until": "2026-11-19", "reason": "On leave until the sprint"}
    refused = client.post(at, data=early)
    assert refused.status_code == 422
    assert "On leave until the sprint" in refused.text
    assert client.post(at, data={"until": "2026-11-20", "reason": " "}).status_code == 422
    for _twice in range(2):
        assert client.post(at, data=early | {"until": "2026-11-20"}).status_code == 303
    text = client.get(f"/go-no-go/{kept.id}").text
    assert "Cleared by Hana Novák until Fri 20 Nov: On leave until the sprint" in text
    assert "All 4 people may go. 1 of them was cleared without the training." in text
    held = db.session.scalars(select(GoNoGoClearance).where(GoNoGoClearance.ended_at.is_(None))).all()
    assert len(held) == 1
    token = token_of(cast.hana)
    answer = ask(client, token, f"/api/go-no-go/{kept.id}?person={person.number}").json
    assert (answer["go"], answer["person"]["cleared"]["by"]) == (True, "Hana Novák")
    assert scene.stand(person).completed_at is None
    kept.clearing = False
    db.session.commit()
    assert "switched off here" in client.get(f"/go-no-go/{kept.id}").text
    assert client.post(at, data=early | {"until": "2026-11-20"}).status_code == 422
    kept.clearing = True
    db.session.commit()
    client.post(f"{at}/end")
    assert "NO-GO" in client.get(f"/go-no-go/{kept.id}").text
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "go_no_go")).all()
    assert [one.action for one in trail] == ["created", "cleared", "cleared", "clearance taken back"]
    assert trail[1].reason == "On leave until the sprint"
    own = scene.keep(people=[cast.mark.record.id, person.id], by=cast.hana.viewer)
    own.lead_id = cast.mark.record.id
    db.session.commit()
    mine = f"/go-no-go/{own.id}/people/{cast.mark.record.id}/clearance"
    assert enter(client, cast.mark).post(mine, data=early | {"until": "2026-11-20"}).status_code == 403


def test_a_manager_and_the_own_line(client: PageClient, scene: Scene) -> None:
    """REP-3, SEC-4: managers keep lists of their line and find those about it; what HR keeps they do not change; other
    people's lists and people do not exist for them; who leads nobody stays outside."""
    cast = scene.cast
    enter(client, cast.mark)
    assert "There is no checklist yet" in client.get("/go-no-go").text
    form = {"name": "Our ward", "day": SPRINT.isoformat(), "who": "line", "lead": "", "courses": [scene.alpha.id]}
    made = client.post("/go-no-go", data=form).location
    page = client.get(made).text
    assert "The line of Mark Okafor" in page
    assert "Lena Fischer" in page
    assert "Our ward" in client.get("/go-no-go").text
    assert "blocked" in client.get(f"{made}/verdict", headers=HTMX).text
    assert client.post("/go-no-go", data=form | {"who": "people", "people": "E-102"}).status_code == 422
    assert client.post("/go-no-go", data=form | {"who": "audience"}).status_code == 422
    assert client.post("/go-no-go", data=form | {"courses": []}).status_code == 422
    hr_list = scene.keep(who=Group.LINE, lead_id=cast.mark.record.id)
    foreign = scene.keep(people=[cast.otto.record.id])
    assert client.get(f"/go-no-go/{hr_list.id}").status_code == 200
    assert client.get(f"/go-no-go/{hr_list.id}/edit").status_code == 403
    assert client.get(f"/go-no-go/{foreign.id}").status_code == 404
    assert client.get(f"/go-no-go/{foreign.id}.csv").status_code == 404
    assert client.get(f"/go-no-go/{hr_list.id}/people/{cast.otto.record.id}/clearance").status_code == 404

    changed = client.post(made, data=form | {"name": "Ward B", "who": "people", "people": "C-0001 , Person 2 (C-0002)"})
    assert changed.status_code == 303
    kept = db.session.get_one(GoNoGo, int(made.rpartition("/")[2]))
    assert (kept.name, kept.lead_id) == ("Ward B", cast.mark.record.id)
    assert "C-0001" in client.get(f"{made}/edit").text
    for who in ("otto", "lena", "carla"):
        enter(client, cast.everybody[who])
        assert [client.get(one).status_code for one in ("/go-no-go", made, "/go-no-go/tokens")] == [403] * 3
    enter(client, cast.aki)
    assert client.get(made).status_code == 200
    assert "Remind" not in client.get(made).text
    assert "/go-no-go/tokens" not in client.get(made).text, "nothing leads where an auditor may not go"
    assert client.post(made, data=form).status_code == 403


def test_act_from_the_row(client: PageClient, scene: Scene) -> None:
    """DSH-2, REP-3: blockers first with the next step; a reminder once a day, the row says so; filters live in the
    address; the region asks again by itself."""
    kept, (late, busy, _pending, done) = scene.keep(), scene.people
    enter(client, scene.cast.milo)
    page = client.get(f"/go-no-go/{kept.id}").text
    assert page.index(late.name) < page.index(done.name)
    assert 'hx-trigger="every 30s"' in page
    assert "/studio/assignments/new?course=" not in page, "all of them are assigned"
    part = client.get(f"/go-no-go/{kept.id}?state=blocked&thing=0&q={busy.name}", headers=HTMX)
    assert part.text.lstrip().startswith("<section")
    assert "Nobody fits" in part.text
    only = client.get(f"/go-no-go/{kept.id}?state=blocked&standing=In+Progress", headers=HTMX).text
    assert busy.name in only
    assert late.name not in only
    sent = client.post(f"/go-no-go/{kept.id}/reminders", data={"everybody": "1"}, headers=HTMX)
    assert sent.text.count("Reminded 06:00") + sent.text.count("Reminded 12:00") == 3
    again = client.post(f"/go-no-go/{kept.id}/reminders", data={"everybody": "1"}, headers=HTMX)
    assert again.text.count("Reminded today already") == 3
    assert len(db.session.scalars(select(Notice.id).where(Notice.template == "training_reminder")).all()) == 3
    plain = client.post(f"/go-no-go/{kept.id}/reminders", data={"pick": "999999", "back": "?state=blocked"})
    assert plain.location.endswith("?state=blocked")
    nobody = scene.keep(people=[scene.cast.otto.record.id])
    assert f"/studio/assignments/new?course={scene.alpha.id}" in client.get(f"/go-no-go/{nobody.id}").text


def test_moderators_do_not_read_what_is_hrs(client: PageClient, scene: Scene) -> None:
    """SEC-4, HRD-4: a list that asks for a compliance type is not theirs, by page, by address or by token."""
    held = ComplianceType(name="Licence", notice_days=30)
    db.session.add(held)
    db.session.commit()
    form = {"name": "Audit", "day": SPRINT.isoformat(), "who": "line", "lead": "E-100", "audience": "0"}
    form |= {"types": [held.id]}
    assert enter(client, scene.cast.milo).post("/go-no-go", data=form).status_code == 422
    made = enter(client, scene.cast.hana).post("/go-no-go", data=form).location
    assert "Required" in client.get(made).text
    token = token_of(scene.cast.milo)
    enter(client, scene.cast.milo)
    assert client.get(made).status_code == 404
    assert "Audit" not in client.get("/go-no-go").text
    assert ask(client, token, f"/api{made}").status_code == 404
    assert "Licence" in enter(client, scene.cast.mark).get(made).text


def test_on_paper_and_as_a_sheet(client: PageClient, scene: Scene) -> None:
    """REP-3, EVD-7: sealed, drawn by the worker as who asked for it may see it, with lines to sign; each taking is on
    the trail; a sheet guards its cells."""
    person = scene.people[0]
    person.name = "=cmd()|王"
    kept = scene.keep()
    enter(client, scene.cast.hana)
    first = client.post(f"/go-no-go/{kept.id}/prints")
    assert client.post(f"/go-no-go/{kept.id}/prints").location == first.location
    assert "Waiting" in client.get(first.location).text
    while seal_next(DRAW):
        pass
    assert "Ready" in client.get(first.location).text
    pdf = client.get(f"{first.location}.pdf", buffered=True).data
    text = "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(pdf))
    for words in ("Sprint 12", "NO-GO", "1 ready", "3 blocked", "Alpha: Not Started", "Signature", "Hana Novák", "王"):
        assert words in text, words
    sheet = client.get(f"/go-no-go/{kept.id}.csv?state=blocked")
    assert sheet.get_data().startswith(b"\xef\xbb\xbfState,")
    assert sheet.text.count("\n") == 4
    assert "'=cmd()" in sheet.text
    assert "Blocked,Person 0001" in sheet.text.replace('"', "")
    assert enter(client, scene.cast.mark).get(f"{first.location}.pdf").status_code == 404
    taken = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action == "downloaded").order_by(AuditEntry.id)
    ).all()
    assert len(taken) == 2


def test_a_whole_list_on_one_page(client: PageClient, scene: Scene) -> None:
    """REP-3: a whole list on one page, so that a print of it is complete."""
    for n in range(len(scene.people), 30):
        scene.crowd._add(n)
    kept = scene.keep(who=Group.LINE, lead_id=scene.cast.mark.record.id)
    enter(client, scene.cast.hana)
    page = client.get(f"/go-no-go/{kept.id}").text
    assert page.count('id="person-') == 31
    assert db.session.scalar(select(Enrollment.id).limit(1)) is not None
