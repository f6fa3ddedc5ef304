"""The form of an assignment lesson: the task, what may be handed in, the rubric. Rules check what it means."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as __
from wtforms import Field, IntegerField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.tasks.rules import (
    MOST_FILES,
    MOST_MB,
    MOST_ROWS,
    MOST_TRIES,
    Gives,
    RubricRow,
    Task,
    level_lines,
    plain,
    written_rubric,
)
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.studio.forms import TITLE, TicksField, sure
from lmsapp.web.studio.words import choices
from lmsapp.web.work_words import FILE_GROUPS, GIVES, asked_facts, show_rubric

PARTS = ("key", "title", "points", "levels")
NEW = Task()


class RubricField(Field):
    """Criteria as a list of {'key', 'title', 'points', 'levels'}, as typed; rows left empty are dropped by the rule."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """From repeated inputs <name>-key, -title, -points, -levels."""
        del extra_filters
        self.process_errors = []
        self.data = [dict(row) for row in data] if isinstance(data, list) else []
        if formdata and formdata.getlist(f"{self.name}-title"):
            columns = {part: formdata.getlist(f"{self.name}-{part}")[: MOST_ROWS + 1] for part in PARTS}
            self.data = [
                {part: (columns[part][n] if n < len(columns[part]) else "")[:4000] for part in PARTS}
                for n in range(len(columns["title"]))
            ]

    def rows(self) -> list[dict[str, str]]:
        """What is there, and room for more."""
        empty = dict.fromkeys(PARTS, "")
        return [*self.data, *(dict(empty) for _n in range(max(1, 3 - len(self.data))))][:MOST_ROWS]


class TaskForm(SharedForm):
    """An assignment lesson."""

    title = StringField(__("Title"), TITLE)
    body = TextAreaField(__("The task"), [Optional(), Length(max=100_000)])
    minutes = IntegerField(__("Expected minutes"), [InputRequired(), NumberRange(0, 600)], default=30)
    uploads = MultipleFileField(__("Files of the task"))
    gives = TicksField(__("What is handed in"), choices=choices(GIVES), default=[one.value for one in NEW.gives])
    file_groups = TicksField(__("Types of file"), choices=choices(FILE_GROUPS), default=list(NEW.file_groups))
    max_files = IntegerField(__("Files at most"), [InputRequired(), NumberRange(1, MOST_FILES)], default=NEW.max_files)
    max_mb = IntegerField(__("Size of a file, in MB"), [InputRequired(), NumberRange(1, MOST_MB)], default=NEW.max_mb)
    tries = IntegerField(
        __("Tries allowed"),
        [Optional(), NumberRange(1, MOST_TRIES)],
        default=NEW.tries,
        description=__("The first hand-in and each one after rework. Empty: no limit."),
    )
    passing_percent = IntegerField(
        __("Passing score in per cent of the points"),
        [Optional(), NumberRange(1, 100)],
        description=__("Empty: whoever grades it decides."),
    )
    rubric = RubricField(__("Rubric"))

    @classmethod
    def of(cls, lesson: Any, **sent: Any) -> TaskForm:
        """As the lesson stands. `sent`: formdata=None where what came is not to be read."""
        task = Task.from_json(lesson.detail.get("task", {}))
        values = task.as_json() | {"rubric": [typed(row) for row in task.rubric]}
        return cls(data=values | {name: getattr(lesson, name) for name in ("title", "body", "minutes")}, **sent)

    def written(self) -> dict[str, Any]:
        """What every lesson has."""
        return {"title": self.title.data, "body": self.body.data or "", "minutes": self.minutes.data, "min_seconds": 0}

    def task(self, lesson: Any = None) -> Task:
        """The settings. Raises RuleBroken for a rubric that cannot be read."""
        known = [row["key"] for row in (lesson.detail.get("task", {}).get("rubric", ()) if lesson else ())]
        return Task(
            gives=tuple(Gives(one) for one in self.gives.data or ()),
            file_groups=tuple(self.file_groups.data or ()),
            max_files=sure(self.max_files),
            max_mb=sure(self.max_mb),
            tries=self.tries.data,
            passing_percent=self.passing_percent.data,
            rubric=written_rubric(self.rubric.data, known),
        )

    def uploads_sent(self) -> list[Upload]:
        """Files that come to the task."""
        sent: list[Any] = request.files.getlist("uploads")
        return [Upload(one.stream, one.filename) for one in sent if one.filename]


def typed(row: RubricRow) -> dict[str, str]:
    """A criterion as it is typed."""
    return {"key": row.key, "title": row.title, "points": plain(row.points), "levels": level_lines(row)}


def task_shown(lesson: Any) -> dict[str, Any]:
    """What a learner is told of the task."""
    task = Task.from_json(lesson.detail.get("task", {}))
    return {"facts": asked_facts(task), "rubric": show_rubric(task.rubric)}
