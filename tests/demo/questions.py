"""Thirty questions of a manager, of HR and of an auditor, and the links that answer them (DSH-4, REP-1, REP-2, EVD-5).

Each is asked from the page where the reader's day begins. A link followed is a click; `more` counts those that open
something on the page (a row's menu, a list of days).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

from tests.client import PageClient

MOST_CLICKS = 2  # "under three"


@dataclass(frozen=True, slots=True)
class Question:
    """`links`: words of the links to follow, in order; `finds`: what the last page must say (a regular expression).

    `typed`: what is typed into a field of the first of those pages and sent with Enter, as its address says it.
    """

    words: str
    links: tuple[str, ...]
    finds: str
    more: int = 0
    typed: str = ""

    @property
    def clicks(self) -> int:
        return len(self.links) + self.more


MANAGER = (
    Question("Who is late in Cardiac ICU?", ("Cardiac ICU",), r"Cardiac ICU"),
    Question("What is late, the longest first?", ("Overdue",), r"Overdue"),
    Question("What is due in the next two weeks?", ("Due in 14 days",), r"(Pending|In Progress)"),
    Question("Whose certificates lapse in 60 days?", ("Expiring in 60 days",), r"Completed"),
    Question("Who stands still?", ("Standing still",), r"(In Progress|Overdue)"),
    Question("Which department is furthest behind?", (), r"Compliant by department"),
    Question("Why is this person not complete?", ("Why not complete",), r"(?i)not complete|missing|still", more=1),
    Question("Is my line ready for the new telemetry rooms?", ("Go/no-go", "New telemetry rooms"), r"NO-GO"),
    Question("Where do people stop in a course?", ("Statistics",), r"(?i)drop-off|stop"),
    Question("Who was reminded of what is late, and when?", ("Reports", "Overdue and escalated"), r"Last reminder"),
)
HR = (
    Question("Which certificates lapse soon?", ("Reports", "Certificates that expire"), r"(?i)valid until|until"),
    Question("Who took safety training last month?", ("Reports", "OSHA monthly report"), r"OSHA"),
    Question("Who has had HIPAA training, with version and score?", ("Reports", "HIPAA training roster"), r"164\.530"),
    Question("How far is each department?", ("Reports", "Completion by department"), r"Telemetry 4B"),
    Question(
        "What was the state at the end of last month?",
        ("Reports", "Completion by department"),
        r"As it was on",
        typed="as_of=2026-10-31",
    ),
    Question("Which results wait to be filed?", ("To file",), r"results? to file"),
    Question("Which documents end soon?", ("Documents",), r"(?i)end"),
    Question(
        "Who lacks proof of being allowed to work?", ("Compliance types", "Employment eligibility"), r"(?i)required"
    ),
    Question("Where do training and compliance disagree?", ("Reconciliation",), r"(?i)reconcil|agree"),
    Question("Which course has the lowest scores?", ("Statistics",), r"(?i)score"),
)
AUDITOR = (
    Question("Was anything on record changed?", ("Completion ledger",), r"Findings"),
    Question("Who holds what of what is required?", ("Compliance matrix",), r"Bloodborne"),
    Question("Who changed what, when and why?", ("Audit trail",), r"(?i)who"),
    Question("Who was trained on bloodborne pathogens, and by whom?", ("Bloodborne pathogens",), r"1910\.1030"),
    Question("Which fall protection certifications hold?", ("Fall protection",), r"1926\.503"),
    Question("What is the evidence for a regulation-year?", ("Evidence packs",), r"(?i)pack"),
    Question("What did one person complete?", ("transcript",), r"(?i)transcript"),
    Question("Who is late, who was told, and did it arrive?", ("Overdue and escalated",), r"Last escalation"),
    Question("Who may do what here?", ("Who may do what",), r"(?i)manager"),
    Question("What was signed outside, and when was the tree?", ("Checkpoints",), r"(?i)checkpoint"),
)


def page_text(client: PageClient, path: str) -> tuple[str, list[tuple[str, str]]]:
    """What a page says with the parts it loads by itself, and its links: (words, address)."""
    tree = _tree(client.get(path, follow_redirects=True).text)
    said, links = [_words(tree)], _links(tree)
    for part in tree.iter():
        if part.get("hx-trigger", "").startswith("load") and (source := part.get("hx-get")):
            inner = _tree(client.get(source, headers={"HX-Request": "true"}).text)
            said.append(_words(inner))
            links += _links(inner)
    return " ".join(said), links


def answer(client: PageClient, start: str, question: Question) -> str:
    """The page the links lead to. AssertionError when one of them is not there."""
    said, links = page_text(client, start)
    for words in question.links:
        found = next((to for label, to in links if words.casefold() in label.casefold()), None)
        assert found is not None, f"{question.words}: no link “{words}” among {[label for label, _to in links][:60]}"
        parts = urlsplit(found)
        if question.typed and words == question.links[0]:
            parts = parts._replace(query=question.typed)
        said, links = page_text(client, parts.path + (f"?{parts.query}" if parts.query else ""))
    assert re.search(question.finds, said), f"{question.words}: {question.finds} is not in {said[:400]}"
    return said


def _tree(html: str) -> Element:
    return html5lib.HTMLParser(namespaceHTMLElements=False).parse(html)


def _words(tree: Element) -> str:
    return " ".join(" ".join(tree.itertext()).split())


def _links(tree: Element) -> list[tuple[str, str]]:
    return [
        (_words(link), link.get("href", "")) for link in tree.iter("a") if link.get("href", "").startswith(("/", "?"))
    ]
