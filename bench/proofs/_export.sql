-- People and their training for the proof of large exports, set by set. One in a thousand names would run in a
-- spreadsheet; every course has a dash between spaces in its title, which would not.
INSERT INTO department (id, name) SELECT d, 'Department ' || d FROM generate_series(1001, 1040) d;

INSERT INTO employee (id, number, name, sort_name, department_id, job_role, location, region, cohort, hire_date, status,
                      time_zone, language, created_at)
SELECT i, 'P-' || i, CASE WHEN i % 1000 = 7 THEN '=Person, ' ELSE 'Person O''Hara ' END || i,
       'person ' || i, 1001 + i % 40, 'RN', 'Tower B, Chicago', 'North', '', '2020-01-01', 'active',
       'America/Chicago', 'en', now()
FROM generate_series(1000001, 1000000 + %(people)s) i;

CREATE TEMP TABLE fact AS
SELECT row_number() OVER ()::int + 1000000 AS id, e.id AS employee_id, c.id AS course_id, (e.id + c.id) % 3 = 0 AS done
FROM employee e CROSS JOIN course c WHERE e.id > 1000000;

INSERT INTO enrollment (id, employee_id, course_id, source, enrolled_at, progress, done_lessons, started_at, last_active_at,
                        completed_at, best_score)
SELECT id, employee_id, course_id, 'assignment', now() - interval '90 days', CASE WHEN done THEN 100 ELSE 30 END, 3,
       now() - interval '80 days', now() - interval '20 days', CASE WHEN done THEN now() - interval '20 days' END,
       CASE WHEN done THEN 92.5 END
FROM fact;

INSERT INTO training_assignment (id, employee_id, course_id, enrollment_id, due_on, due_at, assigned_by_name, assigned_at,
  source, note, started_at, completed_at, completed_on, close_reason, reminders_sent)
SELECT id, employee_id, course_id, id, current_date - 5 + (id % 30), now() - interval '5 days' + (id % 30) * interval '1 day',
       'Milo Brandt', now() - interval '90 days', 'staff', '', now() - interval '80 days',
       CASE WHEN done THEN now() - interval '20 days' END, CASE WHEN done THEN current_date - 20 END, '', 0
FROM fact;

INSERT INTO completion_record (id, employee_id, employee_number, employee_name, job_role, department, subject_kind, subject_id,
  title, content_version, content_sha256, rule_version, criteria, score, attempt, occurred_at, local_time, time_zone,
  recorded_at, actor_name, how, reason)
SELECT f.id, f.employee_id, 'P', 'Person', 'RN', 'Department', 'course', f.course_id, 'Course', 1, repeat('0', 64), 1, '[]', 92.5,
       1, now() - interval '20 days', '2026-01-01T10:00:00', 'America/Chicago', now(), 'Person',
       CASE WHEN f.id % 50 = 0 THEN 'by hand' ELSE 'rule' END, ''
FROM fact f WHERE done;

INSERT INTO certificate (id, number, token, record_id, enrollment_id, employee_id, course_id, holder_name, title, issued_on,
                         issued_at, revoke_reason)
SELECT id, 'BE-2026-' || id, md5('token' || id), id, id, employee_id, course_id, 'Person', 'Course', current_date - 20, now(), ''
FROM fact WHERE done;
