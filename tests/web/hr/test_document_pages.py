"""Pages of employee documents: for HR, for managers, for oneself; files on their way out (HRD-1, HRD-2, SEC-4, SEC-6)."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select

from lmsapp.compliance.documents.actions import file_kept, type_named
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.web.sending import disposition
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.compliance.files import PDF, PNG, pdf
from tests.kept import kept

FORM = "multipart/form-data"


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    made = make_cast()
    type_named("Other")
    db.session.commit()
    return made


def put(
    cast: Cast, name: str, kind: str, content: bytes = b"", media_type: str = "application/pdf", **more: object
) -> int:
    stored = files.store(content or pdf(name.encode(), pages=2), name=name, media_type=media_type)
    document = file_kept(cast.lena.record.id, stored, type_named(kind), cast.hana.viewer, **more)  # type: ignore[arg-type]
    db.session.commit()
    return document.id


def opened(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_looked_at_as_pictures_and_logged_once(client: PageClient, cast: Cast) -> None:
    """SEC-6, EVD-3: pages become pictures in a sandbox; turning them belongs to one opening; downloads are attachments
    with ranges; each wing finds its own, and nobody else's."""
    record, identity = put(cast, "plan.pdf", "Training Record"), put(cast, "passport.pdf", "Identity")
    for who, wing, sees in (
        (cast.hana, "hr", {record, identity}), (cast.mark, "team", {record}), (cast.lena, "account", {record}),
        (cast.otto, "account", set()), (cast.otto, "team", set()), (cast.hana, "account", set()),
    ):  # fmt: skip
        client.sign_in(who.user.id)
        for id_ in (record, identity):
            statuses = {client.get(f"/{wing}/documents/{id_}{more}").status_code for more in ("", "/view", "/pages/1")}
            assert statuses == {200} if id_ in sees else statuses <= {403, 404}, (who.user.name, wing, id_)
    client.sign_in(cast.lena.user.id)
    before = opened("looked at")
    page = client.get(f"/account/documents/{record}/view")
    picture = re.search(r'<img src="([^"]+)"', page.text)
    following = re.search(r'href="([^"]+)" data-leaf-go="next"', page.text)
    assert picture and following and "1 of 2" in page.text
    got = client.get(picture[1].replace("&amp;", "&"))
    assert got.data.startswith(b"\x89PNG") and got.headers["Content-Security-Policy"].startswith("sandbox")
    assert "2 of 2" in client.get(following[1].replace("&amp;", "&")).text
    assert opened("looked at") == before + 1
    assert client.get(picture[1].replace("&amp;", "&").replace("/pages/1", "/pages/9")).status_code == 404
    part = client.get(f"/account/documents/{record}", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.data) == (206, b"%PDF-")
    assert part.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert part.headers["Cache-Control"] == "no-store" and part.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/account/documents/{record}", headers={"Range": "bytes=999999-"}).status_code == 416
    listed = client.get("/account/documents").text
    assert "plan" in listed and "passport" not in listed
    client.sign_in(cast.mark.user.id)
    listed = client.get(f"/team/people/{cast.lena.record.id}/documents").text
    assert "plan" in listed and "passport" not in listed
    assert (
        client.get(f"/team/people/{cast.otto.record.id}/documents").status_code == 404 if cast.otto.employee else True
    )


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("plan.pdf", 'attachment; filename="plan.pdf"'),
        ('a"b\r\nSet-Cookie: x=1.pdf', "attachment; filename=\"a_bSet-Cookie: x=1.pdf\"; filename*=UTF-8''a%22bSet-Cookie%3A%20x%3D1.pdf"),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("Ausweis Müller.pdf", "attachment; filename=\"Ausweis Muller.pdf\"; filename*=UTF-8''Ausweis%20M%C3%BCller.pdf"),
        ("護照.pdf", "attachment; filename=\".pdf\"; filename*=UTF-8''%E8%AD%B7%E7%85%A7.pdf"),
        ("", 'attachment; filename="file"'),
    ],
)  # fmt: skip
def test_names_without_tricks(name: str, sent: str) -> None:
    """SEC-6: no line end, quote or folder of a name reaches the header; the true one stands beside (RFC 5987)."""
    assert disposition(name) == sent


def test_versions_and_facts_on_the_page(client: PageClient, cast: Cast) -> None:
    """HRD-1: a new version and corrections from the page; nothing typed lost; out and in again; old ones openable."""
    id_ = put(cast, "permit.pdf", "Other")
    client.sign_in(cast.hana.user.id)
    here = f"/hr/documents/{id_}"
    wrong = client.post(f"{here}/versions", data={"reason": "Renewed"}, content_type=FORM)
    assert wrong.status_code == 422 and "Choose a file first" in wrong.text and "Renewed" in wrong.text
    done = client.post(
        f"{here}/versions", data={"reason": "Renewed", "file": (io.BytesIO(PNG), "new.png")}, content_type=FORM
    )
    assert done.status_code == 303
    about = client.get(f"{here}/about").text
    assert "Version 2" in about and "Version 1" in about and "Renewed" in about
    assert client.get(f"{here}/versions/1").data.startswith(b"%PDF") and client.get(here).data == PNG
    assert client.get(f"{here}/versions/3").status_code == 404
    facts = {"title": "Work permit", "type": "Identity", "issued_on": "", "expires_on": "2027-01-05", "reason": ""}
    wrong = client.post(f"{here}/facts", data=facts)
    assert wrong.status_code == 422 and 'value="Work permit"' in wrong.text
    assert client.post(f"{here}/facts", data=facts | {"reason": "Read again"}).status_code == 303
    assert client.post(f"{here}/removal", data={"reason": "Twice"}).status_code == 303
    assert client.get(f"{here}/about").status_code == 404 and "Taken out" in client.get(f"{here}/about?out=1").text
    assert client.post(f"{here}/return", data={"reason": "Not twice", "out": "1"}).status_code == 303
    assert "Work permit" in client.get(f"/hr/employees/{cast.lena.record.id}").text


def test_kinds_say_whom_they_open_to(client: PageClient, cast: Cast) -> None:
    """HRD-1: the change of who may see is saved only after the page said in numbers whom that reaches."""
    put(cast, "passport.pdf", "Identity")
    client.sign_in(cast.hana.user.id)
    kind = db.session.scalars(select(DocumentType).where(DocumentType.name == "Identity")).one()
    address = f"/hr/document-kinds/{kind.id}"
    data = {"name": "Ausweis", "visible_to": "employee", "several": "y", "keep_years": "3", "keep_from": "leaving"}
    asked = client.post(address, data=data)
    assert asked.status_code == 422
    assert (
        "1 document of this kind is filed." in asked.text
        and "1 employee with an account may open their own" in asked.text
    )
    assert client.post(address, data=data | {"agreed": "employee"}).status_code == 303
    assert (
        "Ausweis" in client.get("/hr/document-kinds").text
        and "3 years from the end of employment" in client.get("/hr/document-kinds").text
    )
    assert client.post("/hr/document-kinds", data={"name": "Ausweis", "visible_to": "hr"}).status_code == 422
    assert client.post(f"{address}/archive").status_code == 303
    client.sign_in(cast.mark.user.id)
    assert client.get("/hr/document-kinds").status_code == 403


def test_files_of_many_people_on_the_page(client: PageClient, cast: Cast) -> None:
    """HRD-2: each file its own line; what lacks something stays with the reason; without script as well as with it."""
    client.sign_in(cast.hana.user.id)
    number = cast.lena.record.number
    sent = [
        (io.BytesIO(pdf(b"1")), f"{number} Identity.pdf"),
        (io.BytesIO(PDF), "who.pdf"),
        (io.BytesIO(b"MZ"), "x.pdf"),
    ]
    page = client.post("/hr/documents/intake", data={"files": sent}, content_type=FORM)
    assert page.status_code == 200 and "x.pdf is not a PDF" in page.text and "2 files wait for you" in page.text
    one = client.post(
        "/hr/documents/intake", data={"files": (io.BytesIO(PNG), "photo.png"), "one": "1"}, content_type=FORM
    )
    assert "data-result" in one.text and "<html" not in one.text
    rows = re.findall(r'name="pick" value="(\d+)"', page.text)
    label = f"Lena Fischer ({number})"
    data = {"pick": rows, f"person-{rows[0]}": label, f"type-{rows[0]}": "Identity", f"title-{rows[0]}": "Passport",
            f"person-{rows[1]}": "Zzz", f"type-{rows[1]}": "Other"}  # fmt: skip
    filed = client.post("/hr/documents/intake/filings", data=data)
    assert filed.status_code == 200 and "1 document filed." in filed.text and "fits" in filed.text
    assert [one.title for one in db.session.scalars(select(EmployeeDocument))] == ["Passport"]
    assert client.post(f"/hr/documents/intake/{rows[1]}/removal").status_code == 303
    assert client.post("/hr/documents/intake/filings", data={}).status_code == 422


def test_what_ends_and_many_at_once(client: PageClient, cast: Cast, clock: Clock) -> None:
    """HRD-1, EVD-3: filters, a sheet that no spreadsheet runs, changes of many with a reason; ids of others change all to 404."""
    today = clock.instant.date()
    first = put(cast, "=1+1.pdf", "Licence", expires_on=today.replace(month=12))
    second = put(cast, "old.pdf", "Licence", expires_on=today.replace(month=10))
    client.sign_in(cast.hana.user.id)
    assert "2 documents found" in client.get("/hr/documents/ending").text
    ended = client.get("/hr/documents/ending?within=ended").text
    assert "1 document found" in ended and "days ago" in ended
    assert "Nothing found" in client.get("/hr/documents/ending?q=zzz").text
    sheet = client.get("/hr/documents/ending.csv").text
    assert "'=1+1" in sheet and "2026-10-02" in sheet
    asked = client.get(f"/hr/documents/changes/new?what=kind&pick={first}&pick={second}").text
    assert "2 documents." in asked
    data = {"what": "kind", "type": "Other", "pick": [first, second], "back": "//evil.example"}
    assert client.post("/hr/documents/changes", data=data).status_code == 422
    done = client.post("/hr/documents/changes", data=data | {"reason": "Sorted"})
    assert done.status_code == 303 and done.headers["Location"] == "/hr/documents/ending"
    assert (
        client.post("/hr/documents/changes", data=data | {"pick": [first, 999_999], "reason": "x"}).status_code == 404
    )
    zipped = client.post("/hr/documents/changes", data={"what": "zip", "pick": [first, second]})
    assert "next in line" in client.get(zipped.headers["Location"]).text
    client.sign_in(cast.mark.user.id)
    assert client.get("/hr/documents/ending").status_code == 403
