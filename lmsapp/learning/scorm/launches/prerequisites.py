"""What has to be done before a part of a SCORM 1.2 package: `adlcp:prerequisites`, type aicc_script. Pure.

Source: SCORM 1.2 CAM 2.3.2.5.4, AICC CMI001 6.3. `A1 & (A2 | ~A3)`, `A1="passed"`, `A1<>"failed"`, `2*{A1, A2, A3}`.
A name alone asks for a part that is completed or passed. What cannot be read locks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

TOKEN = re.compile(r'\s*(?:(<>|[&|~(){},=*])|"([^"]*)"|([^\s&|~(){},=*<>"]+))')
DONE = frozenset({"completed", "passed"})
SHORT = {
    "p": "passed",
    "f": "failed",
    "c": "completed",
    "i": "incomplete",
    "b": "browsed",
    "n": "not attempted",
}
LONGEST = 4000
DEEPEST = 50


class Unreadable(Exception):
    """No expression of this language."""


@dataclass(slots=True)
class Reader:
    """A reader of one expression. `statuses`: what each part says, in the words of 1.2. `open`: names not done yet."""

    tokens: list[tuple[str, str]]
    statuses: Mapping[str, str]
    at: int = 0
    depth: int = 0
    open: list[str] = field(default_factory=list)

    def expression(self) -> bool:
        """`|` binds weaker than `&`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable
        value = self._all()
        while self._take("|"):
            value = self._all() or value
        self.depth -= 1
        return value

    def _all(self) -> bool:
        value = self._one()
        while self._take("&"):
            value = self._one() and value
        return value

    def _one(self) -> bool:
        if self._take("~"):
            return not self._one()
        if self._take("("):
            value = self.expression()
            self._expect(")")
            return value
        kind, word = self._next()
        if kind != "word":
            raise Unreadable
        if word.isdecimal() and self._take("*"):
            return self._some(int(word))
        return self._compared(word)

    def _some(self, count: int) -> bool:
        self._expect("{")
        found = [self.expression()]
        while self._take(","):
            found.append(self.expression())
        self._expect("}")
        return sum(found) >= count

    def _compared(self, name: str) -> bool:
        status = self.statuses.get(name, "not attempted")
        for sign in ("=", "<>"):
            if self._take(sign):
                kind, word = self._next()
                if kind == "sign":
                    raise Unreadable
                wanted = SHORT.get(word.strip().lower()[:1], word.strip().lower())
                return (status == wanted) is (sign == "=")
        if status not in DONE:
            self.open.append(name)
        return status in DONE

    def _take(self, sign: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign)
        self.at += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise Unreadable

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Unreadable
        self.at += 1
        return self.tokens[self.at - 1]


def waits_for(script: str | None, statuses: Mapping[str, str]) -> tuple[str, ...] | None:
    """None: it is open. Else the parts it names that are not done yet, in order; empty: for something else."""
    if not script or not script.strip():
        return None
    try:
        reader = Reader(_tokens(script), statuses)
        met = reader.expression()
        if reader.at < len(reader.tokens):
            return None
    except (Unreadable, RecursionError):
        return None
    return None if met else tuple(dict.fromkeys(reader.open))


def _tokens(script: str) -> list[tuple[str, str]]:
    if len(script) > LONGEST:
        raise Unreadable
    found, at = [], 0
    script = script.strip()
    while at < len(script):
        one = TOKEN.match(script, at)
        if one is None:
            raise Unreadable
        sign, text, word = one.groups()
        found.append(("sign", sign) if sign else ("text", text) if text is not None else ("word", word))
        at = one.end()
    return found
