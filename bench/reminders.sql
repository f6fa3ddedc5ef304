-- People, courses and open assignments for the daily job: `asked` says how many people, each with every course.
SET session_replication_role = replica;
TRUNCATE notice, training_assignment, enrollment, reminder_look_again, course, employee CASCADE;

INSERT INTO employee (id, number, name, sort_name, email, status, time_zone, language, job_role, location, region, cohort, created_at)
SELECT i, 'R-' || i, 'Person ' || i, 'person ' || i, 'person' || i || '@bench.example', 'active',
       (ARRAY['America/Chicago', 'Europe/Madrid', 'Asia/Kolkata', 'UTC'])[1 + i % 4], 'en', '', '', '', '', now()
FROM asked, generate_series(1, people) i;

INSERT INTO course (id, slug, title, summary, kind, language, minutes, mandatory, self_enroll, citation, status,
                    content_version, rule_version, lesson_count, created_at)
SELECT k, 'bench-' || k, 'Course ' || k, '', 'mandatory compliance', 'en', 30, true, true, '', 'published', 1, 1, 8, now()
FROM asked, generate_series(1, courses) k;

INSERT INTO enrollment (id, employee_id, course_id, source, enrolled_at, progress, done_lessons)
SELECT (k - 1) * people + i, i, k, 'assignment', now() - interval '60 days', 0, 0
FROM asked, generate_series(1, people) i, generate_series(1, courses) k;

-- Due from a month ago to four months ahead.
INSERT INTO training_assignment (id, employee_id, course_id, enrollment_id, due_on, due_at, assigned_by_name, assigned_at,
                                 source, note, close_reason, reminders_sent, overdue_noted_at)
OVERRIDING SYSTEM VALUE
SELECT n.id, n.employee_id, n.course_id, n.id, day, ((day + 1)::timestamp AT TIME ZONE e.time_zone), '',
       now() - interval '60 days', 'staff', '', '', 0, CASE WHEN day < current_date THEN now() END
FROM enrollment n JOIN employee e ON e.id = n.employee_id,
     LATERAL (SELECT current_date - 30 + (hashint4(n.id) & 1048575) % 150 AS day) d;
SET session_replication_role = DEFAULT;
