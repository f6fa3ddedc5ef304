"""What is said at 100 %: what was achieved, the certificate, and what is next (ENR-5)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from lmsapp.assignments.queries import open_assignments_of
from lmsapp.infra import clock
from lmsapp.learning.choosing.suggestions import suggestions_for
from lmsapp.learning.enrollments.queries import StudyView, my_courses
from lmsapp.web.dates import day, moment, percent, today
from lmsapp.web.student.catalogue_cards import suggestion
from lmsapp.web.student.papers import certificate_paper
from lmsapp.web.student.paths import paths_with


def achieved_of(view: StudyView, paths: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """For `student/course/_achieved.html`. `paths`: those with this course, where the page has read them already."""
    enrollment = view.enrollment
    course_id = view.outline.course_id
    again = enrollment.cycle > 1
    facts = [(_("Completed"), moment(enrollment.completed_at))]
    if enrollment.best_score is not None:
        facts.append((_("Your score"), percent(float(enrollment.best_score))))
    facts.append((_("Valid until"), day(enrollment.valid_until) if enrollment.valid_until else _("No expiry")))
    return {
        "course_id": course_id,
        "title": _("You have renewed ‘%(title)s’") if again else _("You have completed ‘%(title)s’"),
        "course": view.outline.title,
        "facts": facts,
        "paper": certificate_paper(course_id),
        "next": next_step(course_id, paths_with(course_id) if paths is None else paths),
    }


def next_step(course_id: int, paths: list[dict[str, Any]]) -> dict[str, str]:
    """One way on: the path this belongs to, else what is due first, else what fits, else the catalogue.

    Each is asked for only when the one before has nothing. Who came by a link has seen all it reaches.
    """
    if g.viewer.only_course is not None:
        return {"label": _("Sign in to see the rest"), "href": url_for("door.sign_in"), "why": _("You can leave now.")}
    return _on_path(paths) or _due_next(course_id) or _suggested() or _catalogue()


def _on_path(paths: list[dict[str, Any]]) -> dict[str, str] | None:
    one = next((one for one in paths if one["go"]), None)
    if one is None:
        return None
    why = _("%(path)s: %(count)s", path=one["title"], count=one["count"])
    return {"label": one["go"]["label"], "href": one["go"]["href"], "why": why}


def _due_next(course_id: int) -> dict[str, str] | None:
    rows = open_assignments_of(g.viewer, clock.now())
    row = next((row for row in rows if row.course_id != course_id and not row.locked), None)
    if row is None:
        return None
    late = row.due_on < today()
    why = _("It is overdue: it was due %(day)s.") if late else _("It is your next assignment, due %(day)s.")
    words = _("Continue with ‘%(title)s’") if row.started_at else _("Begin ‘%(title)s’")
    return {
        "label": words % {"title": row.title},
        "href": url_for("student.resume" if row.started_at else "student.course", course_id=row.course_id),
        "why": why % {"day": day(row.due_on)},
    }


def _suggested() -> dict[str, str] | None:
    mine = my_courses(g.viewer)
    completed = sorted((row for row in mine if row.completed_at), key=lambda row: row.completed_at, reverse=True)
    taken = frozenset(row.course_id for row in mine)
    found = suggestions_for(g.viewer, taken, [row.course_id for row in completed], most=1)
    if not found:
        return None
    shown = suggestion(found[0])
    return {
        "label": _("Look at ‘%(title)s’", title=shown["title"]),
        "href": shown["href"],
        "why": _("Nothing else is due. %(reason)s", reason=shown["reason"]),
    }


def _catalogue() -> dict[str, str]:
    return {
        "label": _("Browse the catalogue"),
        "href": url_for("student.catalogue"),
        "why": _("Nothing else is due. You are up to date."),
    }
