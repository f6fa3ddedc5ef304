"""A text to sign, and people who can: their password is PASSWORD."""

from __future__ import annotations

from lmsapp.evidence.signatures import texts
from lmsapp.evidence.signatures.models import SigningText, SigningTextVersion
from lmsapp.evidence.signatures.rules import Words
from lmsapp.infra.db import db
from lmsapp.people.accounts import passwords
from tests.cast import Person

PASSWORD = "correct horse battery staple"
MEANING = "I have read and understood this and will follow it."


def can_sign(*people: Person) -> None:
    """Give each the password; sessions go on."""
    for person in people:
        person.user.password_hash = passwords.make_hash(PASSWORD)
    db.session.flush()


def policy(title: str = "Hand hygiene", body: str = "Wash your **hands**.", *, spanish: str = "") -> SigningText:
    """A published policy in English and, where given, Spanish."""
    text = texts.create_text("policy", "en", Words(title, MEANING, body), by=None)
    if spanish:
        texts.save_draft(text, "es", Words(f"{title} (es)", "He leído esto.", spanish), by=None)
    texts.publish(text, by=None)
    return text


def rewritten(text: SigningText, body: str, *, asks_again: bool = True, note: str = "") -> SigningTextVersion:
    """The English version in force, after a change."""
    old = in_force(text)
    texts.save_draft(text, "en", Words(old.title, old.meaning, body), by=None)
    texts.publish(text, by=None, asks_again=asks_again, note=note)
    return in_force(text)


def in_force(text: SigningText, language: str = "en") -> SigningTextVersion:
    return next(one for one in texts.versions_of(text, text.number) if one.language == language)
