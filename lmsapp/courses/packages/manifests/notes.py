"""What is worth telling the author about a package that is imported all the same. Pure."""

from __future__ import annotations

from typing import Any

from lmsapp.courses.packages.zips.names import shown
from lmsapp.infra.words import N_

MOST = 30  # notes; a package with an odd habit has it in every item
MOST_ALIKE = 5

MORE = N_("The same holds for %(n)s more.")


class Notes:
    """Collected in order; the same words at most five times, with the number of the rest."""

    def __init__(self) -> None:
        self._said: list[tuple[str, dict[str, Any]]] = []
        self._alike: dict[str, int] = {}

    def add(self, words: str, **values: object) -> None:
        """A sentence for the author, values shortened."""
        said = (words, {name: shown(one) if isinstance(one, str) else one for name, one in values.items()})
        if said in self._said:
            return
        self._alike[words] = self._alike.get(words, 0) + 1
        if self._alike[words] <= MOST_ALIKE:
            self._said.append(said)

    @property
    def kept(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """As the manifest keeps them."""
        found = []
        for place, (words, values) in enumerate(self._said):
            found.append((words, values))
            more = self._alike[words] - MOST_ALIKE
            if more > 0 and words not in (later for later, _values in self._said[place + 1 :]):
                found.append((MORE, {"n": more}))
        return tuple(found[:MOST])
