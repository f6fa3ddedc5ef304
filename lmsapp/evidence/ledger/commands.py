"""`./lms ledger state|sequence|export|new-epoch|public-key`: what the scheduler and the page do, by hand.

Exit codes: 0 as asked; 1 refused, or something is wrong; 2 the command was written wrong.
"""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from lmsapp.evidence.ledger.epochs import begin_epoch
from lmsapp.evidence.ledger.exporting import export_checkpoint
from lmsapp.evidence.ledger.keeping import current_tree, ledger_key, ledger_keys
from lmsapp.evidence.ledger.queries import State, ledger_state
from lmsapp.evidence.ledger.sequencing import sequence_all
from lmsapp.infra.db import unit_of_work
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.accounts.queries import user_by_email
from lmsapp.people.queries import viewer_now

ledger = AppGroup("ledger", help="The completion ledger: its tree, its checkpoints, its keys.")
JSON = click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")


@ledger.command("state")
@JSON
def show_state(as_json: bool) -> None:
    """How large the tree is, what waits, what is wrong. Exit code 1 when something is."""
    state = ledger_state()
    told = _told(state)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for name, value in told.items():
            click.echo(f"{name}: {'; '.join(value) if isinstance(value, list) else value}")
    sys.exit(1 if state.troubles else 0)


@ledger.command("sequence")
def sequence_now() -> None:
    """Give what waits its place and sign, as the scheduler does each second."""
    placed = sequence_all()
    click.echo(f"{placed} events got their place")
    if (refused := ledger_state().refused) is not None:
        raise click.ClickException(refused.words % refused.facts)


@ledger.command("export")
def export_now() -> None:
    """Write the latest checkpoint into the folder of LMS_LEDGER_EXPORT."""
    try:
        with unit_of_work():
            row = export_checkpoint()
            name, error, size = (row.name, row.error, row.size) if row else ("", "", 0)
    except RuleBroken as broken:
        raise click.ClickException(str(broken)) from broken
    if not name:
        raise click.ClickException("There is nothing to write, or LMS_LEDGER_EXPORT is not set.")
    if error:
        raise click.ClickException(f"{name} could not be written: {error}")
    click.echo(f"{name}: {size} events")


@ledger.command("new-epoch")
@click.option("--reason", required=True, help="Why the tree in use cannot be gone on with; it is signed and published.")
@click.option("--for", "person", metavar="EMAIL", required=True, help="The system manager who decides it.")
def new_epoch(reason: str, person: str) -> None:
    """Begin an empty tree in place of one that must not be signed any more."""
    try:
        with unit_of_work():
            user = user_by_email(person)
            if user is None:
                raise RuleBroken("There is no account for %(email)s.", email=person)
            viewer = viewer_now(user.id)
            if viewer is None:
                raise RuleBroken("The account of %(email)s is closed.", email=person)
            note = begin_epoch(viewer, reason).note
    except (RuleBroken, NotAllowed) as broken:
        raise click.ClickException(str(broken)) from broken
    click.echo(note, nl=False)


@ledger.command("public-key")
def public_keys() -> None:
    """Every key that has signed, a line each, as tools for signed notes take them; the one in use first."""
    _number, ledger_id = current_tree()
    try:
        in_use = ledger_key(ledger_id).id
    except RuleBroken as broken:
        raise click.ClickException(str(broken)) from broken
    keys = ledger_keys()
    for line in (keys.pop(in_use), *keys.values()):
        click.echo(line)


def _told(state: State) -> dict[str, object]:
    last = state.checkpoint
    return {
        "tree": state.origin,
        "epoch": state.epochs[-1].number,
        "size": last.size if last else 0,
        "signed": last.made_at.isoformat(timespec="seconds") if last else "never",
        "root": bytes(last.root).hex() if last else "",
        "waiting": state.waiting,
        "waiting since": state.waiting_since.isoformat(timespec="seconds") if state.waiting_since else "",
        "exported": next((one.name for one in state.exports if one.done_at), "never"),
        "trouble": [one.words % one.facts for one in state.troubles] or "none",
    }
