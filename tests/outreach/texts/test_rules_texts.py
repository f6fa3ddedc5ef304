"""Message texts: reading marks and names, what is refused, and how long an SMS is. Pure."""

from __future__ import annotations

import re

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lmsapp.infra.slack import escaped
from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.texts import markup
from lmsapp.outreach.texts.kinds import CHANNELS, KINDS, moment_of
from lmsapp.outreach.texts.rules import Words, checked
from lmsapp.outreach.texts.segments import size_of

REMINDER = KINDS["training_reminder"]
# What made other systems run it (security.md, template injection), and what would in ours if anything did.
INJECTIONS = (
    "{{7*7}}", "{{ 7 * 7 }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{% for x in [1] %}{{x*7}}{% endfor %}", "{%raw%}",
    "{{''.__class__.__mro__[1].__subclasses__()}}", "{{ cycler.__init__.__globals__['os'].popen('id').read() }}",
    "%(name)s", "{name}", "{0.__class__}", "$set($x=7*7)", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "{{{{name}}}}", "{# comment #}", "{{'a'|upper}}",
)  # fmt: skip
PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
NAMES = {"name": "Ann", "link": "https://training.example/x"}
ALLOWED = {"html", "head", "body", "strong", "a", "br"}


def html_of(body: str, values: markup.Values) -> str:
    blocks, small = markup.blocks(body, values)
    return "".join(str(one.text) for one in blocks) + str(small)


@given(st.lists(st.sampled_from(INJECTIONS) | PLAIN, min_size=1, max_size=4), PLAIN)
@settings(max_examples=60)
@example(["{{name}}"], "{{link}} **x** [a](https://b.example) {{7*7}}")
def test_nothing_is_ever_evaluated(pieces: list[str], value: str) -> None:
    """REM-2, ASVS 1.3.7: whatever is typed and whatever is filled in comes out as the same characters."""
    body = " ".join(pieces)
    value = " ".join(value.split()) or "-"
    said = markup.plain(f"{body}\n{{{{name}}}}", NAMES | {"name": value}).splitlines()
    assert said[-1] == value.strip() or value.strip() in said[-1], "a value is filled in once and never read again"
    if not markup.MARKS.search(body) and "---" not in body:
        assert " ".join("\n".join(said[:-1]).split()) == " ".join(body.split())
    assert "49" in value or "49" not in "".join(said) or "49" in body, "nothing here counts"
    html = html_of(body, NAMES | {"name": value})
    tree = html5lib.parse(f"<!doctype html><title></title>{html}", namespaceHTMLElements=False)
    assert {one.tag for one in tree.iter() if isinstance(one.tag, str)} <= ALLOWED | {"title"}
    assert all(link.get("href", "").startswith(markup.SAFE) for link in tree.iter("a"))
    slack = markup.slack("{{name}} <!channel>", {"name": value})
    assert not re.search(r"<[!@#]", slack)


@pytest.mark.parametrize("hostile", INJECTIONS)
def test_what_could_be_run_stays_as_it_is_typed(hostile: str) -> None:
    """REM-2: `{{7*7}}` is seven characters, in every channel and in the subject."""
    for write in (markup.plain, markup.short):
        assert write(hostile, {}) == hostile
    assert markup.slack(hostile, {}) == escaped(hostile)


def test_marks_are_read_before_names_are_filled_in() -> None:
    """REM-2: bold, links, the button, lists, lines without anything to say, the small print."""
    values: dict[str, markup.Value] = {
        "name": "**Ann** [x](https://evil.example)", "link": "https://t.example/?a=1&b=<2>", "note": "",
        "tasks": ("One", "Two & three"), "organisation": "North",
    }  # fmt: skip
    body = (
        "Hello {{name}},\nNote: {{note}}\n\n**Do** this:\n{{tasks}}\n\n[Go on]({{link}})\n\n"
        "Or [ask **us**](mailto:a@b.example).\n---\nFrom {{organisation}}"
    )
    assert markup.plain(body, values) == (
        "Hello **Ann** [x](https://evil.example),\n\nDo this:\n- One\n- Two & three\n\n"
        "Go on:\nhttps://t.example/?a=1&b=<2>\n\nOr ask **us** (mailto:a@b.example).\n\nFrom North"
    )
    blocks, small = markup.blocks(body, values)
    assert [one.kind for one in blocks] == ["p", "p", "list", "button", "p"]
    assert (blocks[3].text, blocks[3].href) == ("Go on", "https://t.example/?a=1&b=<2>")
    assert blocks[2].items == ("One", "Two & three")
    assert str(blocks[1].text) == "<strong>Do</strong> this:"
    assert str(small) == "From North"
    assert markup.slack("**a** [b|c]({{link}}) {{name}}", values) == (
        "*a* <https://t.example/?a=1&amp;b=&lt;2&gt;|b/c> **Ann** [x](https://evil.example)"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (Words("s", "{{link}} {{titel}}"), "Did you mean {{title}}"),
        (Words("s", "{{link}} {{Due On}}"), "Did you mean {{due_on}}"),
        (Words("{{name.__class__}}", "{{link}}"), "Did you mean {{name}}"),
        (Words("s", "{{link}} {{xyzzy}}"), "is no placeholder here. There are"),
        (Words("s", "no way there"), "is missing"),
        (Words("", "{{link}}"), "Write a subject"),
        (Words("a\r\nBcc: all@example.org", "{{link}}"), "one line"),
        (Words("a\u2028b", "{{link}}"), "one line"),
        (Words("go to {{link}}", "{{link}}"), "holds no link"),
        (Words("a\x00b", "{{link}}"), "cannot be shown"),
        (Words("s", "{{link}} \u202egnp.exe"), "cannot be shown"),
        (Words("s", "{{link}} [x](javascript:alert)"), "begins with https://"),
        (Words("s", "{{link}} [x](https://evil.example/{{title}})"), "begins with https://"),
        (Words("s", "{{link}} [x]({{name}})"), "begins with https://"),
        (Words("s", "{{link}}" + "x" * 5000), "characters at most"),
        (Words("s", "  "), "Write what"),
    ],
)  # fmt: skip
def test_what_may_not_be_saved_is_said_in_words(words: Words, said: str) -> None:
    """REM-2: an unknown placeholder is named with the nearest one there is; no header and no address is smuggled in."""
    with pytest.raises(RuleBroken, match=re.escape(said)):
        checked(REMINDER, "email", words)


def test_what_only_looks_like_a_placeholder_is_kept() -> None:
    """REM-2: arithmetic, tags and HTML are letters like any others; the product needs no link in its text."""
    for hostile in INJECTIONS:
        if not markup.MEANT.search(hostile):
            assert checked(REMINDER, "email", Words(hostile, f"{hostile} {{{{link}}}}")).subject == hostile
    assert checked(REMINDER, "in_app", Words("s", "t")).body == "t"
    assert set(CHANNELS) >= {"email", "sms"}


def test_sms_are_counted_as_phones_do() -> None:
    """REM-4: 160 and 153 of GSM-7, 70 and 67 of UCS-2; the euro takes two places, an emoji two units."""
    sizes = [size_of(text) for text in ("", "a" * 160, "a" * 161, "a" * 307, "€" * 80, "í" * 70, "í" * 71, "😀" * 35)]
    assert [(one.units, one.segments, one.alphabet) for one in sizes] == [
        (0, 0, "GSM-7"), (160, 1, "GSM-7"), (161, 2, "GSM-7"), (307, 3, "GSM-7"), (160, 1, "GSM-7"), (70, 1, "UCS-2"),
        (71, 2, "UCS-2"), (70, 1, "UCS-2"),
    ]  # fmt: skip
    assert size_of("a" * 307).long
    assert size_of("Español: í").odd == "í"


def test_the_moment_follows_from_what_is_known() -> None:
    """REM-2: before, on, after, and before a certification lapses; other kinds have none."""
    said = [moment_of("training_reminder", {"days_left": left}) for left in (3, 0, -2)]
    assert said == ["before due", "on due", "after due"]
    assert moment_of("training_reminder", {"days_left": 30, "renewal": True}) == "before expiry"
    assert moment_of("training_reminder", {"days_left": 3, "moment": "after due"}) == "after due"
    assert moment_of("extension_answered", {"granted": False}) == "declined"
    assert moment_of("invitation", {"days_left": 3}) == ""
