-- One organisation of `people` with `courses` obligations each: people x courses enrollments and training assignments.
-- `asked`, a temporary table of one row: people, courses, zone. Rows lie in the order in which they were assigned over three
-- years, as time would have left them. Nine in ten are closed. Foreign keys hold by construction; indexes are made afterwards.
SET session_replication_role = replica;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '512MB';

CREATE TEMP TABLE later AS
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made
FROM pg_index WHERE indrelid = ANY(ARRAY['training_assignment', 'enrollment', 'completion_record', 'certificate',
     'certification_period', 'notice']::regclass[])
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = indexrelid);
DO $$ DECLARE one record; BEGIN FOR one IN SELECT name FROM later LOOP EXECUTE 'DROP INDEX ' || one.name; END LOOP; END $$;

-- A root, five divisions, departments beneath them.
INSERT INTO department (id, name, parent_id)
SELECT d, CASE WHEN d = 1 THEN 'Hospital' WHEN d < 7 THEN 'Division ' || d - 1 ELSE 'Department ' || lpad(d::text, 2, '0') END,
       CASE WHEN d BETWEEN 2 AND 6 THEN 1 WHEN d > 6 THEN 2 + d % 5 END
FROM generate_series(1, 40) d;

CREATE TEMP TABLE name AS
SELECT ARRAY['Ada','Ben','Carla','Dmitri','Elif','Femi','Grace','Hugo','Inés','Jonas','Kemal','Lena','Mark','Nadia',
             'Omar','Petra','Quinn','Rosa','Sven','Tomás','Uma','Viktor','Wanda','Xenia','Yusuf','Zoë','Anil','Bea',
             'Chen','Dora','Emil','Fatou','Goran'] AS first,
       ARRAY['Abbott','Brandt','Castillo','Dabrowska','Eriksen','Fischer','Garcia','Haddad','Ivanova','Jansen','Kowalski',
             'Lindqvist','Mensah','Novak','Okafor','Petrov','Quiroga','Reyes','Schmidt','Tanaka','Ueda','Vargas','Whitaker',
             'Xu','Yilmaz','Zhang','Almeida','Bauer','Cohen','Duarte','Endo','Farouk','Greco','Hoang','Ito','Jovanovic',
             'Kaya','Lopez','Moreau','Nkosi','Oduya'] AS last,
       ARRAY['RN','LPN','Technician','Admin','Physician','Pharmacist','Porter','Therapist','Analyst','Educator','Midwife',
             'Radiographer','Surgeon','Dietitian','Chaplain','Cook','Electrician','Driver','Clerk','Guard'] AS role,
       ARRAY['America/New_York','America/Chicago','America/Denver','America/Los_Angeles'] AS zone;

INSERT INTO app_user (id, email, name, active, session_epoch, language, created_at)
SELECT i, 'person' || i || '@bench.example', first[1 + i % 33] || ' ' || last[1 + (i / 33 + i) % 41], true, 1, 'en', now()
FROM asked, name, generate_series(1, people + 1) i
UNION ALL
SELECT people + 2, 'hr@bench.example', 'Hana Records', true, 1, 'en', now() FROM asked;
INSERT INTO user_role (user_id, role, granted_at)
SELECT i, 'LMS Student', now() FROM asked, generate_series(1, people + 1) i
UNION ALL SELECT people + 2, 'HR Manager', now() FROM asked;

-- Ten report to each; whoever is below the same one of the second level works in the same department. Five regions of
-- two or three locations, forty cohorts of a month each, uneven as in life.
INSERT INTO employee (id, number, name, sort_name, email, department_id, job_role, location, region, cohort, hire_date,
                      status, manager_id, time_zone, language, user_id, created_at)
SELECT i, 'E-' || lpad(i::text, 6, '0'), u.name, lower(split_part(u.name, ' ', 2) || ' ' || split_part(u.name, ' ', 1)),
       u.email, 7 + second % 34, role[1 + (sqrt(dice % 400))::int % 20], 'Site ' || lpad((1 + site)::text, 2, '0'),
       'Region ' || 1 + site % 5, to_char(hired, 'YYYY-MM'), hired, 'active', CASE WHEN i > 1 THEN (i - 2) / 10 + 1 END,
       n.zone[1 + site % 4], 'en', u.id, now() - interval '4 years'
FROM app_user u JOIN asked ON u.id <= people + 1 CROSS JOIN name n,
     LATERAL (SELECT u.id AS i, hashint4(u.id) & 1048575 AS dice) a,
     LATERAL (SELECT CASE WHEN i > 1111 THEN ((i - 2) / 10 - 1) / 10 + 1 WHEN i > 111 THEN (i - 2) / 10 + 1 ELSE i END AS second,
                     (sqrt((dice / 400) % 144))::int % 12 AS site, (current_date - (30 + dice % 1200))::date AS hired) b;

INSERT INTO reporting_line (manager_id, employee_id, depth)
WITH RECURSIVE line AS (
  SELECT manager_id, id AS employee_id, 1 AS depth FROM employee WHERE manager_id IS NOT NULL
  UNION ALL
  SELECT e.manager_id, l.employee_id, l.depth + 1 FROM line l JOIN employee e ON e.id = l.manager_id WHERE e.manager_id IS NOT NULL
)
SELECT manager_id, employee_id, depth FROM line;

-- Three in ten courses have certificates that end: after one, two or three years.
INSERT INTO course (id, slug, title, summary, kind, language, minutes, mandatory, self_enroll, citation, status,
                    content_version, rule_version, lesson_count, validity_months, created_at)
SELECT k, 'bench-' || k, (ARRAY['HIPAA Privacy','Hand Hygiene','Fire Safety','Bloodborne Pathogens','Safe Lifting',
       'Medication Safety','Infection Control','Patient Dignity','Information Security','Emergency Codes','Falls Prevention',
       'Radiation Safety','Hazardous Waste','Cultural Competence','Workplace Violence','Restraint Use','Sharps Safety','Consent',
       'Charting','Ethics'])[1 + k % 20] || ' ' || lpad((1 + k / 20)::text, 2, '0'), '', 'mandatory compliance', 'en', 30,
       true, true, '', 'published', 1, 1, 8, CASE WHEN k % 10 < 3 THEN 12 * (1 + k % 3) END, now() - interval '4 years'
FROM asked, generate_series(1, courses) k;

-- Per thousand: 885 completed, 10 exempt, 5 cancelled, 30 overdue (15 to 45 by department), then in progress and pending.
CREATE TEMP TABLE fact AS
WITH dice AS (
  SELECT e.id AS employee_id, c.id AS course_id, c.validity_months, e.time_zone, e.department_id,
         (hashint8(e.id::bigint * 1009 + c.id * 31) & 1048575) % 1000 AS a, hashint8(e.id::bigint * 7919 + c.id * 17) & 1048575 AS b,
         hashint8(e.id::bigint * 104729 + c.id * 13) & 1048575 AS c
  FROM employee e CROSS JOIN course c WHERE e.id > 1
), kinds AS (
  SELECT *, CASE WHEN a < 885 THEN 'completed' WHEN a < 895 THEN 'exempt' WHEN a < 900 THEN 'cancelled'
                 WHEN a < 915 + department_id * 7 % 31 THEN 'overdue' WHEN a < 965 THEN 'in progress' ELSE 'pending' END AS kind
  FROM dice
), dated AS (
  SELECT *, now() - CASE WHEN kind IN ('completed', 'exempt', 'cancelled') THEN make_interval(days => 5 + b % 1090, mins => c % 600)
                         WHEN kind = 'overdue' THEN make_interval(days => 31 + b % 110, mins => c % 600)
                         ELSE make_interval(days => 1 + b % 28, mins => c % 600) END AS assigned_at
  FROM kinds
), due AS (
  SELECT *, assigned_at::date + CASE WHEN kind IN ('in progress', 'pending') THEN 30 + c % 61 ELSE 30 END AS due_on,
         CASE WHEN kind = 'completed' THEN least(assigned_at + make_interval(days => 1 + (b / 7) % 28 + CASE WHEN c % 100 < 8 THEN 25 ELSE 0 END,
              mins => c % 480), now() - make_interval(mins => 5 + c % 600)) END AS completed_at
  FROM dated
)
SELECT row_number() OVER (ORDER BY assigned_at, employee_id, course_id)::int AS id, *,
       ((due_on + 1)::timestamp AT TIME ZONE time_zone) AS due_at,
       CASE WHEN kind = 'completed' THEN greatest(assigned_at, completed_at - make_interval(days => c % 5, hours => 1))
            WHEN kind = 'in progress' OR kind = 'overdue' AND c % 2 = 0 THEN least(assigned_at + make_interval(days => c % 12), now() - interval '1 hour')
       END AS started_at, 60 + b % 41 AS score
FROM due;
ALTER TABLE fact ADD active_at timestamptz;
UPDATE fact SET active_at = CASE WHEN kind = 'completed' THEN completed_at
                                 ELSE least(started_at + make_interval(days => b % 20), now() - make_interval(mins => 3 + b % 600)) END
WHERE started_at IS NOT NULL;

INSERT INTO enrollment (id, employee_id, course_id, source, enrolled_at, progress, done_lessons, started_at, last_active_at,
                        completed_at, best_score, content_version, valid_until)
SELECT id, employee_id, course_id, 'assignment', assigned_at, CASE WHEN kind = 'completed' THEN 100 WHEN started_at IS NULL THEN 0 ELSE 12 * (1 + c % 7) END,
       CASE WHEN kind = 'completed' THEN 8 WHEN started_at IS NULL THEN 0 ELSE 1 + c % 7 END, started_at,
       active_at,
       completed_at, CASE WHEN kind = 'completed' THEN score END, 1,
       CASE WHEN kind = 'completed' THEN (completed_at::date + make_interval(months => validity_months))::date END
FROM fact ORDER BY id;

INSERT INTO training_assignment (id, employee_id, course_id, enrollment_id, due_on, due_at, assigned_by_name, assigned_at, source, note,
  started_at, completed_at, completed_on, closed_as, closed_at, close_reason, next_reminder_on, reminded_through, reminders_sent,
  overdue_noted_at, active_on)
OVERRIDING SYSTEM VALUE
SELECT id, employee_id, course_id, id, due_on, due_at, 'Milo Brandt', assigned_at, 'staff', '', started_at, completed_at,
       (completed_at AT TIME ZONE time_zone)::date, CASE WHEN kind IN ('exempt', 'cancelled') THEN kind END,
       CASE WHEN kind IN ('exempt', 'cancelled') THEN assigned_at + interval '9 days' END, '',
       CASE WHEN kind IN ('in progress', 'pending') AND due_on > current_date + 8 THEN due_on - 7 END, current_date,
       CASE WHEN kind = 'overdue' THEN 2 ELSE 0 END, CASE WHEN kind = 'overdue' THEN due_at + interval '6 hours' END,
       CASE WHEN kind IN ('overdue', 'in progress', 'pending') THEN (active_at AT TIME ZONE 'UTC')::date END
FROM fact ORDER BY id;

INSERT INTO completion_record (id, employee_id, employee_number, employee_name, job_role, department, subject_kind, subject_id,
  title, content_version, content_sha256, rule_version, criteria, score, attempt, occurred_at, local_time, time_zone,
  recorded_at, actor_name, how, reason)
SELECT f.id, e.id, e.number, e.name, e.job_role, d.name, 'course', c.id, c.title, 1, repeat('0', 64), 1, '[]', f.score, 1,
       f.completed_at, to_char(f.completed_at AT TIME ZONE e.time_zone, 'YYYY-MM-DD"T"HH24:MI:SS'), e.time_zone, f.completed_at, e.name, 'rule', ''
FROM fact f JOIN employee e ON e.id = f.employee_id JOIN department d ON d.id = e.department_id JOIN course c ON c.id = f.course_id
WHERE f.kind = 'completed' ORDER BY f.completed_at;

INSERT INTO certification_period (record_id, enrollment_id, employee_id, course_id, number, timing, certified_on, counted_from,
  anchor_day, valid_from, valid_until, grace_until, policy, made_at, reason, revoke_reason, is_current, next_look_on)
SELECT id, id, employee_id, course_id, 1, 'first', day, day, extract(day FROM day)::int, day, until, until, '{}', completed_at, '', '',
       true, CASE WHEN until >= current_date THEN until + 1 END
FROM fact, LATERAL (SELECT completed_at::date AS day, (completed_at::date + make_interval(months => validity_months))::date AS until) d
WHERE kind = 'completed' AND validity_months IS NOT NULL ORDER BY completed_at;

INSERT INTO certificate (id, number, token, record_id, enrollment_id, employee_id, course_id, holder_name, title, issued_on,
                         valid_until, issued_at, revoke_reason, revoked_at)
SELECT f.id, 'L-' || f.id, md5('token' || f.id), f.id, f.id, f.employee_id, f.course_id, e.name, c.title, f.completed_at::date,
       (f.completed_at::date + make_interval(months => f.validity_months))::date, f.completed_at, '',
       CASE WHEN f.b % 500 = 13 THEN now() END
FROM fact f JOIN employee e ON e.id = f.employee_id JOIN course c ON c.id = f.course_id
WHERE f.kind = 'completed' AND f.validity_months IS NOT NULL ORDER BY f.completed_at;

-- Reminders of what is open and soon due, and of one in twenty that were completed after one.
INSERT INTO notice (key, channel, template, employee_id, user_id, to_name, address, language, subject, body_text, body_html,
                    link, about_kind, about_id, reason, status, tries, next_try_at, queued_at, sent_at)
SELECT 'reminder/assignment/' || f.id || '/' || due_on || '/7/email', 'email', 'training_reminder', employee_id, employee_id, '', '',
       'en', 'Training reminder', '', '', '/learn/courses/' || course_id, 'assignment', f.id, '{"days_before": 7}'::jsonb, 'sent', 1,
       at, at, at
FROM fact f, LATERAL (SELECT due_at - interval '7 days' AS at) d
WHERE at < now() AND (kind IN ('overdue', 'in progress', 'pending') OR kind = 'completed' AND a % 20 = 0);

DO $$ DECLARE one record; BEGIN FOR one IN SELECT made FROM later LOOP EXECUTE one.made; END LOOP; END $$;
SELECT setval(pg_get_serial_sequence(t, 'id'), 100000000) FROM unnest(ARRAY['training_assignment', 'enrollment', 'certificate', 'app_user',
       'completion_record', 'certification_period', 'employee', 'course', 'department', 'notice']) t;
SET session_replication_role = DEFAULT;
