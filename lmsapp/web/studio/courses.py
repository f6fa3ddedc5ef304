"""The list of courses, a new one, its outline page, its settings."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.authored import CHANGED, archived_lessons, course_for, list_courses
from lmsapp.courses.catalogue.queries import content_version, current_rule, outline
from lmsapp.courses.finding.queries import topics_in_use
from lmsapp.courses.publishing.queries import draft_changed_at, problems_of
from lmsapp.people.forwhom.queries import choices, count_meant
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.roles import May
from lmsapp.web.criteria import rule_parts
from lmsapp.web.lists import page_url, readable
from lmsapp.web.programme_words import PROGRAMMES
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.forms import CourseForm
from lmsapp.web.studio.moves import newest_move
from lmsapp.web.studio.packages_shown import scorm_is_on
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import (
    LESSON_ICONS,
    LESSON_KINDS,
    STATUSES,
    options,
    problem_words,
)

SETTINGS = (
    "title",
    "summary",
    "kind",
    "language",
    "citation",
    "mandatory",
    "onboarding_due_days",
    "self_enroll",
    "in_order",
    "validity_months",
    "renewal_months",
    "topics",
    "price",
    "currency",
)
LISTED = {**STATUSES, CHANGED: __("Changed since it was published")}


@bp.get("/courses")
def courses() -> ResponseReturnValue:
    """Every course the viewer may change."""
    args = readable(request.args)
    q, statuses = args.get("q", "")[:100], [one for one in args.getlist("status") if one in LISTED]
    newest = args.get("sort") == "changed"
    found = list_courses(g.viewer, q, statuses, newest=newest, number=args.get("page", 1, type=int))
    return answer(
        "studio/courses/_list.html",
        whole="studio/courses/index.html",
        found=found,
        q=q,
        filtered=bool(q or statuses),
        facet=options(LISTED, statuses),
        sort={"key": "changed" if newest else "title", "desc": newest, "url": sort_url},
        page_url=page_url,
        programmes=PROGRAMMES,
        statuses=STATUSES,
        sees_all=g.viewer.may(May.MODERATE),
    )


def sort_url(key: str, _desc: bool) -> str:
    """The address of the list in another order; filters stay."""
    args: dict[str, Any] = {name: request.args.getlist(name) for name in ("q", "status")}
    return url_for("studio.courses", sort="changed" if key == "changed" else None, **args)


@bp.get("/courses/new")
def new_course() -> ResponseReturnValue:
    """An empty form."""
    return page("studio/courses/new.html", form=with_choices(CourseForm()))


@bp.post("/courses/new")
def create_course() -> ResponseReturnValue:
    """A draft, and on to its outline."""
    form = with_choices(CourseForm())
    if form.validate():
        with form.rule_errors():
            course = actions.create_course(by=g.viewer, **settings_of(form))
            return to(
                url_for("studio.course", course_id=course.id),
                said=_("The course is a draft. Add what is to be learned."),
            )
    return page("studio/courses/new.html", status=422, form=form)


@bp.get("/courses/<int:course_id>")
def course(course_id: int) -> ResponseReturnValue:
    """The outline, and what is missing before it can be published."""
    get_or_404(course_for(g.viewer, course_id))
    return page("studio/course/outline.html", **outline_context(course_id))


@bp.get("/courses/<int:course_id>/settings")
def settings(course_id: int) -> ResponseReturnValue:
    """What the course is called, and how long it counts."""
    course = get_or_404(course_for(g.viewer, course_id))
    return page(
        "studio/course/settings.html",
        form=settings_form(course),
        topics=topics_in_use(),
        meant=count_meant(ForWhom.from_json(course.mandatory_for)) if course.mandatory else None,
        **course_context(course_id, "settings"),
    )


@bp.post("/courses/<int:course_id>/settings")
def save_settings(course_id: int) -> ResponseReturnValue:
    """Change them."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = without_validity(with_choices(CourseForm()))
    stored = settings_form(course, formdata=None)
    if form.validate() and not form.changed_meanwhile(stored, ("course", course.id), "course edited"):
        with form.rule_errors():
            actions.edit_course(course, by=g.viewer, **settings_of(form))
            return to(url_for("studio.settings", course_id=course_id), said=_("Saved."))
    return page("studio/course/settings.html", status=422, form=form, **course_context(course_id, "settings"))


def settings_of(form: CourseForm) -> dict[str, Any]:
    """What the form says; text that was not sent is empty."""
    values = {name: form[name].data for name in SETTINGS if name in form}
    roles, departments, places = (tuple(form[name].data or ()) for name in ("job_roles", "departments", "locations"))
    values["mandatory_for"] = ForWhom(roles, departments, places).as_json()
    return values | {name: values[name] or "" for name in ("summary", "citation")} | {"topics": values["topics"] or []}


def settings_form(course: Any, **sent: Any) -> CourseForm:
    """The form as the course stands. `sent`: formdata=None where what came is not to be read."""
    kept = ForWhom.from_json(course.mandatory_for)
    ticked = {"job_roles": kept.job_roles, "departments": kept.departments, "locations": kept.locations}
    return without_validity(
        with_choices(CourseForm(obj=course, data={name: list(values) for name, values in ticked.items()}, **sent))
    )


def without_validity(form: CourseForm) -> CourseForm:
    """A new course says in two numbers how long it counts; later its own page does, with all there is to it."""
    del form.validity_months, form.renewal_months
    return form


def with_choices(form: CourseForm) -> CourseForm:
    """For whom a course can be mandatory: what there is, and what was ticked before and is there no more."""
    known = choices()
    for field, pairs in (
        (form.job_roles, known.job_roles),
        (form.departments, known.departments),
        (form.locations, known.locations),
    ):
        there = {value for value, _label in pairs}
        field.choices = [*pairs, *((one, str(one)) for one in field.data or () if one not in there)]
    return form


def course_context(course_id: int, tab: str) -> dict[str, Any]:
    """What every page of a course shows: head and tabs."""
    shown = get_or_404(outline(course_id))
    tabs = [
        {"label": _("Outline"), "href": url_for("studio.course", course_id=course_id), "current": tab == "outline"},
        {"label": _("Completion"), "href": url_for("studio.rule", course_id=course_id), "current": tab == "rule"},
        {"label": _("Validity"), "href": url_for("studio.validity", course_id=course_id), "current": tab == "validity"},
        {
            "label": _("Certificate"),
            "href": url_for("studio.course_certificate", course_id=course_id),
            "current": tab == "certificate",
        },
        {"label": _("Versions"), "href": url_for("studio.versions", course_id=course_id), "current": tab == "versions"},
        {"label": _("Settings"), "href": url_for("studio.settings", course_id=course_id), "current": tab == "settings"},
        {"label": _("Learners"), "href": url_for("studio.learners", course_id=course_id), "current": tab == "learners"},
        {
            "label": _("Statistics"),
            "href": url_for("studio.course_statistics", course_id=course_id),
            "current": tab == "statistics",
        },
        {"label": _("Reviews"), "href": url_for("studio.reviews", course_id=course_id), "current": tab == "reviews"},
        {"label": _("Words"), "href": url_for("studio.status_words", course_id=course_id), "current": tab == "words"},
    ]
    if g.viewer.may(May.MODERATE):
        place = url_for("studio.course_reminders", course_id=course_id)
        tabs.append({"label": _("Reminders"), "href": place, "current": tab == "reminders"})
        place = url_for("studio.certified", course_id=course_id)
        tabs.append({"label": _("Certified"), "href": place, "current": tab == "certified"})
    return {
        "course": shown,
        "tabs": tabs,
        "kinds": LESSON_KINDS,
        "scorm_on": scorm_is_on(),
        "icons": LESSON_ICONS,
        "statuses": STATUSES,
    }


def outline_context(course_id: int) -> dict[str, Any]:
    """For the outline page and its fragment."""
    context = course_context(course_id, "outline")
    shown = context["course"]
    return {
        **context,
        "problems": problem_words(problems_of(course_id)),
        "rule_said": rule_parts(current_rule(course_id), shown.facts()),
        "archived": archived_lessons(course_id),
        "version": content_version(course_id),
        "changed_at": draft_changed_at(course_id),
        **newest_move(course_id),
    }
