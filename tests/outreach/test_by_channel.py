"""Notices by text message, Slack and further services, to real servers that misbehave (REM-3, REM-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import backoff, outbound, sms
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.secrets import SecretLost, seal, unseal
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.outreach.channels import actions, outages
from lmsapp.outreach.channels.models import Channel, ChannelTrouble
from lmsapp.outreach.channels.queries import troubles, way_for
from lmsapp.outreach.channels.rules import Kind
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.people.employees.models import Department
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.kept import kept
from tests.outreach.gateway import Gateway, garbage, gateway, hang, reset, reset_after_taking, say
from tests.outreach.post import promise
from tests.outreach.ways import SAM, SMS_FORM, further_channel, slack_channel, sms_channel

WORKING_NOON = dt.datetime(2026, 11, 3, 18, tzinfo=dt.UTC)  # a Tuesday in Chicago
VALUES = {"title": "Fire & <b>Rescue</b>", "due_on": dt.date(2026, 11, 10), "days_left": 7, "progress": 0}


@pytest.fixture
def server() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    clock.set(WORKING_NOON)
    cast = make_cast()
    lena = cast.lena.record
    lena.mobile = "(312) 555-0100"
    db.session.add(ContactPreference(employee_id=lena.id, sms_consent=True, slack_member="U024BE7LH"))
    db.session.commit()
    return cast


def write(cast: Cast, key: str, channel: str = "sms") -> Notice:
    with unit_of_work():
        to = recipient_of(cast.lena.record)
        notice = promise(key, to, channel=channel, template="training_reminder", values=VALUES, link="/learn/1")
        notice.mandatory = True
    return notice


def send(notice: Notice) -> Notice:
    delivery.send(notice.id, {})
    return now(notice)


def now(notice: Notice) -> Notice:
    found = select(Notice).where(Notice.id == notice.id)
    return db.session.scalars(found, execution_options={"populate_existing": True}).one()


class Killed(BaseException):
    """The worker is gone."""


def die(*_given: object, **_named: object) -> None:
    raise Killed


def test_a_text_message_goes_out(server: Gateway, cast: Cast) -> None:
    """REM-4: to the number as the gateway wants it, with its key, and what the gateway calls it is kept."""
    channel = sms_channel(server)
    sent = send(write(cast, "k"))
    assert (sent.status, sent.channel_id, sent.provider_id) == ("sent", channel.id, "gw-1")
    (taken,) = server.taken
    assert (taken.fields["from"], taken.fields["to"]) == ("NORTHGATE", "+13125550100")
    assert VALUES["title"] in taken.fields["text"] and "http://localhost/learn/1" in taken.fields["text"]
    assert taken.key == sent.message_id and taken.headers["Authorization"] == "Bearer s3cret-token"
    assert "s3cret-token" not in channel.secret


def test_slack_and_further_services(server: Gateway, cast: Cast) -> None:
    """REM-4: the reader is named where their member id is known; no title writes in Slack's own notation."""
    slack_channel(server)
    further_channel(server)
    assert [send(write(cast, name, name)).status for name in ("slack", "apprise")] == ["sent", "sent"]
    slack, more = server.taken
    assert slack.fields["text"].startswith("<@U024BE7LH> ")
    assert "Fire &amp; &lt;b&gt;Rescue&lt;/b&gt;" in slack.fields["text"]
    assert VALUES["title"] in more.fields["title"] and "http://localhost/learn/1" in more.fields["message"]


def test_what_its_answers_mean(server: Gateway, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """REM-4: not now, never, or nobody knows; by a gateway that knows no keys, a person decides about the last."""
    monkeypatch.setattr(outbound, "WHOLE_S", 0.2)
    channel = sms_channel(server, honours_keys=False)
    cases: list[tuple[Any, str, str, int | None]] = [
        (say(429, "slow", {"Retry-After": "600"}), "queued", sms.SLOWER, 10),
        (say(500, "oops"), "queued", sms.BUSY, 1),
        (say(401), "queued", sms.NOT_LET_IN, 1),
        (say(302, "", {"Location": "http://127.0.0.1:1/elsewhere"}), "queued", sms.ELSEWHERE, 1),
        (say(400, "no such number"), "failed", sms.REFUSED, None),
        (reset(), "unknown", outbound.ANSWER_LOST, None),
        (reset_after_taking(), "unknown", outbound.ANSWER_LOST, None),
        (garbage(), "unknown", outbound.ANSWER_LOST, None),
        (say(504, "gateway timeout"), "unknown", sms.NOT_KNOWN, None),
        (hang(2), "unknown", outbound.ANSWER_LOST, None),
    ]
    for number, (turn, status, words, minutes) in enumerate(cases):
        outages.note_success(f"channel/{channel.id}")
        server.next(turn)
        tried = send(write(cast, f"k{number}"))
        assert tried.status == status and str(tried.error).startswith(words), turn
        if minutes is not None:
            assert tried.next_try_at - WORKING_NOON == dt.timedelta(minutes=minutes)
            assert tried.message_id is None, "it was not taken"
    assert len(server.asked) == len(cases), "no address was followed"
    assert [one.status for one in map(now, db.session.scalars(select(Notice)))].count("unknown") == 5


def test_a_gateway_that_knows_keys_is_asked_again(server: Gateway, cast: Cast, clock: Clock) -> None:
    """REM-3: a lost answer and a dead worker are sent again with the same key: one message, never 'unknown'."""
    sms_channel(server)
    server.next(reset_after_taking(), garbage())
    notice = write(cast, "k")
    assert send(notice).status == "queued"
    clock.move(minutes=1)
    assert send(notice).status == "queued"
    clock.move(minutes=5)
    assert send(notice).status == "sent"
    assert (len(server.taken), len({one.key for one in server.asked}), len(server.asked)) == (1, 1, 3)


def test_a_worker_that_dies(server: Gateway, cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """REM-3: after handing over, before marking."""
    channel = sms_channel(server)
    for honours, then in ((True, "sent"), (False, "unknown")):
        channel.config = {**channel.config, "honours_keys": honours}
        db.session.commit()
        notice = write(cast, f"k/{honours}")
        with monkeypatch.context() as during:
            during.setattr(delivery, "_mark", die)
            with pytest.raises(Killed):
                delivery.send(notice.id, {})
        clock.move(seconds=backoff.LEASE.total_seconds())
        with unit_of_work():
            delivery.sweep()
        assert send(notice).status == then
    assert len(server.taken) == 2


def test_not_again_when_it_is_not_wanted_any_more(server: Gateway, cast: Cast, clock: Clock) -> None:
    """REM-3: no second copy after completion; and the row does not claim that nothing was sent."""
    sms_channel(server)
    server.next(reset())
    with unit_of_work():
        notice = write(cast, "k")
        notice.about_kind, notice.about_id = "assignment", 7
    send(notice)
    clock.move(minutes=1)
    delivery.send(notice.id, {"training_reminder": lambda _id: "It is completed."})
    assert now(notice).status == "unknown" and "It is completed." in str(now(notice).error)
    assert not server.taken


def test_a_channel_that_fails_is_left_alone(server: Gateway, cast: Cast, clock: Clock) -> None:
    """REM-4: after three failures in a row messages wait without losing tries; one probes; when it works, all go."""
    channel = sms_channel(server)
    way = f"channel/{channel.id}"
    notices = [write(cast, f"k{number}") for number in range(6)]
    server.next(*[say(503)] * 4)
    for notice in notices[:3]:
        send(notice)
    assert troubles()[way].down and len(server.asked) == 3
    waiting = send(notices[3])
    assert (waiting.status, waiting.tries, waiting.error) == ("queued", 0, delivery.IT_WAITS)
    assert len(server.asked) == 3, "nobody was bothered"
    clock.move(minutes=2)
    assert [send(one).tries for one in notices[4:]] == [0, 0]
    assert len(server.asked) == 4, "one tried, the others waited"
    clock.move(minutes=16)
    assert all(send(one).status == "sent" for one in notices)
    assert len(server.taken) == 6 and not troubles()
    # Not for ever: after two days their tries count.
    server.next(*[say(503)] * 8)
    for number in range(4):
        send(write(cast, f"m{number}"))
    db.session.execute(update(ChannelTrouble).values(failing_since=clock.instant - dt.timedelta(days=3)))
    clock.move(minutes=16)
    assert send(write(cast, "late")).tries == 1


def test_a_bad_number_stops_nobody(server: Gateway, cast: Cast) -> None:
    """REM-4: failed in words, others go; no number at all is suppressed; no channel, too."""
    lena = cast.lena.record
    assert [send(write(cast, f"none/{kind}", kind)).suppressed_as for kind in ("sms", "slack")] == ["no channel"] * 2
    sms_channel(server)
    for key, mobile, status in (("a", "12345", "failed"), ("b", "312 555 0100", "sent"), ("c", None, "suppressed")):
        notice = write(cast, key)
        lena.mobile = mobile
        db.session.commit()
        assert send(notice).status == status, mobile
    assert len(server.taken) == 1 and not troubles()


def test_which_channel_serves_whom(server: Gateway, cast: Cast) -> None:
    """REM-4: the nearest department's, up the tree; else the general one."""
    lena = cast.lena.record
    ward = db.session.get_one(Department, lena.department_id)
    house = Department(name="House")
    db.session.add(house)
    db.session.flush()
    ward.parent_id = house.id
    general, above = sms_channel(server, "General"), sms_channel(server, "House", house.id)
    own, elsewhere = sms_channel(server, "Ward", ward.id), Department(name="Elsewhere")
    db.session.add(elsewhere)
    db.session.flush()
    sms_channel(server, "Elsewhere", elsewhere.id)

    def serves(employee_id: int | None = lena.id) -> int | None:
        found = way_for("sms", employee_id)
        return found and found.id

    assert serves() == own.id and serves(None) == general.id
    actions.switch_channel(own, False, SAM)
    assert serves() == above.id
    actions.switch_channel(above, False, SAM)
    assert serves() == general.id
    actions.switch_channel(general, False, SAM)
    assert serves() is None


def test_what_may_be_set_up(server: Gateway, cast: Cast) -> None:
    """SEC-2, SEC-5: where to, with what; the secret is bound to the machine it was entered for."""
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("url", {"url": "ftp://gateway.example.org"}, "x"),
        ("url", {"url": "https://user:pw@gateway.example.org"}, "x"),
        ("url", {"url": "http://gateway.example.org", "inside": False}, "x"),
        ("fields_text", {"fields_text": "to = {{to}}"}, "x"),
        ("fields_text", {"fields_text": "to = {{to}}\ntext = {{text}} {{secrets}}"}, "x"),
        ("user", {"auth": "header", "user": "Host"}, "x"),
        ("key_header", {"key_header": "X:\r\nY"}, "x"),
        ("secret", {}, ""),
        ("country", {"country": "USA"}, "x"),
    ]
    for field, config, secret in wrong:
        with pytest.raises(RuleBroken) as broken:
            actions.add_channel(
                Kind.SMS, "Bad", {**SMS_FORM, "url": "https://g.example.org", **config}, secret, None, SAM
            )
        assert broken.value.field == field, config
    for address in ("syslog://", "file:///etc/passwd", "workflows://h/a/b/c?template=/etc/passwd", "json://h/x"):
        with pytest.raises(RuleBroken):
            actions.add_channel(Kind.FURTHER, "Bad", {"inside": False}, address, None, SAM)
    channel = sms_channel(server)
    with pytest.raises(RuleBroken, match="another machine"):
        actions.edit_channel(channel, "Texts", {**SMS_FORM, "url": "https://thief.example.org"}, "", None, SAM)
    with pytest.raises(NotAllowed):
        actions.add_channel(Kind.SMS, "Mine", SMS_FORM, "x", None, cast.otto.viewer)
    trail = "".join(str((one.before, one.after)) for one in db.session.scalars(select(AuditEntry)))
    assert "honours_keys" in trail and "s3cret-token" not in trail


def test_inside_only_when_said(server: Gateway, cast: Cast) -> None:
    """SEC-2: an address that leads into the house is not asked unless somebody ticked that it is there."""
    channel = sms_channel(server)
    channel.config = {**channel.config, "url": f"https://localhost:{server.port}/sms", "inside": False}
    db.session.commit()
    tried = send(write(cast, "k"))
    assert tried.status == "queued" and str(tried.error).startswith(outbound.IS_INSIDE)
    assert not server.asked


def test_a_secret_of_another_key(server: Gateway, cast: Cast, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-5: sealed with SECRET_KEY; after a change it says what to do, and messages wait."""
    sms_channel(server)
    assert unseal(seal("pässwörd")) == "pässwörd" != seal("pässwörd")
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-0123456789-abcdefghijkl")
    with pytest.raises(SecretLost):
        unseal(db.session.scalars(select(Channel.secret)).one())
    tried = send(write(cast, "k"))
    assert tried.status == "queued" and "SECRET_KEY was changed" in str(tried.error)


def test_of_many_only_one_probes(server: Gateway, cast: Cast, clock: Clock) -> None:
    """REM-4: while a channel is down, whoever comes first after the wait may try."""
    for _failure in range(3):
        until = outages.note_failure("channel/9", "gone")
    assert until == clock.instant + dt.timedelta(minutes=1)
    assert outages.look_at("channel/9")[0] == until
    clock.move(minutes=1)
    assert [outages.look_at("channel/9")[0] is None for _one in range(3)] == [True, False, False]
    outages.note_success("channel/9")
    assert outages.look_at("channel/9")[0] is None
