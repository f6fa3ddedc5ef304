"""What the player needs to begin: the launch as JSON, with everything the content may ask for (SCO-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.packages.rules import Edition, Item, ItemKind, Manifest, PackageTerms
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.commits.elements import SUSPEND_DATA, unpacked
from lmsapp.learning.scorm.commits.sittings import Times
from lmsapp.learning.scorm.held import manifest_of, terms_of
from lmsapp.learning.scorm.launches.choosing import statuses_of, waits
from lmsapp.learning.scorm.launches.given import Given, given_12, given_2004
from lmsapp.learning.scorm.launches.shared_data import stores_for
from lmsapp.learning.scorm.launches.tokens import token_of
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch, ScormSco
from lmsapp.learning.scorm.outcome.facts import NOTHING, PartFact
from lmsapp.learning.scorm.outcome.settling import part_facts
from lmsapp.people.accounts.models import User


def launch_view(launch: ScormLaunch, sitting: int) -> dict[str, Any]:
    """For the page of that sitting; see `docs/scorm.md`. Begin the sitting first (`sit_down`)."""
    manifest = manifest_of(launch.package_id)
    item = manifest.item(launch.item)
    attempt = db.session.get(ScormAttempt, launch.attempt_id) if launch.attempt_id else None
    facts = part_facts(attempt.id, manifest.edition) if attempt is not None else {}
    part = db.session.get(ScormSco, (attempt.id, launch.item)) if attempt is not None else None
    learner = db.session.get_one(User, launch.opened_by_id)
    terms = _terms(launch, attempt)
    entry = entry_of(launch, part)
    told = Given(
        item=item or Item(launch.item, None, launch.item, ItemKind.SCO),
        learner_id=str(learner.id),
        learner_name=learner.name,
        mode=launch.mode,
        entry=entry,
        fact=facts.get(launch.item, NOTHING),
        said=dict(part.cmi) if part is not None else {},
        total=_total(launch),
    )
    cmi = given_12(told) if manifest.edition is Edition.V12 else given_2004(told)
    if manifest.edition is Edition.V2004 and attempt is not None:
        cmi |= stores_for(told.item, manifest, attempt.id)
    cmi[SUSPEND_DATA] = unpacked(part.suspend_data) if part is not None else ""
    return {
        "edition": manifest.edition.value,
        "version": manifest.version,
        "item": launch.item,
        "title": told.item.title or launch.item,
        "href": told.item.href or "",
        "mode": launch.mode,
        "credit": "credit" if launch.mode == "normal" else "no-credit",
        "entry": entry,
        "sitting": sitting,
        "cmi": cmi,
        "items": outline(manifest, facts),
        "package_sequencing": manifest.sequencing,
        "sequencing": attempt.sequencing if attempt is not None else None,
        "learner": {"id": told.learner_id, "name": told.learner_name},
        "close_after": terms.close_after,
        "urls": addresses(launch.id),
        "done": attempt is not None and attempt.done_at is not None,
        "trial": attempt is None,
    }


def addresses(launch_id: int) -> dict[str, str]:
    """Of this launch, relative to the content's host; and the origin of the application, for messages to its page."""
    here = f"/c/{token_of(launch_id)}"
    return {
        "commits": f"{here}/commits",
        "beats": f"{here}/beats",
        "items": f"{here}/items",
        "files": f"{here}/files/",
        "lms_origin": str(current_app.config["BASE_URL"]),
    }


def outline(manifest: Manifest, facts: Mapping[str, PartFact]) -> list[dict[str, Any]]:
    """Every item with what it came to. `open`: it waits for nothing."""
    statuses = statuses_of(manifest, facts)
    return [
        {
            "id": one.id,
            "parent": one.parent,
            "title": one.title,
            "kind": one.kind.value,
            "visible": one.visible,
            "href": one.href,
            "completion": facts.get(one.id, NOTHING).completion,
            "success": facts.get(one.id, NOTHING).success,
            "score": _plain(facts.get(one.id, NOTHING).score),
            "open": waits(one, manifest.edition, statuses) is None or statuses.get(one.id) != "not attempted",
            "sequencing": one.sequencing,
            "completion_threshold": one.completion_threshold,
            "prerequisites": one.prerequisites,
            "hide_ui": list(one.hide_ui),
        }
        for one in manifest.items
    ]


def entry_of(launch: ScormLaunch, part: ScormSco | None) -> str:
    """'ab-initio' the first time, 'resume' for what goes on, '' for what is over (RTE 4.2.11)."""
    if launch.mode != "normal":
        return ""
    return "resume" if part is not None and (part.cmi or part.suspend_data) else "ab-initio"


def _total(launch: ScormLaunch) -> int:
    """The time of all earlier sittings with this part, in hundredths."""
    if launch.attempt_id is None:
        return 0
    asked = select(ScormLaunch.times).where(
        ScormLaunch.attempt_id == launch.attempt_id, ScormLaunch.item == launch.item
    )
    return sum(Times.from_json(times).total for times in db.session.scalars(asked))


def _terms(launch: ScormLaunch, attempt: ScormAttempt | None) -> PackageTerms:
    if attempt is None:
        detail = db.session.get_one(Lesson, launch.lesson_id).detail
        return PackageTerms.from_json(detail.get("scorm") or {})
    enrollment = db.session.get_one(Enrollment, attempt.enrollment_id)
    db.session.refresh(enrollment, ["course"])
    return terms_of(enrollment, launch.lesson_id)


def _plain(value: Decimal | dt.datetime | None) -> str | None:
    return None if value is None else str(value)
