"""What may be said of a training. Pure and dated (REP-2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lmsapp.infra.words import N_, RuleBroken, cleaned_words

LONGEST = 300
OLDEST = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Trainer:
    """Who conducts a training, and what makes them fit to. Both '': nobody is named."""

    name: str = ""
    qualification: str = ""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is said of one completion; as `models.TrainingParticular` keeps it."""

    trainer: str = ""
    qualification: str = ""
    evaluated_on: dt.date | None = None
    evaluated_by: str = ""
    equipment: str = ""
    adequate_on: dt.date | None = None
    given_by: str = ""


def checked_trainer(trainer: Trainer) -> Trainer:
    """Cleaned. Raises RuleBroken: qualifications are somebody's."""
    name = _line(trainer.name, "name")
    qualification = _line(trainer.qualification, "qualification")
    if qualification and not name:
        raise RuleBroken(N_("Say whose qualifications these are."), field="name")
    return Trainer(name, qualification)


def checked_particulars(said: Particulars, today: dt.date) -> Particulars:
    """Cleaned. Raises RuleBroken where a day is to come, or an evaluation has no evaluator or no day."""
    trainer = checked_trainer(Trainer(said.trainer, said.qualification))
    cleaned = Particulars(
        trainer=trainer.name,
        qualification=trainer.qualification,
        evaluated_on=said.evaluated_on,
        evaluated_by=_line(said.evaluated_by, "evaluated_by"),
        equipment=_line(said.equipment, "equipment"),
        adequate_on=said.adequate_on,
        given_by=_line(said.given_by, "given_by"),
    )
    _check_day(cleaned.evaluated_on, today, "evaluated_on")
    _check_day(cleaned.adequate_on, today, "adequate_on")
    if cleaned.evaluated_on and not cleaned.evaluated_by:
        raise RuleBroken(N_("Say who evaluated."), field="evaluated_by")
    if cleaned.evaluated_by and not cleaned.evaluated_on:
        raise RuleBroken(N_("Say on which day it was evaluated."), field="evaluated_on")
    if cleaned.given_by and not cleaned.adequate_on:
        raise RuleBroken(N_("Say on which day that training was found adequate."), field="adequate_on")
    return cleaned


def _check_day(day: dt.date | None, today: dt.date, field: str) -> None:
    if day and day > today:
        raise RuleBroken(N_("This day is still to come."), field=field)
    if day and day < OLDEST:
        raise RuleBroken(N_("This is too long ago."), field=field)


def _line(words: str, field: str) -> str:
    return " ".join(cleaned_words(words, LONGEST, field).split())
