"""The command line (OPS-5): `./lms users …`, `./lms demo …`, `./lms db …`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import Migrate

from lmsapp.demo import commands as demo
from lmsapp.evidence.signatures.document import signature_number
from lmsapp.evidence.signatures.verification import verify_all
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.accounts.actions import create_user, grant_role, invite, revoke_role, set_password
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import UserFilters, list_users, user_by_email
from lmsapp.people.roles import Role
from lmsapp.people.roster.actions import apply_run, keep_roster, match_columns, plan_run
from lmsapp.people.roster.columns import Matching, check_columns, guess_columns
from lmsapp.people.roster.plan import Plan, make_plan
from lmsapp.people.roster.queries import present_state
from lmsapp.people.roster.table import read_roster
from lmsapp.people.viewer import Viewer


def install(app: Flask, *, migrations: Path) -> None:
    """Add every command to the application."""
    Migrate(app, db, directory=str(migrations), compare_type=True)
    app.cli.add_command(users)
    app.cli.add_command(roster)
    app.cli.add_command(signatures)
    demo.install(app)


users = AppGroup("users", help="People who can sign in.")
ROLE = click.Choice([role.value for role in Role], case_sensitive=False)


@users.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", type=ROLE, multiple=True, help="May be given several times.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of inviting.")
def add_user(email: str, name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Add a person; the first System Manager is made like this."""
    with unit_of_work(), _words():
        user = create_user(email, name, by=None)
        for role in roles:
            grant_role(user, Role(role), by=None)
        if password_stdin:
            set_password(user, sys.stdin.readline().rstrip("\r\n"))
            click.echo(f"Added {user.email}.")
        else:
            click.echo(f"Added {user.email}. They choose a password here, within 7 days:\n{_address(invite(user))}")


@users.command("list")
@click.option("--search", default="", help="Part of a name or address.")
def print_users(search: str) -> None:
    """Everybody, with roles."""
    page = list_users(None, UserFilters(q=search), size=100_000)
    for row in page.rows:
        roles = ", ".join(sorted(row.roles or ()))
        click.echo(f"{row.email}\t{row.name}\t{roles}\t{'' if row.active else 'closed'}".rstrip())


@users.command("invite")
@click.argument("email")
def invite_user(email: str) -> None:
    """Send a fresh invitation and print its link; the one before stops working."""
    with unit_of_work(), _words():
        click.echo(_address(invite(_user(email))))


@users.command("grant")
@click.argument("email")
@click.argument("role", type=ROLE)
@click.option("--revoke", is_flag=True, help="Take the role instead.")
def grant(email: str, role: str, revoke: bool) -> None:
    """Give a role; it takes effect at once."""
    with unit_of_work(), _words():
        change: Callable[[User, Role, Viewer | None], None] = revoke_role if revoke else grant_role
        change(_user(email), Role(role), None)


roster = AppGroup("roster", help="The list of people from the HR system.")
FULL = click.option("--full", is_flag=True, help="The file lists everybody: who is missing has left.")
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@roster.command("plan")
@FILE
@FULL
def plan_roster(file: Path, full: bool) -> None:
    """Say what the file would change; change nothing."""
    with _words():
        table = read_roster(file.read_bytes())
        matching = Matching(guess_columns(table.header), full)
        check_columns(matching.columns, table.header)
        _print_plan(make_plan(table, matching, present_state()))


@roster.command("apply")
@FILE
@FULL
@click.option("--leavers", type=int, help="How many people lose access; asked for when it is more than 10 %.")
def apply_roster(file: Path, full: bool, leavers: int | None) -> None:
    """Apply the whole file, or nothing. Safe to repeat."""
    with unit_of_work(), _words():
        run = keep_roster(file.read_bytes(), file.name, by=None)
        match_columns(run, replace(Matching.from_json(run.mapping), full=full))
        if plan_run(run).problems:
            _print_plan(plan_run(run))
        _print_plan(apply_run(run, None, zone=current_app.config["TIME_ZONE"], leavers_typed=leavers))


signatures = AppGroup("signatures", help="Electronic signatures.")


@signatures.command("verify")
def verify_signatures() -> None:
    """Compute every signature, its text and its PDF anew; exit code 1 when one does not fit."""
    seen, wrong = 0, 0
    for verdict in verify_all():
        seen += 1
        wrong += not verdict.good
        for problem in verdict.problems:
            click.echo(f"{signature_number(verdict.signature_id)} {verdict.printed_name}: {problem}", err=True)
    click.echo(f"{seen} signatures, {wrong} that do not fit")
    sys.exit(1 if wrong else 0)


def _print_plan(plan: Plan) -> None:
    for problem in plan.problems:
        click.echo(f"line {problem.line}: {problem.heading + ': ' if problem.heading else ''}{problem.words}", err=True)
    click.echo(", ".join(f"{count} {name}" for name, count in plan.counts.items()))


def _user(email: str) -> User:
    user = user_by_email(email)
    if user is None:
        raise RuleBroken("There is no account for %(email)s.", email=email)
    return user


def _address(token: str) -> str:
    return f"{current_app.config['BASE_URL']}/invitation/{token}"


@contextmanager
def _words() -> Iterator[None]:
    """A broken rule is one line and exit code 1, not a trace."""
    try:
        yield
    except (RuleBroken, NotAllowed) as broken:
        raise click.ClickException(str(broken)) from broken
