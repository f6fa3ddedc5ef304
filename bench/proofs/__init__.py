"""Long proofs, one module each: `./lms prove NAME`. The last line holds the figures; exit 1 when it falls short.

A module has `ROUNDS` (how much is tried unless the environment says otherwise) and `prove(rounds) -> Outcome`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a proof: figures in the order they are printed, and whether they are good enough."""

    figures: dict[str, object]
    good: bool

    def line(self, name: str) -> str:
        """'access: routes 140, callers 13, holes 0'."""
        return f"{name}: " + ", ".join(f"{key} {value}" for key, value in self.figures.items())
