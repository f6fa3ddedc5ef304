"""Publishing a course again: what changed, for whom, what is asked of them; and its versions (CRS-2, CRS-3)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.authored import course_for
from lmsapp.courses.publishing.queries import problems_of
from lmsapp.courses.publishing.reading import changes_of, rules_of, version_of
from lmsapp.courses.publishing.restoring import restore_draft
from lmsapp.learning.versions.actions import ask_learners, try_again
from lmsapp.learning.versions.queries import move_for, preview_of, versions_of
from lmsapp.learning.versions.rules import Change
from lmsapp.web.criteria import rule_parts, rule_words
from lmsapp.web.forms import Form
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.forms import PublicationForm
from lmsapp.web.studio.moves import move_context
from lmsapp.web.studio.outline import refused_or_shown
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import problem_words

CHANGES: dict[Change, Any] = {
    Change.COMPLETES: __("Completes the course at once"),
    Change.FURTHER: __("Nearer to the end"),
    Change.BACK: __("More left to do"),
    Change.SAME: __("As before"),
}
PARTS: dict[str, Any] = {
    "title": __("title"),
    "text": __("text"),
    "file": __("file"),
    "time": __("time"),
    "share": __("share to be seen"),
    "package": __("another package"),
    "terms": __("when it is done"),
    "quiz": __("settings of the quiz"),
    "questions": __("questions"),
    "other": __("settings of the lesson"),
}


@bp.get("/courses/<int:course_id>/publication")
def publication(course_id: int) -> ResponseReturnValue:
    """What would be published, and what it means for those who take the course."""
    return publication_page(course_id, PublicationForm(formdata=None))


@bp.post("/courses/<int:course_id>/publication")
def publish(course_id: int) -> ResponseReturnValue:
    """Open it to learners, or say what is missing; ask of those who take it what was chosen."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = PublicationForm()
    if not form.validate():
        return publication_page(course_id, form)
    again = course.content_version > 0
    with form.rule_errors():
        actions.publish(course, g.viewer)
        if again:
            ask_learners(course, by=g.viewer, **form.asked())
    if form.errors:
        return publication_page(course_id, form)
    if form.broken is not None:
        return refused_or_shown(form.broken, course_id, "")
    said = _("Published. Whoever begins now takes this version.") if again else _("Published. It can be assigned now.")
    return to(url_for("studio.course", course_id=course_id), said=said)


@bp.post("/courses/<int:course_id>/draft")
def discard_draft(course_id: int) -> ResponseReturnValue:
    """The draft says again what learners read."""
    course = get_or_404(course_for(g.viewer, course_id))
    get_or_404(course.content_version or None)
    restore_draft(course, course.content_version, by=g.viewer)
    return to(url_for("studio.course", course_id=course_id), said=_("The draft says again what is published."))


@bp.get("/courses/<int:course_id>/versions")
def versions(course_id: int) -> ResponseReturnValue:
    """Every version: when, by whom, who is in it."""
    get_or_404(course_for(g.viewer, course_id))
    return page("studio/course/versions.html", versions=versions_of(course_id), **course_context(course_id, "versions"))


@bp.get("/courses/<int:course_id>/versions/<int:number>")
def version(course_id: int, number: int) -> ResponseReturnValue:
    """One version: its outline, its rule, and what was new in it."""
    course = get_or_404(course_for(g.viewer, course_id))
    if not 1 <= number <= course.content_version:
        abort(404)
    context = course_context(course_id, "versions")
    shown = version_of(course_id, number)
    return page(
        "studio/course/version.html",
        shown=shown,
        newest=course.content_version,
        differences=changes_of(course_id, number - 1, number) if number > 1 else (),
        part_words=PARTS,
        rule_said=rule_parts(shown.rule, context["course"].facts()),
        **context,
    )


@bp.post("/courses/<int:course_id>/versions/<int:number>/draft")
def restore_version(course_id: int, number: int) -> ResponseReturnValue:
    """Make it the draft; learners see nothing of it until it is published."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = Form()
    with form.rule_errors():
        restore_draft(course, number, by=g.viewer)
    if form.broken is not None:
        abort(404)
    return to(url_for("studio.course", course_id=course_id), said=_("Version %(n)s is the draft now.", n=number))


@bp.get("/version-moves/<int:move_id>")
def version_move(move_id: int) -> ResponseReturnValue:
    """How far it is with what learners were asked."""
    move = get_or_404(move_for(g.viewer, move_id))
    return answer("studio/course/_move.html", whole="studio/course/move.html", **move_context(move))


@bp.post("/version-moves/<int:move_id>/attempt")
def retry_version_move(move_id: int) -> ResponseReturnValue:
    """Once more what failed."""
    move = get_or_404(move_for(g.viewer, move_id))
    try_again(move, by=g.viewer)
    back = url_for("studio.version_move", move_id=move_id)
    return answer("studio/course/_move.html", back=back, **move_context(move))


def publication_page(course_id: int, form: PublicationForm) -> Response:
    """The page with the form as it stands."""
    course = get_or_404(course_for(g.viewer, course_id))
    number, context = course.content_version, course_context(course_id, "outline")
    preview = preview_of(g.viewer, course_id) if number else None
    rules = rules_of(course_id, number) if number else None
    before, after = (rule_words(rule, context["course"].facts()) for rule in rules) if rules else ([], [])
    return page(
        "studio/course/publication.html",
        status=422 if form.errors else 200,
        form=form,
        number=number,
        preview=preview,
        named=[(one, "; ".join(_(state.words, **state.values) for state in one.missing)) for one in preview.named]
        if preview
        else [],
        foreseen=[(words, preview.counts[kind]) for kind, words in CHANGES.items() if preview and preview.counts[kind]],
        problems=problem_words(problems_of(course_id)),
        differences=changes_of(course_id, number, 0) if number else (),
        rule_before=before,
        rule_after=after,
        changes=CHANGES,
        part_words=PARTS,
        **context,
    )
