"""What leaves the house: numbers and lengths of text messages, bodies of requests, addresses (REM-4, SEC-2)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.infra import outbound, slack
from lmsapp.infra.outbound import Answer
from lmsapp.infra.outcomes import NotNow, Refused, Uncertain, told
from lmsapp.infra.sms import Gateway, Text, check_answer, fill, id_in, nested, request_for
from lmsapp.infra.texting import BASIC, Encoding, measure, to_e164
from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.channels.rules import LONGEST_WAIT, fields_from, wait_after_failures


def test_numbers_as_a_gateway_wants_them() -> None:
    """REM-4: what people type, with the country the channel stands in."""
    for typed, country, number in (
        ("(312) 555-0100", "1", "+13125550100"),
        ("1 312 555 0100", "1", "+13125550100"),
        ("+34 600 100 200", "1", "+34600100200"),
        ("011 34 600 100 200", "1", "+34600100200"),
        ("0171 234 5678", "49", "+491712345678"),
        ("+44 (0)20 7946 0000", "34", "+442079460000"),
        ("0044 20 7946 0000", "34", "+442079460000"),
        ("06 6982 0000", "39", "+390669820000"),
        ("600 100 200", "34", "+34600100200"),
        ("555 0100", "1", None),
        ("600 100 200", "", None),
        ("+0 600 100 200", "34", None),
        ("ext. 12", "1", None),
        ("", "1", None),
        ("٠١٢٣٤٥٦٧٨٩", "34", None),
    ):
        assert to_e164(typed, country) == number, typed


def test_how_many_messages_a_text_is() -> None:
    """REM-4: 160 or 153 of the small alphabet, whose signs like € take two; else 70 or 67; none is split."""
    for text, code, units, segments in (
        ("", Encoding.GSM, 0, 0),
        ("a" * 160, Encoding.GSM, 160, 1),
        ("a" * 161, Encoding.GSM, 161, 2),
        ("€" * 80, Encoding.GSM, 160, 1),
        ("a" * 152 + "€" + "a" * 153, Encoding.GSM, 307, 3),
        ("ñ" * 160, Encoding.GSM, 160, 1),
        ("ú" * 70, Encoding.UCS2, 70, 1),
        ("ú" * 71, Encoding.UCS2, 71, 2),
        ("🔥" * 35, Encoding.UCS2, 70, 1),
        ("a" * 66 + "🔥" + "a" * 66, Encoding.UCS2, 134, 3),
    ):
        found = measure(text)
        assert (found.encoding, found.units, found.segments) == (code, units, segments), text[:5]
    assert len(BASIC) == 127, "with the escape, the 128 of the table"


@settings(max_examples=50)
@given(st.text(max_size=400))
def test_every_message_holds_what_it_may(text: str) -> None:
    """REM-4: never fewer messages than the places need, and at most one lost place for each."""
    found = measure(text)
    each = 153 if found.encoding == Encoding.GSM else 67
    assert found.segments * (each + 7) >= found.units
    assert found.segments <= 1 or (found.segments - 1) * (each - 1) <= found.units


def test_bodies() -> None:
    """REM-4, SEC-2: places are filled once, whatever a value says; names lead inwards."""
    assert fill("{{ to }} {{7*7}} {{nope}}", {"to": "{{secret}}", "secret": "x"}) == "{{secret}} {{7*7}} {{nope}}"
    pairs = [("messages[].destinations[].to", "+1"), ("messages[].text", "Hi"), ("to[]", "+1"), ("test", "true")]
    assert nested(pairs) == {
        "messages": [{"destinations": [{"to": "+1"}], "text": "Hi"}], "to": ["+1"], "test": True
    }  # fmt: skip
    gateway = Gateway(
        "https://x",
        form="form",
        auth="basic",
        user="me",
        fields=(("To", "{{to}}"), ("k", "{{secret}}"), ("n", "{{digits}}")),
    )
    headers, body = request_for(gateway, "pw", Text("+1&x=y", "Hi", "key-1"))
    assert body == b"To=%2B1%26x%3Dy&k=pw&n=1%26x%3Dy" and headers["Idempotency-Key"] == "key-1"
    assert headers["Authorization"] == "Basic bWU6cHc="
    for lines, wrong in (
        ("to", "Line 1"),
        ("to = {{to}}\n\n= x", "Line 3"),
        ("to = {{to}}\ntext = {{txt}}", "{{txt}}"),
    ):
        with pytest.raises(RuleBroken, match=wrong.replace("{", r"\{")):
            fields_from(lines)


def answer(status: int, body: str = "", **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body.encode())


def test_answers() -> None:
    """REM-4: fixed words, then what was said, on one line; how long to wait."""
    for status in (402, 403, 404, 407, 429, 500, 503, 301):
        with pytest.raises(NotNow) as problem:
            check_answer(answer(status, "a\r\nb"))
        assert problem.value.whole and "\n" not in str(problem.value)
    for status, error in ((400, Refused), (409, Refused), (422, Refused), (502, Uncertain), (504, Uncertain)):
        with pytest.raises(error):
            check_answer(answer(status))
    assert answer(429, retry_after="120").retry_after == dt.timedelta(minutes=2)
    assert answer(429, retry_after="soon").retry_after is None
    assert NotNow("x", after=dt.timedelta(days=900)).after == dt.timedelta(days=1)
    assert id_in(answer(200, '{"messages": [{"id": 7}]}'), "messages.0.id") == "7"
    assert id_in(answer(200, "<html>"), "id") is None and id_in(answer(200, "[]"), "0.id") is None
    assert len(told("Busy", "x" * 9000)) < 400
    with pytest.raises(NotNow, match="archived"):
        slack.check_answer(answer(410, "channel_is_archived"))
    assert slack.text_of("Hi", "http://x/?a=1&b=2", "<!channel>", "Open") == "Hi\n<http://x/?a=1&amp;b=2|Open>"


def test_addresses_nobody_may_ask() -> None:
    """SEC-2: nothing inside unless somebody said so; the metadata of a cloud and its like never; in every spelling."""
    for address in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1"):
        with pytest.raises(NotNow):
            outbound.look_up(address, 443, inside=False)
        assert outbound.look_up(address, 443, inside=True)
    for address in ("169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"):
        with pytest.raises(NotNow):
            outbound.look_up(address, 443, inside=True)
    assert outbound.look_up("93.184.216.34", 443, inside=False)[1] == "93.184.216.34"
    for url in ("gopher://x/", "https://", "https://a b/", "https://x/\r\nHost: y", "https://u:p@x/", "http://x/"):
        with pytest.raises(RuleBroken):
            outbound.target_of(url, inside=False)


def test_how_long_a_failing_channel_is_left_alone() -> None:
    """REM-4: from the third failure on, longer and longer, never long."""
    waits = [wait_after_failures(failures) for failures in range(1, 30)]
    assert waits[:2] == [None, None] and waits[2] == dt.timedelta(minutes=1) and waits[-1] == LONGEST_WAIT
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
