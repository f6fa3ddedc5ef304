"""The demo's stand-in for e-mail: shows every mail as it was sent, and lets nothing in it act (OPS-5, SEC-2)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from lmsapp import create_app
from lmsapp.demo.mailcatcher import controller
from lmsapp.infra import mail
from lmsapp.infra.db import unit_of_work
from lmsapp.infra.servers.processes import spawn
from lmsapp.infra.servers.valkey import free_port
from lmsapp.outreach.mailbox import folder_in, keep, list_mails, read_mail
from tests.browser import LiveServer
from tests.client import PageClient
from tests.clock import Clock
from tests.outreach.post import promise

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def demo(app: Flask, tmp_path: Path) -> Flask:
    application = create_app(replace(app.extensions["settings"], demo=True, data_dir=tmp_path))
    application.config["WTF_CSRF_ENABLED"] = False
    return application


@pytest.fixture
def folder(demo: Flask) -> Path:
    return folder_in(demo.config["DATA_DIR"])


@pytest.fixture
def reader(demo: Flask) -> PageClient:
    return PageClient(demo)


def letter(subject: str = "Training Reminder: Fire safety", **changes: object) -> EmailMessage:
    given: dict[str, object] = {
        "to_name": "Lena Fischer",
        "address": "lena@northgate.example",
        "subject": subject,
        "text": "Hello Lena,\nbegin here: http://localhost/learn/courses/4?a=1&b=2\n\nBye",
        "html": '<!doctype html><html><head><title>T</title><style>p{}</style></head><body><h1 style="x">Hi</h1>'
        '<p class="x">Hello <a href="http://localhost/learn/courses/4" style="x">here</a></p></body></html>',
        "message_id": "<1@x>",
        "sender": "t@northgate.example",
        "sender_name": "Northgate",
    } | changes
    return mail.compose(**given)  # type: ignore[arg-type]


def put(folder: Path, message: EmailMessage) -> str:
    return keep(folder, message.as_bytes()).name


def test_exists_in_the_demo_only(client: PageClient, reader: PageClient) -> None:
    """SEC-5: a real installation has no such page."""
    assert client.get("/mailbox").status_code == 404
    page = reader.get("/mailbox")
    assert page.status_code == 200
    assert "stands in for real e-mail" in page.text
    assert "No mail yet" in page.text


def test_newest_first_and_search(reader: PageClient, folder: Path, clock: Clock) -> None:
    for subject in ("Older", "Newer"):
        clock.move(seconds=1)
        put(folder, letter(subject))
    put(folder, letter("Certificate", address="mark@northgate.example"))
    page = reader.get("/mailbox").text
    assert page.index("Newer") < page.index("Older")
    assert [one.subject for one in list_mails(folder, "OLDER")] == ["Older"]
    found = reader.get("/mailbox?q=mark@").text
    assert "Certificate" in found
    assert "Newer" not in found
    assert "Nothing found" in reader.get("/mailbox?q=nobody").text


def test_the_list_is_asked_for_again_by_itself(reader: PageClient, folder: Path) -> None:
    """Only the list comes, and keeps the search."""
    put(folder, letter())
    part = reader.get("/mailbox?q=fire", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="mails"')
    assert 'hx-get="/mailbox?q=fire"' in part
    assert "every 5s" in part


def test_one_mail_text_links_headers_and_cleaned_html(reader: PageClient, folder: Path) -> None:
    """SEC-2, SEC-3: no style, class or second h1 of the letter reaches the page; its links do."""
    page = reader.get(f"/mailbox/{put(folder, letter())}").text
    assert '<a href="http://localhost/learn/courses/4?a=1&amp;b=2"' in page
    assert '<p>Hello <a href="http://localhost/learn/courses/4" rel="noopener noreferrer">here</a></p>' in page
    assert "<h2>Hi</h2>" in page
    assert "Auto-Submitted" in page
    assert "p{}" not in page


def test_an_attack_is_shown_as_text(reader: PageClient, folder: Path) -> None:
    """SEC-2: in the subject, the sender's name, the text and the HTML."""
    message = letter(ATTACK, to_name=ATTACK, text=ATTACK, html=f"<body>{ATTACK}<a href='javascript:alert(3)'>x</a>")
    name = put(folder, message)
    for address in ("/mailbox", f"/mailbox/{name}"):
        page = reader.get(address).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "javascript:" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_attachments_are_downloads(reader: PageClient, folder: Path) -> None:
    """SEC-2: never shown by the browser, whatever they say they are."""
    html = mail.Attachment('../x".html', "text/html", b"<script>alert(1)</script>")
    name = put(folder, letter(attachments=(mail.Attachment("C 1.pdf", "application/pdf", b"%PDF-1"), html)))
    assert "Download C 1.pdf" in reader.get(f"/mailbox/{name}").text
    got = reader.get(f"/mailbox/{name}/attachments/0")
    assert (got.data, got.content_type) == (b"%PDF-1", "application/octet-stream")
    assert got.headers["Content-Disposition"] == 'attachment; filename="C 1.pdf"'
    other = reader.get(f"/mailbox/{name}/attachments/1")
    assert other.headers["Content-Disposition"].startswith("attachment")
    assert "/" not in other.headers["Content-Disposition"]
    assert reader.get(f"/mailbox/{name}/attachments/2").status_code == 404


@pytest.mark.parametrize("name", ["nothing.eml", "..%2f..%2fsecret", "20260101T000000000000-00000000.eml", "%00"])
def test_other_names_are_not_found(reader: PageClient, name: str) -> None:
    """SEC-2: no path leads out of the folder."""
    assert reader.get(f"/mailbox/{name}").status_code == (400 if name == "%00" else 404)


def test_what_is_hardly_a_mail_is_shown_too(reader: PageClient, folder: Path) -> None:
    odd = b"Subject: =?x?q?=ff?=\nContent-Type: text/plain; charset=nope\n\n\xff"
    for content in (b"", b"\xff\xfe", odd, b"To: a\n\nx"):
        name = keep(folder, content).name
        assert reader.get(f"/mailbox/{name}").status_code == 200
    assert reader.get("/mailbox").status_code == 200


@pytest.fixture
def caught(folder: Path) -> Iterator[int]:
    server = controller(folder, free_port())
    server.start()
    yield server.port
    server.stop()


def test_the_catcher_keeps_what_is_sent(demo: Flask, folder: Path, caught: int) -> None:
    """REM-4: over SMTP, with attachment and names in any script, and no half file is ever seen."""
    config = demo.config | {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": caught}
    message = letter(to_name="Łucja", attachments=(mail.Attachment("C.pdf", "application/pdf", b"%PDF" * 50_000),))
    with mail.connection(config) as smtp:
        mail.announce(smtp, message, "t@northgate.example")
        mail.transmit(smtp, message)
    (one,) = list_mails(folder)
    got = read_mail(folder, one.name)
    assert got is not None
    assert one.to == "Łucja <lena@northgate.example>"
    assert got.enclosures[0].content == b"%PDF" * 50_000
    assert not list(folder.glob("*.part"))


def test_the_real_programs_together(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """REM-4, OPS-5: worker, mail catcher and page, by their own commands: what is written arrives in seconds, and both
    leave when asked."""
    live_server.stop()
    monkeypatch.setattr(live_server, "begin", spawn)
    live_server.start_web()
    live_server.start_worker()
    with live_server.app.app_context(), unit_of_work():
        promise()
    folder = Path(live_server.environment["LMS_DATA"]) / "mailbox"
    deadline = time.monotonic() + 20
    while not list_mails(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    (one,) = list_mails(folder)
    assert one.to == "Ann Lee <ann@example.org>"
    catcher = live_server.processes["mail"]
    live_server.stop("worker", "mail")
    assert catcher.returncode == 0
