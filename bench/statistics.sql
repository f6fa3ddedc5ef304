-- People, courses and 200 obligations each, with everything the statistics count: `asked` says how many people and courses.
-- Of each pair: 55 % completed in the last 330 days (a sixth of them late), 10 % overdue, the rest open; reminders of what is or was late.
SET session_replication_role = replica;
TRUNCATE certification_period, certificate, completion_record, notice, training_assignment, enrollment, course, reporting_line,
         employee, department, app_user CASCADE;

INSERT INTO app_user (id, email, name, active, session_epoch, language, created_at)
VALUES (1, 'hr@bench.example', 'Hana Records', true, 1, 'en', now()), (2, 'lead@bench.example', 'Mark Lead', true, 1, 'en', now());
INSERT INTO user_role (user_id, role, granted_at) VALUES (1, 'HR Manager', now()), (2, 'LMS Student', now());
INSERT INTO department (id, name) SELECT d, 'Department ' || lpad(d::text, 2, '0') FROM generate_series(1, 40) d;

INSERT INTO employee (id, number, name, sort_name, email, status, time_zone, language, job_role, location, region, cohort,
                      department_id, manager_id, user_id, hire_date, created_at)
SELECT i, 'M-' || i, 'Person ' || i, 'person ' || i, 'person' || i || '@bench.example', 'active', 'America/Chicago', 'en',
       (ARRAY['RN','LPN','Technician','Admin','Physician','Pharmacist','Porter','Therapist','Analyst','Educator'])[1 + (i / 40) % 10],
       'Site ' || 1 + (i / 7) % 12, 'Region ' || 1 + i % 4, 'Cohort ' || 1 + (i / 3) % 6, 1 + i % 40,
       CASE WHEN i > 1 THEN 1 + (i - 2) / 10 END, CASE WHEN i = 1 THEN 2 END, current_date - 100 - i % 2000, now()
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
SELECT k, 'bench-' || k, 'Course ' || lpad(k::text, 3, '0'), '', (ARRAY['mandatory compliance', 'mandatory compliance', 'mandatory compliance',
       'professional certification', 'elective development', 'onboarding'])[1 + k % 6], 'en', 30, k % 6 IN (0, 1, 2, 5), true, '', 'published',
       0, 1, 8, now()
FROM asked, generate_series(1, courses) k;

CREATE TEMP TABLE fact AS
SELECT (i - 1) * courses + k AS n, i AS employee_id, k AS course_id, a, b, c,
       CASE WHEN a < 55 THEN current_date - (1 + b % 330) END AS done_on,
       CASE WHEN a < 55 THEN current_date - (1 + b % 330) + c % 60 - 10 WHEN a < 65 THEN current_date - 1 - b % 60
            ELSE current_date + 1 + b % 120 END AS due_on
FROM asked, generate_series(1, people) i, generate_series(1, courses) k,
     LATERAL (SELECT ((hashint8(i * 1009 + k * 31) & 1048575) % 100)::int AS a, (hashint8(i * 7919 + k * 17) & 1048575)::int AS b,
                     (hashint8(i * 104729 + k * 13) & 1048575)::int AS c) dice;

INSERT INTO enrollment (id, employee_id, course_id, source, enrolled_at, progress, done_lessons, completed_at, started_at, best_score)
SELECT n, employee_id, course_id, 'assignment',
       coalesce(done_on::timestamptz + interval '12 hours' - make_interval(days => 1 + c % 90), now() - interval '70 days'),
       CASE WHEN a < 55 THEN 100 ELSE 0 END, 0, done_on::timestamptz + interval '12 hours',
       CASE WHEN a < 80 THEN now() - interval '60 days' END, CASE WHEN a < 55 THEN 60 + b % 41 END
FROM fact;

INSERT INTO training_assignment (id, employee_id, course_id, enrollment_id, due_on, due_at, assigned_by_name, assigned_at, source, note,
                                 close_reason, reminders_sent, started_at, completed_at, completed_on)
OVERRIDING SYSTEM VALUE
SELECT n, employee_id, course_id, n, due_on, (due_on + 1)::timestamp AT TIME ZONE 'America/Chicago', '', now() - interval '100 days', 'staff',
       '', '', 0, CASE WHEN a < 80 THEN now() - interval '60 days' END, done_on::timestamptz + interval '12 hours', done_on
FROM fact;

INSERT INTO certification_period (id, record_id, enrollment_id, employee_id, course_id, number, timing, certified_on, counted_from,
       anchor_day, valid_from, valid_until, policy, made_at, reason, is_current, revoke_reason)
SELECT n, n, n, employee_id, course_id, 1, 'first', done_on, done_on, extract(day FROM done_on)::int, done_on,
       (done_on + interval '12 months')::date, '{}', now(), '', true, ''
FROM fact WHERE done_on IS NOT NULL;

INSERT INTO certificate (id, number, token, record_id, enrollment_id, employee_id, course_id, holder_name, title, issued_on,
       valid_until, issued_at, revoke_reason)
SELECT n, 'B-' || n, 'token-' || n, n, n, employee_id, course_id, 'Person', 'Course', done_on, NULL, done_on::timestamptz, ''
FROM fact WHERE done_on IS NOT NULL;

INSERT INTO notice (key, channel, template, employee_id, to_name, address, language, subject, body_text, body_html, about_kind, about_id,
                    reason, status, tries, next_try_at, queued_at, sent_at)
SELECT 'reminder/assignment/' || n || '/' || due_on || '/7/learner/email', 'email', 'training_reminder', employee_id, '', '', 'en', 'Training Reminder',
       repeat('Your training is due soon. ', 12), repeat('<p>Your training is due soon.</p>', 12), 'assignment', n, '{}', 'sent', 1,
       now(), (due_on - 7)::timestamptz, (due_on - 7)::timestamptz
FROM fact WHERE due_on < current_date + 7 AND due_on > current_date - 200 AND (done_on IS NULL OR done_on >= due_on - 7);
SET session_replication_role = DEFAULT;
