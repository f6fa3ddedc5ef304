"""One's own learning paths: what is done, open and locked, and where to go on (CRS-4)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.learning.certificates.own import own_certificates
from lmsapp.learning.enrollments.door import lock_words
from lmsapp.learning.paths.queries import PathView, my_path, my_paths
from lmsapp.web.dates import day, due_words, today
from lmsapp.web.paths import elective_words, item_rows, path_facts, progress_words, quoted
from lmsapp.web.render import get_or_404, page
from lmsapp.web.student.wing import bp

SHOWN = 3


@bp.get("/paths")
def paths() -> ResponseReturnValue:
    """All of one's own."""
    return page("student/paths.html", paths=[card(one) for one in my_paths(g.viewer)])


@bp.get("/paths/<int:path_id>")
def path(path_id: int) -> ResponseReturnValue:
    """One of them."""
    view = get_or_404(my_path(g.viewer, path_id))
    return page(
        "student/path.html",
        view=view,
        own=True,
        items=item_rows(view),
        facts=path_facts(view),
        electives=elective_words(view),
        count=progress_words(view),
        due=due_words(view.due_on, today()) if view.due_on and view.completed_at is None else "",
        today=today(),
        go=go_on(view),
        certificate=newest_of_path(path_id) if view.completed_at else None,
    )


def newest_of_path(path_id: int) -> Any:
    """The viewer's certificate of a path as a whole that stands, or None."""
    mine = (one for one in own_certificates(g.viewer) if one.path_id == path_id and one.revoked_at is None)
    return next(mine, None)


def home_paths() -> dict[str, Any]:
    """For the home page: what is not completed first; a few of them."""
    mine = my_paths(g.viewer)
    return {"shown": [card(one) for one in mine[:SHOWN]], "more": len(mine) if len(mine) > SHOWN else 0}


def card(view: PathView) -> dict[str, Any]:
    """A path as a card."""
    go = go_on(view)
    if view.completed_at is not None:
        until = _("valid to %(day)s", day=day(view.valid_until)) if view.valid_until else ""
        note = ", ".join(part for part in (_("Completed %(day)s", day=day(view.completed_at)), until) if part)
    elif go is not None:
        note = go["label"]
    else:
        note = _("See what it waits for.")
    late = view.due_on is not None and view.completed_at is None and view.due_on < today()
    return {
        "title": view.title,
        "href": url_for("student.path", path_id=view.path_id),
        "note": note,
        "state": view.state,
        "done": view.have,
        "need": view.need,
        "count": progress_words(view),
        "due": _("Due %(day)s", day=day(view.due_on)) if view.due_on and view.completed_at is None else "",
        "late": late,
    }


def go_on(view: PathView) -> dict[str, str] | None:
    """The one next step; none where everything that counts is done."""
    where = view.next
    if where is None or view.completed_at is not None:
        return None
    words = _("Continue with ‘%(title)s’") if where.look == "begun" else _("Begin ‘%(title)s’")
    course_id, title = where.item.course_id, where.item.title
    target = "student.resume" if where.look == "begun" else "student.course"
    return {"href": url_for(target, course_id=course_id), "label": words % {"title": title}}


def paths_with(course_id: int) -> list[dict[str, Any]]:
    """One's own paths that a course belongs to, with the next step of each."""
    mine = [one for one in my_paths(g.viewer) if any(item.item.course_id == course_id for item in one.items)]
    return [card(one) | {"go": go_on(one)} for one in mine]


def closed_by(enrollment: Any) -> list[dict[str, Any]]:
    """Why a course is locked: each path with what is missing there, and every other reason in words."""
    reasons: list[dict[str, Any]] = []
    for lock in enrollment.locks:
        if lock["kind"] == "path" and lock.get("paths"):
            reasons += [path_reason(one) for one in lock["paths"]]
        else:
            words, values = lock_words(lock)
            reasons.append({"words": _(words, **values), "path": None, "courses": []})
    return reasons


def path_reason(lock: dict[str, Any]) -> dict[str, Any]:
    """One path that locks a course, with links to it and to what is missing."""
    missing, count = lock["waits_for"], lock["count"]
    if count < len(missing):
        words = _("Still to complete: %(count)s of these.", count=count)
    else:
        words = _("It opens when %(titles)s is completed.") if len(missing) == 1 else ""
        words = words or _("It opens when %(titles)s are completed.")
        words = words % {"titles": quoted([title for _id, title in missing])}
    return {
        "words": words,
        "path": {"title": lock["title"], "href": url_for("student.path", path_id=lock["id"])},
        "courses": [
            {"title": title, "href": url_for("student.course", course_id=course_id)} for course_id, title in missing
        ],
    }
