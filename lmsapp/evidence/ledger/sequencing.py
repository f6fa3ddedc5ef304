"""The sequencer: gives what waits its place in the tree and signs the root (EVD-2; ledger.md, section 3).

One holder of an advisory lock, one transaction a batch: waiting rows out, leaves in, a checkpoint. What waits is
drained and never cut by "id > last": transactions end in another order than their ids were drawn in. Leaf and
checkpoint are unique by place and by event, so that nothing is ever there twice, whatever dies when.

Before each signature the tree is held against what lies outside the database (`outside`). Does it not fit, nothing is
signed, and events go on waiting: no completion fails for it. An event names the tree that was in use when it was added;
one that still waited when another tree began stands in that one.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from lmsapp.evidence.ledger.keeping import current_tree, ledger_key, ledger_keys, places
from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerExport, LedgerNode
from lmsapp.evidence.ledger.outside import Outside, Refusal
from lmsapp.evidence.ledger.proofs import Tiles, latest_checkpoint
from lmsapp.evidence.ledger.rules import checkpoint_text, origin_of
from lmsapp.evidence.ledger.troubles import SIGNING, end_trouble, note_trouble
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.ledger_keys import ALGORITHM, LedgerKeyTrouble, opened
from lmsapp.infra.merkle import EMPTY, Frontier
from lmsapp.infra.merkle_paths import Paths, TreeBroken, consistent
from lmsapp.infra.words import N_

BATCH = 20_000
LOCK_KEY = 0x4C454447  # 'LEDG'

WAITS = text("SELECT EXISTS (SELECT FROM ledger_pending)")
# Frozen in the middle, a process must not keep the others from it.
ALONE = text(
    "SELECT pg_try_advisory_xact_lock(:key), set_config('idle_in_transaction_session_timeout', '60s', true),"
    " set_config('tcp_keepalives_idle', '30', false)"
)
# Out of those that wait and into their places, in one statement: each way to the database waits its turn behind all who
# write. The leaf is looked up one by one, by key: joined, and planned while the table was small, it is read whole.
PLACE = text(
    "WITH gone AS (DELETE FROM ledger_pending WHERE event_id IN"
    " (SELECT event_id FROM ledger_pending ORDER BY event_id LIMIT :most) RETURNING event_id),"
    " placed AS (INSERT INTO ledger_leaf (epoch, position, event_id, leaf)"
    " SELECT :epoch, :first + row_number() OVER (ORDER BY event_id) - 1, event_id,"
    " (SELECT e.leaf FROM ledger_event e WHERE e.id = gone.event_id) FROM gone RETURNING position, leaf)"
    " SELECT leaf FROM placed ORDER BY position"
)


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree in use as its last checkpoint left it."""

    epoch: int
    ledger_id: UUID
    frontier: Frontier

    @property
    def size(self) -> int:
        return self.frontier.size


def sequence() -> int:
    """One batch, in transactions of its own; how many events got their place. Nothing waits, or another is at it: 0.

    What keeps it from signing is noted (`troubles`) and never raised. Errors of the database are.
    """
    with unit_of_work():
        if not db.session.scalar(WAITS):
            return 0
    try:
        with places().turn_to_sign():
            return _batch()
    except Refusal as refusal:
        with unit_of_work():
            note_trouble(SIGNING, refusal, why=refusal.why)
    except LedgerKeyTrouble as trouble:
        with unit_of_work():
            note_trouble(SIGNING, trouble, why="key")
    return 0


def sequence_all() -> int:
    """Batch after batch while they are full."""
    placed = last = sequence()
    while last == BATCH:
        placed += (last := sequence())
    return placed


def tree_that_fits() -> Tree:
    """The tree in use, held against everything outside. Raises Refusal, LedgerKeyTrouble."""
    epoch, ledger_id = current_tree()
    ledger_key(ledger_id)  # its public half is known from here on
    keys = ledger_keys()
    seen = places().witnesses(ledger_id, keys)  # first: what is signed meanwhile makes the tree longer, not shorter
    tree = Tree(epoch, ledger_id, _frontier(epoch, ledger_id, keys))
    for one in seen:
        _hold_against(tree, one)
    _miss_exports(epoch, max((one.size for one in seen), default=0))
    return tree


def _batch() -> int:
    with unit_of_work():
        if not db.session.execute(ALONE, {"key": LOCK_KEY}).scalar_one():
            return 0
        tree = tree_that_fits()  # first: while it is refused, nothing is drained again and again in vain
        leaves = _place(tree)
        if not leaves:
            return 0
        note = _extend(tree, leaves)
        end_trouble(SIGNING)
    places().note_signed(tree.ledger_id, note)
    return len(leaves)


def _place(tree: Tree) -> Sequence[bytes]:
    """What waits gets its places behind the tree; the leaves, in their order. Raises Refusal where one is taken."""
    try:
        return db.session.scalars(PLACE, {"most": BATCH, "epoch": tree.epoch, "first": tree.size}).all()
    except IntegrityError as problem:
        raise _taken(tree.size) from problem


def _extend(tree: Tree, leaves: Sequence[bytes]) -> str:
    """Full subtrees and checkpoint of a tree that grew by `leaves`; its signed note. Raises as `_place`."""
    first, frontier = tree.size, tree.frontier
    full = frontier.add_noting(leaves)
    root = frontier.root()
    key = ledger_key(tree.ledger_id)
    note = key.note(checkpoint_text(key.name, frontier.size, base64.b64encode(root).decode()))
    try:
        if full:
            db.session.execute(insert(LedgerNode), [{"epoch": tree.epoch, **one._asdict()} for one in full])
        db.session.add(
            LedgerCheckpoint(
                epoch=tree.epoch,
                size=frontier.size,
                root=root,
                frontier=frontier.to_bytes(),
                note=note,
                key_id=key.id,
                algorithm=ALGORITHM,
                after_size=first,
            )
        )
        db.session.flush()
    except IntegrityError as problem:
        raise _taken(first) from problem
    return note


def _taken(size: int) -> Refusal:
    words = N_("A place in the tree is taken that the last checkpoint, of %(size)s events, knows nothing of.")
    return Refusal("altered", words, size=size)


def _frontier(epoch: int, ledger_id: UUID, keys: dict[str, str]) -> Frontier:
    """Of the last checkpoint, as it was signed."""
    last = latest_checkpoint(epoch)
    if last is None:
        return Frontier()
    said = checkpoint_text(origin_of(ledger_id), last.size, base64.b64encode(last.root).decode())
    try:
        frontier = Frontier.from_bytes(last.size, bytes(last.frontier))
    except ValueError:
        frontier = Frontier()
    if frontier.root() != last.root or opened(last.note, keys) != said:
        words = N_("The last checkpoint in the database, of %(size)s events, is not as it was signed.")
        raise Refusal("altered", words, size=last.size)
    return frontier


def _hold_against(tree: Tree, seen: Outside) -> None:
    """That the tree of `seen` is the beginning of ours. Raises Refusal."""
    if seen.size > tree.size:
        words = N_(
            "The database is shorter than the ledger was: it holds %(held)s events in their place, and %(file)s says"
            " %(there)s. It may have come back from a backup."
        )
        raise Refusal("shorter", words, seen, held=tree.size, there=seen.size, file=seen.where)
    if not _begins_with(tree, seen):
        words = N_("The tree in the database is another one than was signed at %(there)s events, see %(file)s.")
        raise Refusal("differs", words, seen, there=seen.size, file=seen.where)


def _miss_exports(epoch: int, seen: int) -> None:
    """That what was exported is still there: a folder that is not mounted is there, and empty. Raises Refusal."""
    mine = LedgerExport.place == (current_app.config["LEDGER_EXPORT"] or ""), LedgerExport.epoch == epoch
    sent = select(LedgerExport.size, LedgerExport.name).where(*mine, LedgerExport.done_at.is_not(None))
    last = db.session.execute(sent.order_by(LedgerExport.size.desc()).limit(1)).one_or_none()
    if last is not None and last.size > seen:
        words = N_("The export folder does not hold %(file)s any more, which was written there. Is it mounted?")
        raise Refusal("missing", words, file=last.name)


def _begins_with(tree: Tree, seen: Outside) -> bool:
    if seen.size in (0, tree.size):
        return seen.root == (tree.frontier.root() if seen.size else EMPTY)
    try:
        path = Paths(Tiles(tree.epoch, tree.size)).consistency(seen.size, tree.size)
    except TreeBroken:
        return False
    return consistent(seen.size, seen.root, tree.size, tree.frontier.root(), path)
