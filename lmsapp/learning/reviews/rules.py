"""What a review may be, who may write one, and what a rating comes to. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.words import N_, NotAllowed, RuleBroken

MOST_TEXT = 2000
# A course with one review of five stars is not better than one with fifty of four and a half: each rating is taken
# together with so many average ones before courses are put in order.
PRIOR_REVIEWS, PRIOR_STARS = 3, 3.5


@dataclass(frozen=True, slots=True)
class Rating:
    """How many reviews are shown, and the sum of their stars."""

    reviews: int = 0
    stars: int = 0

    @property
    def average(self) -> float | None:
        """With one decimal; None where nobody wrote a review."""
        return round(self.stars / self.reviews, 1) if self.reviews else None

    @property
    def weight(self) -> float:
        """For putting courses in order; 0 where nobody wrote a review."""
        if not self.reviews:
            return 0.0
        return (self.stars + PRIOR_REVIEWS * PRIOR_STARS) / (self.reviews + PRIOR_REVIEWS)


def check_may_review(*, completed: bool, wrote_course: bool) -> None:
    """Only who completed the course knows it; who made it judges it in other ways. Raises NotAllowed."""
    if wrote_course:
        raise NotAllowed(N_("You made this course. Reviews are for the people who take it."))
    if not completed:
        raise NotAllowed(N_("Only people who completed the course review it."))


def cleaned_review(stars: object, text: str) -> tuple[int, str]:
    """(stars, text). Raises RuleBroken (field: stars or text)."""
    if not isinstance(stars, int) or not 1 <= stars <= 5:
        raise RuleBroken(N_("Choose from one to five stars."), field="stars")
    said = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if len(said) > MOST_TEXT or not said.replace("\n", "").isprintable():
        raise RuleBroken(N_("Write at most %(most)s characters that can be seen."), field="text", most=MOST_TEXT)
    return stars, said


def shown_name(name: str, *, names_shown: bool) -> str:
    """The first name, or '' where the organisation shows none."""
    return name.split(maxsplit=1)[0] if names_shown and name.split() else ""
