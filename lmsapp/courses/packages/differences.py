"""What another package of the same lesson changes in its outline, for its author to look at. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lmsapp.courses.packages.rules import Item, Manifest


@dataclass(frozen=True, slots=True)
class Differences:
    """Titles of items: new, gone, and (before, after) of what has another title. `moved`: in another order.

    An item is the same one as long as its identifier is; a program that makes new ones each time changes everything.
    """

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    kind: tuple[tuple[str, str], ...] = ()
    moved: bool = False
    edition: tuple[str, str] | None = None

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.renamed or self.kind or self.moved or self.edition)


def differences(old: Manifest, new: Manifest) -> Differences:
    """From `old` to `new`. `kind`: (title, what it is now) of parts that report from now on, or no longer do."""
    before, after = _by_id(old.items), _by_id(new.items)
    both = [one for one in after if one in before]
    return Differences(
        added=tuple(one.title for key, one in after.items() if key not in before),
        gone=tuple(one.title for key, one in before.items() if key not in after),
        renamed=tuple((before[key].title, after[key].title) for key in both if before[key].title != after[key].title),
        kind=tuple((after[key].title, after[key].kind.value) for key in both if before[key].kind != after[key].kind),
        moved=both != [key for key in before if key in after],
        edition=(old.version, new.version) if old.version != new.version else None,
    )


def _by_id(items: Iterable[Item]) -> dict[str, Item]:
    return {one.id: one for one in items}
