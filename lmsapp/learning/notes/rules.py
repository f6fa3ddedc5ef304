"""What a note may be, and the part of it that a search shows. Pure."""

from __future__ import annotations

from lmsapp.infra.words import N_, RuleBroken

LONGEST_NOTE = 20_000  # characters
EXCERPT = 240


def checked_note(text: str) -> str:
    """As typed, with plain line ends. Raises RuleBroken when it is too long."""
    plain = text.replace("\r\n", "\n").replace("\0", "")
    if len(plain) > LONGEST_NOTE:
        raise RuleBroken(
            N_("A note holds at most %(most)s characters. Shorten it; it stays here until you do."), most=LONGEST_NOTE
        )
    return plain if plain.strip() else ""


def excerpt(text: str, asked: str = "") -> str:
    """About 240 characters in one line, around what is asked for, or from the beginning."""
    line = " ".join(text.split())
    at = line.casefold().find(" ".join(asked.split()).casefold()) if asked.strip() else 0
    start = max(0, at - EXCERPT // 3) if at > EXCERPT // 2 else 0
    end = start + EXCERPT
    return ("… " if start else "") + line[start:end].strip() + (" …" if end < len(line) else "")
