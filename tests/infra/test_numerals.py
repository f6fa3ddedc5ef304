"""Numbers as the reader writes them (UX-3)."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask
from flask_babel import force_locale

from lmsapp.infra.numerals import numeral
from lmsapp.web.dates import percent


def test_numbers_in_both_languages(app: Flask) -> None:
    """UX-3: the decimal mark is that of the language; a zero at the end says nothing and is left out, one before the
    mark stays."""
    with app.test_request_context():
        for language, mark in (("en", "."), ("es", ",")):
            with force_locale(language):
                assert numeral(Decimal("83.330")) == f"83{mark}33"
                assert numeral(Decimal("0.50")) == f"0{mark}5"
                assert [numeral(Decimal(one)) for one in ("100", "100.00", "0", "-12.50")] == [
                    "100",
                    "100",
                    "0",
                    f"-12{mark}5",
                ]
                assert numeral(10, 0) == "10"
                assert percent(83.33) == f"83{mark}3\u202f%"
                assert percent(80) == "80\u202f%"
