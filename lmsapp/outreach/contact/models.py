"""Consent and preferences."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class ContactPreference(Model):
    """Of one employee; without a row nothing was said. `sms_consent` None: never asked, so no SMS. `digest`: reminders
    in one letter a day where their policy allows it. `quiet_from`, `quiet_until`: hours of the day (0 to 23) where they
    are in which nothing but e-mail and in-app notices comes. `slack_member` is an id such as 'U024BE7LH'.
    What was agreed to is kept: `sms_number` (null: whatever number they have), the words read (`sms_words`), and who
    noted it when it was not the person (`sms_noted_by`)."""

    __tablename__ = "contact_preference"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    sms_consent: Mapped[bool | None]
    sms_consent_at: Mapped[dt.datetime | None]
    sms_number: Mapped[str | None]
    sms_words: Mapped[str] = mapped_column(default="", server_default="")
    sms_noted_by: Mapped[str] = mapped_column(default="", server_default="")
    digest: Mapped[bool] = mapped_column(default=False, server_default="false")
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    slack_member: Mapped[str] = mapped_column(default="", server_default="")
