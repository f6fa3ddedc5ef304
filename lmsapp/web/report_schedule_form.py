"""The form of a schedule: when, as which file, to whom (REP-4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.runs.rules import Form as FileForm
from lmsapp.insight.reports.schedules.actions import What
from lmsapp.insight.reports.schedules.queries import may_address_others, people_of, user_with_email
from lmsapp.insight.reports.schedules.rules import LAST_DAY, Every, Readers, Timing, Wanted
from lmsapp.insight.reports.windows import WORDS as WINDOWS
from lmsapp.insight.reports.windows import Window, windows_for
from lmsapp.web.dates import hour
from lmsapp.web.fields import TicksField, choices
from lmsapp.web.forms import LineField
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.report_words import FORMS, READERS, weekdays

SPLIT = re.compile(r"[\s,;]+")
EVERY = {Every.WEEK.value: __("Every week"), Every.MONTH.value: __("Every month")}


class ScheduleForm(SharedForm):
    """`report` and its parameters stand in the address."""

    report = HiddenField()
    name = LineField(__("Name"), description=__("The subject of the letter."))
    every = RadioField(__("How often"), choices=choices(EVERY), default=Every.WEEK.value)
    weekday = SelectField(__("Day of the week"), description=__("When it is sent every week."))
    month_day = SelectField(__("Day of the month"), description=__("When it is sent every month."))
    hour = SelectField(__("Hour"))
    working_days = BooleanField(
        __("On working days only"), description=__("From a weekend or a holiday it moves to the next working day.")
    )
    days = SelectField(__("Which days it is about"))
    form = SelectField(__("File"), choices=choices(FORMS))
    readers = TicksField(__("To everybody with a role"))
    people = TextAreaField(
        __("To people by their sign-in address"),
        description=__(
            "One a line. Each gets what they may see themselves: everybody, their line or their departments."
        ),
    )

    def offer(self, report: Report) -> ScheduleForm:
        """With what can be chosen."""
        self.weekday.choices = choices(enumerate(weekdays()))
        month_days = [(str(day), str(day)) for day in range(1, 32)]
        self.month_day.choices = choices([*month_days, (str(LAST_DAY), _("the last day"))])
        self.hour.choices = choices([(str(one), hour(one)) for one in range(24)])
        self.days.choices = choices([(one.value, _(WINDOWS[one])) for one in windows_for(report)])
        self.readers.choices = choices(READERS)
        if not may_address_others(g.viewer):
            del self.readers, self.people
        return self

    def fill(self, report: Report) -> ScheduleForm:
        """As a new one begins: every Monday at seven."""
        self.name.data, self.every.data = _(report.title), Every.WEEK.value
        self.weekday.data, self.month_day.data, self.hour.data, self.working_days.data = "0", "1", "7", True
        self.days.data, self.form.data = Window.NONE.value, FileForm.CSV.value
        return self

    def fill_from(self, schedule: Any) -> ScheduleForm:
        """As it is."""
        for name in ("name", "every", "working_days", "days", "form"):
            self[name].data = getattr(schedule, name)
        for name in ("weekday", "month_day", "hour"):
            self[name].data = str(getattr(schedule, name))
        if "people" in self:
            self.readers.data = list(schedule.readers)
            self.people.data = "\n".join(one.email for one in people_of(schedule))
        return self

    def what(self, report: Report, terms: dict[str, list[str]]) -> What:
        """For the action."""
        return What(report, terms, Window(self.days.data or ""), FileForm(self.form.data))

    def wanted(self) -> Wanted:
        """For the action. Raises RuleBroken for an address nobody signs in with."""
        timing = Timing(
            Every(self.every.data),
            int(self.weekday.data),
            int(self.month_day.data),
            int(self.hour.data),
            working_days=bool(self.working_days.data),
        )
        if "people" not in self:
            return Wanted(self.name.data or "", timing, (), (g.viewer.user_id,))
        readers = [Readers(one) for one in self.readers.data or ()]
        return Wanted(self.name.data or "", timing, readers, _people(self.people.data or ""))


def _people(typed: str) -> Sequence[int]:
    found = []
    for address in dict.fromkeys(filter(None, SPLIT.split(typed))):
        user = user_with_email(address)
        if user is None:
            words = N_("Nobody with an open account signs in as %(address)s.")
            raise RuleBroken(words, field="people", address=address[:80])
        found.append(user.id)
    return found
