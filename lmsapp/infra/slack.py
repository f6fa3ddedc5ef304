"""Posting to Slack by an incoming webhook (REM-4). Its answers are those of docs.slack.dev, 'Incoming webhooks'."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lmsapp.infra import outbound
from lmsapp.infra.outbound import Answer
from lmsapp.infra.outcomes import NotNow, Refused, Uncertain, told
from lmsapp.infra.words import N_

MEMBER = re.compile(r"[UW][A-Z0-9]{6,20}")
MOST_CHARACTERS = 3500  # Slack cuts a text at 40,000; nobody reads more than this

# Where nothing gets through until somebody changes something in Slack or here.
BROKEN = {
    "no_service": N_("Slack does not know this webhook any more: it was removed there. Make a new one."),
    "no_active_hooks": N_("Slack has switched this webhook off. Switch it on there, or make a new one."),
    "invalid_token": N_("Slack does not know this webhook. Copy its address again."),
    "no_team": N_("Slack does not know the workspace of this webhook. Copy its address again."),
    "team_disabled": N_("The Slack workspace of this webhook is switched off."),
    "channel_not_found": N_("The Slack channel of this webhook is gone. Make a webhook for another channel."),
    "channel_is_archived": N_("The Slack channel of this webhook is archived. Bring it back, or choose another."),
    "action_prohibited": N_("An administrator of the Slack workspace does not allow this webhook to post."),
    "posting_to_general_channel_denied": N_("This webhook may not post to the general channel of the workspace."),
}
UNWANTED = {
    "invalid_payload": N_("Slack does not take this message: it cannot read it."),
    "no_text": N_("Slack does not take this message: it has no text."),
    "user_not_found": N_("Slack does not know the person this message names."),
    "too_many_attachments": N_("Slack does not take this message: it is too long."),
}
SLOWER = N_("Slack asks us to send more slowly")
BUSY = N_("Slack has trouble of its own")
NOT_LET_IN = N_("Slack did not let us in")
REFUSED = N_("Slack does not take this message")
NOT_KNOWN = N_("Something before Slack answered in its place; nobody knows whether the message was posted")


def text_of(text: str, link: str, member: str, link_words: str) -> str:
    """What is posted: whom it is for (`member` is an id such as 'U024BE7LH'), the text, the link unless it is in it.

    `text` is in Slack's own notation, written by whoever words it: what came from people is escaped there.
    """
    mention = f"<@{member}> " if MEMBER.fullmatch(member) else ""
    body = text.strip()
    door = f"\n<{escaped(link)}|{escaped(link_words)}>" if link and escaped(link) not in text else ""
    return f"{mention}{body[:MOST_CHARACTERS]}{door}"


def escaped(text: str) -> str:
    """Slack's three signs, so that no title becomes a mention of everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@contextmanager
def connection(url: str, text: str, *, inside: bool) -> Iterator[Callable[[], None]]:
    """Connected; the function posts. Raises NotNow, RuleBroken; the function Refused, NotNow, Uncertain."""
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    headers = {"User-Agent": "lms", "Content-Type": "application/json; charset=utf-8"}
    with outbound.connection(outbound.target_of(url, inside=inside, field="secret")) as link:
        yield lambda: check_answer(link.send("POST", headers, body))


def check_answer(answer: Answer) -> None:
    """200 'ok', or what is wrong in a word."""
    word = answer.text.strip()
    if answer.status == 200:
        return
    if word in BROKEN:
        raise NotNow(BROKEN[word], whole=True)
    if word in UNWANTED:
        raise Refused(UNWANTED[word])
    said = f"{answer.status} {word}"
    if answer.status == 429:
        raise NotNow(told(SLOWER, said), whole=True, after=answer.retry_after)
    if answer.status in (502, 504):
        raise Uncertain(told(NOT_KNOWN, said))
    if answer.status >= 500:
        raise NotNow(told(BUSY, said), whole=True, after=answer.retry_after)
    if answer.status in (401, 403, 404, 405, 410) or answer.status < 400:
        raise NotNow(told(NOT_LET_IN, said), whole=True)
    raise Refused(told(REFUSED, said))
