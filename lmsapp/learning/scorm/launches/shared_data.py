"""Data that parts of a SCORM 2004 package share: `adl.data`, by the maps of the manifest (4th Edition RTE 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lmsapp.courses.packages.rules import Item, Manifest
from lmsapp.infra.db import db
from lmsapp.learning.scorm.models import ScormSco


def stores_for(item: Item, manifest: Manifest, attempt_id: int) -> dict[str, str]:
    """The `adl.data` elements of a part when it begins: each store as whichever part wrote it last."""
    maps = maps_of(item)
    if not maps:
        return {}
    rows = db.session.scalars(select(ScormSco).where(ScormSco.attempt_id == attempt_id).order_by(ScormSco.last_at))
    latest: dict[str, str] = {}
    for row in rows:
        writer = manifest.item(row.item)
        for number, one in enumerate(maps_of(writer) if writer else []):
            value = row.cmi.get(f"adl.data.{number}.store")
            if value is not None and one.get("writeSharedData", True):
                latest[one["targetID"]] = str(value)
    given: dict[str, str] = {}
    for number, one in enumerate(maps):
        given[f"adl.data.{number}.id"] = one["targetID"]
        if one["targetID"] in latest and one.get("readSharedData", True):
            given[f"adl.data.{number}.store"] = latest[one["targetID"]]
    return given


def maps_of(item: Item) -> list[Mapping[str, Any]]:
    """The stores a part names, in the order in which it finds them."""
    stated = item.data or (item.sequencing or {}).get("sharedDataMaps") or ()
    return [one for one in stated if isinstance(one, Mapping) and isinstance(one.get("targetID"), str)]
