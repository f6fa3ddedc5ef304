"""Rows as they were: what changes is kept by the database, and every report can be asked of a past day (EVD-5).

The histories themselves, their triggers and views are made after each upgrade, see `lmsapp.infra.past.building`: so
they follow columns that later steps add. What can be told of the time before is filled in then, while people work.
"""

from __future__ import annotations

from alembic import op

revision = "0051"
down_revision = "0049"

FUNCTIONS = (
    # By the product's clock, where that was moved; else by the machine's.
    """CREATE FUNCTION past.moment() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT coalesce(nullif(current_setting('lms.now', true), '')::timestamptz, clock_timestamp()) $$""",
    """CREATE FUNCTION past.quarter(instant timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
    $$ SELECT date_bin('15 minutes', instant, '2000-01-01 00:00:00+00') $$""",
    # Who was made unknown in the present is so in the past: names, address and number as the row has them now.
    """CREATE FUNCTION past.forget(person integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        UPDATE past.employee_was w SET number = e.number, name = e.name, sort_name = e.sort_name, email = e.email,
            mobile = e.mobile FROM public.employee e WHERE e.id = person AND w.id = person;
    END $$""",
    """CREATE FUNCTION past.at() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT current_setting('past.at')::timestamptz $$""",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA past")
    for function in FUNCTIONS:
        op.execute(function)
    op.execute("CREATE AGGREGATE past.overlay(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}')")
    # Since when the former rows of a table are exact, and whether what could be told of the time before was told.
    op.execute(
        "CREATE TABLE past.known (table_name text PRIMARY KEY, since timestamptz NOT NULL,"
        " filled boolean NOT NULL DEFAULT false)"
    )


def downgrade() -> None:
    op.execute(
        """DO $$ DECLARE one record; BEGIN
            FOR one IN SELECT tgname, tgrelid::regclass AS place FROM pg_trigger
                WHERE tgname IN ('keeps_past', 'keeps_past_change')
            LOOP EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.place); END LOOP;
        END $$"""
    )
    op.execute("DROP SCHEMA past CASCADE")
