"""What a pack says for itself, to people: the page inside it, and three lines on how to check."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_babel import force_locale

from lmsapp.evidence.seals.drawing import local_words
from lmsapp.insight.pack.gaps import Gap

PRODUCT = "1.0.0"
SHOWN = 500

README = """\
Evidence pack: {title}, {since} to {until}.

To check it, without us and without a network (Python 3.9 or newer):
  pip install cryptography
  unzip the file verify_pack.py from this pack, or better: have it from somebody you trust
  python verify_pack.py {file} --key ledger-keys.txt

ledger-keys.txt holds the public keys of the ledger. Ask {organisation} for them by another way than this pack; without
--key the keys in the pack are used, which proves only that all of it comes from one hand.
Answers: 0 valid, 1 altered, 2 something is missing.

Begin reading with index.html. The format of everything here is public: evidence-pack.md of the product.
"""


@dataclass
class Story:
    """`asked`: as in the manifest. `gaps`: the first 500, (who, gap, values); `gap_counts` by status, all of them.

    `newer`: rows left out because they were put on record while the pack was made. `lost`: files whose bytes are not
    there or not the ones kept. `unproven`: rows from before the ledger was kept.
    """

    asked: dict[str, Any]
    made_at: dt.datetime
    language: str
    file_name: str
    zone: str
    product: str = PRODUCT
    counts: Mapping[str, int] = field(default_factory=dict)
    gaps: list[tuple[list[object], Gap, Mapping[str, Any]]] = field(default_factory=list)
    gap_counts: Counter[str] = field(default_factory=Counter)
    approved: int = 0
    newer: int = 0
    unproven: int = 0
    lost: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def tell_gap(self, gap: Gap, who: list[object], values: Mapping[str, Any]) -> None:
        self.gap_counts[gap.status] += 1
        self.approved += gap.approved
        if len(self.gaps) < SHOWN:
            self.gaps.append((who, gap, values))


def page(story: Story) -> bytes:
    """`index.html`, in the language of whoever asked."""
    template = current_app.jinja_env.get_template("documents/evidence_pack.html")
    organisation = current_app.config["ORGANISATION"]
    made = local_words(story.made_at, story.zone, story.language)
    with force_locale(story.language):
        values = {"language": story.language, "organisation": organisation, "made": made}
        return template.render(story=story, **values).encode()


def readme(story: Story) -> bytes:
    organisation = current_app.config["ORGANISATION"]
    return README.format(**story.asked, file=story.file_name, organisation=organisation).encode()
