"""How each channel hands a message over, in two steps with a point between them at which nothing has left the house.

with carrier(way, parcel) as hand_over:    # composed, connected: Refused or NotNow so far
    ... note that handing over begins ...
    provider_id = hand_over()              # Refused, NotNow, or Uncertain: nobody knows
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from lmsapp.infra import further, mail, slack, sms
from lmsapp.infra.outcomes import NotNow, Refused, told
from lmsapp.infra.secrets import unseal
from lmsapp.infra.texting import to_e164
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.outreach.channels.rules import Kind, Way, gateway_of

NO_NUMBER = N_("This is not a number that a text message can be sent to")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to one person. `key`: by which its receiver knows a second copy. `address`: of mail, or a phone
    number as typed. `link`: a whole address. `member`: the reader's Slack id. For Slack `text` is its own notation."""

    key: str
    to_name: str
    address: str
    subject: str
    text: str
    html: str = ""
    link: str = ""
    language: str = "en"
    member: str = ""
    attachments: tuple[mail.Attachment, ...] = ()


HandOver = Callable[[], str | None]
Carrier = Callable[[Way, Parcel], AbstractContextManager[HandOver]]


@contextmanager
def by_mail(_way: Way, parcel: Parcel) -> Iterator[HandOver]:
    """By the mail server of the environment."""
    config: Mapping[str, Any] = current_app.config
    message = mail.compose(
        to_name=parcel.to_name,
        address=parcel.address,
        subject=parcel.subject,
        text=parcel.text,
        html=parcel.html,
        message_id=parcel.key,
        sender=config["MAIL_FROM"],
        sender_name=config["ORGANISATION"],
        attachments=parcel.attachments,
    )
    with mail.connection(config) as smtp:
        mail.announce(smtp, message, config["MAIL_FROM"])
        yield lambda: mail.transmit(smtp, message)


@contextmanager
def by_sms(way: Way, parcel: Parcel) -> Iterator[HandOver]:
    """By the gateway of the channel."""
    number = to_e164(parcel.address, str(way.config.get("country", "")))
    if number is None:
        raise Refused(told(NO_NUMBER, parcel.address))
    with _settings_hold():
        gateway, secret = gateway_of(way.config), unseal(way.secret)
        text = sms.Text(number, parcel.text.strip(), parcel.key)
        with sms.connection(gateway, secret, text) as hand:
            yield hand.over


@contextmanager
def by_slack(way: Way, parcel: Parcel) -> Iterator[HandOver]:
    """By the webhook of the channel."""
    with force_locale(parcel.language):
        door = gettext("Open")
    text = slack.text_of(parcel.text, parcel.link, parcel.member, door)
    with _settings_hold(), slack.connection(unseal(way.secret), text, inside=bool(way.config.get("inside"))) as post:

        def over() -> str | None:
            post()
            return None

        yield over


@contextmanager
def by_further(way: Way, parcel: Parcel) -> Iterator[HandOver]:
    """By a service of the library, which connects for itself."""
    with _settings_hold():
        url, inside = unseal(way.secret), bool(way.config.get("inside"))
        further.check_address(url, inside=inside)
    text = parcel.text.strip() + (f"\n\n{parcel.link}" if parcel.link and parcel.link not in parcel.text else "")

    def over() -> str | None:
        further.notify(url, parcel.subject, text, inside=inside)
        return None

    yield over


@contextmanager
def _settings_hold() -> Iterator[None]:
    """Settings that were right when they were saved may be so no longer: then staff read why, and nothing is lost."""
    try:
        yield
    except RuleBroken as broken:
        raise NotNow(str(broken), whole=True) from broken


CARRIERS: dict[str, Carrier] = {
    "email": by_mail,
    Kind.SMS: by_sms,
    Kind.SLACK: by_slack,
    Kind.FURTHER: by_further,
}
