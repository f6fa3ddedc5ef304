"""The ledger's commands with what needs to know every kind of row that testifies: `./lms ledger adopt`."""

from __future__ import annotations

import click

from lmsapp.evidence.ledger.adopting import adopt
from lmsapp.evidence.ledger.commands import ledger
from lmsapp.infra.db import unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.insight.testified import SOURCES


@ledger.command("adopt")
def adopt_now() -> None:
    """Put rows on record that were there before the ledger, as they are found. Safe to repeat."""
    adopted, batch = 0, -1
    while batch:
        try:
            with unit_of_work():
                batch = adopt(SOURCES)
        except RuleBroken as broken:
            raise click.ClickException(str(broken)) from broken
        adopted += batch
    click.echo(f"{adopted} rows adopted")


__all__ = ["ledger"]
