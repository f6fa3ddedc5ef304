"""What may be said of a training (REP-2)."""

from __future__ import annotations

import datetime as dt

import pytest

from lmsapp.infra.words import RuleBroken
from lmsapp.learning.particulars.rules import Particulars, Trainer, checked_particulars, checked_trainer

TODAY = dt.date(2026, 11, 2)


def test_words_are_cleaned() -> None:
    """REP-2: one line each, nothing that no page may hold."""
    assert checked_trainer(Trainer("  Dr\n Ito\x00 ", " MD\t")) == Trainer("Dr Ito", "MD")
    assert checked_particulars(Particulars(), TODAY) == Particulars()
    with pytest.raises(RuleBroken, match="whose"):
        checked_trainer(Trainer("", "MD"))
    with pytest.raises(RuleBroken, match="300"):
        checked_trainer(Trainer("x" * 301, ""))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Particulars(evaluated_on=TODAY), "evaluated_by"),
        (Particulars(evaluated_by="Eva"), "evaluated_on"),
        (Particulars(given_by="Acme"), "adequate_on"),
        (Particulars(evaluated_on=TODAY + dt.timedelta(days=1), evaluated_by="Eva"), "evaluated_on"),
        (Particulars(adequate_on=dt.date(1950, 1, 1)), "adequate_on"),
        (Particulars(qualification="MD"), "name"),
    ],
)
def test_what_makes_no_sense_is_refused(said: Particulars, field: str) -> None:
    """REP-2: an evaluation has a day and somebody who evaluated; no day is still to come."""
    with pytest.raises(RuleBroken) as refused:
        checked_particulars(said, TODAY)
    assert refused.value.field == field
