"""Reads YAML with checks: every mistake in a content file is reported with the file and the key. Stands on PyYAML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")


class ContentError(ValueError):
    """A content file is wrong; the message is `folder/file: key: what is wrong`."""


@dataclass(frozen=True, slots=True)
class YamlNode:
    """One mapping of a YAML file: `place` is `folder/file`, `path` the keys that lead to it, `data` what it holds."""

    place: str
    path: str
    data: dict[str, Any]

    @classmethod
    def read(cls, file: Path) -> YamlNode:
        place = f"{file.parent.name}/{file.name}"
        try:
            data = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as problem:
            raise ContentError(f"{place}: cannot be read: {problem}") from problem
        if not isinstance(data, dict):
            raise ContentError(f"{place}: must be a mapping")
        return cls(place, "", data)

    def error(self, key: str, problem: str) -> ContentError:
        return ContentError(f"{self.place}: {self.path}{key}: {problem}")

    def _get(self, key: str, kind: type[T], words: str) -> T:
        if key not in self.data:
            raise self.error(key, "is missing")
        value = self.data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(key, f"must be {words}, not {value!r}")
        return value

    def text(self, key: str) -> str:
        value = self._get(key, str, "text").strip()
        if not value:
            raise self.error(key, "is empty")
        return value

    def number(self, key: str, least: int = 0, most: int = 100_000) -> int:
        value = self._get(key, int, "a whole number")
        if not least <= value <= most:
            raise self.error(key, f"must be from {least} to {most}, not {value}")
        return value

    def flag(self, key: str) -> bool:
        return self._get(key, bool, "true or false")

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.error(key, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def maybe(self, key: str, read: Callable[[str], T]) -> T | None:
        return None if key in self.data and self.data[key] is None else read(key)

    def file(self, key: str, folder: Path) -> Path:
        path = folder / self.text(key)
        if path.parent != folder or not path.is_file():
            raise self.error(key, f"there is no file {self.data[key]!r} in {folder.name}")
        return path

    def child(self, key: str) -> YamlNode:
        return YamlNode(self.place, f"{self.path}{key}.", self._get(key, dict, "a mapping"))

    def children(self, key: str) -> list[YamlNode]:
        items = self._get(key, list, "a list")
        if not items or not all(isinstance(item, dict) for item in items):
            raise self.error(key, "must be a list of mappings with at least one")
        return [
            YamlNode(self.place, f"{self.path}{key}[{number}].", item) for number, item in enumerate(items, start=1)
        ]
