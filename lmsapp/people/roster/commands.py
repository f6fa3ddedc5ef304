"""`./lms roster plan|apply FILE`, `./lms roster runs`: the same reading, plan and guard as the pages, at once.

Exit codes: 0 applied, or nothing to do; 1 refused, nothing was changed; 2 the command was written wrong.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from lmsapp.infra.db import unit_of_work
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.roster.actions import apply_run, keep_plan, keep_roster, plan_run, read_run
from lmsapp.people.roster.columns import Matching, carry_over, check_columns, guess_columns, headings_key
from lmsapp.people.roster.lines import kept_lines
from lmsapp.people.roster.plan import Plan, make_plan
from lmsapp.people.roster.queries import columns_applied_last, present_state, roster_runs
from lmsapp.people.roster.table import read_roster
from lmsapp.people.settings.queries import setting

REFUSED = 1
roster = AppGroup("roster", help="The list of people from the HR system.")
FULL = click.option("--full/--changes-only", default=None, help="The file lists everybody: who is missing has left.")
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
COLUMNS = click.option(
    "--columns", type=click.Choice(["remembered", "guessed"]), default="remembered", show_default=True,
    help="As they were applied last for these headings, or guessed from them.",
)  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")


@roster.command("plan")
@FILE
@FULL
@COLUMNS
@JSON
def plan_roster(file: Path, full: bool | None, columns: str, as_json: bool) -> None:
    """Say what the file would change; change nothing."""
    try:
        table = read_roster(file.read_bytes())
        last = columns_applied_last(headings_key(table.header)) if columns == "remembered" else None
        matching = Matching(guess_columns(table.header))
        if last:
            matching = carry_over(Matching.from_json(last.mapping), last.header, table.header)
        matching = _with_full(matching, full)
        check_columns(matching.columns, table.header)
        plan = make_plan(table, matching, present_state(), percent=setting("leaver_guard_percent"))
    except (RuleBroken, NotAllowed) as broken:
        _refused(str(broken), as_json)
    _print_plan(plan, as_json, "planned")
    if plan.problems:
        sys.exit(REFUSED)


@roster.command("apply")
@FILE
@FULL
@COLUMNS
@JSON
@click.option("--leavers", type=int, help="Answers the guard: the number it asks for, as of people who lose access.")
def apply_roster(file: Path, full: bool | None, columns: str, as_json: bool, leavers: int | None) -> None:
    """Apply the whole file, or nothing. Safe to repeat."""
    plan: Plan | None = None
    try:
        with unit_of_work():
            run = keep_roster(file.read_bytes(), file.name, None, origin="command")
            table = read_run(run)
            if columns == "guessed":
                run.mapping, run.columns_of_id = Matching(guess_columns(table.header)).as_json(), None
            run.mapping = _with_full(Matching.from_json(run.mapping), full).as_json()
            run.state = "ready"
            plan = plan_run(run, table=table)
            keep_plan(run, plan)
            plan = apply_run(run, None, zone=current_app.config["TIME_ZONE"], leavers_typed=leavers)
    except (RuleBroken, NotAllowed) as broken:
        if plan is not None and plan.problems:
            _print_plan(plan, as_json, "refused", str(broken))
            sys.exit(REFUSED)
        _refused(str(broken), as_json)
    _print_plan(plan, as_json, "applied" if plan.changes_something else "nothing to do")


@roster.command("runs")
@click.option("--last", default=20, show_default=True, type=click.IntRange(1, 500), help="So many, newest first.")
@JSON
def list_runs(last: int, as_json: bool) -> None:
    """The files so far and what came of them."""
    rows = [
        {
            "id": row.id,
            "file": row.file_name,
            "source": row.source,
            "status": row.status if row.state == "ready" else row.state,
            "by": row.applied_by or row.created_by or "",
            "at": (row.applied_at or row.created_at).isoformat(timespec="seconds"),
            **row.counts,
        }
        for row in roster_runs(None, size=last).rows
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        counts = ", ".join(f"{row[name]} {name}" for name in ("joiners", "movers", "leavers") if name in row)
        click.echo(
            f"{row['id']}\t{row['at']}\t{row['status']}\t{row['source']}\t{_plain(row['file'])}\t{counts}".rstrip()
        )


def _print_plan(plan: Plan, as_json: bool, outcome: str, why: str = "") -> None:
    if as_json:
        doubts = [d.message % {"number": d.number, "total": d.total} for d in plan.doubts]
        lines = list(map(_told, kept_lines(plan)))
        told = {
            "outcome": outcome,
            "counts": plan.counts,
            "doubts": doubts,
            "lines": lines,
        }
        click.echo(json.dumps(told | ({"why": why} if why else {}), ensure_ascii=False))
        return
    for problem in plan.problems:
        heading = f"{_plain(problem.heading)}: " if problem.heading else ""
        click.echo(f"line {problem.line}: {heading}{_plain(problem.words)}", err=True)
    for row in map(_told, kept_lines(plan)):
        if row["kind"] in ("joiner", "mover", "leaver"):
            click.echo(f"{row['kind']}\t{_plain(row['number'])}\t{_plain(row['name'])}\t{_changes(row)}".rstrip())
    for doubt in plan.doubts if outcome == "planned" else ():
        click.echo(doubt.message % {"number": doubt.number, "total": doubt.total} + " Needs --leavers.", err=True)
    click.echo(f"{outcome}: " + ", ".join(f"{count} {name}" for name, count in plan.counts.items()))
    if why:
        click.echo(f"Error: {why}", err=True)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    if row["kind"] != "problem":
        return row
    told = row["told"]
    return {"kind": "problem", "line": row["line"], "column": told["heading"], "why": told["message"] % told["values"]}


def _changes(row: dict[str, Any]) -> str:
    return "; ".join(_plain(f"{n}: {a or '-'} -> {b or '-'}") for n, a, b in row["told"].get("changes", ()))


def _refused(words: str, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"outcome": "refused", "why": words}, ensure_ascii=False))
    click.echo(f"Error: {_plain(words)}", err=True)
    sys.exit(REFUSED)


def _with_full(matching: Matching, full: bool | None) -> Matching:
    return matching if full is None else Matching(matching.columns, full, matching.dates)


def _plain(text: str) -> str:
    """Nothing from a file may write to the terminal but letters."""
    return "".join(c if c.isprintable() else "?" for c in text)
