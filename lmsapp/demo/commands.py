"""`flask demo load` and `flask demo accounts` (OPS-1)."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from lmsapp.demo.accounts import ACCOUNTS, PASSWORD
from lmsapp.demo.load import NotOurs, load

demo = AppGroup("demo", help="Northgate Hospital, a made-up organisation to look around in.")


def install(app: Flask) -> None:
    """Add the commands and, in the demo, what its sign-in page offers."""
    app.cli.add_command(demo)
    if app.config["DEMO"]:
        app.config["DEMO_ACCOUNTS"], app.config["DEMO_PASSWORD"] = ACCOUNTS, PASSWORD


@demo.command("load")
def load_demo() -> None:
    """Load what is not there yet; a second time does nothing."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("The demo is loaded only where LMS_DEMO is 1.")
    try:
        if not load(click.echo):
            click.echo("The demo is loaded already.")
    except NotOurs as refusal:
        raise click.ClickException(str(refusal)) from refusal


@demo.command("accounts")
def print_accounts() -> None:
    """Who can sign in, and with which password."""
    click.echo(f"Sign in with the password  {PASSWORD}  as:")
    for email, name, what in ACCOUNTS:
        click.echo(f"  {email:<26}{name:<16}{what}")
