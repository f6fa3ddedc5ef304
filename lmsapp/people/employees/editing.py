"""Two people edit one record: what each touched is kept, and where both touched the same the second is asked. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

EDITED = (
    "number",
    "name",
    "email",
    "mobile",
    "department_id",
    "job_role",
    "location",
    "region",
    "cohort",
    "hire_date",
    "manager_id",
    "hr_partner_id",
    "time_zone",
    "language",
)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As a form carries what its editor saw: days as ISO 8601."""
    return {name: v.isoformat() if isinstance(v, dt.date) else v for name, v in values.items()}


def settle(
    seen: Mapping[str, Any], present: Mapping[str, Any], wanted: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """(what the editor changed, in which of these somebody else was quicker and did something else).

    Fields the editor left as they were seen are not theirs: somebody else's change of them stays.
    """
    touched = {name: value for name, value in wanted.items() if value != seen.get(name)}
    meanwhile = (name for name in touched if present.get(name) != seen.get(name))
    return touched, tuple(name for name in meanwhile if present.get(name) != touched[name])
