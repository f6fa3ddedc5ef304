"""Text messages: to which number, and how many a text is (3GPP TS 23.038, GSM 7 bit; E.164)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes two places
KEEPS_ZERO = ("39", "378")  # Italy and San Marino: the 0 is part of the number
SHORTEST, LONGEST = 8, 15


class Encoding(StrEnum):
    """How a text travels: one character outside the small alphabet and each takes more than twice the room."""

    GSM = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Measure:
    """`units`: places taken; `segments`: messages it is sent (and paid for) as; 0 for no text."""

    encoding: Encoding
    units: int
    segments: int


def measure(text: str) -> Measure:
    """How many messages `text` is. No character is split between two."""
    if all(c in BASIC or c in EXTENDED for c in text):
        sizes = [2 if c in EXTENDED else 1 for c in text]
        return Measure(Encoding.GSM, sum(sizes), _segments(sizes, 160, 153))
    sizes = [2 if ord(c) > 0xFFFF else 1 for c in text]
    return Measure(Encoding.UCS2, sum(sizes), _segments(sizes, 70, 67))


def _segments(sizes: list[int], alone: int, in_chain: int) -> int:
    if sum(sizes) <= alone:
        return 1 if sizes else 0
    segments, room = 1, in_chain
    for size in sizes:
        if size > room:
            segments, room = segments + 1, in_chain
        room -= size
    return segments


def to_e164(number: str, country: str) -> str | None:
    """'+13125550100' for '(312) 555-0100' with `country` '1'; None for what is no number that can be reached.

    `country`: the calling code for numbers written without one. A number with '+', or '00' before it, says its own.
    """
    text = re.sub(r"\(0\)", "", number.strip())
    digits = re.sub(r"[\s()./-]", "", text)
    if not re.fullmatch(r"\+?[0-9]+", digits, re.ASCII):
        return None
    whole = _international(digits, country)
    if not SHORTEST <= len(whole) <= LONGEST or whole.startswith("0"):
        return None
    return f"+{whole}" if country != "1" or not whole.startswith("1") or len(whole) == 11 else None


def _international(digits: str, country: str) -> str:
    """The digits after the plus; too short when there is no telling."""
    if digits.startswith("+"):
        return digits[1:]
    if country == "1":
        return digits[3:] if digits.startswith("011") else digits if len(digits) == 11 else f"1{digits}"
    if digits.startswith("00"):
        return digits[2:]
    if not country:
        return ""
    return country + (digits if country in KEEPS_ZERO else digits.removeprefix("0"))
