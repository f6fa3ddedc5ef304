"""Channels in words."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.outreach.channels.queries import Trouble, names_of_ways, troubles

NEW_CHANNELS: dict[str, Any] = {
    "sms": __("SMS by a gateway"),
    "slack": __("Slack"),
    "apprise": __("Another service"),
}
# As each service's own pages give them; the capitals are to be replaced.
SERVICE_EXAMPLES = [
    ("Microsoft Teams", "workflows://HOST/WORKFLOW/SIGNATURE"),
    ("Discord", "discord://WEBHOOK_ID/WEBHOOK_TOKEN"),
    ("Telegram", "tgram://BOT_TOKEN/CHAT_ID"),
    ("Matrix", "matrixs://USER:PASSWORD@HOST/#ROOM"),
    ("Mattermost", "mmosts://HOST/TOKEN"),
    ("ntfy", "ntfys://HOST/TOPIC"),
    ("Google Chat", "gchat://WORKSPACE/KEY/TOKEN"),
    ("Webex", "webex://TOKEN"),
    ("JSON", "jsons://HOST/PATH"),
]


def kind_of_channel(row: Any) -> str:
    """'SMS', 'Slack', or the name of the service."""
    if row.kind == "sms":
        return _("SMS")
    return _("Slack") if row.kind == "slack" else str(row.config.get("service") or _("Other service"))


def trouble_words() -> list[tuple[str, Trouble]]:
    """The channels that are down, by name."""
    down = {way: trouble for way, trouble in troubles().items() if trouble.down}
    names = names_of_ways() if down else {}
    return [(names.get(way) or _("E-mail"), trouble) for way, trouble in sorted(down.items())]
