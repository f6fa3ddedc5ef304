"""What is found in a file -> lines to look through, each judged by the rules of questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lmsapp.courses.exchange.formats.draft import Found, Problem, QuestionDraft, shortened
from lmsapp.courses.exchange.keeping import LONGEST, fitted, kept, sign_of
from lmsapp.courses.exchange.models import QuestionImport
from lmsapp.courses.quizzes.checking import check_question
from lmsapp.courses.quizzes.models import Question
from lmsapp.courses.quizzes.queries import CURRENT
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken

TOO_LONG = N_("The text is too long: at most %(most)s characters.")


def signs_there(run: QuestionImport) -> set[str]:
    """Of the questions the quiz or pool has."""
    here = Question.pool_id == run.pool_id if run.pool_id is not None else Question.quiz_id == run.quiz_id
    columns = (Question.kind, Question.prompt, Question.options, Question.detail)
    rows = db.session.execute(select(*columns).where(here, *CURRENT))
    return {sign_of({"kind": kind, "prompt": said, "options": o, "detail": d}) for kind, said, o, d in rows}


def lines_of_file(found: Found, there: set[str], words: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Columns of QuestionImportLine without the file, in the order of the file."""
    before: set[str] = set()
    listed: list[QuestionDraft | Problem] = [*found.drafts, *found.problems]
    placed = sorted(enumerate(listed), key=_rank)
    for number, (_at, one) in enumerate(placed, 1):
        if isinstance(one, Problem):
            refused = _refused(RuleBroken(one.note.message, **one.note.values))
            yield {**_place(one), "number": number, **refused, "excerpt": one.excerpt, "draft": {}}
        else:
            yield {**_place(one), "number": number, **_judged(fitted(one, words), there, before)}


def _rank(pair: tuple[int, QuestionDraft | Problem]) -> tuple[int, int]:
    """A single file by line; of a package each file as it came, problems after it."""
    at, one = pair
    return (0 if one.place.entry else one.place.line, at)


def _place(one: QuestionDraft | Problem) -> dict[str, Any]:
    return {"line": one.place.line, "entry": one.place.entry[:200]}


def _judged(draft: QuestionDraft, there: set[str], before: set[str]) -> dict[str, Any]:
    said = kept(draft)
    row = {"kind": "question", "draft": said, "excerpt": shortened(draft.prompt), "words": "", "values": {}}
    try:
        check_question(QuestionKind(draft.kind), draft.prompt, draft.options, draft.points, draft.detail)
        if len(draft.prompt) > LONGEST:
            raise RuleBroken(TOO_LONG, most=LONGEST)
    except RuleBroken as broken:
        return row | _refused(broken)
    sign = sign_of(said)
    same = "there" if sign in there else "file" if sign in before else ""
    before.add(sign)
    return row | {"same": same, "taken": not same}


def _refused(broken: RuleBroken) -> dict[str, Any]:
    values = {name: str(value) for name, value in broken.values.items()}
    return {"kind": "problem", "words": broken.message, "values": values, "same": "", "taken": False}


def counted(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """For the head of the page."""
    said = Counter[str]()
    for row in rows:
        said[f"{row['kind']}s"] += 1
        said["same"] += bool(row["same"])
        said["taken"] += bool(row["taken"])
        said["noted"] += bool(row["draft"].get("notes")) and row["kind"] == "question"
    return {name: said[name] for name in ("questions", "problems", "same", "taken", "noted")}
