"""EVD-3: whoever writes an action thinks of the trail. Read from the source, by names: rough on purpose, and strict.

A public function of an actions.py that writes, by itself, by a statement of its file or by a turn of a `Sweep`, must reach `record_change` (or `content_changed`, `place_changed`), or emit an event that a
reaction of the trail hears; or it stands below with the reason why not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from lmsapp.reactions import REACTIONS
from tests.house.code import Module, modules

EXCEPT: dict[str, str] = {
    "people.accounts.note_sign_in": "when somebody last signed in is no change of the account",
    "people.accounts.set_language": "one's own choice of language",
    "people.accounts.end_sessions": "whoever calls it says why: a password, a role, a leaver",
    "people.accounts.spend_links": "whoever calls it says why",
    "people.accounts.add_roles": "for hiring, whose entry names the role",
    "people.tokens.note_use": "when a token was last used is no change of it",
    "people.tokens.admit": "as noting when it was used",
    "people.roster.ask_application": "asking for what the worker does; applying has the entry",
    "people.roster.try_again": "asking once more for what failed",
    "people.roster.keep_plan": "the dry run, which changes nobody",
    "evidence.audit.record_change": "is the trail",
    "evidence.audit.record_changes": "is the trail",
    "evidence.audit.record_refusal": "is the trail",
    "evidence.signatures.request_signature": "the round or task that asks has the entry; the request is a row that stays",
    "evidence.signatures.request_signatures": "as one request",
    "evidence.retention.erasures.ask": "asking for what the worker does; each thing erased has its record",
    "evidence.retention.reviews.ask": "asking for a list, which changes nobody",
    "evidence.ledger.attest": "the event of a record that is written; the change has the entry",
    "evidence.ledger.attest_many": "as one",
    "evidence.ledger.attest_new": "adds a record that is itself only added to, with its event",
    "compliance.documents.add_version_row": "filing, or the new version, has the entry",
    "compliance.batches.ask_settling": "asking the worker to make duties true; what moved has the entry",
    "evidence.sealed_tables.seal_tables": "seals the trail itself; each seal is on record in the ledger",
    "evidence.verifications.keep_verdict": "what a verification saw is itself on record in the ledger",
    "compliance.documents.intake.file_intake": "filing has the entry",
    "assignments.bulk.plan_run": "the dry run, which changes nobody",
    "courses.exchange.read_run": "what is in a file, which changes no question",
    "compliance.reconciling.ask_daily": "asking the worker to look; the run is a row that stays",
    "compliance.reconciling.ask_look": "asking the worker to look; the run is a row that stays",
    "compliance.reconciling.look": "keeps what differs, which changes nobody; mending has the entry",
    "compliance.reconciling.note_result": "the numbers of a look, on its row",
    "evidence.seals.promise_file": "a promise to draw a PDF of what is on record",
    "evidence.seals.claim_file": "machinery",
    "evidence.seals.mark_failed": "machinery, shown at Jobs",
    "assignments.acts.forget_acts": "what came of each line; that it was done has its entry",
    "evidence.seals.sweep_files": "machinery",
    "courses.publishing.draft_changed": "a lesson that saves itself: the trail hears once the writer stops (writings.py)",
    "courses.quizzes.write_question": "sets what is asked; whoever adds, edits or imports it has the entry",
    "learning.enrollments.open_lesson": "progress in a lesson, kept by itself",
    "learning.enrollments.finish_lesson": "progress in a lesson; completing writes a record",
    "learning.enrollments.progress_row": "progress in a lesson, kept by itself",
    "learning.enrollments.unfinished": "progress in a lesson, kept by itself",
    "learning.enrollments.mark_lesson_done": "progress in a lesson; completing writes a record",
    "learning.enrollments.quiz_passed": "progress in a lesson; the attempt itself is kept",
    "learning.enrollments.practice_done": "as a passed quiz",
    "learning.enrollments.refresh_progress": "progress; completing writes a record",
    "learning.quizzes.start_submission": "the attempt is a row of its own that stays",
    "learning.quizzes.submit": "the score stands in a row of its own that never changes",
    "learning.quizzes.submit_expired": "as handing in",
    "learning.handins.save_draft": "what is being written; handing in has the entry",
    "learning.handins.add_files": "as the draft",
    "learning.handins.remove_file": "as the draft",
    "learning.grading.claim": "who is on it, for half an hour; the decision has the entry",
    "learning.grading.release": "as claiming",
    "learning.answers.claim_answers": "as claiming",
    "learning.answers.release_answers": "as claiming",
    "courses.finding.index_course": "the search follows what is on the trail already",
    "learning.notes.save_note": "what one notes for oneself: nobody else reads that one did, either",
    "learning.choosing.choose": "one's own choice of what is suggested or asked",
    "assignments.policies.give_days_before": "setting the reminder days, which calls it, has the entry",
    "assignments.policies.follow_policy": "a promise to look again; changing the policy has the entry",
    "outreach.digests.compose": "what a letter leaves out says so itself: each notice is a row with its reason",
    "assignments.extensions.end_for_assignment": "completing or closing the assignment says it",
    "people.views.see_first": "one's own choice of what a list opens with",
    "learning.choosing.take_back": "one's own choice",
    "assignments.note_progress": "progress",
    "outreach.notices.forget_attachment": "throwing the file away has the entry",
    # Follows from facts and instant alone, says nothing they do not, and can be thrown away: facts have the entries.
    "assignments.states.keep_states": "letters that are worked out from assignments",
    "assignments.states.keep_states_ahead": "the same for an instant to come",
    "assignments.states.check_states": "made anew where wrong, which the log of the server says: nothing but letters",
    "assignments.tallies.keep_tallies": "counts of completed assignments",
    "assignments.tallies.check_tallies": "as letters; and the day of an activity, copied from the enrollment",
    "compliance.standing.keep_standings": "letters that are worked out from duties and decisions",
    "compliance.standing.check_standings": "made anew where wrong, which the log of the server says: nothing but letters",
    "insight.figures.keep_figures": "counts that are worked out from facts",
    "insight.figures.keep_enrolled": "counts that are worked out from enrollments",
    "insight.figures.keep_figures_ahead": "the same for an instant to come",
    "insight.figures.keep_enrolled_ahead": "the same for an instant to come",
    "insight.figures.forget_figures": "counts whose time is over; facts stay",
    "insight.figures.check_figures": "made anew where wrong, which the log of the server says: nothing but counts",
    "learning.engagement.open_page": "progress in a lesson, kept by itself",
    "learning.engagement.note_activity": "progress in a lesson; completing writes a record",
    "outreach.digests.send_digests": "a notice is a row that stays, shown under Notices",
    "insight.reports.schedules.plan_again": "the instant of a turn follows from holidays, whose change has the entry",
    "outreach.notices.write_notice": "a notice is a row that stays, shown under Notices",
    "outreach.notices.write_letters": "as one notice",
    "outreach.notices.mark_read": "one's own reading",
}
WRITERS = ("record_change", "record_changes", "content_changed", "place_changed")
SESSION_WRITES = {"add", "add_all", "delete", "merge"}
STATEMENTS = {"insert", "update", "delete"}
WRITING_SQL = re.compile(r"\b(INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+(\s+(AS\s+)?\w+)?\s+SET)\b")


def audited_events() -> set[str]:
    return {
        event.__name__
        for event, handlers in REACTIONS.items()
        if any(handler.__module__.startswith("lmsapp.evidence.audit") for handler in handlers)
    }


def functions(module: Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in module.tree.body if isinstance(node, ast.FunctionDef)}


def calls(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def assigned(module: Module, to_what: str) -> dict[str, ast.Call]:
    """Names of the file that are given what a call of that name makes: `KEEP = text(...)`, `SWEEP = Sweep(...)`."""
    return {
        target.id: node.value
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func) == to_what
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def writing_statements(module: Module) -> set[str]:
    """The names of its written-out statements that write."""
    return {name for name, made in assigned(module, "text").items() if WRITING_SQL.search(written(made))}


def written(made: ast.Call) -> str:
    """The text of a statement, without what is put into it."""
    parts = (node.value for node in ast.walk(made) if isinstance(node, ast.Constant))
    return " ".join(part for part in parts if isinstance(part, str))


@lru_cache(maxsize=1)
def turning() -> frozenset[str]:
    """The methods of a Sweep that take marks away or make anew what is kept."""
    [module] = [one for one in modules() if one.name == "lmsapp.infra.sweeping"]
    [sweep] = [node for node in module.tree.body if isinstance(node, ast.ClassDef) and node.name == "Sweep"]
    own = {f"self.{node.name}": node for node in sweep.body if isinstance(node, ast.FunctionDef)}
    keeping = {name for name, body in own.items() if writes(body) or "self.keep" in calls(body)}
    return frozenset(name.removeprefix("self.") for name in reaching(own, keeping))


def kept_by(module: Module) -> dict[str, str]:
    """Each call that is a turn of a sweep of this file, and the function that its `keep` is."""
    methods = turning()
    return {
        f"{name}.{method}": next(
            ast.unparse(value)
            for value in (*made.args[3:4], *(one.value for one in made.keywords if one.arg == "keep"))
        )
        for name, made in assigned(module, "Sweep").items()
        for method in methods
    }


def writes(function: ast.FunctionDef) -> bool:
    """It adds to the session, sends an INSERT, UPDATE or DELETE, or sets an attribute of what it was given."""
    given = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in STATEMENTS or (name.startswith("db.session.") and name.split(".")[-1] in SESSION_WRITES):
                return True
            if name == "setattr":
                return True
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        flat = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
        for one in flat:
            if isinstance(one, ast.Attribute) and ast.unparse(one.value).split(".")[0] in given:
                return True
    return False


def names(function: ast.FunctionDef) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


def tells(function: ast.FunctionDef) -> bool:
    heard = audited_events()
    if any(name.split(".")[-1] in WRITERS for name in calls(function)):
        return True
    emitted = (
        ast.unparse(node.args[0].func)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "emit" and isinstance(node.args[0], ast.Call)
    )
    return any(name in heard for name in emitted)


def reaching(
    own: dict[str, ast.FunctionDef], is_so: set[str], turns: Mapping[str, str] = MappingProxyType({})
) -> set[str]:
    """The names in `is_so`, and every function of the file that calls one of them; `turns` call what they keep with."""
    found = set(is_so)
    while more := {
        name
        for name, body in own.items()
        if name not in found and found & {turns.get(called, called) for called in calls(body)}
    }:
        found |= more
    return found


def forgotten(module: Module) -> list[str]:
    own = functions(module)
    area = module.name.removeprefix("lmsapp.").removesuffix(".actions")
    turns, statements = kept_by(module), writing_statements(module)
    by_itself = {
        name
        for name, body in own.items()
        if writes(body) or statements & names(body) or turns.keys() & set(calls(body))
    }
    writing = reaching(own, by_itself, turns)
    telling = reaching(own, {name for name, body in own.items() if tells(body)}, turns)
    return [f"{area}.{name}" for name in sorted(writing - telling) if not name.startswith("_")]


def test_every_action_that_writes_is_heard_by_the_trail() -> None:
    """EVD-3: forgetting it takes a line in EXCEPT, with a reason."""
    silent = [name for module in modules() if module.file == "actions.py" for name in forgotten(module)]
    assert not set(silent) - set(EXCEPT), "these change something and leave no entry"


def test_the_exceptions_are_still_needed() -> None:
    """A line for a function that is gone, or that tells by now, would hide the next one."""
    silent = {name for module in modules() if module.file == "actions.py" for name in forgotten(module)}
    assert not set(EXCEPT) - silent


def test_it_catches_a_planted_one() -> None:
    """The check can fail."""
    source = "def rename(user, name):\n    user.name = name\n\ndef hidden(user):\n    rename(user, 'x')\n"
    planted = Module("lmsapp.people.planted.actions", modules()[0].path, ast.parse(source))
    assert forgotten(planted) == ["people.planted.hidden", "people.planted.rename"]
    heard = source.replace("= name", "= name\n    emit(AccountChanged(user, 'x', None))")
    assert forgotten(Module(planted.name, planted.path, ast.parse(heard))) == []


def test_it_follows_a_sweep_and_statements_of_the_file() -> None:
    """EVD-3: neither a turn of a Sweep nor SQL written out hides a write; telling inside of what keeps counts."""
    source = """
TAKE = text("UPDATE notice AS n SET status = 'gone'")
LOOK = text("SELECT FROM notice FOR UPDATE SKIP LOCKED")
def take(): db.session.execute(TAKE)
def look(): db.session.execute(LOOK)
def sweep(): return SWEEP.turn()
def check(): return SWEEP.compare('texts', everybody(), wrong)
def ours(): return SWEEP.is_ours()
def _keep(whose): db.session.execute(select(func.keep(whose)))
SWEEP = Sweep(1, 10, Mark.employee_id, _keep)
"""
    planted = Module("lmsapp.people.planted.actions", modules()[0].path, ast.parse(source))
    assert forgotten(planted) == ["people.planted.check", "people.planted.sweep", "people.planted.take"]
    heard = source.replace("func.keep(whose)))", "func.keep(whose))); record_changes(whose)")
    assert forgotten(Module(planted.name, planted.path, ast.parse(heard))) == ["people.planted.take"]
