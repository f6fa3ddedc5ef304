"""What a status may be called. Pure (CRS-7)."""

from __future__ import annotations

import pytest

from lmsapp.infra.words import RuleBroken
from lmsapp.people.labels.rules import ORGANISATION, STATUSES, Labels, Scope, check_apart, cleaned, scopes_to_check

STANDARD = {(language, status): status if language == "en" else f"{status} (es)"
            for language in ("en", "es") for status in STATUSES}  # fmt: skip
COURSE = Scope("course", 7)


def test_the_nearest_scope_decides() -> None:
    """CRS-7: course before organisation before the standard word, each language by itself."""
    labels = Labels(
        {
            ORGANISATION: {("en", "Completed"): "Compliant", ("en", "Overdue"): "Late"},
            COURSE: {("en", "Completed"): "Certified"},
        }
    )
    assert labels.label("Completed", "en", COURSE) == "Certified"
    assert labels.label("Completed", "en", Scope("course", 8)) == "Compliant"
    assert labels.label("Overdue", "en", COURSE) == "Late"
    assert labels.label("Overdue", "es", COURSE) is None
    assert labels.ids("course") == [7]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (ORGANISATION, {("en", "Completed"): "Done", ("en", "Exempt"): "done"}),  # each other's
        (ORGANISATION, {("en", "Completed"): "overdue"}),  # another's standard word
        (ORGANISATION, {("es", "Completed"): "Overdue (es)"}),
        (COURSE, {("en", "Failed"): "Compliant"}),  # what the organisation calls another
        (COURSE, {("es", "Completed"): "Overdue"}),  # the standard word in code
    ],
)
def test_no_status_can_be_taken_for_another(scope: Scope, words: dict[tuple[str, str], str]) -> None:
    """CRS-7: within a scope no two statuses have the same word, the inherited ones included."""
    chosen = {ORGANISATION: {("en", "Completed"): "Compliant"}} | {scope: words}
    with pytest.raises(RuleBroken, match="already the word"):
        check_apart(scope, Labels(chosen), STANDARD)


def test_the_organisation_s_words_are_held_against_every_course() -> None:
    """CRS-7: a word that is free in the organisation may be taken in a course."""
    chosen = {ORGANISATION: {("en", "Completed"): "Certified"}, COURSE: {("en", "Exempt"): "Certified"}}
    assert set(scopes_to_check(ORGANISATION, Labels(chosen))) == {ORGANISATION, COURSE}
    assert set(scopes_to_check(COURSE, Labels(chosen))) == {COURSE}
    with pytest.raises(RuleBroken):
        check_apart(COURSE, Labels(chosen), STANDARD)


def test_labels_are_short_lines() -> None:
    """CRS-7: needless spaces go, an empty one chooses nothing, hidden characters are refused."""
    assert cleaned({("en", "Completed"): "  Fully   done ", ("es", "Completed"): " "}) == {
        ("en", "Completed"): "Fully done"
    }
    for wrong in ("x" * 41, "a\u200bb"):
        with pytest.raises(RuleBroken):
            cleaned({("en", "Completed"): wrong})
    with pytest.raises(LookupError):
        cleaned({("en", "Nonsense"): "x"})
