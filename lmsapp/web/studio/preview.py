"""The course as a learner reads it; nothing is measured or stored."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.authored import course_for, lesson_for
from lmsapp.courses.catalogue.queries import current_rule, outline
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.quizzes.authored import quiz_for
from lmsapp.courses.quizzes.queries import questions_as_asked
from lmsapp.web.criteria import rule_parts
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.wing import bp


@bp.get("/courses/<int:course_id>/preview")
def preview(course_id: int) -> ResponseReturnValue:
    """Its first lesson."""
    get_or_404(course_for(g.viewer, course_id))
    shown = get_or_404(outline(course_id))
    if not shown.lessons:
        return to(url_for("studio.course", course_id=course_id), said=_("There is no lesson to look at yet."))
    return to(url_for("studio.preview_lesson", lesson_id=shown.lessons[0].id))


@bp.get("/lessons/<int:lesson_id>/preview")
def preview_lesson(lesson_id: int) -> ResponseReturnValue:
    """One lesson in the shell learners know."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    shown = get_or_404(outline(lesson.course_id))
    ids = [line.id for line in shown.lessons]
    here = ids.index(lesson_id) if lesson_id in ids else None
    quiz = quiz_for(g.viewer, lesson_id) if lesson.kind == LessonKind.QUIZ else None
    return page(
        "studio/preview/lesson.html",
        lesson=lesson,
        course=shown,
        here=here,
        before=shown.lessons[here - 1] if here else None,
        after=shown.lessons[here + 1] if here is not None and here + 1 < len(ids) else None,
        questions=questions_as_asked(quiz.id) if quiz else [],
        rule_said=rule_parts(current_rule(lesson.course_id), shown.facts()),
    )
