-- One day for all of it. A proof that moves years replaces it as the owner.
CREATE FUNCTION retention_today() RETURNS date LANGUAGE sql STABLE AS $$ SELECT current_date $$
----
-- When a rule lets a record go; 'infinity': not yet known, or never.
CREATE FUNCTION retention_end(start text, months int, made_on date, effect_on date, left_on date) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN months IS NULL THEN date 'infinity' ELSE (coalesce(
        CASE start WHEN 'made' THEN made_on WHEN 'effect' THEN greatest(made_on, effect_on) ELSE greatest(made_on, left_on) END,
        date 'infinity') + make_interval(months => months))::date END
$$
----
-- The rules in force. What a document type says itself is one of them.
CREATE VIEW retention_rule AS
SELECT p.id, p.kind, p.part, p.months, p.start, p.duty, p.law FROM retention_policy p
WHERE NOT p.withdrawn AND NOT EXISTS (SELECT FROM retention_policy later WHERE later.replaces_id = p.id)
UNION ALL
SELECT NULL, 'employee_document', t.id::text, t.keep_years * 12, 'effect', true, '' FROM document_type t
WHERE t.keep_years IS NOT NULL
----
-- Everything that is kept, a row each. effect_on: the last day it was in force; 'infinity': it still is.
CREATE VIEW retained_record AS
WITH person AS (
    SELECT id, user_id, CASE WHEN status = 'left' THEN coalesce(left_on, date 'infinity') ELSE date 'infinity' END AS left_on
    FROM employee
)
SELECT 'completion_record' AS kind, c.id::bigint AS record_id, c.subject_kind AS part, c.employee_id,
    CASE WHEN c.subject_kind = 'course' THEN c.subject_id END AS course_id, NULL::int[] AS type_ids,
    (c.occurred_at AT TIME ZONE 'UTC')::date AS made_on,
    CASE WHEN c.how = 'taken back' THEN (c.occurred_at AT TIME ZONE 'UTC')::date ELSE coalesce(
        (SELECT max(p.valid_until) FROM certification_period p WHERE p.record_id = c.id AND p.replaced_at IS NULL), e.left_on
    ) END AS effect_on, e.left_on
FROM completion_record c JOIN person e ON e.id = c.employee_id
UNION ALL
SELECT 'certificate', c.id, '', c.employee_id, c.course_id, NULL, c.issued_on,
    coalesce((c.revoked_at AT TIME ZONE 'UTC')::date, c.valid_until, e.left_on), e.left_on
FROM certificate c JOIN person e ON e.id = c.employee_id
UNION ALL
SELECT 'sealed_file', f.id, f.kind, f.employee_id, c.course_id, NULL, (f.created_at AT TIME ZONE 'UTC')::date,
    CASE WHEN f.kind = 'certificate' AND c.id IS NOT NULL
            THEN coalesce((c.revoked_at AT TIME ZONE 'UTC')::date, c.valid_until, e.left_on)
        WHEN f.kind = 'signature' THEN e.left_on ELSE (f.created_at AT TIME ZONE 'UTC')::date END,
    coalesce(e.left_on, date 'infinity')
FROM sealed_file f LEFT JOIN person e ON e.id = f.employee_id
    LEFT JOIN certificate c ON f.kind = 'certificate' AND c.id = f.subject_id
WHERE f.file_id IS NOT NULL
UNION ALL
SELECT 'quiz_submission', s.id, CASE WHEN s.practice THEN 'practice' ELSE '' END, n.employee_id, n.course_id, NULL,
    (s.started_at AT TIME ZONE 'UTC')::date, coalesce((s.submitted_at AT TIME ZONE 'UTC')::date, date 'infinity'), e.left_on
FROM quiz_submission s JOIN enrollment n ON n.id = s.enrollment_id JOIN person e ON e.id = n.employee_id
UNION ALL
SELECT 'scorm_attempt', a.id, '', n.employee_id, n.course_id, NULL, (a.started_at AT TIME ZONE 'UTC')::date,
    (greatest(a.last_at, a.ended_at) AT TIME ZONE 'UTC')::date, e.left_on
FROM scorm_attempt a JOIN enrollment n ON n.id = a.enrollment_id JOIN person e ON e.id = n.employee_id
UNION ALL
SELECT 'hand_in', h.id, '', n.employee_id, n.course_id, NULL, (h.handed_in_at AT TIME ZONE 'UTC')::date,
    (h.handed_in_at AT TIME ZONE 'UTC')::date, e.left_on
FROM hand_in h JOIN enrollment n ON n.id = h.enrollment_id JOIN person e ON e.id = n.employee_id
UNION ALL
SELECT 'signature', s.id, '', s.employee_id, NULL, NULL, (s.signed_at AT TIME ZONE 'UTC')::date, e.left_on, e.left_on
FROM signature s JOIN person e ON e.id = s.employee_id
UNION ALL
SELECT 'employee_document', d.id, d.type_id::text, d.employee_id,
    (SELECT c.course_id FROM sealed_file f JOIN certificate c ON f.kind = 'certificate' AND c.id = f.subject_id
     WHERE f.id = d.sealed_file_id),
    ARRAY(SELECT c.type_id FROM employee_compliance c WHERE c.evidence_id = d.id), (d.filed_at AT TIME ZONE 'UTC')::date,
    coalesce(d.expires_on, (d.archived_at AT TIME ZONE 'UTC')::date, e.left_on), e.left_on
FROM employee_document d JOIN person e ON e.id = d.employee_id
UNION ALL
SELECT 'employee_compliance', c.id, '', c.employee_id, NULL, ARRAY[c.type_id], (c.decided_at AT TIME ZONE 'UTC')::date,
    coalesce((c.replaced_at AT TIME ZONE 'UTC')::date, c.renewal_on, e.left_on), e.left_on
FROM employee_compliance c JOIN person e ON e.id = c.employee_id
UNION ALL
SELECT 'training_assignment', a.id, '', a.employee_id, a.course_id, NULL, (a.assigned_at AT TIME ZONE 'UTC')::date,
    coalesce(a.completed_on, (a.closed_at AT TIME ZONE 'UTC')::date, date 'infinity'), e.left_on
FROM training_assignment a JOIN person e ON e.id = a.employee_id
UNION ALL
SELECT 'notice', n.id, n.template, coalesce(n.employee_id, u.id), NULL, NULL, (n.queued_at AT TIME ZONE 'UTC')::date,
    CASE WHEN n.status IN ('queued', 'gathered', 'sending') THEN date 'infinity'
        ELSE (coalesce(n.sent_at, n.queued_at) AT TIME ZONE 'UTC')::date END, coalesce(e.left_on, u.left_on, date 'infinity')
FROM notice n LEFT JOIN person e ON e.id = n.employee_id LEFT JOIN person u ON u.user_id = n.user_id AND e.id IS NULL
UNION ALL
SELECT 'sign_in', s.id, s.how, e.id, s.only_course, NULL, (s.at AT TIME ZONE 'UTC')::date, (s.at AT TIME ZONE 'UTC')::date,
    coalesce(e.left_on, date 'infinity')
FROM sign_in s LEFT JOIN person e ON e.user_id = s.user_id WHERE s.user_id IS NOT NULL
UNION ALL
SELECT 'transcript', t.id, '', t.employee_id, NULL, NULL, (t.asked_at AT TIME ZONE 'UTC')::date,
    (t.asked_at AT TIME ZONE 'UTC')::date, e.left_on
FROM transcript t JOIN person e ON e.id = t.employee_id
UNION ALL
SELECT 'certificate_group', g.id, '', NULL, NULL, NULL, (g.asked_at AT TIME ZONE 'UTC')::date,
    CASE WHEN g.state IN ('waiting', 'running') THEN date 'infinity' ELSE (g.asked_at AT TIME ZONE 'UTC')::date END,
    date 'infinity'
FROM certificate_group g
UNION ALL
SELECT 'report_request', r.id, '', NULL, NULL, NULL, (r.asked_at AT TIME ZONE 'UTC')::date,
    (r.asked_at AT TIME ZONE 'UTC')::date, date 'infinity'
FROM report_request r
UNION ALL
SELECT 'roster_run', r.id, '', NULL, NULL, NULL, (r.created_at AT TIME ZONE 'UTC')::date,
    CASE WHEN r.state IN ('waiting', 'running') THEN date 'infinity'
        ELSE (coalesce(r.applied_at, r.created_at) AT TIME ZONE 'UTC')::date END, date 'infinity'
FROM roster_run r
----
-- And the people themselves: their name stays as long as a record of theirs does.
CREATE VIEW retained AS
SELECT kind, record_id, part, employee_id, course_id, type_ids, made_on, effect_on, left_on FROM retained_record
UNION ALL
SELECT 'employee', e.id, '', e.id, NULL, NULL, (e.created_at AT TIME ZONE 'UTC')::date, e.left_on,
    CASE WHEN EXISTS (SELECT FROM retained_record r WHERE r.employee_id = e.id) THEN date 'infinity'
        ELSE coalesce(e.left_on, date 'infinity') END
FROM employee e WHERE e.status = 'left' AND e.erased_at IS NULL
----
-- With the day it may go. ends_on: who asked to be erased waits for duties only; 'infinity': it is kept.
CREATE VIEW retained_due AS
SELECT r.kind, r.record_id, r.part, r.employee_id, r.course_id, r.type_ids, r.made_on, r.effect_on, r.left_on,
    d.due_on, d.duty_on, d.policy_id, d.law, l.until AS longer_until,
    CASE WHEN d.due_on IS NULL OR r.kind = 'employee' AND r.left_on = date 'infinity' THEN date 'infinity'
        WHEN EXISTS (SELECT FROM erasure x WHERE x.employee_id = r.employee_id)
            THEN greatest(coalesce(d.duty_on, r.made_on), l.until,
                CASE WHEN r.effect_on = date 'infinity' AND r.kind IN ('notice', 'quiz_submission') THEN r.made_on END)
        ELSE greatest(d.due_on, l.until) END AS ends_on
FROM retained r
LEFT JOIN LATERAL (
    SELECT max(e.day) AS due_on, max(e.day) FILTER (WHERE e.duty) AS duty_on,
        (array_agg(e.id ORDER BY e.day DESC, e.id))[1] AS policy_id,
        coalesce((array_agg(e.law ORDER BY e.duty DESC, e.day DESC, e.id))[1], '') AS law
    FROM (
        SELECT p.id, p.duty, p.law, retention_end(p.start, p.months, r.made_on, r.effect_on, r.left_on) AS day
        FROM retention_rule p WHERE p.kind = r.kind AND p.part IN ('', r.part)
    ) e
) d ON true
LEFT JOIN LATERAL (
    SELECT max(k.until) AS until FROM retention_longer k WHERE k.kind = r.kind AND k.record_id = r.record_id
) l ON true
----
-- The department and all below it, and all above it.
CREATE FUNCTION retention_below(top int) RETURNS SETOF int LANGUAGE sql STABLE AS $$
    WITH RECURSIVE tree AS (
        SELECT d.id FROM department d WHERE d.id = top UNION SELECT d.id FROM department d JOIN tree t ON d.parent_id = t.id
    ) SELECT id FROM tree
$$
----
-- Ids of the holds that lie on a record, lifted ones left out; null: none.
CREATE FUNCTION retention_holds(what text, employee int, course int, types int[], made date) RETURNS int[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(h.id ORDER BY h.id) FROM legal_hold h
    WHERE NOT EXISTS (SELECT FROM legal_hold_lifting l WHERE l.hold_id = h.id)
        AND h.kind IN ('', what)
        AND (h.from_on IS NULL OR made >= h.from_on) AND (h.until_on IS NULL OR made <= h.until_on)
        AND CASE h.scope
            WHEN 'everything' THEN true
            WHEN 'person' THEN h.target_id = employee
            WHEN 'course' THEN h.target_id = course
            WHEN 'type' THEN h.target_id = ANY(types) OR EXISTS (
                SELECT FROM compliance_type_course c WHERE c.type_id = h.target_id AND c.course_id = course)
            ELSE EXISTS (SELECT FROM legal_hold_custodian c WHERE c.hold_id = h.id AND c.employee_id = employee)
                OR EXISTS (SELECT FROM employee e WHERE e.id = employee
                    AND e.department_id IN (SELECT retention_below(h.target_id))) END
$$
