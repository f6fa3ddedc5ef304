"""The quick way: a commit that cannot change completion, success or score, in one statement.

Place, suspend data, interactions, time, and statuses that say what they said before: nearly all that content commits.
The statement takes the launch, the part and the log together, or nothing: whatever is not plainly in order (an older
number, another window, a closed visit, a new status) is left to `committing.py`, which takes its time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select, text

from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.packages.models import ScormPackage
from lmsapp.courses.packages.rules import Edition
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.scorm.commits.active import LEEWAY
from lmsapp.learning.scorm.commits.elements import Taken, packed, taken
from lmsapp.learning.scorm.commits.messages import Message
from lmsapp.learning.scorm.commits.sittings import LONGEST_SHOWN
from lmsapp.learning.scorm.commits.times import hundredths
from lmsapp.learning.scorm.launches.tokens import LATE, digest_of
from lmsapp.learning.scorm.models import ScormLaunch
from lmsapp.learning.scorm.outcome.rules import DECIDING, NAMES

# The launch first and the part by it, so that two windows queue up in one order. `@>`: a status that was said before.
RECORD = text(
    """
    WITH launch AS (
      UPDATE scorm_launch l
      SET last_sitting = :sitting, last_seq = :seq, last_seen_at = :now,
          times = l.times || jsonb_build_object(CAST(:sitting AS text), jsonb_build_array(
            CASE WHEN CAST(:content AS bigint) IS NULL THEN coalesce(CAST(l.times -> :at ->> 0 AS int), 0)
                 ELSE :seq END,
            coalesce(CAST(:content AS bigint), CAST(l.times -> :at ->> 1 AS bigint)),
            greatest(coalesce(CAST(l.times -> :at ->> 2 AS int), 0),
                     least(:shown, CAST(extract(epoch FROM :now - l.created_at) AS int) + :leeway))))
      FROM scorm_sco s, scorm_attempt a, enrollment e, app_user u, course c, scorm_package p
      WHERE l.token_sha256 = :digest AND l.sittings = :sitting AND l.mode = 'normal'
        AND l.closed_at IS NULL AND l.superseded_at IS NULL AND l.revoked_at IS NULL
        AND (l.last_sitting, l.last_seq) < (:sitting, :seq) AND l.last_seen_at > :since AND l.expires_at > :since
        AND a.id = l.attempt_id AND s.attempt_id = a.id AND s.item = l.item AND s.cmi @> CAST(:deciding AS jsonb)
        AND e.id = a.enrollment_id AND e.withdrawn_at IS NULL AND e.locks = '[]'
        AND u.id = l.opened_by_id AND u.active AND c.id = e.course_id AND c.status <> :draft
        AND p.id = l.package_id AND p.edition = :edition
      RETURNING l.id, l.attempt_id, l.item, a.done_at,
                e.completed_at IS NOT NULL AND (e.renewal_started_at IS NULL OR a.cycle < e.cycle) AS course_done
    ), part AS (
      UPDATE scorm_sco s
      SET cmi = CASE WHEN :said = '{}' THEN s.cmi ELSE s.cmi || CAST(:said AS jsonb) END,
          suspend_data = coalesce(:suspend_data, s.suspend_data), last_at = :now
      FROM launch WHERE s.attempt_id = launch.attempt_id AND s.item = launch.item
      RETURNING s.completion, s.success
    ), heard AS (
      INSERT INTO scorm_commit (launch_id, sitting, seq, at, how, said, names, effect)
      SELECT id, :sitting, :seq, :now, :how, CAST(:logged AS jsonb), CAST(:names AS jsonb), CAST(:effect AS jsonb)
      FROM launch
    )
    SELECT part.completion, part.success, launch.done_at, launch.course_done FROM launch, part
    """
)


def recorded(token: str, message: Message) -> dict[str, Any] | None:
    """The answer, when the quick way was enough; None: nothing was done.

    Comes first in its transaction, which is given up when it was not enough: where the statement waited for another one
    and then found nothing to do, it would still hold the launch, and the long way begins with the enrollment.
    """
    if message.how == "finish" or message.nav or message.sequencing is not None:
        return None
    digest = digest_of(token)
    edition = _edition_of(digest)
    if edition is None:
        return None
    kept = taken(edition, message.said)
    row = db.session.execute(RECORD, _values(digest, edition, message, kept)).one_or_none()
    if row is None:
        db.session.rollback()
        return None
    return {
        "ok": True,
        "seq": message.seq,
        "completion": row.completion,
        "success": row.success,
        "done": row.done_at is not None,
        "course_done": row.course_done,
        "superseded": False,
        **({"refused": kept.refused} if kept.refused else {}),
    }


def effect_of(kept: Taken, changed: Mapping[str, Any]) -> dict[str, Any]:
    """For the log: what changed, what was refused and why, what was longer than it should be."""
    said = {"refused": kept.refused, "remarks": kept.remarks}
    return {**changed, **{name: value for name, value in said.items() if value}}


def _values(digest: str, edition: Edition, message: Message, kept: Taken) -> dict[str, Any]:
    now, values = clock.now(), kept.values
    session_time = values.get(NAMES[edition].session_time)
    said = json.dumps(values)
    return {
        "digest": digest,
        "edition": edition.value,
        "sitting": message.sitting,
        "at": str(message.sitting),
        "seq": message.seq,
        "how": message.how,
        "now": now,
        "since": now - LATE,
        "draft": CourseStatus.DRAFT.value,
        "content": None if session_time is None else hundredths(session_time),
        "leeway": LEEWAY,
        "shown": min(int(message.shown), LONGEST_SHOWN),
        "deciding": json.dumps({name: values[name] for name in DECIDING[edition] & values.keys()}),
        "said": said,
        "suspend_data": None if kept.suspend_data is None else packed(kept.suspend_data),
        "logged": said if kept.suspend_data is None else json.dumps(kept.said),
        "names": json.dumps(kept.names),
        "effect": json.dumps(effect_of(kept, {})) if kept.refused or kept.remarks else "{}",
    }


@lru_cache(maxsize=8192)
def _kept_edition(digest: str) -> Edition:
    """A hint, held against the package again in the statement. Raises LookupError where there is no such launch."""
    asked = select(ScormPackage.edition).join(ScormLaunch, ScormLaunch.package_id == ScormPackage.id)
    found = db.session.scalar(asked.where(ScormLaunch.token_sha256 == digest))
    if found is None:
        raise LookupError(digest)
    return Edition(found)


def _edition_of(digest: str) -> Edition | None:
    try:
        return _kept_edition(digest)
    except LookupError:
        return None
