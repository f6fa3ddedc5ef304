"""Words for handed-in work, shared by learners' and graders' pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.courses.tasks.rules import Gives, RubricRow, Task, plain
from lmsapp.learning.handins.facts import Given
from lmsapp.learning.handins.rules import Decision, HandInState
from lmsapp.web.dates import NARROW_SPACE

GIVES: dict[str, Any] = {Gives.TEXT: __("A text"), Gives.LINK: __("A link"), Gives.FILE: __("Files")}
FILE_GROUPS: dict[str, Any] = {
    "pdf": __("PDF"),
    "picture": __("Pictures (JPG, PNG)"),
    "document": __("Word documents (DOCX)"),
    "sheet": __("Spreadsheets (XLSX)"),
    "slides": __("Presentations (PPTX)"),
    "video": __("Videos (MP4, WebM)"),
}
# By state: the look of the badge, and the word.
STATES: dict[HandInState, tuple[str, Any]] = {
    HandInState.WAITING: ("waiting", __("Waiting to be graded")),
    HandInState.PASSED: ("passed", __("Passed")),
    HandInState.REWORK: ("needs attention", __("To be gone over")),
    HandInState.FAILED: ("failed", __("Not passed")),
    HandInState.REPLACED: ("superseded", __("Replaced by a newer one")),
}
DECISIONS: dict[Decision, Any] = {
    Decision.PASS: __("Pass"),
    Decision.REWORK: __("Send back for rework"),
    Decision.FAIL: __("Do not pass"),
}
DECIDED: dict[str, Any] = {"pass": __("Passed"), "rework": __("Sent back"), "fail": __("Not passed")}


def asked_facts(task: Task, left: int | None = None) -> list[tuple[str, str]]:
    """What a task asks, for `ui.facts`. `left`: tries of the learner that are left."""
    facts = [(_("Hand in"), ", ".join(str(GIVES[one]) for one in task.gives))]
    if Gives.FILE in task.gives:
        facts.append((_("Files"), files_words(task)))
    if task.tries is not None:
        shown = task.tries if left is None else _("%(left)s of %(all)s left", left=left, all=task.tries)
        facts.append((_("Tries"), str(shown)))
    if task.passing_percent is not None:
        facts.append(
            (_("Passed with"), _("%(percent)s of the points", percent=f"{task.passing_percent}{NARROW_SPACE}%"))
        )
    return facts


def files_words(task: Task) -> str:
    """'Up to 5, of 25 MB each at most: PDF, Pictures (JPG, PNG)'."""
    kinds = ", ".join(str(FILE_GROUPS[one]) for one in task.file_groups if one in FILE_GROUPS)
    return ngettext(
        "One, of %(mb)s MB at most: %(kinds)s", "Up to %(num)s, of %(mb)s MB each at most: %(kinds)s", task.max_files,
        mb=task.max_mb, kinds=kinds,
    )  # fmt: skip


def accepted(task: Task) -> str:
    """For the file input."""
    return ",".join(one.suffix for one in task.file_types)


def show_rubric(rubric: Iterable[RubricRow], grading: Any = None) -> list[dict[str, Any]]:
    """Rows of a rubric, with the points given where there is a grading."""
    given = grading.points if grading else {}
    return [
        {
            "key": row.key,
            "title": row.title,
            "points": plain(row.points),
            "levels": [{"points": plain(one.points), "words": one.words} for one in row.levels],
            "given": given.get(row.key),
        }
        for row in rubric
    ]


def points_words(grading: Any) -> str:
    """'7 of 10 points, 70 %', or nothing."""
    if grading.total is None or grading.max_points is None:
        return ""
    share = f"{plain(grading.percent)}{NARROW_SPACE}%" if grading.percent is not None else ""
    return _(
        "%(have)s of %(most)s points, %(share)s", have=plain(grading.total), most=plain(grading.max_points), share=share
    )


def show_given(one: Given) -> dict[str, Any]:
    """A hand-in with its gradings, newest first, as the partials of templates/work show it."""
    look, label = STATES[one.state]
    rubric = Task.from_json(one.hand_in.task).rubric
    return {
        "hand_in": one.hand_in,
        "look": look,
        "label": label,
        "gradings": [
            {
                "row": grading,
                "decided": DECIDED[grading.decision],
                "points": points_words(grading),
                "rubric": show_rubric(rubric, grading) if grading.points else [],
            }
            for grading in reversed(one.gradings)
        ],
    }
