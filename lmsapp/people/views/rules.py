"""What a view may be called, and how its filters are kept. Pure (ASG-7)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from lmsapp.infra.words import N_, RuleBroken

LONGEST_NAME = 80
LONGEST_QUERY = 4000
MOST_VIEWS = 50  # of one person on one list
NOT_KEPT = frozenset({"page", "view"})  # where somebody happened to be


def checked_name(typed: str) -> str:
    """The name on one line. Raises RuleBroken (field 'name')."""
    name = " ".join("".join(c for c in typed if c.isprintable() or c.isspace()).split())
    if not name:
        raise RuleBroken(N_("Give the view a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise RuleBroken(N_("At most %(most)s characters."), field="name", most=LONGEST_NAME)
    return name


def kept_query(query: str) -> str:
    """The filters of an address in one form, so that two of the same can be compared. Raises RuleBroken."""
    pairs = [pair for pair in parse_qsl(query.removeprefix("?"))[:400] if pair[0] not in NOT_KEPT]
    kept = urlencode(sorted(pairs))
    if len(kept) > LONGEST_QUERY:
        raise RuleBroken(N_("These are too many filters to keep. Take some away."))
    return kept


def followed_query(query: str, name: str, before: str, after: str) -> str | None:
    """A kept query with one value of that name in the place of another; None when it does not ask for the old one."""
    pairs = parse_qsl(query)
    if (name, before) not in pairs:
        return None
    return urlencode(sorted(dict.fromkeys((name, after) if pair == (name, before) else pair for pair in pairs)))
