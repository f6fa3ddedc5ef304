"""Which statuses can be called otherwise, where, and what a label may be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lmsapp.infra.words import N_, RuleBroken

MAX_LABEL = 40

# As they are spelled in code, database and address; the order is that of the page where they are named.
TRAINING = (
    "Not Started", "Pending", "In Progress", "Completed", "Failed", "Overdue", "Renewal Required", "Expired", "Paused",
    "Withdrawn", "Cancelled", "Exempt",
)  # fmt: skip
CERTIFICATES = ("Valid", "Expiring", "Revoked")
COMPLIANCE = ("Required", "Complete", "Waived")
ATTEMPTS = ("Passed", "Not passed")
STATUSES: tuple[str, ...] = (*TRAINING, *CERTIFICATES, *COMPLIANCE, *ATTEMPTS)


class Scope(NamedTuple):
    """Where a label holds: ('organisation', 0), ('course', its id), ('compliance_type', its id)."""

    kind: str
    id: int = 0


ORGANISATION = Scope("organisation")
Word = tuple[str, str]  # language, status
Words = Mapping[Word, str]


@dataclass(frozen=True, slots=True)
class Labels:
    """All that is chosen, by scope. Empty: every status is called by its standard word."""

    chosen: Mapping[Scope, Words] = field(default_factory=dict)

    def label(self, status: str, language: str, *scopes: Scope) -> str | None:
        """What the nearest scope calls it, the organisation last; None: the standard word."""
        if not self.chosen:
            return None
        for scope in (*scopes, ORGANISATION):
            if found := self.chosen.get(scope, {}).get((language, status)):
                return found
        return None

    def ids(self, kind: str) -> list[int]:
        """The courses or compliance types that have words of their own."""
        return sorted(scope.id for scope in self.chosen if scope.kind == kind)


def cleaned(wanted: Words) -> dict[Word, str]:
    """Without needless spaces; an empty label chooses nothing. Raises RuleBroken (field: '<language>-<n>')."""
    kept: dict[Word, str] = {}
    for (language, status), text in wanted.items():
        label = " ".join(text.split())
        if status not in STATUSES:
            raise LookupError(status)
        if not label:
            continue
        if len(label) > MAX_LABEL or not label.isprintable():
            raise RuleBroken(
                N_("A word has at most %(most)s characters that can be seen."),
                field=field_name(language, status),
                most=MAX_LABEL,
            )
        kept[language, status] = label
    return kept


def check_apart(scope: Scope, labels: Labels, standard: Words) -> None:
    """No reader may take one status for another: within a scope no two have the same word.

    `standard` holds the standard word of every status in every language. A word that is another status's standard one
    is refused too, even where that status is called otherwise. Raises RuleBroken.
    """
    for (language, status), label in labels.chosen.get(scope, {}).items():
        for other in STATUSES:
            if other == status:
                continue
            words = {labels.label(other, language, scope), standard[language, other], other}
            if _plain(label) in {_plain(word) for word in words if word}:
                raise RuleBroken(
                    N_("“%(label)s” is already the word for another status (%(other)s)."),
                    field=field_name(language, status),
                    label=label,
                    other=standard[language, other],
                )


def scopes_to_check(changed: Scope, labels: Labels) -> Iterable[Scope]:
    """The organisation's words reach into every scope that has words of its own."""
    return labels.chosen if changed == ORGANISATION else (changed,)


def field_name(language: str, status: str) -> str:
    """What the field of a form is called: 'en-2'."""
    return f"{language}-{STATUSES.index(status)}"


def _plain(word: str) -> str:
    return " ".join(word.split()).casefold()
