"""The year as a list of happenings, oldest first. Pure: the same for the same date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from lmsapp.demo.content import CourseContent
from lmsapp.demo.days import START_DAYS, Days
from lmsapp.demo.fates import Fate, fate_of
from lmsapp.demo.people import Person, people
from lmsapp.demo.waves import BY_THEMSELVES, CLOSINGS, EXTENSIONS, LEAVER, RENEWED, Closing, Extension, Wave, waves

MORNING = 6 * 60  # when the daily job runs
LATEST = -4  # the day of the last assignments


@dataclass(frozen=True, slots=True)
class Happening:
    """Something at an instant (UTC)."""

    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Assigned(Happening):
    """To all of them at once, due on day `due` from today."""

    course: str
    names: tuple[str, ...]
    due: int
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Enrolled(Happening):
    """By themselves."""

    name: str
    course: str


@dataclass(frozen=True, slots=True)
class Renewed(Happening):
    """Begun again, before the certification lapsed."""

    name: str
    course: str


@dataclass(frozen=True, slots=True)
class Studied(Happening):
    """One sitting, from `at` on, until `lessons` of the course are done. `pace` 1 is the expected time."""

    name: str
    course: str
    lessons: int
    pace: float


@dataclass(frozen=True, slots=True)
class Attempted(Happening):
    """The quiz, with so many wrong answers: the dearest questions of a failure, the cheapest of a pass."""

    name: str
    course: str
    wrong: int
    passes: bool


@dataclass(frozen=True, slots=True)
class Moved(Happening):
    """A due date."""

    extension: Extension


@dataclass(frozen=True, slots=True)
class Closed(Happening):
    """An assignment, for another reason than being done."""

    closing: Closing


@dataclass(frozen=True, slots=True)
class Gone(Happening):
    """Somebody left."""

    name: str


@dataclass(frozen=True, slots=True)
class Morning(Happening):
    """The daily job: reminders, and what became overdue."""


@dataclass(frozen=True, slots=True)
class Errand(Happening):
    """Anything else that somebody did."""

    run: Callable[[], None]


@dataclass
class Plan:
    """Makes the list. `contents` by slug."""

    days: Days
    contents: Mapping[str, CourseContent]
    made: list[Happening] = field(default_factory=list)

    def happenings(self) -> list[Happening]:
        """Everything, in order of time."""
        self.made = [Morning(self.days.at(day, MORNING)) for day in range(1 - START_DAYS, 0)]
        for wave in waves():
            self._assign(wave)
        for name, course, day in BY_THEMSELVES:
            person = BY_NAME[name]
            self.made.append(Enrolled(self.days.at(day - 2, 12 * 60, person.zone), name, course))
            self._follow(person, course, Fate(day, attempts=1), first_day=day - 2)
        for name, course, day, lessons, finished in RENEWED:
            self._renew(BY_NAME[name], course, day, lessons, finished=finished)
        self.made += [Moved(self.days.at(one.on, 11 * 60), one) for one in EXTENSIONS]
        self.made += [Closed(self.days.at(one.on, 11 * 60 + 7), one) for one in CLOSINGS]
        name, day = LEAVER
        self.made.append(Gone(self.days.at(day, 17 * 60), name))
        return sorted(self.made, key=lambda one: one.at)

    def _renew(self, person: Person, slug: str, day: int, lessons: int, *, finished: bool) -> None:
        begun = self.days.at(day, 9 * 60, person.zone)
        self.made.append(Renewed(begun, person.name, slug))
        most = len(self.contents[slug].lessons) - 1
        begun += dt.timedelta(minutes=2)
        self.made.append(Studied(begun, person.name, slug, most if finished else lessons, 0.8))
        if finished:
            self.made.append(Attempted(begun + dt.timedelta(hours=1), person.name, slug, 0, passes=True))

    def _assign(self, wave: Wave) -> None:
        """People hired since get it on their second day, due a month later."""
        on = max(min(wave.due - wave.lead, LATEST), 1 - START_DAYS)
        there = [BY_NAME[name] for name in wave.who if BY_NAME[name].days > -on]
        later = [BY_NAME[name] for name in wave.who if 3 < BY_NAME[name].days <= -on]
        self._assign_on(wave, on, wave.due, there)
        for person in later:
            self._assign_on(wave, 1 - person.days, 31 - person.days, [person])

    def _assign_on(self, wave: Wave, on: int, due: int, who: list[Person]) -> None:
        who = [person for person in who if person.name != LEAVER[0] or on < LEAVER[1]]
        if not who:
            return
        minute = 8 * 60 + Random(f"{wave.course}/{due}/{who[0].name}").randrange(60, 400)
        names = tuple(person.name for person in who)
        self.made.append(Assigned(self.days.at(on, minute), wave.course, names, due, wave.by, wave.note))
        for person in who:
            self._follow(person, wave.course, fate_of(person, wave.course, on, due), first_day=on + 1)

    def _follow(self, person: Person, slug: str, fate: Fate, *, first_day: int) -> None:
        """Sittings and attempts that lead to the fate."""
        if fate.last_day is None:
            return
        rng = Random(f"sittings/{person.name}/{slug}")
        content = self.contents[slug]
        most = len(content.lessons) - 1  # the quiz is the last one
        lessons = most if fate.attempts else min(fate.lessons, most)
        day = fate.last_day - max(0, fate.attempts - 1)
        minute, pace = rng.randrange(7 * 60, 17 * 60), rng.uniform(0.7, 1.15)
        if lessons > 2 and rng.random() < 0.45 and day - 2 > first_day:
            earlier = self.days.at(day - rng.randint(1, min(4, day - 1 - first_day)), minute, person.zone)
            self.made.append(Studied(earlier, person.name, slug, rng.randint(1, lessons - 1), pace))
        begun = self.days.at(day, minute, person.zone)
        self.made.append(Studied(begun, person.name, slug, lessons, pace))
        for number in range(1, fate.attempts + 1):
            begun += dt.timedelta(minutes=content.minutes * 1.3 + 4) if number == 1 else dt.timedelta(hours=23)
            passes = number == fate.attempts and not fate.fails
            wrong = self._wrong(content, passes, rng)
            self.made.append(Attempted(begun, person.name, slug, wrong, passes))

    def _wrong(self, content: CourseContent, passes: bool, rng: Random) -> int:
        """How many answers are wrong."""
        quiz = content.lessons[-1].quiz
        assert quiz is not None
        count = len(quiz.questions)
        allowed = count * (100 - quiz.passing_percent) // 100
        return rng.choice([0, 0, allowed]) if passes else min(count, allowed + rng.randint(1, 2))


BY_NAME = {person.name: person for person in people()}
