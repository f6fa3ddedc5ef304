"""What a manifest says, and when a lesson with a package is done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

LONGEST_COUNTDOWN = 120  # seconds


class Edition(StrEnum):
    """Which run-time the content speaks."""

    V12 = "1.2"
    V2004 = "2004"


class ItemKind(StrEnum):
    """What an item of the outline leads to."""

    SCO = "sco"
    ASSET = "asset"
    FOLDER = "folder"


class DoneWhen(StrEnum):
    """What the content has to report before the lesson is done."""

    COMPLETED = "completed"  # completed or passed
    PASSED = "passed"
    SCORE = "score"  # at least so many per cent


class Of(StrEnum):
    """How many of the parts."""

    ALL = "all"
    ANY = "any"


class ScoreOf(StrEnum):
    """Which score of several parts is the lesson's."""

    HIGHEST = "highest"
    AVERAGE = "average"
    LOWEST = "lowest"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the outline: what is launched and tracked. `href` is relative to the package's root, with its query.

    `mastery` as the manifest says it (per cent in 1.2); `sequencing` in the shape of the run-time library's activity
    settings. A folder has no `href`.
    """

    id: str
    parent: str | None
    title: str
    kind: ItemKind
    href: str | None = None
    visible: bool = True
    mastery: str | None = None
    prerequisites: str | None = None
    max_time: str | None = None
    time_limit_action: str | None = None
    launch_data: str | None = None
    completion_threshold: Mapping[str, Any] | None = None
    sequencing: Mapping[str, Any] | None = None
    hide_ui: tuple[str, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Item:
        """As a package keeps it."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        known |= {"kind": ItemKind(kept["kind"]), "hide_ui": tuple(kept.get("hide_ui", ()))}
        return cls(**known | {"data": tuple(kept.get("data", ()))})

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return asdict(self) | {"kind": self.kind.value, "hide_ui": list(self.hide_ui), "data": list(self.data)}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The one organization that is played. `items` flat, in the order of the outline; `version` as people name it."""

    edition: Edition
    version: str
    title: str
    identifier: str = ""
    items: tuple[Item, ...] = ()
    sequencing: Mapping[str, Any] | None = None
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=())

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Manifest:
        """As a package keeps it."""
        return cls(
            edition=Edition(kept["edition"]),
            version=kept["version"],
            title=kept["title"],
            identifier=kept.get("identifier", ""),
            items=tuple(Item.from_json(one) for one in kept["items"]),
            sequencing=kept.get("sequencing"),
            notes=tuple((words, values) for words, values in kept.get("notes", ())),
        )

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {
            "edition": self.edition.value,
            "version": self.version,
            "title": self.title,
            "identifier": self.identifier,
            "items": [one.as_json() for one in self.items],
            "sequencing": self.sequencing,
            "notes": [[words, dict(values)] for words, values in self.notes],
        }

    @property
    def played(self) -> tuple[Item, ...]:
        """What can be launched, in order."""
        return tuple(one for one in self.items if one.href is not None)

    @property
    def scos(self) -> tuple[Item, ...]:
        """What reports something."""
        return tuple(one for one in self.played if one.kind is ItemKind.SCO)

    def item(self, identifier: str) -> Item | None:
        """The item of that name, or None."""
        return next((one for one in self.items if one.id == identifier), None)


@dataclass(frozen=True, slots=True)
class PackageTerms:
    """When a lesson with a package is done, and how its player behaves.

    `percent` counts where `done_when` asks for a score. `opened_counts`: a part that never reports anything is done
    when it was opened and left. `close_after`: seconds of countdown once the content is done; 0: it never closes by
    itself.
    """

    done_when: DoneWhen = DoneWhen.COMPLETED
    percent: int = 80
    of: Of = Of.ALL
    score: ScoreOf = ScoreOf.HIGHEST
    opened_counts: bool = False
    close_after: int = 10

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> PackageTerms:
        """From `Lesson.detail["scorm"]`; what is left out has its default."""
        return cls(
            done_when=DoneWhen(kept.get("done_when", DoneWhen.COMPLETED)),
            percent=int(kept.get("percent", 80)),
            of=Of(kept.get("of", Of.ALL)),
            score=ScoreOf(kept.get("score", ScoreOf.HIGHEST)),
            opened_counts=bool(kept.get("opened_counts", False)),
            close_after=int(kept.get("close_after", 10)),
        )

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        said = asdict(self)
        return said | {name: said[name].value for name in ("done_when", "of", "score")}

    def checked(self) -> PackageTerms:
        """Itself. Raises RuleBroken for what nobody, or doing nothing, would meet."""
        if not 1 <= self.percent <= 100:
            raise RuleBroken(N_("The score asked for must lie between 1 and 100."), field="percent")
        if not 0 <= self.close_after <= LONGEST_COUNTDOWN:
            raise RuleBroken(N_("Choose between 0 and %(most)s seconds."), field="close_after", most=LONGEST_COUNTDOWN)
        return self

    def changed(self, **said: Any) -> PackageTerms:
        """With other values, checked."""
        return replace(self, **said).checked()


def titles(items: Iterable[Item]) -> tuple[str, ...]:
    """What people call them."""
    return tuple(one.title or one.id for one in items)
