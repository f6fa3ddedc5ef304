"""REM-5 on real PostgreSQL: what is kept of a link, who gets one, who wins it, what ends it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.assignments.actions import close
from lmsapp.assignments.links import link_for_assignment
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.clock import today
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.jobs.letters import LINKS, STILL_WANTED
from lmsapp.learning.enrollments.access import revoke_access
from lmsapp.learning.enrollments.actions import mark_lesson_done
from lmsapp.learning.enrollments.queries import study
from lmsapp.learning.links.actions import Opened, open_link, revoke_links
from lmsapp.learning.links.asking import ask_for_another, sweep_asked
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.links.queries import count_meant
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.queries import outbox_row
from lmsapp.people.accounts.actions import set_password, sign_out_everywhere
from lmsapp.people.accounts.models import SignIn, SignInFailure, User
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.actions import leave, update_employee
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.queries import load_session
from lmsapp.people.settings.actions import change_settings
from tests.cast import ZONE
from tests.clock import Clock
from tests.jobs import run_rings
from tests.learning.links.scene import Field
from tests.outreach.post import mail_server
from tests.undoing import undone


@pytest.fixture
def field(clock: Clock) -> Field:
    return Field()


def open_(path: str, mark: str = "browser", address: str = "192.0.2.7") -> Opened | None:
    return open_link(path.removeprefix("/l/"), mark, address=address, browser="Phone")


def is_alive(opened: Opened) -> bool:
    return load_session(opened.user.id, opened.user.session_epoch, opened.key, ZONE) is not None


def trail(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def test_the_link_stands_in_what_was_sent_and_nowhere_else(app: Flask, field: Field) -> None:
    """REM-5, REM-7: a mail with a link; rows, trail and the outbox page know the ordinary address alone. Sent again, it
    is another link, and the first opens nothing."""
    lena = field.cast.lena
    assigned = field.assign(field.short, lena.record)
    notice = field.notice(assigned, channel="email")
    with mail_server(app) as server:
        delivery.send(notice.id, STILL_WANTED, links=LINKS)
        (mail,) = server.mails
        words = "".join(str(part.get_content()) for part in mail.walk() if not part.is_multipart())
        path = "/l/" + words.partition("http://localhost/l/")[2][:22]
        assert path in words and f"/learn/courses/{field.short.id}" not in words
        assert words.count("is for you alone and works once") == 2
        row = db.session.scalars(select(Notice).where(Notice.id == notice.id)).one()
        assert row.status == "sent" and row.reason["single_use_link"] is True
        everything = db.session.execute(select(Notice.body_text, Notice.body_html, Notice.link)).all()
        kept = [str(one) for one in (*everything, *db.session.execute(select(AuditEntry.after)))]
        assert not any("/l/" in one or path.removeprefix("/l/") in one for one in kept)
        shown = outbox_row(field.cast.sam.viewer, notice.id)
        assert f"http://localhost/learn/courses/{field.short.id}" in shown.body_text
        link = field.row(path)
        assert (link.sent_to, link.channel, link.notice_key) == ("l…@northgate.example", "email", notice.key)
        delivery.send(field.notice(assigned, channel="email").id, STILL_WANTED, links=LINKS)
    assert field.row(path).revoked_as == "replaced"
    made = trail("link made")
    assert len(made) == 2 and made[0].after is not None and made[0].after["notice"] == notice.key


def test_a_message_that_may_have_arrived_keeps_its_link(field: Field, clock: Clock) -> None:
    """REM-3, REM-5: a gateway drops the second copy, so the link of the first must open; a message known not to have
    gone gets another one, and so does one whose link has run out."""
    notice = field.notice()
    first = link_for_assignment(notice)
    second = link_for_assignment(notice)
    assert first and second and first != second and field.row(first).revoked_as == "replaced"
    notice.message_id = "<of-the-first-copy@localhost>"
    assert link_for_assignment(notice) == second and field.row(second).revoked_at is None
    assert db.session.scalar(select(func.count(AccessLink.id))) == 2
    clock.move(days=8)
    assert link_for_assignment(notice) not in (None, first, second)


def test_who_gets_a_link(field: Field, clock: Clock) -> None:
    """REM-5: by default nobody; then whoever has no password, or an audience; at the address on file, in a message that
    one person reads, and only the learner."""
    lena = field.cast.lena
    hers = field.assign(field.short, lena.record)

    def gets(**where: str) -> bool:
        return link_for_assignment(field.notice(hers, **where)) is not None

    assert gets(channel="email")
    assert not gets(channel="email", address="old@northgate.example")
    assert not gets(channel="in_app")
    about_her = field.notice(hers, channel="email")
    about_her.employee_id = field.cast.mark.record.id
    assert link_for_assignment(about_her) is None
    set_password(lena.user, "four unrelated words")
    assert not gets(channel="email")
    rule = AudienceRule(who=ForWhom(job_roles=("RN",))).as_json()
    nurses = Audience(name="Nurses", rule=rule)
    db.session.add(nurses)
    db.session.flush()
    change_settings({"link_audience": nurses.id}, None)
    assert gets(channel="email")
    assert link_for_assignment(field.notice()) is None
    assert (count_meant(nurses.id), count_meant(0)) == (1, 3)
    nurses.archived_at = clock.instant
    db.session.flush()
    assert not gets(channel="email")
    change_settings({"link_audience": 0, "link_sign_in": False}, None)
    assert link_for_assignment(field.notice()) is None


def test_opening_makes_an_account_that_nothing_else_enters(field: Field) -> None:
    """REM-5: who has no e-mail works with an account without password; a first e-mail makes it one like any other."""
    opened = open_(field.link())
    assert opened is not None
    user = db.session.get_one(User, field.ana.user_id)
    assert opened.user is user and user.password_hash is None and user.email.endswith("@no-mail.invalid")
    found = load_session(user.id, user.session_epoch, opened.key, ZONE)
    assert found is not None
    viewer = found[0]
    assert (viewer.only_course, viewer.grants, viewer.leads) == (field.short.id, {"learn"}, False)
    (entry,) = trail("link opened")
    assert (entry.actor_name, entry.after and entry.after["sent_to"]) == ("Ana María Ruiz", "+1…89")
    update_employee(field.ana, {"email": "ana@northgate.example"}, None)
    assert user.email == "ana@northgate.example"
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.template == "invitation")) == 1


def test_a_staff_account_is_a_learner_only(field: Field) -> None:
    """REM-5: somebody with roles and a team has neither while they are here by a link."""
    mark = field.cast.mark
    opened = open_(field.link(field.assign(field.short, mark.record), channel="email"))
    assert opened is not None
    found = load_session(mark.user.id, mark.user.session_epoch, opened.key, ZONE)
    assert found is not None and mark.viewer.leads
    assert (found[0].grants, found[0].leads) == ({"learn"}, False)


def test_twice_in_one_browser_once_in_another(field: Field, clock: Clock) -> None:
    """REM-5: a double tap gets the one session; another browser nothing, and that is on the trail."""
    path = field.link()
    first, second = open_(path), open_(path)
    assert first is not None and second is not None and first.key == second.key
    assert db.session.scalar(select(func.count(SignIn.id)).where(SignIn.how == "link")) == 1
    assert open_(path, mark="other") is None
    clock.move(minutes=2)
    assert open_(path) is None and open_(path, mark="") is None
    assert [entry.after and entry.after["why"] for entry in trail("link refused")] == ["opened before"] * 3
    assert open_("/l/nothing") is None


def test_tries_are_counted_before_anything_is_looked_up(field: Field, clock: Clock) -> None:
    """REM-5: twenty for one link whether or not there is such a one, a hundred from one address."""
    path = field.link()
    for tried in (path, "/l/" + "A" * 22):
        for number in range(20):
            open_(tried, address=f"192.0.2.{number}")
        with pytest.raises(TooManyTries):
            open_(tried, address="198.51.100.1")
    for number in range(100):
        open_(f"/l/{number}", address="203.0.113.9")
    with pytest.raises(TooManyTries):
        open_("/l/new", address="203.0.113.9")
    clock.move(minutes=16)
    assert open_("/l/new", address="203.0.113.9") is None
    for number in range(3):  # a success is given back to the address: a whole crew may share one
        assert open_(field.link(), mark=f"{number}", address="203.0.113.9") is not None
    kept = select(func.count(SignInFailure.id)).where(SignInFailure.key == "link-from/203.0.113.9")
    assert db.session.scalar(kept.where(SignInFailure.at == clock.instant)) == 1


def test_expired_by_the_clock(field: Field, clock: Clock) -> None:
    """REM-5: 72 hours unless the setting says otherwise; to the second."""
    path = field.link()
    clock.move(hours=72)
    assert open_(path) is None
    change_settings({"link_hours": 1}, None)
    path = field.link()
    clock.move(minutes=59, seconds=59)
    assert open_(path) is not None


def complete(field: Field) -> None:
    enrollment = field.enrollment
    mark_lesson_done(enrollment, study(enrollment).lessons[0].line, by=None)


def lose(field: Field) -> None:
    revoke_links(field.ana, by=field.hana, reason="phone lost")


ENDS: list[tuple[str, Callable[[Field], object]]] = [
    ("closed", lambda f: close(f.assigned, "cancelled", by=f.milo, reason="moved")),
    ("closed", lambda f: close(f.assigned, "exempt", by=f.milo, reason="moved")),
    ("closed", lambda f: revoke_access(f.enrollment, by=f.milo, reason="wrong course")),
    ("left", lambda f: leave(f.ana, today(ZONE), None)),
    ("address changed", lambda f: update_employee(f.ana, {"mobile": "+15555550111"}, f.hana)),
    ("by hand", lose),
    ("switched off", lambda _f: change_settings({"link_sign_in": False}, None)),
    ("account", lambda f: sign_out_everywhere(db.session.get_one(User, f.ana.user_id), None)),
]


def test_what_ends_links(field: Field) -> None:
    """REM-5: each of these: the one in the pocket opens nothing, the session that began is over, both are on the trail."""
    for why, end in ENDS:
        with undone():
            field.afresh()
            used = open_(path := field.link(), address="198.51.100.7")
            assert used is not None
            waiting = field.link()
            end(field)
            db.session.flush()
            assert {field.row(one).revoked_as for one in (path, waiting)} == {why}
            assert not is_alive(used), why
            assert open_(waiting, address="198.51.100.7") is None
            assert len(trail("link revoked")) == 2


def test_a_new_password_ends_no_link(field: Field) -> None:
    """REM-5: it says nothing about who has the message."""
    open_(field.link())
    waiting = field.link()
    set_password(db.session.get_one(User, field.ana.user_id), "four unrelated words")
    assert field.row(waiting).revoked_at is None


def test_completed_by_a_link_says_so(field: Field, clock: Clock) -> None:
    """REM-5, EVD-1: the record keeps where the link went; a quarter of an hour to see the result, then it is over."""
    opened, other = open_(field.link()), field.link(field.other)
    assert opened is not None
    complete(field)
    record = db.session.scalars(select(CompletionRecord)).one()
    (said,) = [one for one in record.criteria if one["kind"] == "by link"]
    assert said["links"][0]["sent to"] == "+1…89" and said["links"][0]["channel"] == "sms"
    clock.move(minutes=14)
    assert is_alive(opened)
    found = load_session(opened.user.id, opened.user.session_epoch, opened.key, ZONE)
    assert found is not None and found[1].until is not None
    assert found[1].until - clock.instant == dt.timedelta(minutes=1)
    assert field.row(other).revoked_at is None


def test_without_a_link_the_record_says_nothing(field: Field) -> None:
    """EVD-1: and a link nobody opened is no way somebody came."""
    path = field.link()
    complete(field)
    record = db.session.scalars(select(CompletionRecord)).one()
    assert all(one["kind"] != "by link" for one in record.criteria)
    assert field.row(path).revoked_as == "completed"


def test_another_link_is_asked_for(field: Field, rings: list[Ring], clock: Clock) -> None:
    """REM-5: to the number on file; three times a quarter of an hour, five links a day; nothing for whoever has nothing
    to do, was revoked by hand, or never had one. A lost ring is rung again."""
    path = field.link()
    clock.move(hours=80)

    def ask(token: str) -> list[Notice]:
        ask_for_another(token, "192.0.2.7")
        db.session.commit()
        rings.clear()
        clock.move(minutes=20)
        sweep_asked()
        db.session.commit()
        run_rings(rings[:1])
        return list(db.session.scalars(select(Notice).where(Notice.template == "training_link")))

    (sent,) = ask(path.removeprefix("/l/"))
    assert (sent.channel, sent.address, sent.employee_id) == ("sms", "+15555550189", field.ana.id)
    new = LINKS["training_link"](sent)
    assert new is not None and field.row(path).revoked_as == "replaced"
    assert len(ask("A" * 22)) == 1
    lose(field)
    assert len(ask(new.removeprefix("/l/"))) == 1
    for _n in range(3):
        ask_for_another("same", "192.0.2.8")
    with pytest.raises(TooManyTries):
        ask_for_another("same", "192.0.2.9")


def test_many_browsers_one_wins(own_app: Flask) -> None:
    """REM-5: eight at once with the same link: one session, one sign-in; of the same browser twice, both get it."""
    with own_app.app_context():
        field = Field()
        path = field.link()
        db.session.remove()
    barrier, keys = threading.Barrier(8), list[str | None]()

    def tap(mark: str) -> None:
        with own_app.app_context():
            barrier.wait()
            with unit_of_work():
                opened = open_(path, mark)
                keys.append(opened.key if opened else None)

    threads = [threading.Thread(target=tap, args=(f"browser {number // 2}",)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with own_app.app_context():
        won = [key for key in keys if key]
        assert len(keys) == 8 and len(set(won)) == 1 and len(won) == 2
        assert db.session.scalar(select(func.count(SignIn.id)).where(SignIn.how == "link")) == 1
        assert db.session.scalar(select(func.count(User.id)).where(User.email.like("%no-mail.invalid"))) == 1
        assert db.session.scalar(select(AccessLink.session_key)) == won[0]
        assert db.session.scalar(select(Employee.user_id).where(Employee.number == "R-7")) is not None
        db.session.remove()
