"""What the operations ask the database: whom to visit, what their pages must say, what must be kept afterwards."""

from __future__ import annotations

LATE_PEOPLE = """
    SELECT e.user_id, split_part(e.name, ' ', 1), count(*)
    FROM employee e JOIN training_assignment t ON t.employee_id = e.id
    WHERE t.completed_at IS NULL AND t.due_on < (now() AT TIME ZONE %s)::date
    GROUP BY 1, 2 ORDER BY hashint4(e.user_id) LIMIT %s
"""
UNDER_WAY = """
    SELECT e.user_id, c.id, c.title, n.current_lesson_id, n.id, n.done_lessons
    FROM enrollment n JOIN employee e ON e.id = n.employee_id JOIN course c ON c.id = n.course_id
    WHERE n.completed_at IS NULL AND n.done_lessons BETWEEN 1 AND %s
    ORDER BY hashint4(n.id), n.id LIMIT %s OFFSET %s
"""
OPEN_BY_DEPARTMENT_AND_STATUS = """
    SELECT e.department_id, s.word, count(*)
    FROM training_assignment t JOIN employee e ON e.id = t.employee_id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN t.due_at <= now() THEN 'Overdue' WHEN t.started_at IS NULL THEN 'Pending' ELSE 'In Progress' END
    ) s(word)
    WHERE t.completed_at IS NULL GROUP BY 1, 2 ORDER BY 2, 1
"""
OPEN_ASSIGNMENTS = "SELECT count(*) FROM training_assignment WHERE completed_at IS NULL"
LATE_ASSIGNMENTS = "SELECT count(*) FROM training_assignment WHERE completed_at IS NULL AND due_at <= now()"
ONE_COURSE = "SELECT course_id, count(completed_at) FROM enrollment GROUP BY 1 ORDER BY 1 LIMIT 1"
OPEN_QUESTIONS = """
    SELECT e.user_id, s.id, q->>'id', q->'options'->0->>'key'
    FROM quiz_submission s JOIN enrollment n ON n.id = s.enrollment_id JOIN employee e ON e.id = n.employee_id,
         jsonb_array_elements(s.questions) WITH ORDINALITY AS asked(q, place)
    WHERE place <= 5 AND mod(s.id, 2) = 0 ORDER BY place, s.id LIMIT 8000
"""
OPEN_ATTEMPTS = """
    SELECT e.user_id, s.id, s.enrollment_id
    FROM quiz_submission s JOIN enrollment n ON n.id = s.enrollment_id JOIN employee e ON e.id = n.employee_id
    WHERE mod(s.id, 2) = 1 ORDER BY s.id
"""
ANSWERS_SEEN = """
    SELECT submission_id, jsonb_agg(jsonb_build_array(question_id, revision, given))
    FROM quiz_answer WHERE mod(submission_id, 2) = 1 GROUP BY submission_id
"""
LESSONS_KEPT = """
    SELECT count(*)
    FROM unnest(%s::int[], %s::int[], %s::int[]) AS wanted(e, l, d)
    JOIN lesson_progress p ON p.enrollment_id = e AND p.lesson_id = l
    JOIN enrollment n ON n.id = e
    WHERE p.done_at IS NOT NULL AND n.done_lessons = d + 1 AND n.progress = 100 * (d + 1) / %s
"""
ANSWERS_KEPT = """
    SELECT count(*)
    FROM unnest(%s::int[], %s::int[], %s::text[]) AS wanted(s, q, k)
    JOIN quiz_answer a ON a.submission_id = s AND a.question_id = q
    WHERE a.given = jsonb_build_array(k) AND a.revision = 7 AND a.flagged
"""
HAND_INS_KEPT = """
    SELECT count(*)
    FROM quiz_submission s JOIN enrollment n ON n.id = s.enrollment_id
    JOIN training_assignment t ON t.enrollment_id = n.id JOIN certificate c ON c.enrollment_id = n.id
    WHERE s.id = ANY(%s) AND s.passed AND s.percent = 100 AND n.completed_at IS NOT NULL AND t.completed_at IS NOT NULL
"""
