"""The past before there was one: what the rows' own instants, completion records and the audit trail still say of it.

Done once, after the upgrade that begins to keep former rows, while people work. What nobody wrote down stays unknown:
how far somebody was in a course between its start and its completion, and the score of an attempt since bettered.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from lmsapp.infra.past.tables import KEPT

# Each `SELECT id, at, before`: what the row said until then, as JSON over what it said later.
ASSIGNMENTS = """
    SELECT id, started_at, '{"started_at": null}'::jsonb FROM public.training_assignment
        WHERE started_at > assigned_at
    UNION ALL
    SELECT a.id, coalesce(max(r.recorded_at), a.completed_at), '{"completed_at": null, "completed_on": null}'
        FROM public.training_assignment a LEFT JOIN public.completion_record r
        ON r.employee_id = a.employee_id AND r.subject_kind = 'course' AND r.subject_id = a.course_id
        AND r.occurred_at = a.completed_at
        WHERE a.completed_at IS NOT NULL GROUP BY a.id
    UNION ALL
    SELECT id, closed_at, '{"closed_as": null, "closed_at": null, "close_reason": ""}'
        FROM public.training_assignment WHERE closed_at IS NOT NULL
    UNION ALL
    SELECT a.id, t.at, jsonb_build_object('due_on', t.before->>'due_on', 'due_at',
        ((t.before->>'due_on')::date + 1)::timestamp AT TIME ZONE e.time_zone)
        FROM public.audit_entry t JOIN public.training_assignment a ON a.id = t.subject_id
        JOIN public.employee e ON e.id = a.employee_id
        WHERE t.subject_kind = 'assignment' AND t.action = 'due date changed' AND t.before ? 'due_on'
    UNION ALL
    SELECT a.id, t.at, jsonb_build_object('completed_on', t.before->>'completed_on',
        'completed_at', ((t.before->>'completed_on')::date + time '12:00') AT TIME ZONE 'UTC')
        FROM public.audit_entry t JOIN public.training_assignment a ON a.id = t.subject_id
        WHERE t.subject_kind = 'assignment' AND t.action = 'reopened' AND t.before->>'completed_on' IS NOT NULL
"""
# Of an enrollment the newest completion is in the row; those before it are among the records.
ENROLLMENTS = """
    SELECT id, started_at, '{"started_at": null, "progress": 0, "done_lessons": 0}'::jsonb FROM public.enrollment
        WHERE started_at > enrolled_at AND cycle = 1
    UNION ALL
    SELECT id, withdrawn_at, '{"withdrawn_at": null}' FROM public.enrollment WHERE withdrawn_at IS NOT NULL
    UNION ALL
    SELECT id, exempted_at, '{"exempted_at": null}' FROM public.enrollment WHERE exempted_at IS NOT NULL
    UNION ALL
    SELECT id, failed_at, '{"failed_at": null}' FROM public.enrollment WHERE failed_at IS NOT NULL
    UNION ALL
    SELECT n.id, r.recorded_at, jsonb_build_object('completed_at', r.was, 'progress', NULL, 'done_lessons', 0,
        'best_score', NULL, 'valid_until', p.valid_until, 'renewal_from', p.renewal_from, 'completed_by_hand',
        coalesce(r.by_hand, false))
        FROM (
            SELECT id, employee_id, subject_id, recorded_at,
                lag(CASE WHEN how <> 'taken back' THEN occurred_at END) OVER line AS was,
                lag(how = 'by hand') OVER line AS by_hand,
                lag(CASE WHEN how <> 'taken back' THEN id END) OVER line AS was_record
            FROM public.completion_record WHERE subject_kind = 'course'
            WINDOW line AS (PARTITION BY employee_id, subject_id ORDER BY recorded_at, id)
        ) r
        JOIN public.enrollment n ON n.employee_id = r.employee_id AND n.course_id = r.subject_id
        LEFT JOIN public.certification_period p ON p.record_id = r.was_record AND p.replaced_at IS NULL
"""
PERIODS = """
    SELECT id, replaced_at, '{"replaced_at": null, "is_current": true}'::jsonb FROM public.certification_period
        WHERE replaced_at IS NOT NULL
    UNION ALL
    SELECT id, revoked_at, '{"revoked_at": null, "revoke_reason": "", "is_current": true}'
        FROM public.certification_period WHERE revoked_at IS NOT NULL
    UNION ALL
    SELECT id, next, '{"is_current": true}' FROM (
        SELECT id, replaced_at, lead(made_at) OVER (PARTITION BY enrollment_id ORDER BY id) AS next
        FROM public.certification_period
    ) p WHERE next IS NOT NULL AND replaced_at IS NULL
"""
CERTIFICATES = """
    SELECT id, replaced_at, '{"replaced_at": null}'::jsonb FROM public.certificate WHERE replaced_at IS NOT NULL
    UNION ALL
    SELECT id, revoked_at, '{"revoked_at": null, "revoke_reason": ""}' FROM public.certificate
        WHERE revoked_at IS NOT NULL
"""
PATHS = """
    SELECT id, completed_at, '{"completed_at": null}'::jsonb FROM public.path_enrollment WHERE completed_at IS NOT NULL
    UNION ALL
    SELECT id, withdrawn_at, '{"withdrawn_at": null}' FROM public.path_enrollment WHERE withdrawn_at IS NOT NULL
"""
DECISIONS = """
    SELECT id, replaced_at, '{"replaced_at": null}'::jsonb FROM public.employee_compliance
        WHERE replaced_at IS NOT NULL
"""
DUTIES = """SELECT id, until, '{"until": null}'::jsonb FROM public.compliance_duty WHERE until IS NOT NULL"""
DOCUMENTS = """
    SELECT id, archived_at, '{"archived_at": null}'::jsonb FROM public.employee_document WHERE archived_at IS NOT NULL
"""
# The trail names departments by their path and people as 'Name (number)'. What has another name by now is not found.
PLACEMENTS = """
    WITH RECURSIVE tree (id, words) AS (
        SELECT id, name FROM public.department WHERE parent_id IS NULL
        UNION ALL
        SELECT d.id, tree.words || ' / ' || d.name FROM public.department d JOIN tree ON d.parent_id = tree.id
    )
    SELECT t.subject_id, t.at, (
        SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(t.before) WHERE key IN ('number', 'name',
            'job_role', 'location', 'region', 'cohort', 'status', 'left_on', 'hire_date', 'time_zone', 'leaves_on'))
        || CASE WHEN t.action = 'leave' THEN '{"left_on": null}' ELSE '{}' END::jsonb
        || CASE WHEN t.before ? 'department' THEN jsonb_build_object('department_id',
            (SELECT min(tree.id) FROM tree WHERE tree.words = t.before->>'department')) ELSE '{}' END
        || CASE WHEN t.before ? 'manager' THEN jsonb_build_object('manager_id',
            (SELECT m.id FROM public.employee m
                WHERE m.number = substring(t.before->>'manager' from '[(]([^()]*)[)]$')))
            ELSE '{}' END
    FROM public.audit_entry t WHERE t.subject_kind = 'employee' AND jsonb_typeof(t.before) = 'object'
"""
NAMED = """
    SELECT subject_id, at, jsonb_build_object('{column}', regexp_replace(before->>'{column}', '{above}', ''))
    FROM public.audit_entry WHERE subject_kind = '{table}' AND before->>'{column}' IS NOT NULL
"""
TELLING = {
    "employee": PLACEMENTS,
    "department": NAMED.format(table="department", column="name", above="^.* / "),
    "course": NAMED.format(table="course", column="title", above="^$"),
    "compliance_type": NAMED.format(table="compliance_type", column="name", above="^$"),
    "training_assignment": ASSIGNMENTS,
    "enrollment": ENROLLMENTS,
    "path_enrollment": PATHS,
    "certification_period": PERIODS,
    "certificate": CERTIFICATES,
    "employee_compliance": DECISIONS,
    "compliance_duty": DUTIES,
    "employee_document": DOCUMENTS,
}
# Later states first, so that what was told of an earlier moment lies over them; of one quarter of an hour the first
# counts. The state all this lies over is the oldest that a trigger kept, or else the row of today.
FILL = """
    INSERT INTO past.{table}_was ({columns}, was_since, was_until, was_there)
    SELECT {former}, coalesce(lag(f.quarter) OVER (PARTITION BY f.id ORDER BY f.quarter), '-infinity'), f.quarter, true
    FROM (
        SELECT DISTINCT ON (id, past.quarter(at)) id, past.quarter(at) AS quarter, state FROM (
            SELECT id, at, past.overlay(before) OVER (PARTITION BY id ORDER BY at DESC) AS state
            FROM ({events}) AS told (id, at, before)
            WHERE at < (SELECT since FROM past.known WHERE table_name = '{table}')
        ) s ORDER BY id, past.quarter(at), at
    ) f
    JOIN public.{table} t ON t.id = f.id
    LEFT JOIN LATERAL (
        SELECT to_jsonb(w) - '{{was_since,was_until,was_there}}'::text[] AS row FROM past.{table}_was w
        WHERE w.id = f.id AND w.was_there ORDER BY w.was_until LIMIT 1
    ) k ON true
    CROSS JOIN LATERAL jsonb_populate_record(t, coalesce(k.row, '{{}}') || f.state) p
    WHERE {born} f.quarter < (SELECT since FROM past.known WHERE table_name = '{table}')
    ON CONFLICT DO NOTHING
"""
AFTERWARDS = """
    UPDATE past.{table}_was w SET was_since = b.was_until FROM (
        SELECT id, max(was_until) AS was_until FROM past.{table}_was
        WHERE was_until < (SELECT past.quarter(since) FROM past.known WHERE table_name = '{table}') GROUP BY id
    ) b WHERE w.id = b.id AND w.was_since = '-infinity' AND w.was_until > b.was_until AND w.was_there
"""
# A duty is noted the moment it begins.
BEGUN = """
    INSERT INTO past.compliance_duty_was (id, was_since, was_until, was_there)
    SELECT id, '-infinity', past.quarter(since), false FROM public.compliance_duty ON CONFLICT DO NOTHING
"""
WAITING = text("SELECT table_name FROM past.known WHERE NOT filled ORDER BY table_name")
COLUMNS = text(
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :table"
    " ORDER BY ordinal_position"
)
READY = text("SELECT to_regclass('past.known') IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Filled:
    """How many former rows of a table could be told."""

    table: str
    rows: int


def fill(connection: Connection) -> list[Filled]:
    """Tell what can be told of every table that was not told of yet. Does nothing before the schema was made."""
    if not connection.scalar(READY):
        return []
    return [_fill(connection, table) for table in connection.scalars(WAITING).all()]


def _fill(connection: Connection, table: str) -> Filled:
    rows = 0
    if events := TELLING.get(table):
        columns = connection.scalars(COLUMNS, {"table": table}).all()
        named, former = (", ".join(f'{of}"{name}"' for name in columns) for of in ("", "p."))
        born = KEPT[table].born
        after_birth = f"f.quarter > past.quarter(t.{born}) AND" if born else ""
        values = {"table": table, "columns": named, "former": former, "events": events, "born": after_birth}
        rows = connection.exec_driver_sql(FILL.format(**values)).rowcount
        connection.exec_driver_sql(AFTERWARDS.format(table=table))
    if table == "compliance_duty":
        connection.exec_driver_sql(BEGUN)
    connection.execute(text("UPDATE past.known SET filled = true WHERE table_name = :table"), {"table": table})
    return Filled(table, rows)
