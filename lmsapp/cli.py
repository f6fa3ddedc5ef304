"""The command line (OPS-5): `./lms users …`, `./lms demo …`, `./lms db …`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import Migrate
from flask_migrate.cli import db as database_commands  # type: ignore[import-not-found]

from lmsapp.demo import commands as demo
from lmsapp.evidence.signatures.document import signature_number
from lmsapp.evidence.signatures.verification import verify_all
from lmsapp.infra import tracing
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.file_commands import file_commands
from lmsapp.infra.rights import change_rights, grant_rights, role_of
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.insight import ledger_verify
from lmsapp.insight.ledger_commands import ledger
from lmsapp.people.accounts.actions import create_user, grant_role, invite, revoke_role, set_password
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import UserFilters, list_users, user_by_email
from lmsapp.people.roles import Role
from lmsapp.people.roster.commands import roster
from lmsapp.people.viewer import Viewer


def install(app: Flask, *, migrations: Path) -> None:
    """Add every command to the application."""
    Migrate(app, db, directory=str(migrations), compare_type=True, include_object=_is_compared)
    app.cli.add_command(users)
    app.cli.add_command(roster)
    app.cli.add_command(signatures)
    ledger.add_command(ledger_verify.verify_ledger)
    app.cli.add_command(ledger)
    app.cli.add_command(file_commands)
    demo.install(app)


def _is_compared(_object: object, name: str | None, *_rest: object) -> bool:
    """An index on an expression is read back in other words than it was written; its migration alone makes it."""
    return name != "ix_audit_entry_words"


@database_commands.command("rights")
@with_appcontext
def give_rights() -> None:
    """As the owner of the tables: give the application's role what it needs, and no more. After each upgrade."""
    owner, ours = current_app.config["DATABASE_OWNER_URL"], current_app.config["SQLALCHEMY_DATABASE_URI"]
    if not owner or role_of(owner) == role_of(ours):
        click.echo("DATABASE_OWNER_URL names no other role: there are no rights to give. See docs/production.md.")
        return
    try:
        grant_rights(owner, role_of(ours))
    except psycopg.Error as problem:
        raise click.ClickException(f"The rights of {role_of(ours)!r} could not be set: {problem}") from problem
    click.echo(f"{role_of(ours)} may read and write, and only add to evidence.")


@database_commands.command("check-rights")
@with_appcontext
def check_rights() -> None:
    """Exit code 1 when the application's role could change the audit trail or the completion records."""
    try:
        found = change_rights(current_app.config["SQLALCHEMY_DATABASE_URI"])
    except psycopg.Error as problem:
        raise click.ClickException(str(problem)) from problem
    if found:
        lines = "".join(f"\n  - {one}" for one in found)
        raise click.ClickException(f"The application's role can change evidence; see docs/production.md.{lines}")
    click.echo("The application's role can only add to the audit trail and the completion records.")


FOR = click.option("--for", "person", metavar="EMAIL", help="On whose behalf; the audit trail names them.")


def _act_for(person: str | None) -> None:
    if person:
        with _words():
            user = _user(person)
            tracing.acting_for(tracing.Person(user.id, user.name))


@click.group("users", cls=AppGroup)
@FOR
@with_appcontext
def users(person: str | None) -> None:
    """People who can sign in."""
    _act_for(person)


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
