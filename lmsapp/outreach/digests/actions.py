"""Promising the digests whose hour has come, and wording one when it is sent (REM-6, REM-8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text, update

from lmsapp.infra.db import db
from lmsapp.outreach.digests.queries import Waiting, carried_by, digests_due
from lmsapp.outreach.digests.rules import Gone, Line, Section, arranged
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.promising import promise_new, promise_row
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.outreach.notices.rules import NoticeStatus, Suppressed

BATCH = 500
CARRY = text("""
    UPDATE notice SET status = 'carried', carried_by_id = digest.id
    FROM unnest(cast(:ids AS integer[]), cast(:keys AS text[])) AS part (id, key)
    JOIN notice AS digest ON digest.key = part.key
    WHERE notice.id = part.id AND notice.status = 'gathered'
""")


@dataclass(frozen=True, slots=True)
class Moved:
    """For somebody else by now, in their next digest; `words` say why."""

    to: Recipient
    words: str


Fate = Line | Gone | Moved
# Of all notices of one kind that a digest carries (`queries.carried_by`): what each says now, by notice id.
Ask = Callable[[Notice, Sequence[Any]], Mapping[int, Fate]]


def send_digests() -> int:
    """Promise the digests that are due, each once for a reader and a day; how many. Call again while it answers any.

    Whoever else runs this meanwhile waits at the key and finds it taken. Wording is left to the worker that sends it.
    """
    due = {one.key: one for one in digests_due(BATCH)}
    new = promise_new([_row(one) for one in due.values()]) if due else []
    parts = [(notice_id, key) for key in new for notice_id in due[key].notice_ids]
    if parts:
        db.session.execute(CARRY, {"ids": [part[0] for part in parts], "keys": [part[1] for part in parts]})
    return len(new)


def _row(one: Waiting) -> dict[str, Any]:
    to = one.to
    return promise_row(
        key=one.key,
        channel=one.channel,
        template=one.template,
        to=to,
        about=("employee", to.employee_id) if to.employee_id is not None else ("user", to.user_id or 0),
        reason={"policy": "digest", "day": one.day.isoformat()},
        link="/",
        mandatory=one.mandatory,
    )


def compose(digest: Notice, ask: Ask) -> tuple[Section, ...]:
    """What a digest says at this moment; empty: nothing is left to say.

    What is not true any more is suppressed, with why; what is somebody else's by now waits for theirs.
    """
    rows = carried_by(digest.id)
    fates = ask(digest, rows) if rows else {}
    _suppress({row.id: fate for row in rows if isinstance(fate := fates[row.id], Gone)})
    _hand_on([(row, fate) for row in rows if isinstance(fate := fates[row.id], Moved)], digest)
    return arranged(fate for row in rows if isinstance(fate := fates[row.id], Line))


def _suppress(gone: Mapping[int, Gone]) -> None:
    if not gone:
        return
    db.session.execute(
        update(Notice),
        [
            {
                "id": notice_id,
                "status": NoticeStatus.SUPPRESSED.value,
                "suppressed_as": Suppressed.NOT_WANTED.value,
                "error": fate.words,
                "carried_by_id": None,
            }
            for notice_id, fate in gone.items()
        ],
    )


def _hand_on(moved: Sequence[tuple[Any, Moved]], digest: Notice) -> None:
    if not moved:
        return
    db.session.execute(
        update(Notice),
        [
            {
                "id": row.id,
                "status": NoticeStatus.GATHERED.value,
                "carried_by_id": None,
                "employee_id": fate.to.employee_id,
                "user_id": fate.to.user_id,
                "to_name": fate.to.name,
                "address": fate.to.address,
                "language": fate.to.language,
                "reason": {**row.reason, "instead_of": digest.to_name, "because": fate.words},
            }
            for row, fate in moved
        ],
    )
