"""Numbers as the reader's language writes them (UX-3)."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import get_decimal_symbol
from flask_babel import get_locale


def numeral(value: Decimal | float, most: int = 2) -> str:
    """'2.5', in Spanish '2,5': at most so many decimals, and none that say nothing."""
    digits = f"{value:.{most}f}".rstrip("0").removesuffix(".") if most else f"{value:.0f}"
    return digits.replace(".", get_decimal_symbol(str(get_locale() or "en")))
