"""What terms mean for a package, what it cannot meet, and how two packages differ: pure sentences."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lmsapp.courses.packages.comparing import differences
from lmsapp.courses.packages.meaning import Play, Weight, meaning, remarks
from lmsapp.courses.packages.rules import DoneWhen, Edition, Item, ItemKind, Manifest, Of, PackageTerms, ScoreOf


def sco(name: str, **more: object) -> Item:
    return Item(name, None, name.title(), ItemKind.SCO, f"{name}.html", **more)  # type: ignore[arg-type]


PAGE = Item("page", None, "Page", ItemKind.ASSET, "page.html")
ONE = Manifest(Edition.V12, "1.2", "Ladders", items=(sco("check", mastery="80"),))
TWO = Manifest(Edition.V2004, "2004 4th Edition", "Heat", items=(sco("signs"), sco("check")))
PAGES = Manifest(Edition.V12, "1.2", "Leaflet", items=(PAGE, replace(PAGE, id="more", title="More")))
MIXED = replace(TWO, items=(PAGE, *TWO.items))


def told(manifest: Manifest, terms: PackageTerms) -> str:
    return " ".join(words % values for words, values in meaning(played(manifest), terms))


def played(manifest: Manifest) -> Play:
    return Play(manifest, tuple(one for one in manifest.played if one.visible) or manifest.played)


def warned(manifest: Manifest, terms: PackageTerms) -> list[tuple[Weight, str]]:
    return [(one.weight, one.words % dict(one.values)) for one in remarks(played(manifest), terms)]


terms_of_any_kind = st.builds(
    PackageTerms,
    done_when=st.sampled_from(DoneWhen),
    percent=st.integers(1, 100),
    of=st.sampled_from(Of),
    score=st.sampled_from(ScoreOf),
    opened_counts=st.booleans(),
    close_after=st.integers(0, 120),
)
items = st.lists(
    st.sampled_from([sco("a", mastery="0.8"), sco("b", mastery="x"), sco("c"), PAGE]), unique_by=lambda i: i.id
)
manifests = items.map(lambda found: replace(TWO, items=tuple(found)))


@given(manifests, terms_of_any_kind)
def test_every_sentence_can_be_filled(manifest: Manifest, terms: PackageTerms) -> None:
    """SCO-3: whatever package and terms, what is said has all its values, and says when the lesson is done first."""
    assert told(manifest, terms).startswith("The lesson is done ")
    weights = [weight for weight, words in warned(manifest, terms) if words]
    assert weights == sorted(weights, key=list(Weight).index)
    assert (Weight.EASY in weights) or not (terms.opened_counts or not manifest.scos)
    own = meaning(replace(played(manifest), by_rules=True), terms)
    assert [words % values for words, values in own][1].startswith("The package has rules of its own")


@given(manifests, manifests)
def test_differences_are_none_only_between_the_same(before: Manifest, after: Manifest) -> None:
    """SCO-1: the same outline says nothing, another one always something."""
    said = [words % values for words, values in differences(before, after)]
    assert bool(said) == (before.items != after.items)


def test_terms_in_words_for_this_very_package() -> None:
    """SCO-2, SCO-3: one part, several parts, pages that report nothing, what the package states itself."""
    assert "reports “completed” or “passed”. This package states a mastery score of 80" in told(ONE, PackageTerms())
    assert "closes by itself after 10 seconds" in told(ONE, PackageTerms())
    assert "waits for the learner" in told(ONE, PackageTerms(close_after=0))
    passed = PackageTerms(DoneWhen.PASSED, of=Of.ANY)
    assert "any one of the 2 parts reports “passed”. Its score is the highest" in told(TWO, passed)
    mixed = told(MIXED, PackageTerms(DoneWhen.SCORE, percent=70))
    assert "each of the 3 parts has reported a score of at least 70\u202f%" in mixed
    assert "Plain pages among them (1) report nothing" in mixed
    hidden = replace(TWO, items=(replace(sco("signs"), visible=False), sco("check", mastery="0.75")))
    assert "does not show in its list (1)" in told(hidden, PackageTerms())
    assert "a mastery score of 75\u202f%" in told(hidden, PackageTerms())


def test_what_a_package_cannot_meet_is_said_before_it_is_published() -> None:
    """SCO-3: plain pages, any one of pages, opening that counts, scores that differ from the package's own."""
    assert warned(ONE, PackageTerms()) == []
    (easy, note) = warned(PAGES, PackageTerms(DoneWhen.PASSED))
    assert (easy[0], note[0]) == (Weight.EASY, Weight.NOTE)
    assert "Nothing in this package reports anything" in easy[1]
    assert "Often only the last one" in warned(TWO, PackageTerms(DoneWhen.SCORE))[1][1]
    assert "“Page” is a plain page" in warned(MIXED, PackageTerms(of=Of.ANY))[0][1]
    assert "opening it and leaving" in warned(ONE, PackageTerms(opened_counts=True))[0][1]
    assert "states no mastery score" in warned(TWO, PackageTerms(DoneWhen.PASSED))[0][1]
    less = " ".join(words for _weight, words in warned(ONE, PackageTerms(DoneWhen.SCORE, percent=60)))
    assert "passes at 80, you ask for 60\u202f%: it may say “failed”" in less
    more = " ".join(words for _weight, words in warned(ONE, PackageTerms(DoneWhen.SCORE, percent=90)))
    assert "“passed” may not be enough" in more


def test_another_package_is_told_part_by_part() -> None:
    """SCO-1: edition, title, new and gone parts, another mastery score, hidden, in another order."""
    after = Manifest(
        Edition.V2004,
        "2004 3rd Edition",
        "Heat, again",
        items=(replace(sco("check", mastery="70"), visible=False), sco("signs", prerequisites="check"), sco("more")),
    )
    said = [words % values for words, values in differences(TWO, after)]
    assert said == [
        "SCORM 2004 4th Edition became SCORM 2004 3rd Edition",
        "“Heat” is now called “Heat, again”",
        "New: “More”",
        "Mastery score of “Check”: – before, 70 now",
        "“Check” is hidden now",
        "When “Signs” may be opened has changed",
        "The parts stand in another order",
    ]
