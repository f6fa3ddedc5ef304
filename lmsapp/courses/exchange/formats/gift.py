"""Moodle GIFT -> drafts. Follows Moodle's own importer, and takes what authors write beside the letter of the format:
blank lines within an answer, several questions without a blank line between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lmsapp.courses.exchange.formats.draft import Found, Note, Place, QuestionDraft, draft_of, shortened
from lmsapp.courses.exchange.formats.gift_answers import shape_of
from lmsapp.courses.exchange.formats.gift_text import hidden, shown, written
from lmsapp.courses.exchange.formats.plain import media_in
from lmsapp.infra.words import N_, RuleBroken

GAP = "_____"
LONGEST_ANSWER = 400  # lines: a brace that is never closed must not take the rest of the file with it
_CATEGORY = re.compile(r"\$CATEGORY:\s*(.*)")
_TAG = re.compile(r"\[tag:([^\]]*)\]")
_NAME = re.compile(r"::((?:[^:]|:(?!:))*)::")
_NAMED = re.compile(r"\s*::")

NO_END = N_("The answers begin with { but have no } at their end.")
NO_BEGIN = N_("A } ends answers that never begin.")
ONLY_TEXT = N_("This is a text without a question. It belongs into a lesson.")
TWO_ANSWERS = N_("Several places to answer in one question are not known here. Make a question of each.")
NO_BLANK_LINE = Note(N_("No blank line stood before this question."))


@dataclass
class _Block:
    """Lines between blank ones: one question, usually. `line` is its first, from 1."""

    line: int
    lines: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


def read_gift(text: str) -> Found:
    """Every question, and every block that is none. Raises RuleBroken (field 'file') for too many of them."""
    found, category = Found("gift"), ""
    for block in _blocks(text):
        if named := _CATEGORY.match(block.text):
            category = shown(named[1]).strip()
            continue
        try:
            found.take(_question(block, category))
        except RuleBroken as broken:
            if broken.field == "file":
                raise
            found.refuse(Place(block.line), broken, shown(block.text))
    return found


def _blocks(text: str) -> Iterator[_Block]:
    """Blank lines part questions, except within braces; so does a line that begins with ::, once braces are closed."""
    block, depth, opened = _Block(1), 0, 0
    for number, line in enumerate(hidden(text).split("\n"), 1):
        bare = line.strip()
        if bare.startswith("//"):
            block.tags += [shown(tag).strip() for tag in _TAG.findall(bare)]
            block.lines.append("")
            continue
        inside = depth > 0 and number - opened < LONGEST_ANSWER and not _begins_anew(bare)
        begins = _begins_anew(bare) and any(block.lines) and not inside
        if (not bare and not inside and any(block.lines)) or begins:
            yield from _parted(block)
            block, depth = _Block(number), 0
        if not any(block.lines):
            block.line, block.lines = number, []
        if bare.startswith("$CATEGORY:"):
            yield _Block(number, [bare])
            continue
        block.lines.append(line if bare else "")
        depth, opened = _depth(line, depth, number, opened)
    if any(block.lines):
        yield from _parted(block)


def _begins_anew(line: str) -> bool:
    """A new question that says its name, or a category: whatever was open before was never closed."""
    return line.startswith("$CATEGORY:") or (_NAMED.match(line) is not None and _NAME.match(line) is not None)


def _depth(line: str, depth: int, number: int, opened: int) -> tuple[int, int]:
    for sign in line:
        if sign == "{":
            depth, opened = 1, number
        elif sign == "}":
            depth = 0
    return depth, opened


def _parted(block: _Block) -> Iterator[_Block]:
    """Where a line ends with the end of answers and another question follows without a blank line, two of them."""
    rest = _Block(block.line, [], block.tags, block.notes)
    last_begin = max((at for at, line in enumerate(block.lines) if "{" in line), default=-1)
    last_end = max((at for at, line in enumerate(block.lines) if "}" in line), default=-1)
    for at, line in enumerate(block.lines):
        rest.lines.append(line)
        if line.rstrip().endswith("}") and at < last_begin <= last_end:
            yield rest
            rest = _Block(block.line + at + 1, [], [], [NO_BLANK_LINE])
    if rest.text:
        yield rest


def _question(block: _Block, category: str) -> QuestionDraft:
    text, title = block.text, ""
    if named := _NAME.match(text):
        title, text = shown(named[1]).strip(), text[named.end() :].strip()
    before, answers, after = _parts(text)
    prompt = f"{before}{GAP if after.strip() else ''}{after}"
    body, _mark, general = answers.rpartition("####") if "####" in answers else (answers, "", "")
    said, notes, default = written(prompt, "moodle")
    shape = shape_of(body.strip(), default)
    explanation, more, _format = written(general, default)
    return draft_of(
        shape,
        said or title,
        explanation=explanation,
        notes=(*block.notes, *notes, *more, *media_in(shown(body))),
        tags=tuple(dict.fromkeys(tag for tag in block.tags if tag)),
        category=category,
        title=shortened(title, 200),
        place=Place(block.line),
    )


def _parts(text: str) -> tuple[str, str, str]:
    """Before, within and after the braces. Raises RuleBroken where there are none, or more than one pair."""
    begin, end = text.find("{"), text.find("}")
    if begin < 0 and end < 0:
        raise RuleBroken(ONLY_TEXT)
    if end < 0:
        raise RuleBroken(NO_END)
    if begin < 0 or end < begin:
        raise RuleBroken(NO_BEGIN)
    after = text[end + 1 :]
    if "{" in after:
        raise RuleBroken(TWO_ANSWERS)
    return text[:begin], text[begin + 1 : end], after
