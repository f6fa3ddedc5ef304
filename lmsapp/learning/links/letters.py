"""Which message takes a link for what, and the letter with another one (REM-5)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.links.making import address_of, link_for
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import recipient_of

TEMPLATE = "training_link"


def link_for_period(notice: Notice) -> str | None:
    """For a letter about a certification that has to be renewed."""
    about = select(CertificationPeriod.enrollment_id).where(CertificationPeriod.id == notice.about_id)
    return link_for(db.session.scalar(about), notice)


def link_for_enrollment(notice: Notice) -> str | None:
    """For a letter that was asked for."""
    return link_for(notice.about_id, notice)


def still_wanted(enrollment_id: int) -> bool:
    """Asked again before it is handed over: nobody needs a link to what is done or closed to them."""
    enrollment = db.session.get(Enrollment, enrollment_id)
    return enrollment is not None and enrollment.withdrawn_at is None


def write_another(enrollment: Enrollment, channel: str, asked_id: int) -> None:
    """A message with another link, by the same channel if there is still such an address, else by e-mail.

    Employee and course are loaded. The link itself is put in when it is sent.
    """
    employee = enrollment.employee
    channel = channel if address_of(employee, channel) else "email"
    write_notice(
        key=f"link/asked/{asked_id}/{channel}",
        channel=channel,
        template=TEMPLATE,
        to=replace(recipient_of(employee), address=address_of(employee, channel)),
        values={"title": enrollment.course.title},
        link=f"/learn/courses/{enrollment.course_id}",
        about=("enrollment", enrollment.id),
        reason={"why": "asked for another link"},
    )
