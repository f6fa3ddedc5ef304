"""A hostile package (SCO-4): plain pages and script of ours that try everything content should not be able to do."""

from __future__ import annotations

from pathlib import Path

SCRIPT = Path(__file__).with_name("hostile.js").read_text()
START = "index.html"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Harmless</title></head>
<body><h1>Harmless</h1><button id="press">Press</button><script src="attack.js"></script></body></html>
"""
POPUP = """<!doctype html><title>Popup</title><script>
try { opener.top.location = new URLSearchParams(location.search).get("to") } catch (error) { document.title = error }
</script>"""
LOOP = """<!doctype html><title>Loop</title><script>setTimeout(() => { for (;;) alert("Stay") }, 50)</script>"""
FRIEND = (
    """<!doctype html><title>Friend</title><script>document.title = opener ? opener.document.title : "alone"</script>"""
)

FILES = {
    START: PAGE,
    "attack.js": SCRIPT,
    "sw.js": "self.onfetch = (event) => event.respondWith(new Response('taken'))",
    "popup.html": POPUP,
    "loop.html": LOOP,
    "friend.html": FRIEND,
}
TREASURE = "what another package holds"
OTHER_FILES = {START: f"<!doctype html><title>Other</title><p>{TREASURE}</p>", "treasure.txt": TREASURE}


def ways_to(digest: str, other_digest: str) -> list[str]:
    """Addresses that might lead to the files of another package, relative to those of one's own. By what is public: the
    digests of both tokens, names of files, numbers of packages."""
    climbs = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%252f", "..%c0%af", "..\\", "..%5c", "....//", "%2e%2e%5c"]
    targets = [f"c/{other_digest}/files/treasure.txt", "files/treasure.txt", "treasure.txt", "2/treasure.txt"]
    ways = [climb * depth + target for climb in climbs for depth in (1, 2, 3) for target in targets]
    ways += [f"/c/{one}/files/treasure.txt" for one in (digest, other_digest, "1", "2", "*", "", "%00")]
    return [*ways, "treasure.txt", "/files/treasure.txt", "//treasure.txt", "TREASURE.TXT", "treasure.txt%00.html"]
