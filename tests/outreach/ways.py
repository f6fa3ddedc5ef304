"""Channels for a test, set up as a system manager does, leading to the gateway in the test's hand."""

from __future__ import annotations

from typing import Any

from lmsapp.outreach.channels.actions import add_channel, switch_channel
from lmsapp.outreach.channels.models import Channel
from lmsapp.outreach.channels.rules import Kind
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.outreach.gateway import Gateway

SAM = Viewer(user_id=1, employee_id=None, name="Sam", email="sam@example.org", roles=frozenset({Role.SYSTEM_MANAGER}))
SMS_FORM: dict[str, Any] = {
    "method": "POST",
    "form": "json",
    "auth": "bearer",
    "user": "",
    "fields_text": "from = NORTHGATE\nto = {{to}}\ntext = {{text}}",
    "key_header": "Idempotency-Key",
    "honours_keys": True,
    "answer_id": "messages.0.id",
    "inside": True,
    "country": "1",
}


def sms_channel(server: Gateway, name: str = "Texts", department_id: int | None = None, **changes: Any) -> Channel:
    """An SMS channel that is on. `changes`: of SMS_FORM, such as honours_keys=False."""
    config = {**SMS_FORM, "url": f"{server.url}/sms", **changes}
    channel = add_channel(Kind.SMS, name, config, "s3cret-token", department_id, SAM)
    switch_channel(channel, True, SAM)
    return channel


def slack_channel(server: Gateway, name: str = "Slack", department_id: int | None = None) -> Channel:
    """A Slack channel that is on."""
    channel = add_channel(Kind.SLACK, name, {"inside": True}, f"{server.url}/slack/T0/B0/key", department_id, SAM)
    switch_channel(channel, True, SAM)
    return channel


def further_channel(server: Gateway, name: str = "More", department_id: int | None = None) -> Channel:
    """A further channel (JSON by Apprise) that is on."""
    address = f"json://127.0.0.1:{server.port}/notify"
    channel = add_channel(Kind.FURTHER, name, {"inside": True}, address, department_id, SAM)
    switch_channel(channel, True, SAM)
    return channel
