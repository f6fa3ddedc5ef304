"""QIZ-1: what the readers understand of what authors and other systems write, and what a hostile file gets."""

from __future__ import annotations

import io
import time
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from lmsapp.courses.exchange.formats.draft import Found, QuestionDraft
from lmsapp.courses.exchange.formats.plain import from_html
from lmsapp.courses.exchange.formats.reading import read_questions
from lmsapp.courses.exchange.formats.writing import FORMATS, losses
from lmsapp.courses.exchange.template import examples, template_csv
from lmsapp.courses.quizzes.checking import check_question
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra.words import RuleBroken

pytestmark = pytest.mark.pure

GIFT = r"""// made by hand [tag:alarm] [tag:doors]
$CATEGORY: Safety/Fire

::Exits::[html]Where are the <b>exits</b>?<br>Think.{
    ~%-50%In the lift#Never!
    ~%50%Left \= west

    ~%50%Right \{east\}
    ####[plain]Look at the <plan>.
}
The earth is {=round ~flat} they say.

Is it warm? {F#wrong#right}
How far?{#=5..7 =%50%8:0.5#nearly ~#no}

Put in order {>3 ALL VERTICAL ABSOLUTE_POSITION SHOW
one
two
three}

Match {=a -> 1 =b -> 2 = -> 3}

Write about it. {}

Only a text.

Never closed {=a ~b

::Next::Still read? {T}
"""
MOODLE = """<?xml version="1.0"?><quiz>
<question type="category"><category><text>$course$/top/Fire</text></category></question>
<question type="multichoice"><name><text>N</text></name><questiontext format="html"><text><![CDATA[<p>A<sup>2</sup> &lt; b</p>
<img src="@@PLUGINFILE@@/x.png" alt="a plan">]]></text><file name="x.png" encoding="base64">QUJD</file></questiontext>
<defaultgrade>2.5</defaultgrade><single>false</single><answer fraction="50"><text>x</text><feedback><text>yes</text></feedback></answer>
<answer fraction="50"><text>y</text></answer><answer fraction="0"><text>z</text></answer>
<tags><tag><text>alarm</text></tag></tags></question>
<question type="numerical"><questiontext><text>g?</text></questiontext><answer fraction="100"><text>9,81</text><tolerance>0.05</tolerance></answer>
<units><unit><multiplier>1</multiplier><unit_name>m/s2</unit_name></unit></units></question>
<question type="cloze"><questiontext format="html"><text>Water is {1:SHORTANSWER:=wet#Yes~%50%damp}, pi {2:NUMERICAL:=3.14:0.01}.</text></questiontext></question>
<question type="calculated"><questiontext><text>{a}+{b}</text></questiontext></question>
<question type="matching"><questiontext><text>Pair</text></questiontext><subquestion><text>a</text><answer><text>1</text></answer></subquestion>
<subquestion><text>b</text><answer><text>2</text></answer></subquestion></question>
<question type="truefalse"><questiontext><text>Cut off"""
ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="T">
<responseDeclaration identifier="RESPONSE" cardinality="{many}" baseType="{base}"><correctResponse>{right}</correctResponse>
</responseDeclaration><itemBody>{body}</itemBody><responseProcessing template="http://x/rptemplates/match_correct"/>
<modalFeedback identifier="a">Because.</modalFeedback></assessmentItem>"""
CHOICE = ITEM.format(
    many="single", base="identifier", right="<value>B</value>",
    body='<p>Which?</p><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><simpleChoice identifier="A">no'
    '</simpleChoice><simpleChoice identifier="B">yes<feedbackInline identifier="B">Good.</feedbackInline></simpleChoice>'
    "</choiceInteraction>",
)  # fmt: skip
MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
<resource identifier="t" type="imsqti_test_xmlv2p1" href="t.xml"/>
<resource identifier="b" type="imsqti_item_xmlv2p1" href="b.xml"/><resource identifier="a" type="imsqti_item_xmlv2p1" href="a%20a.xml">
<metadata><lom><general><keyword><string>doors</string></keyword></general></lom></metadata></resource>
<resource identifier="g" type="imsqti_item_xmlv2p1" href="gone.xml"/></resources></manifest>"""
TEST = """<assessmentTest identifier="t"><testPart><assessmentSection title="Fire"><assessmentItemRef identifier="x" href="a%20a.xml"/>
</assessmentSection></testPart></assessmentTest>"""


def read(text: str) -> Found:
    return read_questions(text.encode())


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name.replace("_dot_", ".").replace("_up_", "../").replace("_sp_", " "), text)
    return out.getvalue()


def kinds(found: Found) -> list[str]:
    return [one.kind for one in found.drafts]


def texts(draft: QuestionDraft) -> list[tuple[str, Any]]:
    return [(one["text"], one.get("correct")) for one in draft.options]


def words(found: Found) -> list[str]:
    return [one.note.message for one in found.problems]


def test_gift_as_authors_write_it() -> None:
    """QIZ-1: escapes, formats, weights, remarks, feedback, tags, categories, missing words, blank lines where none
    belong; what is no question is listed with its line and costs no other."""
    found = read(GIFT)
    assert kinds(found) == ["multiple", "single", "true_false", "numeric", "ordering", "matching", "open", "true_false"]
    exits, earth, warm, far, order, match, _open, after = found.drafts
    assert exits.prompt == "Where are the exits?\nThink."
    assert texts(exits) == [("In the lift", False), ("Left = west", True), ("Right {east}", True)]
    assert exits.explanation == "Look at the <plan>.\nIn the lift: Never!"
    assert (exits.category, exits.title, exits.place.line) == ("Safety/Fire", "Exits", 4)
    assert earth.prompt == "The earth is _____ they say."
    assert texts(warm) == [("True", False), ("False", True)]
    assert far.detail["accepted"] == [
        {"value": "6", "tolerance": "1", "percent": 100},
        {"value": "8", "tolerance": "0.5", "percent": 50},
    ]
    assert ([one["text"] for one in order.options], order.detail) == (["one", "two", "three"], {"scoring": "each"})
    assert [one["text"] for one in match.detail["matches"]] == ["1", "2", "3"]
    assert len(match.options) == 2
    assert after.prompt == "Still read?"
    assert [(one.place.line, one.excerpt) for one in found.problems] == [
        (25, "Only a text."),
        (27, "Never closed {=a ~b"),
    ]


def test_moodle_xml_and_a_file_cut_off() -> None:
    """QIZ-1: kinds, units, cloze gap by gap, tags, points; pictures are named as lost, unknown kinds refused one by
    one, and a file cut off gives what stood before."""
    found = read(MOODLE)
    assert kinds(found) == ["multiple", "numeric", "short", "numeric", "matching"]
    several, gravity, water, pi, _match = found.drafts
    assert several.prompt == "A² < b\n\n[a plan]"
    assert (several.points, several.tags, several.category) == (Decimal("2.5"), ("alarm",), "Fire")
    assert "A picture was left out." in [note.message for note in several.notes]
    assert gravity.detail == {"accepted": [{"value": "9.81", "tolerance": "0.05", "percent": 100}], "unit": "m/s2"}
    assert water.prompt == "Water is _____, pi [2]."
    assert (pi.prompt, pi.points) == ("Water is [1], pi _____.", 2)
    assert words(found)[0].startswith("Numbers in this question are drawn anew")
    assert words(found)[1].startswith("The file breaks at line")


def test_qti_items_and_packages() -> None:
    """QIZ-1: an item alone; a package in the order of its test, with sections and keywords; what the manifest names
    and is not there is said."""
    alone = read(CHOICE).drafts[0]
    assert (alone.prompt, texts(alone)) == ("Which?", [("no", False), ("yes", True)])
    assert alone.explanation == "Because.\nyes: Good."
    order = ITEM.format(
        many="ordered", base="identifier", right="<value>2</value><value>1</value>",
        body='<orderInteraction responseIdentifier="RESPONSE"><prompt>Order</prompt><simpleChoice identifier="1">late'
        '</simpleChoice><simpleChoice identifier="2">early</simpleChoice></orderInteraction>',
    )  # fmt: skip
    package = zipped(imsmanifest_dot_xml=MANIFEST, t_dot_xml=TEST, b_dot_xml=CHOICE, a_sp_a_dot_xml=order)
    found = read_questions(package)
    assert kinds(found) == ["ordering", "single"]
    first = found.drafts[0]
    assert [one["text"] for one in first.options] == ["early", "late"]
    assert (first.category, first.tags, first.place.entry) == ("Fire", ("doors",), "a a.xml")
    assert words(found) == ["The package names “%(name)s”, which is not in it."]
    wrongly_named = read_questions(zipped(imsmanifest_dot_xml=MANIFEST.replace(".xml", ".qti"), b_dot_xml=CHOICE))
    assert kinds(wrongly_named) == ["single"]
    newer = CHOICE.replace("assessmentItem", "qti-assessment-item").replace(
        "responseDeclaration", "qti-response-declaration"
    )
    newer = newer.replace("itemBody", "qti-item-body").replace("choiceInteraction", "qti-choice-interaction")
    newer = newer.replace("simpleChoice", "qti-simple-choice").replace("correctResponse", "qti-correct-response")
    newer = newer.replace("responseIdentifier", "response-identifier").replace("<value>", "<qti-value>")
    newer = newer.replace("</value>", "</qti-value>").replace("feedbackInline", "qti-feedback-inline")
    assert read(newer).drafts[0].options == alone.options


def test_tables_in_many_dresses() -> None:
    """QIZ-1: headings of others, semicolons, UTF-16, Windows-1252; right answers by letter, number and text; a line
    with a problem costs no other; what may mean two things is refused, not guessed."""
    found = read("Frage;A;B;Richtige Antwort;Punkte;Bild\nWieviel?;eins;zwei;B;2;x.png\nJa?;;;wahr;;\nW?;2;1;2;;\n")
    assert [(one.kind, one.points) for one in found.drafts] == [("single", 2), ("short", 1)]
    assert found.notes[0].values == {"names": "Bild"}
    assert (found.problems[0].place.line, found.problems[0].note.values) == (4, {"text": "2"})
    table = "question\tcorrect answer\twrong 1\twrong 2\nÜber?\tjä\tnö\tné\n"
    for encoding in ("utf-16", "cp1252", "utf-8-sig"):
        draft = read_questions(table.encode(encoding)).drafts[0]
        assert (draft.prompt, texts(draft)[0]) == ("Über?", ("jä", True))
    assert kinds(read(template_csv())) == [kind.value for kind in QuestionKind]
    for one in examples():
        check_question(QuestionKind(one.kind), one.prompt, one.options, one.points, one.detail)


def test_a_sheet_runs_nothing_of_it() -> None:
    """SEC-6, ASVS 1.2.10: cells that begin a formula are guarded, and read again without the guard."""
    draft = read("type,question,option 1\nshort,How much?,'=2+3\n").drafts[0]
    assert draft.detail["accepted"][0]["text"] == "=2+3"
    assert ",'=2+3," in FORMATS["csv"].write([draft]).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        (b"", "This file is empty"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"\x00\x01\x02" * 90, "This is not a file of questions"),
        (b"<html><body/></html>", "This XML holds no questions"),
        (b"<questestinterop/>", "This is QTI 1.2"),
        (b'<!DOCTYPE quiz [<!ENTITY a "aaaa">]><quiz>&a;</quiz>', "The XML defines names of its own"),
        (b"<quiz>" + b"<a>" * 5000, "The XML is nested too deep"),
        (b"a,b\n1,2\n", "No column for the question"),
        (b"question,correct\n" + b"q,x\n" * 2100, "The file holds more than 2000 questions"),
        (zipped(_up_etc="x"), "The package holds a name that leads out"),
        (zipped(bomb_dot_xml="0" * (3 << 20)), "The package unpacks to far more"),
        (zipped(manifest_dot_json="{}"), "This is a course file"),
        (b"PK\x03\x04nothing", "The package cannot be opened"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_questions(data: bytes, begins: str) -> None:
    """SEC-6: refused in words, whatever it is."""
    with pytest.raises(RuleBroken, match=begins) as refused:
        read_questions(data)
    assert refused.value.field == "file"


def test_hostile_files_take_no_time() -> None:
    """SEC-6: what makes careless readers slow is read or refused in well under a second each."""
    hostile = [
        b"{" * 200_000,
        b"x{}\n" * 20_000,
        b"::a" * 60_000,
        b"<" * 100_000,
        b"q {=" + b"<a <b" * 20_000 + b"}",
        b"q {=" + b"<!--" * 20_000 + b"}",
        b"<quiz>" + b"<question type='cloze'><questiontext><text>" + b"{1:SA:" * 20_000,
        b'question\n"' + b"a" * 300_000,
        ("question,correct,A,B\n" + "q" * 60_000 + ",B,1e99999,1\n").encode(),
    ]
    began = time.process_time()
    for data in hostile:
        with pytest.raises(RuleBroken):
            raise_problems(read_questions(data))
    assert time.process_time() - began < 6


def raise_problems(found: Found) -> None:
    raise RuleBroken(f"{len(found.drafts)} {len(found.problems)}", field="file")


def test_what_a_format_cannot_say_is_said() -> None:
    """QIZ-1: before the download, with the number of questions it concerns."""
    said = {key: dict(losses(key, examples())) for key in FORMATS}
    assert said["csv"] == {}
    assert said["gift"]["the unit"] == 1
    assert "the rubric (it becomes a text for whoever grades)" in said["moodle"]
    assert "the limits of words" in said["qti"]


def test_html_becomes_text() -> None:
    """QIZ-1: paragraphs, lists, tables, code, raised signs; nothing of a script, and no tag."""
    html = (
        "<p>One</p><ul><li>a</li><li>b</li></ul><table><tr><td>x</td><td>y</td></tr></table><pre>  if x:\n    y</pre>"
    )
    said, lost = from_html(html + "<script>alert(1)</script>H<sub>2</sub>O x<sup>a,b</sup><video src='v.mp4'></video>")
    assert said == "One\n\n• a\n• b\n\nx | y\n\n  if x:\n    y\nH₂O x^(a,b)[v.mp4]"
    assert [note.message for note in lost] == ["Sound, film or another embedded part was left out."]
