"""Loading the demo (OPS-1): people, courses, a year of training, the HR file. Each step once, in one transaction."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.demo import catalogue, checklists, forklifts, paths, policies, reports, scorm, work
from lmsapp.demo.authoring import add_courses, contents, courses
from lmsapp.demo.days import START_DAYS, Days
from lmsapp.demo.hr_file import count_documents, errands, open_hr_file
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import add_organisation, employees, is_there, viewer_of
from lmsapp.demo.plan import Plan
from lmsapp.demo.replay import Replay, settle_letters, settle_papers, settle_paths
from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.choosing.counting import count_suggestions
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.actions import change_settings

Say = Callable[[str], None]


class NotOurs(Exception):
    """The database holds somebody's real people; made-up ones have no business there."""


def load(say: Say) -> bool:
    """Load what is not there yet. False when everything was. Raises NotOurs."""
    begun = time.monotonic()
    days = Days(clock.today(current_app.config["TIME_ZONE"]))
    if not is_there() and db.session.scalar(select(func.count()).select_from(User)):
        raise NotOurs("This database has accounts already. The demo goes into an empty one only.")
    year = (_people, _courses, _year, _paths, _policies, _work, _forklifts)
    steps = (*year, _catalogue, _checklists, _packages, _reports)
    done = [step(days, say) for step in steps]
    if any(done):
        with unit_of_work():
            count_suggestions()
        say(f"Loaded in {time.monotonic() - begun:.0f} s.")
    return any(done)


def _people(days: Days, say: Say) -> bool:
    with unit_of_work():
        if is_there():
            return False
        # Each is hired on a day of the past: nobody's first weeks begin by loading.
        with moment(days.at(-START_DAYS, 8 * 60)):
            change_settings({"onboard_joiners": False}, by=None)
        add_organisation(days)
        with moment(days.at(-1, 8 * 60)):
            change_settings({"onboard_joiners": True}, by=None)
        say(f"  {_count(Employee)} people")
        return True


def _courses(days: Days, say: Say) -> bool:
    with unit_of_work():
        if len(courses()) == len(contents()):
            return False
        people = employees()
        with moment(days.at(-START_DAYS, 11 * 60)):
            added = add_courses(viewer_of(people["Carla Reyes"]), viewer_of(people["Milo Brandt"]))
        say(f"  {added} courses")
        return True


def _year(days: Days, say: Say) -> bool:
    """With the HR file, which is made from it."""
    with unit_of_work():
        if _count(TrainingAssignment):
            return False
        with _no_garbage_collection():
            happenings = Plan(days, contents()).happenings() + errands(open_hr_file(days))
            Replay(days).play(sorted(happenings, key=lambda one: one.at))
        say(f"  {_count(TrainingAssignment)} assignments, {_count(Certificate)} certificates")
        say(f"  {count_documents()} documents in the employee file")
        waiting = settle_papers(days)
        settle_letters(days)
        say(f"  {waiting} PDFs for the worker to make")
        return True


def _paths(days: Days, say: Say) -> bool:
    with unit_of_work():
        if paths.is_there():
            return False
        people = employees()
        added = paths.add_paths(days, viewer_of(people["Carla Reyes"]), viewer_of(people["Milo Brandt"]))
        settle_paths(days)
        say(f"  {added} people on a learning path")
        return True


def _policies(days: Days, say: Say) -> bool:
    with unit_of_work():
        if policies.is_there():
            return False
        added = policies.add_policies(days, viewer_of(employees()["Hana Novák"]))
        policies.settle(days)
        say(f"  {added} policies to sign")
        return True


def _work(days: Days, say: Say) -> bool:
    with unit_of_work():
        if work.is_there():
            return False
        work.add_work(days)
        say("  an assignment, with work to grade")
        return True


def _forklifts(days: Days, say: Say) -> bool:
    with unit_of_work():
        if forklifts.is_there():
            return False
        added = forklifts.add_forklifts(days)
        say(f"  {added} forklift operators")
        return True


def _catalogue(days: Days, say: Say) -> bool:
    with unit_of_work():
        if catalogue.is_there():
            return False
        people = employees()
        added = catalogue.add_catalogue(days, viewer_of(people["Carla Reyes"]), viewer_of(people["Milo Brandt"]))
        say(f"  {added} reviews")
        return True


def _checklists(days: Days, say: Say) -> bool:
    with unit_of_work():
        if checklists.is_there():
            return False
        added = checklists.add_checklists(days)
        say(f"  {added} go/no-go checklists")
        return True


def _packages(days: Days, say: Say) -> bool:
    """In transactions of its own: importing a package is a piece of work that commits by itself."""
    if scorm.is_there():
        return False
    added = scorm.add_packages(days)
    say(f"  two SCORM packages, and {added} people in them")
    return True


def _reports(days: Days, say: Say) -> bool:
    with unit_of_work():
        if reports.is_there():
            return False
        people = employees()
        added = reports.add_reports(days, viewer_of(people["Hana Novák"]), people)
        say(f"  {added} heads of departments, told each Monday")
        return True


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """The replay holds on to what it loads; walking it again and again would find nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
