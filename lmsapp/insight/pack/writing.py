"""Putting a pack together, part by part, straight into the zip file: memory does not grow with files or tables."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import select

from lmsapp.evidence.ledger.keeping import current_tree, ledger_key
from lmsapp.infra import files
from lmsapp.infra.canonical import canonical
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import LedgerKey
from lmsapp.insight.pack import gaps as open_gaps
from lmsapp.insight.pack import ledger
from lmsapp.insight.pack.archive import PlainZip
from lmsapp.insight.pack.ledger import Row, Testimony
from lmsapp.insight.pack.papers import lessons, papers
from lmsapp.insight.pack.population import Chosen, among
from lmsapp.insight.pack.rows import Sheet, loose
from lmsapp.insight.pack.rules import Terms
from lmsapp.insight.pack.story import Story, page, readme
from lmsapp.insight.pack.tables import TABLES
from lmsapp.insight.testified import SOURCES
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

AT_ONCE = 2000
Tell = Callable[[int, int], None]
WITHOUT = "This pack is without personal facts."
NOT_FOR_YOU = "Whoever asked for the pack may not open it."
GONE = "Its bytes are gone."


@dataclass
class Packing:
    """One pack while it is written. `tell` hears how far it is."""

    terms: Terms
    chosen: Chosen
    viewer: Viewer
    story: Story
    out: IO[bytes]
    tell: Tell
    zip: PlainZip = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)
    people: dict[int, Any] = field(default_factory=dict)
    shown: dict[Row, int] = field(default_factory=dict)
    salts: dict[str, str] = field(default_factory=dict)
    versions: set[tuple[int, int]] = field(default_factory=set)
    rules: set[tuple[int, int]] = field(default_factory=set)
    unproven: list[Testimony] = field(default_factory=list)
    evidence: set[str] = field(default_factory=set)
    of: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)
    absent: dict[str, str] = field(default_factory=dict)
    placed: set[str] = field(default_factory=set)

    def write(self) -> Mapping[str, int]:
        """All of it; the counts of the manifest."""
        self.zip = PlainZip(self.out)
        key = ledger_key(current_tree()[1])
        self.zip.add("README.txt", readme(self.story))
        self.zip.add("verify_pack.py", (Path(current_app.static_folder or "") / "verify_pack.py").read_bytes())
        self.trees = ledger.trees()
        self.read_people()
        self.tell(1, 20)
        self.write_records()
        self.tell(4, 20)
        self.write_ledger(key)
        self.tell(7, 20)
        self.write_people()
        self.write_tables()
        self.tell(10, 20)
        self.write_gaps()
        self.write_papers()
        for name, content in lessons(self.versions, self.rules):
            self.zip.add(name, content)
            self.counts["courses/"] += 1
        self.story.counts, self.story.keys = self.counts, sorted(self.keys)
        self.story.unproven = len(self.unproven)
        self.zip.add("index.html", page(self.story))
        self.sign(key)
        return self.counts

    # Tables.

    @contextmanager
    def table(self, name: str, heads: Sequence[str]) -> Iterator[Sheet]:
        """Rows straight into the pack."""
        with self.zip.member(f"{name}.csv") as write:
            sheet = Sheet(write, heads)
            yield sheet
            sheet.close()
        self.counts[f"{name}.csv"] = sheet.count

    def who(self, employee_id: int | None) -> list[object]:
        """Subject and, in a pack that says it, number and name."""
        one = self.people.get(employee_id or 0)
        subject = self.subjects.get(employee_id or 0, ("", None))[0]
        return [subject, *([one.number if one else "", one.name if one else ""] if self.terms.personal else [])]

    def heads(self, columns: Iterable[str], personal: frozenset[str] = frozenset()) -> list[str]:
        known = ["employee_number", "employee_name"] if self.terms.personal else []
        return ["subject", *known, *(one for one in columns if self.terms.personal or one not in personal)]

    def write_tables(self) -> None:
        for table in TABLES:
            keep = [self.terms.personal or name not in table.personal for name in table.columns]
            with self.table(table.name, self.heads(table.columns, table.personal)) as sheet:
                for statement in table.read(self.chosen):
                    for whose, *row in db.session.execute(statement, execution_options={"yield_per": AT_ONCE}):
                        sheet.add([*self.who(whose), *(loose(v) for v, kept in zip(row, keep, strict=True) if kept)])

    def write_gaps(self) -> None:
        columns = ("kind", "about", "status", "why", "approved_exception")
        with self.table("gaps", self.heads(columns)) as sheet:
            for gap in open_gaps.gaps(self.chosen, self.viewer):
                values = gap.values if self.terms.personal or "name" not in gap.values else {"name": "staff"}
                why = gap.why % values if values else gap.why
                who, approved = self.who(gap.employee_id), "yes" if gap.approved else ""
                sheet.add([*who, gap.kind, gap.about, gap.status, why, approved])
                self.story.tell_gap(gap, who, values)

    def read_people(self) -> None:
        columns = (
            Employee.id, Employee.number, Employee.name, Department.name.label("department"), Employee.job_role,
            Employee.location, Employee.status, Employee.hire_date, Employee.left_on,
        )  # fmt: skip
        found = select(*columns).outerjoin(Department, Department.id == Employee.department_id)
        rows = db.session.execute(found.where(among(Employee.id, self.chosen.people)).order_by(Employee.sort_name))
        self.people = {row.id: row for row in rows}
        self.subjects = ledger.subjects(self.chosen.people)

    def write_people(self) -> None:
        facts = ("department", "job_role", "location", "status", "hire_date", "left_on")
        shown = facts if self.terms.personal else ()
        whole = ledger.counted(self.chosen.people, self.trees)
        with self.table("people", self.heads(("events_in_pack", "events_in_ledger", *shown))) as sheet:
            for id_, row in self.people.items():
                subject = self.subjects.get(id_, ("", None))[0]
                counts = self.of[subject] if subject else 0, whole.get(id_, 0)
                sheet.add([*self.who(id_), *counts, *(getattr(row, name) for name in shown)])

    # Records, and the ledger.

    def write_records(self) -> None:
        """Completions besides go to their sheet, which waits on disk for its turn."""
        sizes = {tree.epoch: tree.size for tree in self.trees}
        source = SOURCES["completion_record"]
        columns = [*source.facts, *(source.personal if self.terms.personal else ())]
        with tempfile.TemporaryFile() as kept:
            sheet = Sheet(kept.write, ("record", "event", *columns))
            with self.zip.member("records.jsonl") as write:
                for one in SOURCES.values():
                    for said in ledger.testimonies(one, self.chosen, sizes) if one.employee else ():
                        if not self.is_proven(said):
                            continue
                        write(self.record(said))
                        if said.row[0] == source.kind:
                            sheet.add(self.completion(said, columns))
            sheet.close()
            kept.seek(0)
            with self.zip.member("completions.csv") as write:
                write.copy(kept)
        self.counts["completions.csv"] = sheet.count
        if self.unproven:
            lines = (canonical(self.line(said, None)) + b"\n" for said in self.unproven)
            self.zip.add("unproven.jsonl", b"".join(lines))

    def is_proven(self, said: Testimony) -> bool:
        if said.event is None:
            self.unproven.append(said)
        elif not said.covered:
            self.story.newer += 1
        return said.event is not None and said.covered

    def record(self, said: Testimony) -> bytes:
        assert said.event is not None
        event_row, event, salt = said.event
        self.shown[said.row] = event_row
        if salt is not None and self.terms.personal:
            self.salts[event] = salt.hex()
        self.counts["records.jsonl"] += 1
        return canonical(self.line(said, event)) + b"\n"

    def line(self, said: Testimony, event: str | None) -> dict[str, Any]:
        shown = self.terms.personal and (event is None or event in self.salts)
        personal = said.personal if shown else None
        return {"kind": said.row[0], "id": said.row[1], "event": event, "facts": said.facts, "personal": personal}

    def completion(self, said: Testimony, columns: Sequence[str]) -> list[object]:
        assert said.event is not None
        facts, personal = said.facts, said.personal if said.event[1] in self.salts else {}
        if facts["subject_kind"] == "course":
            course = int(facts["subject_id"])
            self.versions.add((course, int(facts["content_version"])))
            self.rules.add((course, int(facts["rule_version"])))
        return [said.row[1], said.event[1], *({**personal, **facts}.get(name) for name in columns)]

    def write_ledger(self, key: LedgerKey) -> None:
        with self.zip.member("ledger/events.jsonl") as write:
            for row, line in ledger.events(self.shown, self.trees):
                write(line)
                self.of[row.subject] += 1
                self.evidence.update(json.loads(row.payload)["evidence"])
                self.keys.add(row.key_id)
                self.counts["ledger/events.jsonl"] += 1
        with self.zip.member("ledger/leaves.bin") as write:
            for tree in self.trees:
                for part in ledger.leaves(tree):
                    write(part)
                self.counts["ledger/leaves.bin"] += tree.size
        self.keys |= {tree.key_id for tree in self.trees}
        self.zip.add("ledger/checkpoints.txt", "\n".join(tree.note for tree in self.trees).encode())
        self.zip.add("ledger/keys.txt", ledger.key_lines(self.keys, key.id))
        who = {
            subject: {"employee_id": employee_id, "salt": salt}
            for employee_id, (subject, salt) in self.subjects.items()
            if salt is not None and self.terms.personal
        }
        self.zip.add("ledger/salts.json", canonical({"events": self.salts, "subjects": who}))

    # Files.

    def write_papers(self) -> None:
        if not self.terms.personal:
            self.absent = dict.fromkeys(sorted(self.evidence), WITHOUT)
            return
        found = papers(self.chosen, self.viewer)
        for count, paper in enumerate(found):
            self.copy(paper.name, paper.sha256)
            self.tell(12 + 8 * count // len(found), 20)
        for sha256 in sorted(self.evidence - self.placed):
            if not self.viewer.may(May.KEEP_RECORDS):
                self.absent[sha256] = NOT_FOR_YOU
            elif not self.copy(f"files/evidence/{sha256}", sha256):
                self.absent[sha256] = GONE

    def copy(self, name: str, sha256: str) -> bool:
        """False, and told in the story, where the bytes are gone or not those that were kept."""
        try:
            source = files.opened(sha256)
        except FileNotFoundError:
            self.story.lost.append(name)
            return False
        with source, self.zip.member(name) as write:
            same = write.copy(source) == sha256
        if not same:
            self.story.lost.append(name)
        self.placed |= {sha256} if same else set()
        self.counts["files/"] += 1
        return same

    # The end.

    def sign(self, key: LedgerKey) -> None:
        counts = {"files/": 0, "courses/": 0, "records.jsonl": 0, "ledger/events.jsonl": 0, "ledger/leaves.bin": 0}
        listed = [{"name": one.name, "sha256": one.digest.hexdigest(), "size": one.size} for one in self.zip.members]
        manifest = canonical(
            {
                "format": "evidence-pack/1",
                "product": self.story.product,
                "made_at": self.story.made_at,
                "personal": self.terms.personal,
                "asked": self.story.asked,
                "counts": {**counts, **self.counts},
                "absent": self.absent,
                "files": listed,
            }
        )
        self.zip.add("manifest.json", manifest)
        digest = self.zip.members[-1].digest.hexdigest()
        self.zip.add("manifest.sig", key.note(f"evidence-pack/1\n{digest}\n").encode())
        self.zip.close()
