"""The house: whatever the product says in English it says in Spanish (UX-3)."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from gettext import GNUTranslations

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.house.code import PACKAGE, ROOT

HOME = PACKAGE / "translations" / "es" / "LC_MESSAGES"
CONTEXT_FIRST = ((1, "c"), 2)
KEYWORDS = {
    **dict.fromkeys(("_", "__", "N_", "gettext", "lazy_gettext")),
    "ngettext": (1, 2),
    "pgettext": CONTEXT_FIRST,
    "lazy_pgettext": CONTEXT_FIRST,
}
BOLD = re.compile(r"\*\*(.+?)\*\*")
FAMILIAR = re.compile(r"\b(?:tú|tu|tus|puedes|tienes|quieres|eliges|haces)\b", re.IGNORECASE)
NO_LABELS = {"exempt", "Expiring"}  # words of the sentence, which happen to be a status too
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}")

pytestmark = pytest.mark.pure


@lru_cache(maxsize=1)
def spanish() -> Catalog:
    with (HOME / "messages.po").open("rb") as file:
        return read_po(file, locale="es")


@lru_cache(maxsize=1)
def in_code() -> dict[tuple[str, str | None], tuple[str, object]]:
    """(text, context) -> (a file that says it, the text with its plural)."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[tuple[str, str | None], tuple[str, object]] = {}
    for folder in ("lmsapp", "templates"):
        mapping = [(where.removeprefix(f"{folder}/"), how) for where, how in methods if where.startswith(f"{folder}/")]
        chosen = {where.removeprefix(f"{folder}/"): value for where, value in options.items()}
        for file_name, _line, text, _notes, context in extract_from_dir(
            str(ROOT / folder), mapping, chosen, keywords=KEYWORDS
        ):
            first = text[0] if isinstance(text, tuple) else text
            found.setdefault((first, context), (f"{folder}/{file_name}", text))
    assert len(found) > 1000
    return found


def says_in_spanish() -> dict[str, set[str]]:
    """A text of the product -> what it says in Spanish, in all its contexts."""
    found: dict[str, set[str]] = {}
    for message in messages():
        for text in forms(message.id):
            found.setdefault(text, set()).update(one.strip(" .:,") for one in forms(message.string))
    return found


def messages() -> list[Message]:
    return [message for message in spanish() if message.id]


def forms(text: object) -> tuple[str, ...]:
    """A text as its singular and plural."""
    return tuple(text) if isinstance(text, list | tuple) else (str(text),)


def test_every_text_has_its_spanish() -> None:
    """UX-3: no text of Python, pages or letters is missing from the catalogue, and none there is empty or a guess."""
    missing = [
        f"{where}: {text}"
        for (first, context), (where, text) in in_code().items()
        if spanish().get(first, context) is None
    ]
    assert not missing, missing
    unfinished = [message.id for message in messages() if message.fuzzy or not all(forms(message.string))]
    assert not unfinished, unfinished


def test_nothing_is_translated_in_vain() -> None:
    """UX-3: a text that left the code leaves the catalogue too."""
    left = [message.id for message in messages() if (forms(message.id)[0], message.context) not in in_code()]
    assert not left, left


def test_plurals_stay_plurals() -> None:
    """UX-3: what has a plural in the code has two forms in Spanish."""
    assert spanish().num_plurals == 2
    wrong = [
        text
        for (first, context), (_where, text) in in_code().items()
        if (found := spanish().get(first, context)) and len(forms(found.string)) != len(forms(text))
    ]
    assert not wrong, wrong


def test_placeholders_are_kept() -> None:
    """UX-3: a place for a name or a number is in both languages, or the page breaks."""
    wrong = []
    for message in messages():
        english = forms(message.id)
        for number, text in enumerate(forms(message.string)):
            original = english[min(number, len(english) - 1)]
            if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(original)):
                wrong.append((message.id, text))
    assert not wrong, wrong


def test_what_runs_is_what_is_written() -> None:
    """UX-3: messages.mo is the compiled messages.po."""
    fresh = io.BytesIO()
    write_mo(fresh, spanish())
    fresh.seek(0)
    with (HOME / "messages.mo").open("rb") as file:
        running = GNUTranslations(file)
    said, written = running._catalog, GNUTranslations(fresh)._catalog  # type: ignore[attr-defined]
    said.pop(""), written.pop("")
    assert said == written, "compile it again: docs/translations.md"


def test_the_help_names_what_is_on_the_page() -> None:
    """UX-3, HLP-1: where the help says in bold what a button, a place or a heading says, the Spanish page says in the
    same line, and in bold, one of its Spanish words; and it speaks to the reader as the pages do: usted."""
    said = says_in_spanish()
    wrong = []
    for page in (ROOT / "templates" / "help").glob("*.md"):
        if "." in page.stem:
            continue
        translated = page.with_name(f"{page.stem}.es.md").read_text("utf-8")
        if familiar := FAMILIAR.findall(translated):
            wrong.append((page.stem, 0, "usted", familiar))
        for number, (line, its) in enumerate(
            zip(page.read_text("utf-8").split("\n"), translated.split("\n"), strict=True)
        ):
            there = {words.strip(" .:,") for words in BOLD.findall(its)}
            for words in BOLD.findall(line):
                known = said.get(words.strip(" .:,"))
                if known and not known & there and words not in NO_LABELS:
                    wrong.append((page.stem, number + 1, words, sorted(known)))
    assert not wrong, wrong


def test_every_help_page_is_there_in_spanish() -> None:
    """UX-3: each page of the help with a title, a first paragraph and the same sections."""
    pages = [page for page in sorted((ROOT / "templates" / "help").glob("*.md")) if "." not in page.stem]
    assert len(pages) >= 8
    for page in pages:
        english = page.read_text("utf-8")
        translated = page.with_name(f"{page.stem}.es.md").read_text("utf-8")
        assert translated.startswith("# "), page.stem
        assert translated.count("\n## ") == english.count("\n## "), page.stem
        assert translated.count("\n|") == english.count("\n|"), page.stem
