"""The blocks that compare courses, and the one that follows a course: scores, time, drop-off and where people stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.insight.options import courses
from lmsapp.insight.statistics.by_course import Score, Time, scores, times
from lmsapp.insight.statistics.dropoff import STILL_DAYS, Curve, Stops, chosen_course, curve, stops
from lmsapp.insight.statistics.rules import share
from lmsapp.insight.statistics.survival import Step, day_when, share_after
from lmsapp.web import dates
from lmsapp.web.statistics_parts import Block, Cell, Picture, Place, Table, in_days

DRAWN = 10  # courses in a picture; the table has all
LOOKED_AT = (7, 14, 30, 60, 90, 180, 365)
ENDS = ("learning", "withdrawn", "exempt", "left")


def scores_block(place: Place) -> Block:
    """The average assessment score of each course, lowest first."""
    found, title = scores(place.asking), place.word("scores")
    if not found:
        return Block("scores", title, empty=(_("No scores yet"), _("Nobody counted here has taken an assessment.")))
    lowest, highest = found[0], found[-1]
    finding = _("%(course)s: %(score)s on average.", course=lowest.course, score=dates.percent(round(lowest.mean)))
    if len(found) > 1:
        finding = _(
            "%(low)s is lowest with %(least)s, %(high)s highest with %(most)s.",
            low=lowest.course,
            least=dates.percent(round(lowest.mean)),
            high=highest.course,
            most=dates.percent(round(highest.mean)),
        )
    rows = [
        [
            Cell(one.course),
            place.cell(one.people, "scored", course=one.course_id),
            Cell(dates.percent(round(one.mean, 1))),
        ]
        for one in found
    ]
    head = [_("Course"), _("People assessed"), _("Average score")]
    levels = [_level_of_score(place, one) for one in found[:DRAWN]]
    picture = Picture(
        "scores", title, finding, "levels", {"levels": levels}, Table(title, head, rows), finding, _few(found)
    )
    return Block("scores", title, [picture], note=_("The mean of everybody's best score, of who is enrolled and here."))


def _level_of_score(place: Place, one: Score) -> dict[str, Any]:
    link = place.rows("scored", course=one.course_id)
    return {"label": one.course, "value": one.mean, "text": dates.percent(round(one.mean)), "href": link}


def times_block(place: Place) -> Block:
    """Median and quartiles of the days from enrollment to completion, longest first."""
    found, title = times(place.asking), place.word("times")
    if not found:
        text = _("As soon as somebody completes a course, you see here how long it takes.")
        return Block("times", title, empty=(_("Nobody has completed a course yet"), text))
    longest = found[0]
    finding = _(
        "%(course)s takes longest: half need %(days)s or less.",
        course=longest.course,
        days=in_days(longest.days.median),
    )
    if len(found) == 1:
        finding = _(
            "Half completed %(course)s within %(days)s.", course=longest.course, days=in_days(longest.days.median)
        )
    rows = [
        [
            Cell(one.course),
            place.cell(one.days.n, "took", course=one.course_id),
            Cell(dates.counted(one.days.low)),
            Cell(dates.counted(one.days.median)),
            Cell(dates.counted(one.days.high)),
        ]
        for one in found
    ]
    head = [
        _("Course"),
        _("Completions"),
        _("A quarter within, days"),
        _("Half within, days"),
        _("Three quarters within, days"),
    ]
    ranges = [_range_of(place, one) for one in found[:DRAWN]]
    data = {"ranges": ranges, "most": max(one.days.high for one in found[:DRAWN]) or 1}
    picture = Picture("times", title, finding, "ranges", data, Table(title, head, rows), finding, _few(found))
    note = _(
        "Days from enrollment to the first completion. What was completed by hand is left out, and so is who is still"
        " learning: the drop-off curve counts those too."
    )
    return Block("times", title, [picture], note=note)


def _range_of(place: Place, one: Time) -> dict[str, Any]:
    words = _("half within %(days)s, most within %(more)s", days=in_days(one.days.median), more=in_days(one.days.high))
    return {
        "label": one.course,
        "low": one.days.low,
        "median": one.days.median,
        "high": one.days.high,
        "text": _("%(median)s (%(low)s to %(high)s)", median=one.days.median, low=one.days.low, high=one.days.high),
        "said": words,
        "href": place.rows("took", course=one.course_id),
    }


def dropoff_block(place: Place) -> Block:
    """Who has not completed a course after so many days, and where people stand still."""
    title, course = place.word("dropoff"), chosen_course(place.asking)
    if course is None:
        text = _("As soon as somebody is, you see here how many complete, and where people stop.")
        return Block("dropoff", title, empty=(_("Nobody is enrolled yet"), text))
    select = [] if place.course_id else [(key, words, key == course[0]) for key, words in courses()]
    found = curve(place.asking, course)
    if not found.enrolled:
        text = _("Nobody who fits these filters was ever enrolled in %(course)s.", course=course[1])
        return Block("dropoff", title, select=select, empty=(_("Nobody is enrolled"), text))
    pictures = [_curve(place, found)]
    if not place.as_of:  # where somebody was in a course is not kept for past days
        pictures.append(_stops(place, found, stops(place.asking, course[0])))
    note = _(
        "An estimate by Kaplan and Meier: whoever is still learning counts for as long as they are enrolled. Who was"
        " withdrawn, exempted or left counts up to that day and not after it. The first time round only; completed by"
        " hand counts as completed."
    )
    return Block("dropoff", title, pictures, _tiles(place, found), note, select=select)


def _tiles(place: Place, found: Curve) -> list[tuple[str, str, str, str, str]]:
    words = {
        "completed": _("Completed"),
        "learning": _("Still learning"),
        "withdrawn": _("Withdrawn"),
        "exempt": _("Exempted"),
        "left": _("Left before completing"),
    }
    tiles = [(_("Ever enrolled"), dates.counted(found.enrolled), found.course, _ended(place, found, "enrolled"), "")]
    for end in ("completed", *ENDS):
        if n := found.ends[end]:
            part = dates.whole_percent(share(n, found.enrolled))
            tiles.append((words[end], dates.counted(n), part, _ended(place, found, f"end-{end}"), ""))
    return tiles


def _ended(place: Place, found: Curve, what: str, **days: int) -> str:
    return place.rows(what, course=found.course_id, **days)


def _curve(place: Place, found: Curve) -> Picture:
    steps, last = found.steps, found.steps[-1].day
    half = day_when(steps)
    days = [day for day in LOOKED_AT if day < last] + [max(last, 1)]
    not_yet = dates.whole_percent(100 * share_after(steps, last))
    if not found.ends["completed"]:
        finding = _("Nobody has completed it yet; the longest enrollment is %(days)s old.", days=in_days(last))
    elif half is None:
        finding = _("After %(days)s an estimated %(share)s have not completed it.", days=in_days(last), share=not_yet)
    else:
        finding = _(
            "Half have completed it within %(half)s; after %(days)s an estimated %(share)s have not.",
            half=in_days(half),
            days=in_days(last),
            share=not_yet,
        )
    head = [
        _("Days since enrollment"),
        _("Seen so far"),
        _("Completed by then"),
        _("Ended otherwise or still learning"),
        _("Not completed, estimated"),
    ]
    points = [(0, 100.0), *((step.day, 100 * step.share) for step in steps)]
    data = {
        "lines": [{"label": _("Not completed"), "points": points, "step": True}],
        "ticks": [(0, "0"), (round(last / 2), str(round(last / 2))), (last, in_days(last))]
        if last > 1
        else [(0, "0"), (1, in_days(1))],
        "width": max(last, 1),
    }
    table = Table(_("Not completed yet"), head, _curve_rows(place, found, days))
    return Picture(
        "curve", _("Not completed yet: %(course)s", course=found.course), finding, "lines", data, table, finding
    )


def _curve_rows(place: Place, found: Curve, days: Sequence[int]) -> list[list[Cell]]:
    rows, before = [], -1
    for day in days:
        here = [step for step in found.steps if before < step.day <= day]
        low = {"low": before + 1, "high": day}
        rows.append(
            [
                Cell(_("%(low)s to %(high)s", low=before + 1, high=day)),
                place.cell(_at_risk(found.steps, before), "enrolled", course=found.course_id, low=before + 1),
                place.cell(sum(step.completed for step in here), "end-completed", course=found.course_id, **low),
                place.cell(sum(step.left_out for step in here), "end-still", course=found.course_id, **low),
                Cell(dates.whole_percent(100 * share_after(found.steps, day))),
            ]
        )
        before = day
    return rows


def _at_risk(steps: Sequence[Step], before: int) -> int:
    return next((step.at_risk for step in steps if step.day > before), 0)


def _stops(place: Place, course: Curve, found: Stops) -> Picture:
    title = _("Where people stand still")
    lines = [(0, "", _("Not begun"), found.not_begun, found.not_begun_still)]
    lines += [(one.lesson_id, one.chapter, one.lesson, one.here, one.still) for one in found.lessons]
    most = max(still for *_rest, still in lines)
    rows, levels = [], []
    for id_, chapter, lesson, here, still in lines:
        asked = {"course": course.course_id, "lesson": id_}
        cell = place.cell(still, "still-at-lesson", **asked)
        rows.append([Cell(lesson), Cell(chapter or "–"), place.cell(here, "at-lesson", **asked), cell])
        value = 100 * still / most if most else 0
        levels.append({"label": lesson, "value": value, "text": cell.text, "href": cell.href, "low": still == most > 0})
    finding = _("Nobody has stood still for %(days)s.", days=in_days(STILL_DAYS))
    if most:
        where = next(lesson for _id, _chapter, lesson, _here, still in lines if still == most)
        finding = ngettext(
            "Most stand still at “%(lesson)s”: %(num)s person for %(days)s or more.",
            "Most stand still at “%(lesson)s”: %(num)s people for %(days)s or more.",
            most,
            lesson=where,
            days=in_days(STILL_DAYS),
        )
    head = [_("Lesson opened last"), _("Chapter"), _("People"), _("Standing still")]
    note = _(
        "People who are here and have not completed the course, by the lesson they opened last. Who pauses does not"
        " stand still."
    )
    return Picture("stops", title, finding, "levels", {"levels": levels}, Table(title, head, rows), finding, note, 1)


def _few(found: Sequence[Any]) -> str:
    if len(found) <= DRAWN:
        return ""
    return _("The first %(n)s of %(all)s courses; the table has all of them.", n=DRAWN, all=len(found))
