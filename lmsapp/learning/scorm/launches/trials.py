"""An author's trial of a package: it plays as for learners, and nothing of it is kept but what the content said."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.scorm.commits.elements import taken
from lmsapp.learning.scorm.commits.messages import Message
from lmsapp.learning.scorm.held import manifest_of
from lmsapp.learning.scorm.models import ScormCommit, ScormLaunch
from lmsapp.learning.scorm.outcome.rules import ENDING, Completion, Heard, Key, Success, asked_of, replayed


def try_commit(launch: ScormLaunch, message: Message) -> dict[str, Any]:
    """Log it, and answer what it would have meant for a learner."""
    held = db.session.get_one(ScormLaunch, launch.id, with_for_update=True, populate_existing=True)
    manifest = manifest_of(held.package_id)
    kept = taken(manifest.edition, message.said)
    key = (held.id, message.sitting, message.seq)
    if message.sitting <= held.sittings and db.session.get(ScormCommit, key) is None:
        place = dict(zip(("launch_id", "sitting", "seq"), key, strict=True))
        said = {"at": clock.now(), "how": message.how, "said": kept.said, "names": kept.names}
        db.session.execute(insert(ScormCommit).values(effect={"ignored": "trial"}, **said, **place))
        held.last_seen_at = clock.now()
        held.last_sitting, held.last_seq = max((held.last_sitting, held.last_seq), key[1:])
        if message.how == "finish" or message.nav in ENDING:
            held.closed_at, held.closed_how = clock.now(), "finished" if message.how == "finish" else "left"
    facts = replayed(asked_of(manifest, manifest.item(held.item)), _heard(held))
    return {
        "ok": True,
        "seq": message.seq,
        "completion": facts.completion.value,
        "success": facts.success.value,
        "done": facts.completion is Completion.COMPLETED or facts.success is Success.PASSED,
        "course_done": False,
        "superseded": held.superseded_at is not None,
        **({"refused": kept.refused} if kept.refused else {}),
    }


def _heard(launch: ScormLaunch) -> list[Heard]:
    rows = db.session.execute(
        select(ScormCommit.sitting, ScormCommit.seq, ScormCommit.said, ScormCommit.how).where(
            ScormCommit.launch_id == launch.id
        )
    )
    return [Heard(Key(launch.id, row.sitting, row.seq), row.said, row.how) for row in rows]
