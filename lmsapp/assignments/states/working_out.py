"""Letters from the facts, as SQL: for whoever has none that hold, and to keep them."""

# ruff: noqa: S608 - statements of ours, without a value in them

from __future__ import annotations

import datetime as dt
from typing import Any

from lmsapp.assignments.states.rules import (
    CANCELLED,
    COMPLETED,
    DAYS,
    ELSEWHEN,
    ENDING,
    EXEMPT,
    EXPIRING_DAYS,
    FIRST,
    FORTNIGHT,
    GOING,
    MONTH,
    OVERDUE,
    PENDING,
    QUIET,
    STANDING,
    STILL,
    WEEK,
)

NEVER = "9999-01-01 00:00:00+00"
# Hours, because a day of PostgreSQL is as long as the time zone of the session makes it.
BEFORE = [f"interval '{24 * (days + 1)} hours'" for days in DAYS]
SILENCE = f"interval '{int(STILL.total_seconds()) // 3600} hours'"


def holds(kept: str) -> str:
    """Of AssignmentStates, or AssignmentStatesAhead, by that name: it holds at :now."""
    return (
        f"{kept}.since <= :now AND {kept}.until > :now"
        f" AND NOT EXISTS (SELECT FROM assignment_states_mark m WHERE m.employee_id = {kept}.employee_id AND m.stale)"
    )


def worked_out(whose: str) -> str:
    """Columns as of AssignmentStates, of whom that SQL array names; nobody who has no letter and nothing to come.
    Parameters: `moments`."""
    return WORKED_OUT.replace("{whose}", whose)


def moments(now: dt.datetime) -> dict[str, Any]:
    """What the SQL has to know of an instant."""
    week, fortnight, month = (now + dt.timedelta(days=days + 1) for days in DAYS)
    today = now.astimezone(dt.UTC).date()
    return {
        "now": now,
        "week": week,
        "fortnight": fortnight,
        "month": month,
        "silent": now - STILL,
        "today": today,
        "midnight": dt.datetime.combine(today, dt.time.min, tzinfo=dt.UTC),
        "last_day": today + dt.timedelta(days=EXPIRING_DAYS),
        # What is due after now has at least this date: a day ends 14 hours before UTC's or 12 after it.
        "due_from": (now - dt.timedelta(hours=36)).date(),
    }


# `since` and `until` of a row are the boundaries on both sides of now at which its letter becomes another one.
WORKED_OUT = f"""
WITH whose AS MATERIALIZED (SELECT {{whose}} AS ids),
ending AS MATERIALIZED (
    SELECT c.enrollment_id FROM certificate c
    WHERE c.employee_id = ANY ((SELECT ids FROM whose)::integer[]) AND c.enrollment_id IS NOT NULL
    AND c.revoked_at IS NULL AND c.valid_until BETWEEN :today AND :last_day
    AND NOT EXISTS (SELECT FROM certificate n WHERE n.enrollment_id = c.enrollment_id AND n.id > c.id OFFSET 0)
), done AS (
    SELECT t.id, t.employee_id, t.course_id, t.enrollment_id, t.due_at FROM training_assignment t
    WHERE t.employee_id = ANY ((SELECT ids FROM whose)::integer[]) AND t.completed_at IS NOT NULL
    AND t.due_on >= :due_from AND t.due_at > :now
    UNION
    SELECT t.id, t.employee_id, t.course_id, t.enrollment_id, t.due_at
    FROM ending c JOIN training_assignment t ON t.enrollment_id = c.enrollment_id WHERE t.completed_at IS NOT NULL
), one AS (
    SELECT t.employee_id, t.course_id, t.due_at,
           CASE WHEN t.closed_as = 'exempt' THEN {EXEMPT} + (t.started_at IS NOT NULL)::integer
                WHEN t.closed_as IS NOT NULL THEN {CANCELLED} + (t.started_at IS NOT NULL)::integer
                WHEN t.due_at <= :now THEN {OVERDUE} + (t.started_at IS NOT NULL)::integer
                WHEN t.started_at IS NULL THEN {PENDING}
                WHEN e.paused_until IS NULL AND greatest(t.started_at, e.last_active_at) <= :silent THEN {STANDING}
                ELSE {GOING} END AS kind,
           CASE WHEN e.id IS NOT NULL AND e.paused_until IS NULL
                THEN greatest(t.started_at, e.last_active_at) + {SILENCE} END AS still_at
    FROM training_assignment t
    LEFT JOIN enrollment e ON e.id = CASE WHEN t.closed_as IS NULL AND t.started_at IS NOT NULL AND t.due_at > :now
        THEN t.enrollment_id END  -- so that nothing is looked up for the others
    WHERE t.employee_id = ANY ((SELECT ids FROM whose)::integer[]) AND t.completed_at IS NULL
    UNION ALL
    SELECT employee_id, course_id, due_at,
           CASE WHEN enrollment_id IN (SELECT enrollment_id FROM ending) THEN {ENDING} ELSE {COMPLETED} END, NULL
    FROM done
), dated AS (
    SELECT employee_id, course_id,
           nullif(4 * kind + CASE WHEN due_at <= :now THEN {ELSEWHEN} WHEN due_at <= :week THEN {WEEK}
               WHEN due_at <= :fortnight THEN {FORTNIGHT} WHEN due_at <= :month THEN {MONTH} ELSE {ELSEWHEN} END,
               {QUIET}) AS code,
           greatest(CASE WHEN due_at <= :now THEN due_at WHEN due_at <= :week THEN due_at - {BEFORE[0]}
               WHEN due_at <= :fortnight THEN due_at - {BEFORE[1]} WHEN due_at <= :month THEN due_at - {BEFORE[2]} END,
               CASE WHEN still_at <= :now THEN still_at END) AS since,
           least(CASE WHEN due_at <= :now THEN NULL WHEN due_at <= :week THEN due_at
               WHEN due_at <= :fortnight THEN due_at - {BEFORE[0]} WHEN due_at <= :month THEN due_at - {BEFORE[1]}
               ELSE due_at - {BEFORE[2]} END, CASE WHEN still_at > :now THEN still_at END) AS until
    FROM one
    UNION ALL
    SELECT c.employee_id, NULL, NULL, NULL, min(CASE WHEN c.valid_until <= :last_day THEN c.valid_until + 1
        ELSE c.valid_until - {EXPIRING_DAYS} END)::timestamp AT TIME ZONE 'UTC'
    FROM certificate c
    WHERE c.employee_id = ANY ((SELECT ids FROM whose)::integer[]) AND c.enrollment_id IS NOT NULL
    AND c.revoked_at IS NULL AND c.valid_until >= :today GROUP BY c.employee_id
)
SELECT employee_id, greatest(max(since), cast(:midnight AS timestamptz)) AS since,
       coalesce(min(until), '{NEVER}') AS until,
       coalesce(string_agg(chr({FIRST} + code), '' ORDER BY course_id, code), '') AS letters,
       coalesce(string_agg(int4send(course_id), ''::bytea ORDER BY course_id, code) FILTER (WHERE code IS NOT NULL),
           ''::bytea) AS courses
FROM dated GROUP BY employee_id
"""
