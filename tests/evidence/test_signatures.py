"""ORG-7: asking, signing, what a signature says, and what it refuses. On real PostgreSQL."""

from __future__ import annotations

import datetime as dt
import threading

import pypdfium2
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lmsapp.compliance.documents.queries import document_for, documents_of
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.signatures import actions, queries, texts, written
from lmsapp.evidence.signatures.document import draw_signature
from lmsapp.evidence.signatures.models import Signature, SignatureRequest, SigningText
from lmsapp.evidence.signatures.rules import SEALED, Words, fingerprint, seal_of
from lmsapp.evidence.signatures.verification import PDF_DIFFERS, SAID_DIFFERS, TEXT_DIFFERS, verify, verify_all
from lmsapp.infra import files
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.accounts.actions import deactivate
from lmsapp.people.accounts.rules import TRIES_PER_ACCOUNT
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.people.employees.actions import leave
from tests.cast import Cast, Person, make_cast
from tests.clock import Clock
from tests.evidence.signing import MEANING, PASSWORD, can_sign, in_force, policy, rewritten
from tests.jobs import run_rings
from tests.kept import kept

DUE = dt.date(2026, 12, 1)
SOURCE = ("onboarding_task", 7)


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    made = make_cast()
    can_sign(made.lena, made.otto, made.mark)
    return made


def ask(person: Person, wanted: SigningText, source: tuple[str, int] = SOURCE) -> SignatureRequest:
    return actions.request_signature(person.record, wanted, due_on=DUE, source=source, by=None)


def signed(person: Person, wanted: SigningText, password: str = PASSWORD, *, agreed: bool = True) -> Signature:
    return actions.sign(person.viewer, in_force(wanted), password=password, address="192.0.2.1", meaning_agreed=agreed)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Signature)) or 0


def test_a_signature_says_who_when_what_and_why(cast: Cast) -> None:
    """ORG-7, 21 CFR 11.50: printed name, number, instant with zone, meaning, the exact text; the request is done."""
    hygiene = policy()
    asked = ask(cast.lena, hygiene)
    signature = signed(cast.lena, hygiene)
    assert (signature.printed_name, signature.employee_number) == ("Lena Fischer", "E-101")
    assert signature.local_time == "2026-11-02T06:00:00-06:00"
    assert signature.time_zone == "America/Chicago"
    assert signature.meaning == MEANING
    assert signature.text_sha256 == fingerprint(Words("Hand hygiene", MEANING, "Wash your **hands**."))
    assert signature.sha256 == seal_of({name: getattr(signature, name) for name in SEALED})
    assert asked.signature_id == signature.id
    assert queries.requests_for(cast.lena.viewer) == []


def test_asking_twice_is_one_request_and_a_valid_signature_fulfils_the_next(cast: Cast) -> None:
    """ORG-7: once for each source; who has signed the version in force need not sign again for another source."""
    hygiene = policy()
    assert ask(cast.lena, hygiene).id == ask(cast.lena, hygiene).id
    signature = signed(cast.lena, hygiene)
    assert ask(cast.lena, hygiene, ("policy round", 3)).signature_id == signature.id
    assert ask(cast.lena, hygiene).signature_id == signature.id


def test_a_source_may_ask_for_a_signature_anew(cast: Cast) -> None:
    """ORG-7: a yearly acknowledgement is signed again though nothing was changed."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    first = signed(cast.lena, hygiene)
    again = ("policy round", 4)
    actions.request_signatures([cast.lena.record.id], hygiene, due_on=DUE, source=again, by=None, anew=True)
    assert len(queries.requests_for(cast.lena.viewer)) == 1
    assert signed(cast.lena, hygiene).id != first.id


def test_signing_twice_is_one_signature(cast: Cast) -> None:
    """ORG-7: a doubled request is answered with the signature that is there."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    assert signed(cast.lena, hygiene).id == signed(cast.lena, hygiene).id
    assert count() == 1


def test_eight_at_once_are_one_signature(own_app: Flask) -> None:
    """ORG-7: reordered and parallel requests, each a transaction of its own."""
    with own_app.app_context():
        cast = make_cast()
        can_sign(cast.lena)
        hygiene = policy()
        ask(cast.lena, hygiene)
        db.session.commit()
        viewer, version_id = cast.lena.viewer, in_force(hygiene).id
    barrier, made, errors = threading.Barrier(8), set(), []

    def press() -> None:
        with own_app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    version = queries.own_version(viewer, 1, version_id)
                    assert version is not None
                    made.add(
                        actions.sign(viewer, version, password=PASSWORD, address="192.0.2.1", meaning_agreed=True).id
                    )
            except TooManyTries:
                pass  # tries are booked before they are looked at
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=press) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert len(made) == 1
    with own_app.app_context():
        assert count() == 1


@pytest.mark.parametrize(
    ("password", "agreed", "words"), [("guess", True, "present password"), (PASSWORD, False, "Tick")]
)
def test_nothing_is_signed_without_password_and_agreement(cast: Cast, password: str, agreed: bool, words: str) -> None:
    """ORG-7, 11.200: the password again at each signing, and the tick."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    with pytest.raises(RuleBroken, match=words):
        signed(cast.lena, hygiene, password, agreed=agreed)
    assert count() == 0


def test_guessing_is_throttled(cast: Cast) -> None:
    """SEC-6, 11.300: wrong passwords count as failed sign-ins."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    for _try in range(TRIES_PER_ACCOUNT):
        with pytest.raises(RuleBroken, match="present password"):
            signed(cast.lena, hygiene, "guess")
    with pytest.raises(TooManyTries):
        signed(cast.lena, hygiene)


def test_a_changed_text_is_read_again(cast: Cast) -> None:
    """ORG-7: what was on the screen is not in force any more; nothing is signed."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    old = in_force(hygiene)
    rewritten(hygiene, "Wash your hands twice.")
    with pytest.raises(actions.TextChanged):
        actions.sign(cast.lena.viewer, old, password=PASSWORD, address="", meaning_agreed=True)
    assert count() == 0


def test_an_earlier_signature_ends_with_a_change_and_stays_with_an_editorial_one(cast: Cast) -> None:
    """ORG-7: a changed text asks again; a comma does not, with a reason."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    signature = signed(cast.lena, hygiene)
    with pytest.raises(RuleBroken, match="Say why"):
        rewritten(hygiene, "Wash your **hands**, please.", asks_again=False)
    db.session.refresh(hygiene)
    rewritten(hygiene, "Wash your **hands**!", asks_again=False, note="A mark")
    assert ask(cast.lena, hygiene, ("policy round", 1)).signature_id == signature.id
    rewritten(hygiene, "Wash your hands twice.")
    assert ask(cast.lena, hygiene, ("policy round", 2)).signature_id is None
    assert written.signers_of_earlier(hygiene) == [], "she is asked already"


def test_nobody_signs_what_nobody_asks_of_them(cast: Cast) -> None:
    """SEC-4: not another person's text, not without an employee record."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    with pytest.raises(NotAllowed, match="Nobody asks"):
        signed(cast.otto, hygiene)
    can_sign(cast.hana)
    with pytest.raises(NotAllowed, match="Only an employee"):
        signed(cast.hana, hygiene)
    assert queries.own_version(cast.otto.viewer, hygiene.id, in_force(hygiene).id) is None
    assert queries.signing_page(cast.otto.viewer, hygiene.id) is None


def test_access_that_ended_meanwhile_signs_nothing(cast: Cast) -> None:
    """ORG-1, 11.10(d): the request began while the account was active."""
    hygiene = policy()
    for person in (cast.lena, cast.otto):
        ask(person, hygiene)
    lena, otto = cast.lena.viewer, cast.otto.viewer
    deactivate(cast.lena.user, cast.sam.viewer)
    leave(cast.otto.record, dt.date(2026, 11, 1), None)
    for viewer in (lena, otto):
        with pytest.raises(NotAllowed):
            actions.sign(viewer, in_force(hygiene), password=PASSWORD, address="", meaning_agreed=True)
    asked = db.session.scalars(select(SignatureRequest).where(SignatureRequest.employee_id == otto.employee_id)).one()
    assert asked.withdrawn_at is not None, "nobody who left is asked"


def test_each_language_has_its_own_words(cast: Cast) -> None:
    """ORG-7: the version that was read is the one that is signed."""
    hygiene = policy(spanish="Lávese las **manos**.")
    ask(cast.lena, hygiene)
    page = queries.signing_page(cast.lena.viewer, hygiene.id, "es")
    assert page is not None
    assert page.languages == ("en", "es")
    signature = actions.sign(cast.lena.viewer, page.version, password=PASSWORD, address="", meaning_agreed=True)
    assert signature.text_sha256 == fingerprint(Words("Hand hygiene (es)", "He leído esto.", "Lávese las **manos**."))
    assert signature.meaning == "He leído esto."


@pytest.mark.parametrize("table", ["signature", "signing_text_version"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET meaning = 'Something else'", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
@pytest.mark.owner
def test_the_database_refuses_to_change_what_was_signed(cast: Cast, table: str, change: str) -> None:
    """ORG-7, 11.10(e): added, never changed, whoever asks."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    signed(cast.lena, hygiene)
    with pytest.raises(DBAPIError, match="added to, never changed"), db.session.begin_nested():
        db.session.execute(text(change.format(table)))


def test_the_trail_knows(cast: Cast) -> None:
    """EVD-3: published, signed, retired, withdrawn."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    ask(cast.otto, hygiene)
    signed(cast.lena, hygiene)
    texts.retire(hygiene, by=cast.hana.viewer, reason="Replaced")
    kept = set(db.session.execute(select(AuditEntry.action, AuditEntry.subject_kind, AuditEntry.actor_name)).all())
    assert {
        ("text published", "signing_text", "The system"),
        ("signed", "signature", "Lena Fischer"),
        ("text retired", "signing_text", "Hana Novák"),
        ("request withdrawn", "signature_request", "Hana Novák"),
    } <= kept


def test_only_hr_writes(cast: Cast) -> None:
    """SEC-4: whoever calls the action."""
    hygiene = policy()
    for person in (cast.lena, cast.mark, cast.aki, cast.milo):
        with pytest.raises(NotAllowed):
            texts.publish(hygiene, by=person.viewer)
        assert written.text_for(person.viewer, hygiene.id) is None
        assert queries.published_texts(person.viewer) == []
    assert [row.title for row in queries.published_texts(cast.hana.viewer)] == ["Hand hygiene"]


BODY = """## Zażółć gęślą jaźń

Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.

- اغسل يديك
- 请洗手

| Kiedy | Czym |
|---|---|
| po wszystkim | mydłem |
"""


def test_the_pdf_says_every_word(cast: Cast) -> None:
    """ORG-7, 11.50(b): text and signature in print, in several scripts."""
    hygiene = policy("Mycie rąk", BODY)
    ask(cast.lena, hygiene)
    signature = signed(cast.lena, hygiene)
    pages = pypdfium2.PdfDocument(draw_signature(signature.id, "en"))
    said = "\n".join(page.get_textpage().get_text_range() for page in pages)
    for words in ("Mycie rąk", "Zażółć gęślą jaźń", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.", "اغسل يديك", "请洗手", "mydłem",
                  "Version 1", "Lena Fischer", "E-101", MEANING, "2 Nov 2026, 06:00:00 (America/Chicago)",
                  "2 Nov 2026, 12:00:00 (UTC)", "the password was entered again"):  # fmt: skip
        assert words in said, words
    assert signature.text_sha256 in said.replace("\r", "").replace("\n", "")


def test_the_pdf_goes_into_the_file_by_itself_once(cast: Cast, rings: list[Ring]) -> None:
    """ORG-7, HRD-1: as Policy Acknowledgment, open to its employee, to HR, and to nobody else."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    signature = signed(cast.lena, hygiene)
    db.session.commit()
    run_rings(rings)
    for person in (cast.hana, cast.lena):
        (document,) = documents_of(person.viewer, cast.lena.record.id)
        assert (document.type, document.source, document.filed_by) == (
            "Policy Acknowledgment",
            "signature",
            "The system",
        )
        assert document_for(person.viewer, document.id) is not None
    assert document_for(cast.otto.viewer, document.id) is None
    sealed = db.session.scalars(select(SealedFile).where(SealedFile.kind == "signature")).one()
    assert (sealed.subject_id, sealed.status) == (signature.id, "ready")


def tampered(table: str, change: str) -> None:
    """As somebody with the keys to the database could."""
    db.session.commit()
    db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    db.session.execute(text(f"UPDATE {table} SET {change}"))
    db.session.expire_all()


@pytest.mark.owner
@pytest.mark.parametrize(
    ("table", "change", "problem"),
    [
        ("signing_text_version", "body = 'Something else'", TEXT_DIFFERS),
        ("signing_text_version", "body = 'Else', sha256 = '0'", TEXT_DIFFERS),
        ("signature", "printed_name = 'Otto Nobody'", SAID_DIFFERS),
        ("signature", "signed_at = signed_at - interval '1 day'", SAID_DIFFERS),
    ],
)
def test_what_was_changed_behind_our_back_is_found(cast: Cast, table: str, change: str, problem: str) -> None:
    """ORG-7, 11.70: name, time and text cannot be taken apart unseen."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    signature = signed(cast.lena, hygiene)
    assert [one.good for one in verify_all()] == [True]
    tampered(table, change)
    assert problem in verify(signature.id).problems
    assert [one.good for one in verify_all()] == [False]


def test_a_changed_pdf_is_found_by_the_command(app: Flask, cast: Cast, rings: list[Ring]) -> None:
    """ORG-7, EVD-7: `./lms signatures verify` says so and exits 1."""
    hygiene = policy()
    ask(cast.lena, hygiene)
    signed(cast.lena, hygiene)
    db.session.commit()
    run_rings(rings)
    assert command(app).exit_code == 0
    sealed = db.session.scalars(select(SealedFile).where(SealedFile.kind == "signature")).one()
    stored = db.session.scalar(select(files.StoredFile.sha256).where(files.StoredFile.id == sealed.file_id))
    path = files.path_of(stored or "")
    path.write_bytes(path.read_bytes() + b" ")
    result = command(app)
    assert result.exit_code == 1
    assert PDF_DIFFERS in result.output
    assert "1 signatures, 1 that do not fit" in result.output


def command(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["signatures", "verify"])
