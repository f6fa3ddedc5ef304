"""How many text messages a text makes (3GPP TS 23.038, 23.040). Pure."""

from __future__ import annotations

from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")  # two places each
MANY = 2  # beyond that it costs, and phones may show it out of order


@dataclass(frozen=True, slots=True)
class Size:
    """`units`: places taken, of 7 bits ('GSM-7') or of 16 ('UCS-2'). `odd`: the first characters that need UCS-2."""

    units: int
    segments: int
    alphabet: str
    odd: str = ""

    @property
    def long(self) -> bool:
        """Whether it takes more messages than it should."""
        return self.segments > MANY


def size_of(text: str) -> Size:
    """What the text takes when it is sent by SMS; nothing takes nothing."""
    odd = [one for one in text if one not in GSM and one not in EXTENDED]
    if odd:
        units, whole, part, alphabet = len(text.encode("utf-16-be")) // 2, 70, 67, "UCS-2"
    else:
        units, whole, part, alphabet = sum(1 + (one in EXTENDED) for one in text), 160, 153, "GSM-7"
    segments = (1 if units else 0) if units <= whole else -(-units // part)
    return Size(units, segments, alphabet, "".join(dict.fromkeys(odd))[:8])
