"""ORG-7: HR writes, publishes, asks, looks on; auditors verify."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import select, text

from lmsapp.evidence.signatures.actions import sign
from lmsapp.evidence.signatures.models import SignatureRequest, SigningText
from lmsapp.evidence.signatures.texts import versions_of
from lmsapp.infra.db import db
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.evidence.signing import MEANING, PASSWORD, can_sign, in_force, policy
from tests.kept import kept

NEW = {"kind": "policy", "language": "en", "title": "Hand hygiene", "body": "## Wash\n\nyour hands", "meaning": MEANING}


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    made = make_cast()
    can_sign(made.lena)
    return made


@pytest.fixture
def client(app: Flask, cast: Cast) -> PageClient:
    client = PageClient(app)
    client.sign_in(cast.hana.user.id)
    return client


def the_text() -> SigningText:
    return db.session.scalars(select(SigningText)).one()


def test_from_the_first_word_to_the_last_signature(client: PageClient, cast: Cast) -> None:
    """ORG-7: the whole way by pages: draft, Spanish, publish, ask, sign, list, sheet, evidence, change, ask again."""
    assert "No policies yet" in client.get("/hr/policies").text
    assert client.get("/hr/policies/new").status_code == 200
    one = client.post("/hr/policies/new", data=NEW).location
    assert "Only a draft so far" in client.get(one).text
    assert client.get(f"{one}/drafts/es").status_code == 200
    spanish = {"title": "Higiene", "body": "Lávese las manos", "meaning": "He leído esto."}
    assert client.post(f"{one}/drafts/es", data=spanish).status_code == 303
    assert "your hands" in client.get(f"{one}/publication").text
    assert client.post(f"{one}/publication", data={"asks": "again"}).status_code == 303
    assert [v.language for v in versions_of(the_text(), 1)] == ["en", "es"]

    asking = {"people": "E-101, mark@northgate.example", "due_on": "2026-11-20", "joiner_days": "14"}
    assert "This asks 2 people" in client.post(f"{one}/rounds/reach", data=asking, headers={"HX-Request": "true"}).text
    round_ = client.post(f"{one}/rounds/new", data=asking).location
    page = client.get(round_).text
    assert "Lena Fischer" in page
    assert "Otto Nobody" not in page
    signature = sign(cast.lena.viewer, in_force(the_text()), password=PASSWORD, address="", meaning_agreed=True)
    db.session.commit()
    assert "Version 1" in client.get(f"{round_}?state=Signed&q=lena").text
    assert "Nobody fits" in client.get(f"{round_}?q=nobody-of-that-name").text
    rows = list(csv.DictReader(io.StringIO(client.get(f"{round_}.csv").get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["name"], row["state"], row["version"]) for row in rows] == [
        ("Lena Fischer", "Signed", "1"), ("Mark Okafor", "Pending", ""),
    ]  # fmt: skip
    assert rows[0]["signed at"] == "2026-11-02T06:00:00-06:00"
    assert "It fits" in client.get(f"/hr/signatures/{signature.id}").text

    changed = {**NEW, "body": "## Wash\n\nyour hands twice"}
    client.post(f"{one}/drafts/en", data=changed)
    assert "<ins>" in client.get(f"{one}/publication").text
    again = client.post(f"{one}/publication", data={"asks": "again", "due_on": "2026-12-01", "note": "Twice"})
    page = client.get(again.location).text
    assert "Everybody who had signed an earlier version" in page
    assert "Mark Okafor" not in page
    assert "twice" in client.get(f"{one}/versions/2").text
    assert client.get(f"{one}/versions/3").status_code == 404

    assert client.post(f"{round_}/end", data={}).status_code == 422
    assert client.post(f"{round_}/end", data={"reason": "Replaced"}).status_code == 303
    assert "Replaced" in client.get(round_).text
    assert client.get(f"{one}/retirement").status_code == 200
    assert client.post(f"{one}/retirement", data={"reason": "Old"}).status_code == 303
    assert "Bring it back" in client.get(one).text
    assert client.post(f"{one}/return").status_code == 303
    assert "Retired" not in client.get(one).text.split("</h1>")[1].split("<aside")[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Give it a title"),
        ({"title": "x" * 201}, "too long"),
        ({"kind": "lesson"}, "Not a valid choice"),
        ({"language": "xx"}, "Not a valid choice"),
    ],
)
def test_nothing_typed_is_lost(client: PageClient, changes: dict[str, str], words: str) -> None:
    """SEC-6: 422, in words, with what was typed."""
    refused = client.post("/hr/policies/new", data=NEW | changes)
    assert refused.status_code == 422
    assert words in refused.text
    assert MEANING in refused.text


def test_markdown_is_shown_safely(client: PageClient) -> None:
    """SEC-3: no markup of the writer's gets through, in preview and in force."""
    body = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) <b onclick="x">b</b>'
    shown = client.post("/hr/policies/preview", data={"body": body}).text
    for bad in ("<img", "<b onclick", 'href="javascript'):
        assert bad not in shown


@pytest.mark.parametrize("language", ["xx", "EN", "de"])
def test_a_language_nobody_writes(client: PageClient, language: str) -> None:
    """SEC-6: 404, and nothing is kept."""
    one = client.post("/hr/policies/new", data=NEW).location
    assert client.post(f"{one}/drafts/{language}", data=NEW).status_code == 404


def test_a_change_needs_to_be_one(client: PageClient) -> None:
    """ORG-7: publishing the same words again is refused; so is an editorial change without a reason."""
    one = client.post("/hr/policies/new", data=NEW).location
    client.post(f"{one}/publication", data={"asks": "again"})
    assert "Nothing was changed" in client.post(f"{one}/publication", data={"asks": "again"}).text
    client.post(f"{one}/drafts/en", data={**NEW, "body": "## Wash\n\nyour hands!"})
    refused = client.post(f"{one}/publication", data={"asks": "editorial"})
    assert refused.status_code == 422
    assert "Say why nobody needs to sign" in refused.text


@pytest.mark.owner
def test_auditors_find_and_verify(app: Flask, cast: Cast, client: PageClient) -> None:
    """EVD-4, 11.70: searchable; a text changed behind our back is said in red, everywhere."""
    hygiene = policy()
    client.post(
        f"/hr/policies/{hygiene.id}/rounds/new",
        data={"everybody": "y", "due_on": "2026-11-20", "joiner_days": "14"},
    )
    signature = sign(cast.lena.viewer, in_force(hygiene), password=PASSWORD, address="", meaning_agreed=True)
    db.session.commit()
    aki = PageClient(app)
    aki.sign_in(cast.aki.user.id)
    assert "Lena Fischer" in aki.get("/admin/signatures?q=hygiene").text
    assert "Nothing found" in aki.get("/admin/signatures?q=%25").text
    address = f"/admin/signatures/{signature.id}"
    assert "It fits" in aki.get(address).text
    assert aki.get(f"{address}.pdf").status_code == 404, "not made yet"
    db.session.execute(text("ALTER TABLE signing_text_version DISABLE TRIGGER signing_text_version_append_only"))
    db.session.execute(text("UPDATE signing_text_version SET body = 'Something else'"))
    db.session.commit()
    assert "It does not fit" in aki.get(address).text
    assert "It does not fit" in client.get(f"/hr/signatures/{signature.id}").text


@pytest.mark.parametrize("name", ["lena", "mark", "otto", "carla", "milo", "aki"])
def test_only_hr_enters(app: Flask, cast: Cast, name: str) -> None:
    """SEC-4: Otto and everybody who is not HR: the wing is closed, and a posted form changes nothing."""
    hygiene = policy()
    db.session.commit()
    client = PageClient(app)
    client.sign_in(cast.everybody[name].user.id)
    for address in ("/hr/policies", f"/hr/policies/{hygiene.id}", f"/hr/policies/{hygiene.id}/rounds/new"):
        assert client.get(address).status_code == 403
    asking = {"everybody": "y", "due_on": "2026-11-20", "joiner_days": "14"}
    assert client.post(f"/hr/policies/{hygiene.id}/rounds/new", data=asking).status_code == 403
    assert db.session.scalars(select(SignatureRequest)).all() == []
