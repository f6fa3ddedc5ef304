"""What verification may find, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lmsapp.infra.words import N_

Record = tuple[str, int]

# By `Finding.what`. Each says what is wrong, and nothing about who or why: that is for people to find out.
WORDS: Final[dict[str, str]] = {
    "event changed": N_("What the ledger says was changed after it was written (event %(event)s)."),
    "event column": N_("Event %(event)s is filed under another %(column)s than it says itself."),
    "event unreadable": N_("What the ledger says cannot be read (event %(event)s)."),
    "event added": N_("Event %(event)s does not bear our signature: somebody else wrote it, or changed it."),
    "event not placed": N_("Event %(event)s has no place in the ledger and does not wait for one: it was taken away."),
    "event late": N_("Event %(event)s has waited for its place in the ledger since %(since)s."),
    "event waits": N_("Event %(event)s has its place and is still said to wait for one."),
    "kind unknown": N_("Event %(event)s is about a kind of record that is not known here."),
    "record changed": N_("The record was changed after it was put on record: %(column)s is not what it was."),
    "person changed": N_("The record does not belong to its event any more: who it is about, or other personal details,"
                         " were changed (event %(event)s)."),
    "record added": N_("The record was never put on record: it was slipped in."),
    "record removed": N_("The record is gone, and nothing says that it was disposed of."),
    "record back": N_("The record was disposed of, and is there all the same."),
    "salt removed": N_("What ties event %(event)s to personal details was removed, and nothing says that they were"
                       " erased."),
    "subject changed": N_("The name the person bears in the ledger does not fit the person."),
    "subject removed": N_("The name the person bears in the ledger was removed."),
    "stray": N_("Something belongs to event %(event)s, which is not there: the event was removed."),
    "place changed": N_("Place %(place)s of the ledger holds something else than its event."),
    "place missing": N_("Places %(place)s to %(until)s of the ledger are empty: they were removed."),
    "place of nothing": N_("Place %(place)s of the ledger belongs to an event that is not there: it was removed."),
    "tree changed": N_("The ledger does not lead to checkpoint %(size)s any more: a place up to there was changed, or"
                       " the checkpoint was."),
    "tree shorter": N_("The ledger has %(present)s places, but had %(size)s once: the end of it was removed."),
    "checkpoint changed": N_("Checkpoint %(size)s was changed: its %(column)s does not fit."),
    "checkpoint removed": N_("Checkpoint %(size)s should follow upon that of %(after)s, which is not the one before it:"
                             " one was removed, or slipped in."),
    "checkpoint missing": N_("The places from %(after)s to %(size)s of the ledger belong to no checkpoint: it was"
                             " removed, or they were slipped in."),
    "checkpoint forged": N_("Checkpoint %(size)s does not bear our signature."),
    "key unknown": N_("Signed with the key %(key)s, which is not known here (event %(event)s)."),
    "epoch changed": N_("Tree %(number)s is not introduced as it should be."),
    "entry changed": N_("Was changed after it was sealed."),
    "entry removed": N_("Was removed after it was sealed."),
    "entry added": N_("Was slipped in among what was sealed before."),
    "seal changed": N_("The seal of %(table)s from %(first)s to %(last)s was changed."),
    "seal missing": N_("A seal of %(table)s before %(first)s is missing."),
    "number never given": N_("Bears a number that was never given out: it was slipped in."),
    "file missing": N_("The file with SHA-256 %(sha256)s is missing where files are kept."),
    "file changed": N_("The file with SHA-256 %(sha256)s was changed where files are kept."),
    "file swapped": N_("Leads to another file than the one it was put on record with."),
    "exported": N_("Checkpoint %(size)s, as it was exported, is not what the ledger leads to."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """`what`: a key of WORDS. `record`: kind and id of what it is about ('completion_record', 12)."""

    what: str
    record: Record
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """English, with %(name)s places for `values`."""
        return WORDS[self.what]

    @property
    def key(self) -> str:
        """The same for the same trouble found again: one letter about it, one answer to it."""
        parts = [f"{name}={self.values[name]}" for name in sorted(self.values) if name not in ("since", "present")]
        return "/".join([self.what, self.record[0], str(self.record[1]), *parts])

    def __str__(self) -> str:
        kind, number = self.record
        return f"{kind} {number}: {self.words % self.values}"
