-- Everybody and everything they were told to learn, set by set. Reads the temporary table bench_size (one row: people,
-- departments, roles, locations, now, today, zone, password_hash) and bench_lesson (course_id, k, lesson_id, position).
-- The foreign keys hold by construction; checking them row by row would take most of the time.
SET session_replication_role = replica;

INSERT INTO department (id, name)
SELECT d, 'Department ' || lpad(d::text, 2, '0') FROM bench_size, generate_series(1, departments) d;

CREATE TEMP TABLE bench_name AS
SELECT ARRAY['Ada','Ben','Carla','Dmitri','Elif','Femi','Grace','Hugo','Inés','Jonas','Kemal','Lena','Mark','Nadia',
             'Omar','Petra','Quinn','Rosa','Sven','Tomás','Uma','Viktor','Wanda','Xenia','Yusuf','Zoë','Anil','Bea',
             'Chen','Dora','Emil','Fatou','Goran'] AS first,
       ARRAY['Abbott','Brandt','Castillo','Dąbrowska','Eriksen','Fischer','Garcia','Haddad','Ivanova','Jansen','Kowalski',
             'Lindqvist','Mensah','Novák','Okafor','Petrov','Quiroga','Reyes','Schmidt','Tanaka','Ueda','Vargas','Whitaker',
             'Xu','Yilmaz','Zhang','Almeida','Bauer','Cohen','Duarte','Endo','Farouk','Greco','Hoang','Ito','Jovanović',
             'Kaya','Lopez','Moreau','Nkosi','Oduya'] AS last;

INSERT INTO app_user (id, email, name, password_hash, active, session_epoch, language, created_at)
SELECT i, 'person' || i || '@bench.example', first[1 + i % 33] || ' ' || last[1 + (i / 33 + i) % 41], password_hash, true, 1, 'en', now
FROM bench_size, bench_name, generate_series(1, people + 1) i
UNION ALL
SELECT people + 2, 'hr@bench.example', 'Hana Records', password_hash, true, 1, 'en', now FROM bench_size;

INSERT INTO user_role (user_id, role, granted_at)
SELECT i, 'LMS Student', now FROM bench_size, generate_series(1, people + 1) i
UNION ALL SELECT people + 2, 'HR Manager', now FROM bench_size;

INSERT INTO employee (id, number, name, sort_name, email, department_id, job_role, location, region, cohort, hire_date,
                      status, manager_id, time_zone, language, user_id, created_at)
SELECT u.id, 'E-' || lpad(u.id::text, 6, '0'), u.name, lower(split_part(u.name, ' ', 2) || ' ' || split_part(u.name, ' ', 1)),
       u.email, 1 + u.id % departments,
       (ARRAY['RN','LPN','Technician','Admin','Physician','Pharmacist','Porter','Therapist','Analyst','Educator'])
         [1 + (u.id / departments) % roles],
       'Site ' || 1 + (u.id / 7) % locations, 'Region ' || 1 + u.id % 4, '', today - 400 - (u.id % 2000)::int, 'active',
       CASE WHEN u.id > 1 THEN (u.id - 2) / 10 + 1 END, zone, 'en', u.id, now
FROM app_user u, bench_size WHERE u.id <= people + 1;

INSERT INTO reporting_line (manager_id, employee_id, depth)
WITH RECURSIVE line AS (
  SELECT manager_id, id AS employee_id, 1 AS depth FROM employee WHERE manager_id IS NOT NULL
  UNION ALL
  SELECT e.manager_id, l.employee_id, l.depth + 1 FROM line l JOIN employee e ON e.id = l.manager_id WHERE e.manager_id IS NOT NULL
)
SELECT manager_id, employee_id, depth FROM line;

-- One row per person and course. kind: 55 % completed, 15 % in progress, 5 % before the quiz, 15 % pending, 10 % overdue.
CREATE TEMP TABLE bench_fact AS
WITH dice AS (
  SELECT row_number() OVER (ORDER BY e.id, l.k)::int AS id, e.id AS employee_id, l.course_id, l.k,
         hashint8(e.id * 1009 + l.k * 31) & 1048575 AS a, hashint8(e.id * 7919 + l.k * 17) & 1048575 AS b,
         hashint8(e.id * 104729 + l.k * 13) & 1048575 AS c
  FROM employee e CROSS JOIN (SELECT DISTINCT course_id, k FROM bench_lesson) l WHERE e.id > 1
), kinds AS (
  SELECT *, CASE WHEN a % 100 < 55 THEN 'completed' WHEN a % 100 < 70 THEN 'in progress' WHEN a % 100 < 75 THEN 'quiz'
                 WHEN a % 100 < 90 THEN 'pending' ELSE 'overdue' END AS kind FROM dice
), dated AS (
  SELECT kinds.*, s.zone,
         CASE WHEN kind = 'completed' THEN s.now - make_interval(days => 1 + b % 330, mins => c % 600) END AS completed_at,
         CASE kind WHEN 'completed' THEN s.today - (1 + b % 330) + (c % 60 - 10)
                   WHEN 'overdue' THEN s.today - (1 + b % 60) ELSE s.today + 1 + b % 120 END AS due_on,
         CASE WHEN kind = 'completed' THEN s.now - make_interval(days => 40 + b % 330)
              ELSE s.now - make_interval(days => 70 + c % 20) END AS assigned_at,
         CASE WHEN kind IN ('completed', 'in progress', 'quiz') OR (kind = 'overdue' AND c % 2 = 0)
              THEN s.now - make_interval(days => 1 + b % 30, hours => c % 20) END AS active_at,
         CASE kind WHEN 'completed' THEN n.lessons WHEN 'quiz' THEN n.lessons - 1
              WHEN 'in progress' THEN 1 + c % (n.lessons - 3) ELSE 0 END AS done
  FROM kinds, bench_size s, (SELECT max(position) AS lessons FROM bench_lesson) n
)
SELECT *, ((due_on + 1)::timestamp AT TIME ZONE zone) AS due_at, 60 + b % 41 AS score FROM dated;
CREATE INDEX ON bench_fact (id);

INSERT INTO enrollment (id, employee_id, course_id, source, enrolled_at, progress, done_lessons, current_lesson_id,
                        started_at, last_active_at, completed_at, best_score)
SELECT f.id, f.employee_id, f.course_id, 'assignment', f.assigned_at,
       CASE WHEN kind = 'completed' THEN 100 ELSE 100 * done / lessons END, done,
       CASE WHEN active_at IS NOT NULL AND kind <> 'completed' THEN l.lesson_id END,
       active_at, COALESCE(completed_at, active_at), completed_at, CASE WHEN kind = 'completed' THEN score END
FROM bench_fact f JOIN (SELECT max(position) AS lessons FROM bench_lesson) n ON true
LEFT JOIN bench_lesson l ON l.course_id = f.course_id AND l.position = f.done + 1;

INSERT INTO training_assignment (id, employee_id, course_id, enrollment_id, due_on, due_at, assigned_by_name, assigned_at,
  source, note, started_at, completed_at, completed_on, close_reason, next_reminder_on, reminders_sent, overdue_noted_at)
SELECT f.id, employee_id, course_id, f.id, due_on, due_at, 'Milo Brandt', assigned_at, 'staff', '', active_at, completed_at,
       (completed_at AT TIME ZONE f.zone)::date, '', CASE WHEN completed_at IS NULL AND due_on > today + 10 THEN due_on - 7 END,
       CASE WHEN due_on <= today + 7 THEN 1 ELSE 0 END, CASE WHEN kind = 'overdue' THEN due_at + interval '6 hours' END
FROM bench_fact f, bench_size;

INSERT INTO lesson_progress (enrollment_id, lesson_id, opened_at, last_beat_at, active_seconds, seen, done_at, detail)
SELECT f.id, l.lesson_id, active_at, active_at, 90, '[]', CASE WHEN l.position <= f.done THEN active_at END, '{}'
FROM bench_fact f JOIN bench_lesson l ON l.course_id = f.course_id AND l.position <= f.done + 1
WHERE active_at IS NOT NULL AND completed_at IS NULL;

INSERT INTO completion_record (id, employee_id, employee_number, employee_name, job_role, department, subject_kind, subject_id,
  title, content_version, content_sha256, rule_version, criteria, score, attempt, occurred_at, local_time, time_zone,
  recorded_at, actor_name, how, reason)
SELECT row_number() OVER (ORDER BY f.completed_at, f.id), e.id, e.number, e.name, e.job_role, d.name, 'course', c.id, c.title,
       c.content_version, v.sha256, c.rule_version, '[{"kind": "lessons", "met": true, "have": "100", "need": 100}]', f.score, 1,
       f.completed_at, to_char(f.completed_at AT TIME ZONE e.time_zone, 'YYYY-MM-DD"T"HH24:MI:SS'), e.time_zone, f.completed_at,
       e.name, 'rule', ''
FROM bench_fact f JOIN employee e ON e.id = f.employee_id JOIN department d ON d.id = e.department_id
JOIN course c ON c.id = f.course_id JOIN content_version v ON v.course_id = c.id AND v.number = c.content_version
WHERE f.completed_at IS NOT NULL;

-- Completed courses are valid for twelve months. Who may renew already was told so.
CREATE TEMP TABLE bench_period AS
SELECT r.id AS record_id, n.id AS enrollment_id, n.employee_id, n.course_id, r.occurred_at AS made_at, d.day AS certified_on,
       (d.day + interval '12 months')::date AS valid_until, (d.day + interval '12 months')::date - 60 AS window_opens_on
FROM completion_record r JOIN enrollment n ON n.employee_id = r.employee_id AND n.course_id = r.subject_id
CROSS JOIN LATERAL (SELECT (r.occurred_at AT TIME ZONE r.time_zone)::date AS day) d;

INSERT INTO certification_period (record_id, enrollment_id, employee_id, course_id, number, timing, certified_on, counted_from,
  anchor_day, valid_from, window_opens_on, valid_until, grace_until, policy, made_at, reason, revoke_reason, opened_at,
  is_current, next_look_on)
SELECT record_id, enrollment_id, employee_id, course_id, 1, 'first', certified_on, certified_on,
       extract(day FROM certified_on)::int, certified_on, window_opens_on, valid_until, valid_until, '{"months": 12}', made_at, '', '',
       CASE WHEN window_opens_on <= today THEN now END, true,
       CASE WHEN window_opens_on <= today THEN valid_until + 1 ELSE window_opens_on END
FROM bench_period, bench_size;

UPDATE enrollment n SET valid_until = p.valid_until FROM bench_period p WHERE p.enrollment_id = n.id;

-- Everybody is on every path.
INSERT INTO path_enrollment (employee_id, path_id, source, enrolled_at, due_on, progress, version, completed_at)
SELECT f.employee_id, i.path_id, 'staff', min(f.assigned_at), max(f.due_on), 100 * count(f.completed_at) / count(*),
       CASE WHEN count(f.completed_at) = count(*) THEN 1 END,
       CASE WHEN count(f.completed_at) = count(*) THEN max(f.completed_at) END
FROM bench_fact f JOIN path_item i ON i.course_id = f.course_id GROUP BY f.employee_id, i.path_id;

UPDATE training_assignment t SET path_id = i.path_id FROM path_item i
WHERE i.course_id = t.course_id AND t.completed_at IS NULL;

INSERT INTO certificate (id, number, token, record_id, enrollment_id, employee_id, course_id, holder_name, title, issued_on,
                         valid_until, issued_at, revoke_reason)
SELECT r.id, 'BE-' || extract(year FROM r.occurred_at)::int || '-' || to_char(r.id, 'FM000000'), md5('token' || r.id), r.id, n.id,
       r.employee_id, r.subject_id, r.employee_name, r.title, r.occurred_at::date, r.occurred_at::date + 365, r.occurred_at, ''
FROM completion_record r JOIN enrollment n ON n.employee_id = r.employee_id AND n.course_id = r.subject_id;

INSERT INTO stored_file (id, sha256, name, media_type, size, created_at)
SELECT 1, encode(sha256('bench'), 'hex'), 'certificate.pdf', 'application/pdf', 48213, now FROM bench_size;

INSERT INTO sealed_file (kind, subject_id, employee_id, title, language, status, tries, next_try_at, file_id, created_at, ready_at)
SELECT 'certificate', id, employee_id, title, 'en', 'ready', 1, issued_at, 1, issued_at, issued_at FROM certificate;

INSERT INTO notice (key, channel, template, employee_id, user_id, to_name, address, language, subject, body_text, body_html,
                    link, about_kind, about_id, reason, status, tries, next_try_at, queued_at, sent_at)
SELECT 'reminder/assignment/' || f.id || '/' || due_on || '/7/email', 'email', 'training_reminder', e.id, e.user_id, e.name,
       e.email, 'en', 'Training Reminder: ' || c.title, repeat('Your training is due soon. ', 12),
       repeat('<p>Your training is due soon.</p>', 12), '/learn/courses/' || c.id, 'assignment', f.id, '{"days_before": 7}'::jsonb,
       'sent', 1, due_at - interval '7 days', due_at - interval '7 days', due_at - interval '7 days'
FROM bench_fact f JOIN employee e ON e.id = f.employee_id JOIN course c ON c.id = f.course_id, bench_size
WHERE completed_at IS NULL AND due_on <= today + 7
UNION ALL
SELECT 'bench/' || e.id || '/' || n, 'in_app', 'training_assigned', e.id, e.user_id, e.name, NULL, 'en', 'New training for you',
       'You have new training.', '', '/learn/', NULL, NULL, '{}'::jsonb, 'sent', 1, now, now - make_interval(days => n),
       now - make_interval(days => n)
FROM employee e, bench_size, generate_series(1, 2) n;

SET session_replication_role = DEFAULT;
