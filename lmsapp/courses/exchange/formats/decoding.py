"""Bytes -> text, whatever program wrote them."""

from __future__ import annotations

import re

from lmsapp.infra.words import N_, RuleBroken

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Noncharacters are left out too: the readers use some of them for what was escaped.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ufeff]")
NO_TEXT = N_("This is not a file of questions. Choose CSV, Moodle GIFT, Moodle XML or QTI 2.")


def decoded(data: bytes) -> tuple[str, str]:
    """(text with \\n line ends, name of the encoding). By its mark, else UTF-16 by its zero bytes, else UTF-8, else
    Windows-1252, in which every byte has a meaning here. Raises RuleBroken (field 'file') for what is no text."""
    text, encoding = _text(data)
    head = text[:20_000]
    if len(UNSEEN.findall(head)) * 50 > len(head):
        raise RuleBroken(NO_TEXT, field="file")
    return UNSEEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n"), encoding


def _text(data: bytes) -> tuple[str, str]:
    guesses = [encoding for mark, encoding in BOMS if data.startswith(mark)]
    if not guesses and data[:400].count(0) * 3 > min(len(data), 400):
        guesses = ["utf-16-be" if data[:1] == b"\0" else "utf-16-le"]
    for encoding in (*guesses, "utf-8"):
        try:
            return data.decode(encoding), encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace"), "windows-1252"
