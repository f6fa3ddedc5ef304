"""`./lms ledger verify`: exit 0 all is as it was, 1 something was changed, 2 it could not be checked."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
import psycopg
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from lmsapp.evidence.ledger.verification import Verdict
from lmsapp.evidence.verifications.work import verify_now
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.insight.testified import SEALED, SOURCES

SHOWN = 50
WELL, TAMPERED, UNCHECKED = 0, 1, 2


@click.command("verify")
@click.option("--no-files", is_flag=True, help="Do not read the bytes of documents and PDFs.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_appcontext
def verify_ledger(no_files: bool, as_json: bool) -> None:
    """Look at everything on record: was anything changed, removed or slipped in?"""
    try:
        verdict, kept = verify_now(SOURCES, SEALED, how="command", files=not no_files)
    except (RuleBroken, SQLAlchemyError, psycopg.Error, OSError, TimeoutError) as problem:
        db.session.rollback()
        why = str(problem).splitlines()[0]
        click.echo(
            json.dumps({"verified": False, "why": why}) if as_json else f"Could not be checked: {why}", err=not as_json
        )
        sys.exit(UNCHECKED)
    if as_json:
        click.echo(json.dumps(as_data(verdict, kept.id), ensure_ascii=False, indent=2))
    else:
        _say(verdict)
    sys.exit(WELL if verdict.good else TAMPERED)


def as_data(verdict: Verdict, verification_id: int) -> dict[str, Any]:
    return {
        "verified": True,
        "good": verdict.good,
        "verification": verification_id,
        "events": verdict.events,
        "sealed_rows": verdict.entries,
        "checkpoints": verdict.checkpoints,
        "files": verdict.files,
        "tree": {"epoch": verdict.epoch, "size": verdict.size, "root": verdict.root.hex()},
        "seconds": round(verdict.seconds, 1),
        "wrong": verdict.wrong,
        "findings": [
            {"what": one.what, "record": list(one.record), "words": one.words % one.values} for one in verdict.findings
        ],
    }


def _say(verdict: Verdict) -> None:
    files = "files not looked at" if verdict.files is None else f"{verdict.files:,} files"
    click.echo(
        f"Looked at {verdict.events:,} events, {verdict.checkpoints:,} checkpoints, {verdict.entries:,} sealed rows,"
        f" {files} in {verdict.seconds:.1f} seconds."
    )
    for one in verdict.findings[:SHOWN]:
        click.echo(f"  ! {one}")
    if verdict.wrong > SHOWN:
        click.echo(f"  … and {verdict.wrong - SHOWN:,} more; see Administration, Completion ledger.")
    if verdict.good:
        click.echo("All is as it was put on record. Nothing was changed, removed or slipped in.")
    else:
        click.echo(f"{verdict.wrong:,} things are not as they were put on record.")
