"""Keep a file of questions, say what is to be taken of it, apply it, take it back (QIZ-1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any

from sqlalchemy import delete, insert, select, update

from lmsapp.courses.bank.pools import may_change
from lmsapp.courses.exchange.formats.reading import quick_look, read_questions
from lmsapp.courses.exchange.keeping import ENGLISH, tags_with
from lmsapp.courses.exchange.making import make_questions
from lmsapp.courses.exchange.models import QuestionImport, QuestionImportLine
from lmsapp.courses.exchange.planning import counted, lines_of_file, signs_there
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz
from lmsapp.courses.quizzes.places import Place, lock_place, place_changed
from lmsapp.courses.quizzes.tags import cleaned_tags
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, read, store
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

IMPORT_JOB = "question file"
KIND = "question_import"
SELECTED, TAKEN_BACK = N_("selection changed"), N_("taken back")  # as the trail says it
SMALL_BYTES = 300_000  # read while somebody waits; a larger file is the worker's
SMALL_COUNT = 60  # questions made while somebody waits
ARCHIVED = N_("This pool is archived. Choose another one.")
Tell = Callable[[int, int], None]


def say_nothing(_done: int, _total: int) -> None:
    """Nobody waits for news of the progress."""


def keep_file(
    source: IO[bytes], file_name: str, place: Place, *, by: Viewer, words: Sequence[str] = ENGLISH
) -> QuestionImport:
    """Store it, and read it at once or ask the worker to. `words`: what true and false are called here.

    Raises RuleBroken (field 'file') for what its first bytes show is no file of questions; what only reading shows is
    noted on the row of a large file, and raised for a small one.
    """
    _check_open(place)
    data_size = source.seek(0, 2)
    source.seek(0)
    quick_look(source.read(4096), data_size)
    source.seek(0)
    stored = store(
        source, name=file_name.replace("\\", "/").rpartition("/")[2][:200], media_type="application/octet-stream"
    )
    run = QuestionImport(
        file_id=stored.id,
        file_name=stored.name,
        quiz_id=place.id if isinstance(place, Quiz) else None,
        pool_id=place.id if isinstance(place, QuestionPool) else None,
        asked_by_id=by.user_id,
        asked_by_name=by.name,
        terms={"words": list(words), "tags": [], "categories": False},
        error_values={},
        counts={},
        notes=[],
    )
    db.session.add(run)
    db.session.flush()
    record_change("uploaded", (KIND, run.id), by=by, after={"file": run.file_name, "sha256": stored.sha256})
    if stored.size <= SMALL_BYTES:
        read_run(run)
        run.state = "ready"
    else:
        ring(IMPORT_JOB, run.id, urgent=True)
    return run


def read_run(run: QuestionImport, tell: Tell = say_nothing) -> None:
    """What is in the file, kept line by line; nothing is made of it yet. Raises RuleBroken (field 'file')."""
    found = read_questions(read(db.session.get_one(StoredFile, run.file_id).sha256))
    tell(0, len(found.drafts))
    rows = list(lines_of_file(found, signs_there(run), run.terms["words"]))
    db.session.execute(delete(QuestionImportLine).where(QuestionImportLine.import_id == run.id))
    for at in range(0, len(rows), 200):
        db.session.execute(insert(QuestionImportLine), [{"import_id": run.id, **row} for row in rows[at : at + 200]])
        tell(at, len(rows))
    run.format, run.notes = found.format, [[note.message, dict(note.values)] for note in found.notes]
    run.counts = counted(rows)
    run.done = run.total = len(rows)


def choose_lines(run: QuestionImport, numbers: Iterable[int], *, taken: bool, by: Viewer) -> None:
    """Take these questions, or leave them out. Problems cannot be taken."""
    _lock_planned(run)
    lines = QuestionImportLine
    wanted = (lines.import_id == run.id, lines.number.in_(list(numbers)), lines.kind == "question")
    db.session.execute(update(lines).where(*wanted).values(taken=taken))
    _count_taken(run)
    after = {"file": run.file_name, "questions": run.counts["taken"]}
    record_change(SELECTED, (KIND, run.id), by=by, after=after)


def choose_all(run: QuestionImport, *, taken: bool, by: Viewer) -> None:
    """Every question of the file, or none."""
    numbers = db.session.scalars(select(QuestionImportLine.number).where(QuestionImportLine.import_id == run.id))
    choose_lines(run, numbers.all(), taken=taken, by=by)


def ask_application(run: QuestionImport, tags: Sequence[str], *, categories: bool, by: Viewer) -> None:
    """Make the questions: at once where they are few, else in the worker. Raises RuleBroken."""
    _lock_planned(run)
    place = place_of_run(run)
    _check_open(place)
    check_may_write(place, by)
    if not run.counts.get("taken"):
        raise RuleBroken(N_("Nothing is chosen. Take at least one question."))
    run.terms = {**run.terms, "tags": cleaned_tags(tags), "categories": categories}
    run.asked_by_id, run.asked_by_name, run.asked_at = by.user_id, by.name, clock.now()
    record_change("applying asked", (KIND, run.id), by=by, after={"file": run.file_name, **run.terms})
    if run.counts["taken"] <= SMALL_COUNT:
        apply_run(run, by)
        return
    run.asked, run.state, run.tries, run.error, run.lease_until = "apply", "waiting", 0, None, None
    run.done, run.total = 0, run.counts["taken"]
    ring(IMPORT_JOB, run.id, urgent=True)


def apply_run(run: QuestionImport, by: Viewer, tell: Tell = say_nothing) -> None:
    """All that were taken, in one transaction. One that a rule refuses by now is left out, with its words."""
    place = place_of_run(run)
    check_may_write(place, by)
    lines = QuestionImportLine
    rows = db.session.scalars(
        select(lines).where(lines.import_id == run.id, lines.taken.is_(True)).order_by(lines.number)
    ).all()

    def tags(draft: Mapping[str, Any]) -> list[str]:
        return tags_with(draft, run.terms["tags"], categories=bool(run.terms["categories"]))

    added = make_questions(place, rows, tags, by=by, tell=tell)
    run.status, run.applied_at = "applied", clock.now()
    run.counts = {**run.counts, "added": added, "refused": len(rows) - added}
    record_change("applied", (KIND, run.id), by=by, after={"file": run.file_name, "questions": added})
    db.session.flush()


def undo_run(run: QuestionImport, *, by: Viewer) -> None:
    """Archive what it made. What was edited since stays: it is somebody's work by now. Raises RuleBroken."""
    db.session.refresh(run, with_for_update=True)
    if run.status != "applied":
        raise RuleBroken(N_("This file was taken back already, or never imported."))
    place = place_of_run(run)
    check_may_write(place, by)
    lock_place(place)
    lines = QuestionImportLine
    made = db.session.execute(
        select(Question, lines.draft)
        .join(lines, lines.question_id == Question.id)
        .where(lines.import_id == run.id, Question.archived_at.is_(None))
        .order_by(Question.id)
    ).all()
    as_made = [one for one, draft in made if one.replaced_by_id is None and _as_made(one, draft, run)]
    for question in as_made:
        question.archived_at = clock.now()
    if as_made:
        place_changed(place, "question archived", by=by, before={"question": [one.prompt for one in as_made]})
    run.status = "undone"
    run.counts = {**run.counts, "archived": len(as_made), "kept": len(made) - len(as_made)}
    record_change(TAKEN_BACK, (KIND, run.id), by=by, after={"file": run.file_name, "questions": len(as_made)})


def discard_run(run: QuestionImport, *, by: Viewer) -> None:
    """Not this file. Its lines go; that it was here stays. Raises RuleBroken once it is applied."""
    db.session.refresh(run, with_for_update=True)
    if run.status != "planned":
        raise RuleBroken(N_("This file is done with already."))
    run.status, run.state, run.lease_until = "discarded", "ready", None
    db.session.execute(delete(QuestionImportLine).where(QuestionImportLine.import_id == run.id))
    record_change("discarded", (KIND, run.id), by=by, after={"file": run.file_name})


def try_again(run: QuestionImport, *, by: Viewer) -> None:
    """Once more what failed."""
    db.session.refresh(run, with_for_update=True)
    if run.state == "failed":
        run.state, run.tries, run.error, run.lease_until = "waiting", 0, None, None
        record_change("tried again", (KIND, run.id), by=by, after={"file": run.file_name})
        ring(IMPORT_JOB, run.id, urgent=True)


def place_of_run(run: QuestionImport) -> Place:
    """The quiz or the pool."""
    if run.pool_id is not None:
        return db.session.get_one(QuestionPool, run.pool_id)
    return db.session.get_one(Quiz, run.quiz_id)


def check_may_write(place: Place, by: Viewer) -> None:
    """Raises RuleBroken when it is no longer `by` who changes this quiz or pool."""
    if isinstance(place, QuestionPool) and not may_change(by, place):
        raise RuleBroken(N_("You may not put questions into this pool any more."))


def _check_open(place: Place) -> None:
    if isinstance(place, QuestionPool) and place.archived_at is not None:
        raise RuleBroken(ARCHIVED, field="place")


def _as_made(question: Question, draft: Mapping[str, Any], run: QuestionImport) -> bool:
    """Whether it still says what the file said: nobody has written it since."""
    if question.written_at is not None and run.applied_at is not None and question.written_at > run.applied_at:
        return False
    said = [one["text"] for one in question.options], question.prompt, question.explanation
    return said == ([one["text"] for one in draft["options"]], draft["prompt"].strip(), draft["explanation"].strip())


def _lock_planned(run: QuestionImport) -> None:
    db.session.refresh(run, with_for_update=True)
    if run.status != "planned" or run.state != "ready":
        raise RuleBroken(N_("This file is done with already, or is still being worked on."))


def _count_taken(run: QuestionImport) -> None:
    taken = select(QuestionImportLine.id).where(
        QuestionImportLine.import_id == run.id, QuestionImportLine.taken.is_(True)
    )
    run.counts = {**run.counts, "taken": len(db.session.scalars(taken).all())}
