-- What the reports that a rule asks for need, in the large house: courses that cite one, who trains, sessions that were
-- attended, evaluations that were noted; and a checklist of twenty courses for everybody. `asked`: people, courses.
SET session_replication_role = replica;

CREATE TEMP TABLE cited AS
SELECT c.id, CASE split_part(c.title, ' ', 1) WHEN 'Bloodborne' THEN '29 CFR 1910.1030' WHEN 'Falls' THEN '29 CFR 1926.503'
    WHEN 'Safe' THEN '29 CFR 1910.178' WHEN 'HIPAA' THEN '45 CFR 164.530(b)' END AS rule
FROM course c;
DELETE FROM cited WHERE rule IS NULL;
UPDATE course c SET citation = cited.rule FROM cited WHERE cited.id = c.id;

INSERT INTO content_version (course_id, number, sha256, content, published_at)
SELECT id, 1, repeat('0', 64), '{"course": {"summary": "What the rule asks, what to do, and whom to tell."}}', now() - interval '4 years'
FROM cited;
INSERT INTO trainer_note (course_id, name, qualification, since, recorded_by_name, recorded_at)
SELECT id, 'Tara Trainer', 'RN, CHSP', current_date - 1460, 'Hana Records', now() - interval '4 years' FROM cited;

-- A session each month; whoever completed a course of trucks or of blood attended the last one before.
INSERT INTO attendance_session (course_id, title, held_on, minutes, recorded_by_name, recorded_at)
SELECT id, 'Practice', current_date - 30 * m, 60, 'Hana Records', (current_date - 30 * m)::timestamptz
FROM cited, generate_series(1, 38) m WHERE rule LIKE '29 CFR 1910%';
INSERT INTO attendance (session_id, enrollment_id, cycle, recorded_by_name, recorded_at, taken_back_by_name, taken_back_reason)
SELECT s.id, e.id, 1, 'Hana Records', s.recorded_at, '', ''
FROM enrollment e JOIN cited ON cited.id = e.course_id
JOIN attendance_session s ON s.course_id = e.course_id AND s.held_on <= e.completed_at::date AND s.held_on > e.completed_at::date - 30;

-- Every second operator was evaluated on a truck.
INSERT INTO training_particular (record_id, trainer, qualification, evaluated_on, evaluated_by, equipment, adequate_on, given_by,
                                 reason, recorded_by_name, recorded_at)
SELECT r.id, '', '', r.occurred_at::date, 'Tom Truck', 'Counterbalance truck', NULL, '', '', 'Hana Records', r.occurred_at
FROM completion_record r JOIN cited ON cited.id = r.subject_id WHERE cited.rule = '29 CFR 1910.178' AND r.id % 2 = 0;

INSERT INTO go_no_go (id, name, day, who, lead_id, kept_by_lead, strict, clearing, kept_by_name, made_at)
VALUES (1, 'Everybody', current_date + 7, 'line', 1, false, false, true, 'Hana Records', now());
INSERT INTO go_no_go_item (checklist_id, position, course_id) SELECT 1, id, id FROM course WHERE id <= 20;
SET session_replication_role = DEFAULT;
