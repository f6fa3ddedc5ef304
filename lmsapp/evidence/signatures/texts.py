"""Writing texts that are to be signed, publishing them as versions that never change, retiring them (ORG-7)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import SYSTEM, record_change
from lmsapp.evidence.signatures.actions import withdraw_all
from lmsapp.evidence.signatures.models import SigningText, SigningTextDraft, SigningTextVersion
from lmsapp.evidence.signatures.rules import (
    LANGUAGES,
    TextKind,
    TextStatus,
    Words,
    check_words,
    cleaned,
    fingerprint,
)
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.markdown import to_html
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

KIND = "signing_text"
WRITTEN_BY_HAND = (TextKind.POLICY, TextKind.ONBOARDING)
RETIRED = N_("The text was retired")


def create_text(kind: str, language: str, words: Words, *, by: Viewer | None) -> SigningText:
    """A new draft. `by` None is a command. Raises RuleBroken, or NotAllowed for whoever is not HR."""
    _only_hr(by)
    if kind not in WRITTEN_BY_HAND:
        raise RuleBroken(N_("Choose what kind of text this is."), field="kind")
    words = cleaned(words)
    check_words(words, complete=False)
    text = SigningText(kind=kind, title=words.title)
    db.session.add(text)
    db.session.flush()
    record_change("text written", (KIND, text.id), by=by, after={"kind": kind, "title": words.title})
    save_draft(text, language, words, by=by)
    return text


def save_draft(text: SigningText, language: str, words: Words, *, by: Viewer | None) -> None:
    """Keep what is being written in one language. What is published stays as it is."""
    _only_hr(by)
    if language not in LANGUAGES:
        raise RuleBroken(N_("Choose the language it is written in."), field="language")
    words = cleaned(words)
    check_words(words, complete=False)
    draft = db.session.get(SigningTextDraft, (text.id, language))
    if draft is None:
        draft = SigningTextDraft(text_id=text.id, language=language)
        db.session.add(draft)
    draft.title, draft.meaning, draft.body = words.title, words.meaning, words.body
    draft.changed_at, draft.changed_by_name = clock.now(), by.name if by else SYSTEM
    if text.number is None and language == _drafts(text)[0].language:
        text.title = words.title
    db.session.flush()


def remove_draft(text: SigningText, language: str, *, by: Viewer | None) -> None:
    """The next version is not written in that language any more. Raises RuleBroken for the only one."""
    _only_hr(by)
    if len(_drafts(text)) < 2:
        raise RuleBroken(N_("This is the only language the text is written in."))
    db.session.execute(
        delete(SigningTextDraft).where(SigningTextDraft.text_id == text.id, SigningTextDraft.language == language)
    )


def publish(
    text: SigningText, *, by: Viewer | None, asks_again: bool = True, note: str = ""
) -> Sequence[SigningTextVersion]:
    """The draft becomes the version in force, in every language it is written in; nobody can change it any more.

    `asks_again`: earlier signatures do not count any more (always so for the first version). Raises RuleBroken when
    words are missing, nothing changed, or an editorial change has no reason.
    """
    _only_hr(by)
    _hold(text)
    drafts = _drafts(text)
    words = {draft.language: Words(draft.title, draft.meaning, draft.body) for draft in drafts}
    for one in words.values():
        check_words(one, complete=True)
    if not changed_languages(text):
        raise RuleBroken(N_("Nothing was changed since the last version."))
    first = text.number is None
    if not asks_again and not first and not note.strip():
        raise RuleBroken(N_("Say why nobody needs to sign this change."), field="note")
    text.number = (text.number or 0) + 1
    if asks_again or first:
        text.counts_from = text.number
    text.status, text.title = TextStatus.PUBLISHED, drafts[0].title
    versions = [_version(text, language, one, by=by, note=note.strip()) for language, one in words.items()]
    for version in versions:
        version.asks_again = asks_again or first
    db.session.add_all(versions)
    db.session.flush()
    after = {"version": text.number, "asks_again": asks_again or first, **{v.language: v.sha256 for v in versions}}
    record_change("text published", (KIND, text.id), by=by, after=after, reason=note.strip())
    return versions


def changed_languages(text: SigningText) -> list[str]:
    """In which languages the draft differs from the version in force, removed ones too; all before the first."""
    drafted = {d.language: fingerprint(Words(d.title, d.meaning, d.body)) for d in _drafts(text)}
    in_force = {version.language: version.sha256 for version in versions_of(text, text.number)}
    return sorted(one for one in drafted.keys() | in_force.keys() if drafted.get(one) != in_force.get(one))


def retire(text: SigningText, *, by: Viewer, reason: str) -> int:
    """Nobody signs it any more; what was signed stays. How many were still asked to. Raises RuleBroken."""
    _only_hr(by)
    _hold(text)
    if not reason.strip():
        raise RuleBroken(N_("Say why this text is retired."), field="reason")
    if text.status != TextStatus.PUBLISHED:
        raise RuleBroken(N_("Only a published text can be retired."))
    text.status = TextStatus.RETIRED
    record_change("text retired", (KIND, text.id), by=by, after={"status": text.status}, reason=reason.strip())
    return withdraw_all(text, by=by, reason=RETIRED)


def bring_back(text: SigningText, *, by: Viewer) -> None:
    """A retired text can be signed again, in the version it had. Whom to ask is for a new round to say."""
    _only_hr(by)
    _hold(text)
    if text.status != TextStatus.RETIRED:
        raise RuleBroken(N_("Only a retired text can be brought back."))
    text.status = TextStatus.PUBLISHED
    record_change("text brought back", (KIND, text.id), by=by, after={"status": text.status})


def text_of_source(source: tuple[str, int], language: str, words: Words) -> SigningTextVersion:
    """The version that holds exactly the words something else has (a lesson), made where there is none yet."""
    words = cleaned(words)
    check_words(words, complete=True)
    text = _of_source(source)
    known = _same_words(text, language, words) if text else None
    if known is not None:
        return known
    new = insert(SigningText).values(
        kind=TextKind.LESSON, title=words.title, status=TextStatus.PUBLISHED, source_kind=source[0], source_id=source[1]
    )
    db.session.execute(new.on_conflict_do_nothing())
    text = _of_source(source, hold=True)
    assert text is not None
    known = _same_words(text, language, words)  # another signer may have been first
    if known is not None:
        return known
    text.number = text.counts_from = (text.number or 0) + 1
    text.title = words.title
    version = _version(text, language, words, by=None, note="")
    db.session.add(version)
    db.session.flush()
    return version


def versions_of(text: SigningText, number: int | None) -> Sequence[SigningTextVersion]:
    """One version in all its languages, the first one written first; empty for None."""
    return db.session.scalars(
        select(SigningTextVersion)
        .where(SigningTextVersion.text_id == text.id, SigningTextVersion.number == number)
        .order_by(SigningTextVersion.id)
    ).all()


def _of_source(source: tuple[str, int], *, hold: bool = False) -> SigningText | None:
    found = select(SigningText).where(SigningText.source_kind == source[0], SigningText.source_id == source[1])
    if hold:
        found = found.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(found)


def _same_words(text: SigningText, language: str, words: Words) -> SigningTextVersion | None:
    """In whichever version: words that come back are the ones they were."""
    return db.session.scalars(
        select(SigningTextVersion)
        .where(
            SigningTextVersion.text_id == text.id,
            SigningTextVersion.language == language,
            SigningTextVersion.sha256 == fingerprint(words),
        )
        .order_by(SigningTextVersion.id.desc())
        .limit(1)
    ).one_or_none()


def _version(text: SigningText, language: str, words: Words, *, by: Viewer | None, note: str) -> SigningTextVersion:
    return SigningTextVersion(
        text_id=text.id,
        number=text.number,
        language=language,
        title=words.title,
        meaning=words.meaning,
        body=words.body,
        body_html=to_html(words.body),
        sha256=fingerprint(words),
        change_note=note,
        published_by_id=by.user_id if by else None,
        published_by_name=by.name if by else SYSTEM,
    )


def _drafts(text: SigningText) -> Sequence[SigningTextDraft]:
    """In the order of LANGUAGES: the first is the one the text goes by."""
    drafts = db.session.scalars(select(SigningTextDraft).where(SigningTextDraft.text_id == text.id)).all()
    return sorted(drafts, key=lambda draft: LANGUAGES.index(draft.language))


def _hold(text: SigningText) -> None:
    """Of two who publish at once the second waits here; nobody signs an old version meanwhile."""
    db.session.refresh(text, with_for_update=True)


def _only_hr(by: Viewer | None) -> None:
    if by is not None and not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR writes texts to sign."))
