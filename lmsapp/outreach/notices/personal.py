"""A link for one reader alone, put into a message as it is handed over (REM-5).

What is kept of the message names the ordinary address; the personal one stands nowhere but in what was sent. So neither
staff nor a copy of the database can use it, and a second try makes another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import escape
from sqlalchemy import cast, update
from sqlalchemy.dialects.postgresql import JSONB

from lmsapp.infra.db import db, unit_of_work
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.wording import absolute

# By template: the path of a fresh link for the reader of that notice, or None where they get none.
Links = Mapping[str, Callable[[Notice], str | None]]

MARK = "single_use_link"  # in the reason of a notice that went out with one


def put_link(notice: Notice, links: Links) -> None:
    """Exchange the address in the words of a claimed notice, in memory: it must not belong to a session."""
    make, usual = links.get(notice.template), absolute(notice.link)
    if make is None or not usual:
        return
    there = re.compile(re.escape(usual) + r"(?![\w/?#-])")
    if not there.search(notice.body_text):
        return
    with unit_of_work():
        path = make(notice)
        if path is not None:
            marked = Notice.reason.op("||")(cast({MARK: True}, JSONB))
            db.session.execute(update(Notice).where(Notice.id == notice.id).values(reason=marked))
    if path is not None:
        personal = absolute(path) or ""
        notice.body_text = there.sub(personal, notice.body_text)
        notice.body_html = there.sub(personal, notice.body_html)
        if notice.channel == "email":
            _say_so(notice)


def _say_so(notice: Notice) -> None:
    """Below the letter, in its language. A text message has no room for it; the page behind the link says it too."""
    with force_locale(notice.language):
        said = str(_("The link in this message is for you alone and works once. Do not pass it on."))
    notice.body_text = f"{notice.body_text.rstrip()}\n\n{said}\n"
    notice.body_html = notice.body_html.replace("</body>", f"<p>{escape(said)}</p>\n</body>")
