-- People, compliance types, who has to hold what, decisions, and what learning and the employee file say of the same.
-- `asked` says how many people and types. Nine in ten cells are asked for; the rest follows from dice by person and type.
SET session_replication_role = replica;
TRUNCATE employee_compliance, compliance_duty, compliance_type, compliance_type_course, employee_document, document_type,
         sealed_file, stored_file, certification_period, certificate, completion_record, notice, training_assignment,
         enrollment, course, reporting_line, employee, department, app_user, compliance_standing, compliance_touched,
         reconciliation_finding CASCADE;

INSERT INTO app_user (id, email, name, active, session_epoch, language, created_at)
VALUES (1, 'hr@bench.example', 'Hana Records', true, 1, 'en', now()), (2, 'lead@bench.example', 'Mark Lead', true, 1, 'en', now());
INSERT INTO user_role (user_id, role, granted_at) VALUES (1, 'HR Manager', now()), (2, 'LMS Student', now());
INSERT INTO department (id, name, parent_id)
SELECT d, 'Department ' || lpad(d::text, 2, '0'), CASE WHEN d > 4 THEN 1 + d % 4 END FROM generate_series(1, 40) d;

INSERT INTO employee (id, number, name, sort_name, email, status, time_zone, language, job_role, location, region, cohort,
                      department_id, manager_id, user_id, created_at)
SELECT i, 'M-' || i, 'Person ' || i, 'person ' || i, 'person' || i || '@bench.example', 'active',
       (ARRAY['America/Chicago', 'America/New_York', 'Europe/Madrid', 'UTC'])[1 + i % 4], 'en',
       (ARRAY['RN','LPN','Technician','Admin','Physician','Pharmacist','Porter','Therapist','Analyst','Educator'])[1 + i % 10],
       'Site ' || 1 + (i / 7) % 12, 'Region ' || 1 + i % 4, 'Cohort ' || 1 + (i / 3) % 6, 1 + i % 40,
       CASE WHEN i > 1 THEN 1 + (i - 2) / 10 END, CASE WHEN i = 1 THEN 2 END, now()
FROM asked, generate_series(1, people) i;

INSERT INTO reporting_line (manager_id, employee_id, depth)
WITH RECURSIVE line AS (
  SELECT manager_id, id AS employee_id, 1 AS depth FROM employee WHERE manager_id IS NOT NULL
  UNION ALL
  SELECT e.manager_id, l.employee_id, l.depth + 1 FROM line l JOIN employee e ON e.id = l.manager_id WHERE e.manager_id IS NOT NULL
)
SELECT manager_id, employee_id, depth FROM line;

INSERT INTO course (id, slug, title, summary, kind, language, minutes, mandatory, self_enroll, citation, status,
                    content_version, rule_version, lesson_count, created_at)
SELECT k, 'bench-' || k, 'Course ' || k, '', 'mandatory compliance', 'en', 30, true, true, '', 'published', 1, 1, 8, now()
FROM asked, generate_series(1, types) k;

INSERT INTO compliance_type (id, name, regulator, reference, renewal_months, notice_days, evidence_needed, course_id)
SELECT k, 'Type ' || lpad(k::text, 2, '0'), (ARRAY['OSHA', 'HHS', 'State board'])[1 + k % 3], '', CASE WHEN k % 5 > 0 THEN 12 END, 60,
       k % 4 > 0, k
FROM asked, generate_series(1, types) k;
INSERT INTO compliance_type_course SELECT id, course_id FROM compliance_type;

CREATE TEMP TABLE cell AS
SELECT i AS employee_id, k AS type_id, ((k - 1) * people + i) AS n, renewal_months, evidence_needed,
       (hashint8(i * 1009 + k * 31) & 1048575) % 1000 AS a, (hashint8(i * 7919 + k * 17) & 1048575) AS b,
       (hashint8(i * 104729 + k * 13) & 1048575) % 1000 AS c
FROM asked, generate_series(1, people) i, compliance_type t, LATERAL (SELECT t.id AS k) x;

INSERT INTO compliance_duty (type_id, employee_id, since)
SELECT type_id, employee_id, now() - interval '2 years' FROM cell WHERE c >= 100 ORDER BY employee_id, type_id;

INSERT INTO stored_file (id, sha256, name, media_type, size, created_at)
VALUES (1, repeat('a', 64), 'certificate.pdf', 'application/pdf', 30000, now());
INSERT INTO document_type (id, name, visible_to, needs_expiry) VALUES (1, 'Training Record', 'employee', false);

-- Done in learning: 88 of 100, the last year long, and 4 of them long ago.
CREATE TEMP TABLE done AS
SELECT *, current_date - (CASE WHEN a < 40 THEN 400 ELSE 0 END) - (b % 340)::int AS day FROM cell WHERE a < 880;

INSERT INTO enrollment (id, employee_id, course_id, source, enrolled_at, progress, done_lessons, completed_at)
SELECT n, employee_id, type_id, 'assignment', now() - interval '3 years', 100, 8, day::timestamptz + interval '12 hours' FROM done;
INSERT INTO completion_record (id, employee_id, employee_number, employee_name, job_role, department, subject_kind, subject_id, title,
       content_version, content_sha256, rule_version, criteria, score, attempt, occurred_at, local_time, time_zone, recorded_at,
       actor_name, how, reason)
SELECT n, employee_id, 'M-' || employee_id, 'Person ' || employee_id, 'RN', 'Department', 'course', type_id, 'Course ' || type_id, 1,
       repeat('0', 64), 1, '[]', 90, 1, day::timestamptz + interval '12 hours', day || 'T12:00:00-06:00', 'America/Chicago', now(),
       '', 'rule', ''
FROM done;
INSERT INTO certification_period (id, record_id, enrollment_id, employee_id, course_id, number, timing, certified_on, counted_from,
       anchor_day, valid_from, valid_until, policy, made_at, reason, is_current, revoke_reason, revoked_at)
SELECT n, n, n, employee_id, type_id, 1, 'first', day, day, extract(day FROM day)::int, day,
       (day + make_interval(months => renewal_months))::date, '{}', now(), '', true, '', CASE WHEN b % 500 = 13 THEN now() END
FROM done;
INSERT INTO certificate (id, number, token, record_id, enrollment_id, employee_id, course_id, holder_name, title, issued_on,
       valid_until, issued_at, revoke_reason)
SELECT n, 'B-' || n, 'token-' || n, n, n, employee_id, type_id, 'Person', 'Course', day, NULL, day::timestamptz, '' FROM done;
INSERT INTO sealed_file (id, kind, subject_id, employee_id, title, language, status, tries, next_try_at, file_id, created_at, ready_at)
SELECT n, 'certificate', n, employee_id, 'Course ' || type_id, 'en', 'ready', 1, now(), 1, now(), now() FROM done;

-- Filed: 98 of 100 of what was done. Marked: 97 of 100 of what was filed.
INSERT INTO employee_document (id, employee_id, type_id, title, source, sealed_file_id, file_id, sha256, issued_on, filed_by_name, filed_at,
       archived_at)
SELECT n, employee_id, 1, 'Course ' || type_id, 'certificate', n, 1, repeat('a', 64), day, 'HR', now(), CASE WHEN b % 700 = 7 THEN now() END
FROM done WHERE b % 50 > 0;
INSERT INTO employee_compliance (employee_id, type_id, decision, completed_on, renewal_on, evidence_id, reason, decided_by_name,
       decided_at, how, replaced_at)
SELECT employee_id, type_id, 'complete', day - 365, day, NULL, '', 'HR', now() - interval '400 days', 'by hand', now() - interval '100 days'
FROM done WHERE b % 3 = 0 AND b % 50 > 0;
INSERT INTO employee_compliance (employee_id, type_id, decision, completed_on, renewal_on, evidence_id, reason, decided_by_name,
       decided_at, how)
SELECT employee_id, type_id, 'complete', day, (day + make_interval(months => renewal_months))::date - CASE WHEN b % 300 = 11 THEN 330 ELSE 0 END,
       CASE WHEN b % 200 <> 17 THEN n END, '', 'HR', now() - interval '100 days', 'by hand'
FROM done WHERE b % 50 > 1 ORDER BY employee_id, type_id;
INSERT INTO employee_compliance (employee_id, type_id, decision, renewal_on, reason, decided_by_name, decided_at, how)
SELECT employee_id, type_id, 'waived', CASE WHEN b % 2 = 0 THEN current_date + 90 END, 'Does no such work', 'HR', now() - interval '50 days',
       'by hand'
FROM cell WHERE a BETWEEN 960 AND 979;
SELECT setval(pg_get_serial_sequence(t, 'id'), 1000000000) FROM unnest(ARRAY['employee_compliance', 'employee_document', 'sealed_file',
       'certificate', 'completion_record', 'enrollment', 'certification_period', 'employee', 'compliance_type', 'course']) t;
SET session_replication_role = DEFAULT;
