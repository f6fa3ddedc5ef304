"""Page or fragment: the one place that decides, and that says `Vary: HX-Request`.

One partial, many deliveries: `answer` gives htmx the partial, and everybody else the page around it or a redirect.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from flask import Response, abort, flash, g, make_response, redirect, render_template, request

from lmsapp.outreach.notices.queries import count_unread
from lmsapp.web.navigation import navigation

T = TypeVar("T")


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page. Going back in history asks for a whole one."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-History-Restore-Request") != "true"
        and headers.get("HX-Boosted") != "true"
    )


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """A whole page, with navigation. `unread_notices`: how many there are, where the page has read them anyway."""
    viewer = g.get("viewer")
    unread = context.pop("unread_notices", None)
    if unread is None:
        unread = count_unread(viewer) if viewer else 0
    html = render_template(template, nav=navigation(viewer), unread_notices=unread, **context)
    return _vary(make_response(html, status))


def fragment(
    template: str,
    *,
    status: int = 200,
    toast: str | None = None,
    undo: str | None = None,
    announce: str | None = None,
    **context: Any,
) -> Response:
    """A partial, with a toast where something is to be said; `undo` is the address that takes it back.

    `announce` is said to screen readers only: what everybody else sees happen.
    """
    response = make_response(render_template(template, **context), status)
    said: dict[str, Any] = {"toast": {"text": toast, **({"undo": undo} if undo else {})}} if toast else {}
    if announce:
        said["announce"] = {"text": announce}
    if said:
        response.headers["HX-Trigger"] = json.dumps(said)
    return _vary(response)


def answer(
    partial: str, *, whole: str | None = None, back: str | None = None, said: str | None = None, **context: Any
) -> Response:
    """The answer to a request that htmx or a plain form may have sent.

    htmx gets `partial`. Without script a form with errors gets the page `whole` again with status 422, a
    successful POST a redirect to `back`, and a GET the page. `said` is what happened, as toast or flash message.
    A `form` in the context that has errors makes the status 422.
    """
    form = context.get("form")
    status = 422 if form is not None and getattr(form, "errors", None) else 200
    if wants_fragment():
        return fragment(partial, status=status, toast=said if status == 200 else None, **context)
    if request.method != "GET" and status == 200 and back is not None:
        return to(back, said=said)
    return page(whole or partial, status=status, **context)


def to(address: str, *, said: str | None = None) -> Response:
    """Go to another page (after a POST), for htmx by HX-Redirect."""
    if said:
        flash(said)
    if wants_fragment():
        return _vary(make_response("", 200, {"HX-Redirect": address}))
    return _vary(make_response(redirect(address, 303)))


def in_place(address: str, region: str, *, said: str) -> Response:
    """To another page of the same shape, without a reload: htmx fetches it, takes its `region` (an id) instead of the
    one on the screen, and the address follows."""
    swap = {"path": address, "target": f"#{region}", "select": f"#{region}", "swap": "outerHTML show:window:top"}
    headers = {"HX-Location": json.dumps(swap), "HX-Trigger": json.dumps({"toast": {"text": said}})}
    return _vary(make_response("", 200, headers))


def get_or_404(found: T | None) -> T:
    """What a scoped query found; what the viewer cannot see does not exist."""
    if found is None:
        abort(404)
    return found


def _vary(response: Response) -> Response:
    response.vary.add("HX-Request")
    return response
