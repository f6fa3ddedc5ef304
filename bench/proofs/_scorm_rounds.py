"""What a round of `scorm-finish` is: which content, which way out, which network, at which moment. All from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.scorm.variants import VARIANTS

# Content that says 'done' by itself at its last page, or as it is left; by each way out it must count.
FINISHING = (
    "finishes",
    "only in unload",
    "only in beforeunload",
    "only in pagehide",
    "wherever it can",
    "never commits",
    "commits only",
    "completed only",
    "completed and passed",
    "passed only",
    "completed, then failed",
    "large state",
    "4,097 characters",
    "many answers",
    "asks to resume",
    "everything twice",
    "nested frames",
    "careful finder",
    "reads by sync",
)
# Content that says where it is as it goes along, and nothing of 'done' before its last page.
LEAVING = (
    "finishes",
    "only in unload",
    "only in pagehide",
    "wherever it can",
    "never commits",
    "completed and passed",
    "large state",
    "asks to resume",
    "nested frames",
    "careful finder",
)
SPEAKS_AS_IT_GOES = frozenset({"only in unload", "only in beforeunload", "only in pagehide", "wherever it can"})
# The page is told that it goes away, or it is not.
GENTLE = ("exit", "close tab", "navigate away", "another site", "back", "reload")
OFFERED = ("save and exit", "countdown")  # by the player, once the content is done
ROUGH = ("kill", "crash", "asleep and killed", "browser ended")
NETWORKS = ("fine", "fine", "slow", "faulty", "outage")


@dataclass(frozen=True)
class Round:
    """`saved_first`: the way out is taken once the player says that all is saved. `after`: else so many seconds later.

    `press`: the content's own 'Finish' is pressed first. `pages` turned. `outage` in seconds.
    """

    number: int
    seed: int
    finishes: bool
    variant: str
    edition: str
    way: str
    network: str
    saved_first: bool
    after: float
    press: bool
    pages: int
    outage: float

    @property
    def course(self) -> str:
        """The title of the course that is played."""
        return f"{self.variant} {self.edition}{' and closes' if self.way == 'countdown' else ''}"

    @property
    def terms(self) -> dict[str, int]:
        """Of its lesson: the player closes by itself only where the round waits for it."""
        return {"close_after": 2 if self.way == "countdown" else 0}

    @property
    def words(self) -> str:
        """To find it again."""
        to_end = "to the end" if self.finishes else f"to page {self.pages + 1}"
        return (
            f"round {self.number} (seed {self.seed}): '{self.variant}' {self.edition}, {to_end}, {self.network} network, "
            f"{self.way} {'once saved' if self.saved_first else f'after {self.after:.2f} s'}"
            f"{', Finish pressed' if self.press else ''}"
        )


def drawn(number: int, seed: int, *, finishes: bool) -> Round:
    """The round of that number. The same each time.

    Who leaves while the network breaks things waits for 'saved', as the player asks them to. A browser that is killed
    had a second, or said 'saved': before that the value was never out of the machine.
    """
    chance = random.Random(f"{seed} {number} {finishes}")
    name = chance.choice(FINISHING if finishes else LEAVING)
    variant = VARIANTS[name]
    network = chance.choice(NETWORKS)
    gentle = name in SPEAKS_AS_IT_GOES and finishes
    way = chance.choice(GENTLE if gentle else GENTLE + ROUGH + (OFFERED if finishes else ()))
    if gentle:  # what it says, it says as it goes: a network that breaks just then leaves nothing to be told
        network = chance.choice(("fine", "slow"))
    steady = network in ("fine", "slow")
    big = name == "large state" and not finishes
    return Round(
        number=number,
        seed=seed,
        finishes=finishes,
        variant=name,
        edition=chance.choice(variant.editions),
        way=way,
        network=network,
        saved_first=way not in OFFERED and not gentle and (big or not steady or chance.random() < 0.3),
        after=1.0 + chance.random() if way in ROUGH else chance.choice((0.0, chance.random() * 1.5)),
        press=finishes and variant.press and chance.random() < 0.4,
        pages=2 if finishes else 1,
        outage=chance.uniform(2.0, 6.0),
    )
