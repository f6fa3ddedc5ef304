"""The house: what README, docs/ and the help name is there (OPS-5, HLP-1). Sentences need a reader, names do not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
from flask import Flask
from werkzeug.exceptions import NotFound

from lmsapp.config import Settings
from lmsapp.web.help.groups import GROUPS
from tests.house.code import PACKAGE, ROOT, modules

README = ROOT / "README.md"
DOCUMENTS = (README, *sorted((ROOT / "docs").glob("*.md")))
ORDER = {slug for group in GROUPS for slug in group.slugs}
HELP = sorted((ROOT / "templates" / "help").glob("*.md"))

# Where a path may begin, longest first of what a reader would try.
ROOTS = (ROOT, PACKAGE, ROOT / "migrations" / "versions", *(path for path in PACKAGE.iterdir() if path.is_dir()))
PATH = re.compile(r"[\w-]+(?:/(?:[\w*-]+|[\w-]+\.(?:py|js|css|html|md|po|sql)))+|\w+\.(?:py|sql)")
DOTTED = re.compile(r"(?P<module>[a-z]+(?:[./]\w+)*)\.(?P<name>\w+)")
TEST = re.compile(r"(?:(?P<file>[\w/]+\.py)::)?(?P<name>test_\w+)")
COMMAND = re.compile(r"(?:\./lms|flask(?: --app wsgi)?) (?P<words>[a-z][a-z-]*(?: [a-z][a-z-]*)*)(?P<rest>[^`\n|#&;]*)")
SETTING = re.compile(
    r"\b(?:LMS_[A-Z0-9_]+|(?:BASE|REDIS|DATABASE|DATABASE_OWNER)_URL|SMTP_[A-Z]+|SECRET_KEY|MAIL_FROM|PORT)\b"
)

PROOFS = {one.stem.replace("_", "-") for one in (ROOT / "bench" / "proofs").glob("[a-z]*.py")}
BY_LMS = {"run", "test", "check", "bench", "prove", "setup", "help", "demo-reset"}  # see main() of lms


def prose(document: Path) -> str:
    return re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def named(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """Document and what stands in backticks outside of listings, where the whole of it has this form."""
    for document in DOCUMENTS:
        for words in re.findall(r"`([^`\n]+)`", prose(document)):
            if found := pattern.fullmatch(words):
                yield document.name, found


@cache
def written_tests() -> dict[str, str]:
    return {place.relative_to(ROOT).as_posix(): place.read_text("utf-8") for place in (ROOT / "tests").rglob("*.py")}


def test_every_path_is_there() -> None:
    """OPS-5: a file or a folder that moves takes its mention along."""
    tops = {place.name for root in ROOTS for place in root.iterdir()}
    names = {place.name for top in ("lmsapp", "tests", "migrations", "static") for place in (ROOT / top).rglob("*.py")}
    names |= {place.name for place in ROOT.glob("*.py")}
    seen, missing = 0, []
    for document, found in named(PATH):
        path = found[0]
        if "/" in path and path.partition("/")[0] in tops:
            there = any(any(root.glob(path)) for root in ROOTS)
        elif "." in path:
            there = path in names
        else:
            continue
        seen += 1
        missing += [] if there else [f"{document}: {path}"]
    assert seen > 60
    assert missing == []


def test_every_named_test_is_there() -> None:
    """OPS-5: a claim that names its test can be followed."""
    seen, missing = 0, []
    for document, found in named(TEST):
        seen += 1
        texts = [
            text
            for place, text in written_tests().items()
            if f"/{place}".endswith(f"/{found['file']}") or not found["file"]
        ]
        if not any(f"def {found['name']}(" in text for text in texts):
            missing.append(f"{document}: {found[0]}")
    assert seen > 10
    assert missing == []


def test_every_module_and_what_it_holds_is_there() -> None:
    """OPS-5: `assignments.rules.status` is where the document says."""
    trees = {module.name: module.tree for module in modules()}
    seen, missing = 0, []
    for document, found in named(DOTTED):
        holder = "lmsapp." + found["module"].replace("/", ".").removeprefix("lmsapp.")
        if ".".join(holder.split(".")[:2]) not in trees or found["name"] in {"py", "js", "sql", "md", "html", "csv"}:
            continue
        seen += 1
        if f"{holder}.{found['name']}" not in trees and (
            holder not in trees or found["name"] not in _held(trees[holder])
        ):
            missing.append(f"{document}: {found[0]}")
    assert seen >= 3
    assert missing == []


def _held(tree: ast.Module) -> set[str]:
    held = {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
    return held | {name.id for one in tree.body for name in ast.walk(one) if isinstance(name, ast.Name)}


def test_every_command_is_there(built: Flask) -> None:
    """OPS-5: each command and each of its options that a document or `./lms help` shows can be typed."""
    texts = [(one.name, one.read_text("utf-8")) for one in (*DOCUMENTS, *HELP)]
    shown = [(name, found) for name, text in texts for found in COMMAND.finditer(text)]
    wrong = [f"{name}: {found[0]}" for name, found in shown if not _can_be_typed(built, found)]
    assert len(shown) > 40
    assert wrong == []


def _can_be_typed(app: Flask, found: re.Match[str]) -> bool:
    words = found["words"].split()
    if words[0] in BY_LMS:
        return words[0] != "prove" or not words[1:] or words[1] in PROOFS
    command: click.Command | None = app.cli
    for word in words:
        if isinstance(command, click.Group):
            command = command.commands.get(word)
    if command is None:
        return False
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
    return set(re.findall(r"--[a-z-]+", found["rest"])) <= known


def test_every_proof_is_told() -> None:
    """OPS-5: README lists the proofs, docs/proofs.md says what each does and what came of it."""
    listed = re.search(r"`\./lms prove NAME` \| the long proofs: ([^;]+);", README.read_text("utf-8"))
    assert listed is not None
    assert listed[1].split(", ") == sorted(PROOFS)
    headings = " ".join(re.findall(r"^## (.*)$", (ROOT / "docs" / "proofs.md").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"[a-z]+(?:-[a-z]+)*", headings)) >= PROOFS


class Asked(dict[str, str]):
    """An environment of a demo that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(LMS_DEMO="1", DATABASE_URL="postgresql://localhost/x", REDIS_URL="redis://localhost")
        self.names: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, default)


def test_every_setting_is_told() -> None:
    """OPS-2: what the environment can say stands in the documents, and nothing else does."""
    asked = Asked()
    Settings.from_environment(asked)
    told = {name for one in DOCUMENTS for name in SETTING.findall(one.read_text("utf-8"))}
    assert len(asked.names) > 30
    assert sorted(asked.names - told) == []
    assert sorted(told - asked.names) == []


def test_every_link_leads_somewhere(built: Flask) -> None:
    """HLP-1: links between documents, pictures, and links of help pages to each other and into the product."""
    missing = []
    for one in DOCUMENTS:
        targets = re.findall(r"\]\(([^)#\s]+)", prose(one))
        missing += [f"{one.name}: {to}" for to in targets if ":" not in to and not (one.parent / to).exists()]
    addresses = built.url_map.bind("localhost")
    for one in HELP:
        for to in re.findall(r"\]\((/[^)#\s]*|[a-z-]+)\)", re.sub(r"`[^`]*`", "", one.read_text("utf-8"))):
            if to.startswith("/help/") or "/" not in to:
                missing += [] if to.rpartition("/")[2] in ORDER else [f"{one.name}: {to}"]
            else:
                try:
                    addresses.match(to)
                except NotFound:
                    missing.append(f"{one.name}: {to}")
    assert missing == []


def test_every_help_page_is_listed_and_asked_for() -> None:
    """HLP-1: no page of the help is out of its index, no screen links to one that is not there."""
    assert {one.name.partition(".")[0] for one in HELP} == ORDER
    asked = {
        slug
        for page in (ROOT / "templates").rglob("*.html")
        for call in re.findall(r"'help\.read', slug=([^)]*)\)", page.read_text("utf-8"))
        for slug in re.findall(r"(?<!== )'([a-z-]+)'", call)
    }
    assert len(asked) > 40
    assert asked <= ORDER


def test_the_map_shows_every_area() -> None:
    """OPS-5: README's map of the house has each package and no other."""
    drawn = re.search(r"^lmsapp/\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert drawn is not None
    shown = set(re.findall(r"(?:^|\s{2,})([a-z]+(?:/|\.py))(?=\s)", drawn[1], re.MULTILINE))
    areas = {f"{place.name}/" for place in PACKAGE.iterdir() if (place / "__init__.py").is_file()}
    assert shown - {"reactions.py"} == areas
