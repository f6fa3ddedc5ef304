"""One document as HR, a manager or its employee opens it: downloaded, or looked at page by page (HRD-1, SEC-6, EVD-3).

A wing finds what is its own: HR everything, managers what their line's kinds show them, people their own. Opening is on
the trail once; the pictures of that opening are asked for with a word only this reader got, and only for a while.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Response, abort, current_app, g, make_response, redirect, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lmsapp.compliance.documents.actions import note_opened
from lmsapp.compliance.documents.reading import Scope, document_for, lets_open, version_of
from lmsapp.infra import files
from lmsapp.infra.files import StoredFile
from lmsapp.infra.looking import WIDTHS, CannotShow, can_show, pages_of, picture_of
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.web.render import get_or_404, page
from lmsapp.web.sending import SANDBOX, send_stored

SCOPES: dict[str, Scope] = {"hr": "hr", "team": "line", "account": "own"}
OPEN_S = 30 * 60
SALT = "an opened document"
INFECTED = N_("The virus scanner found something in this file. It is kept, and opens for nobody.")
UNSCANNED = N_("The virus scanner has not looked into this file yet. Try again in a few minutes.")


def download(wing: str, document_id: int, number: int | None = None) -> Response:
    """The bytes, always as an attachment; `number`: of a version, else the one that counts."""
    document, stored, number = _opened(wing, document_id, number)
    response = send_stored(stored.sha256, name=stored.name, media_type=stored.media_type)
    note_opened(document, g.viewer, version=number)
    return response


def viewer(wing: str, document_id: int, back: str) -> Response:
    """The page with one picture; turning it and coming closer belong to the same opening."""
    number = request.args.get("version", type=int)
    document, stored, number = _opened(wing, document_id, number)
    here = {"document_id": document.id, "version": number}
    if not can_show(stored.media_type):
        return cast("Response", redirect(_address(wing, "version_file", **here), 303))
    word = request.args.get("opened", "")
    if not _knows(word, document.id, number):
        note_opened(document, g.viewer, how="looked at", version=number)
        word = _word(document.id, number)
    pages, trouble = _pages(stored)
    at = min(max(request.args.get("page", 1, type=int), 1), max(pages, 1))
    width = request.args.get("width", WIDTHS[0], type=int)
    width = width if width in WIDTHS else WIDTHS[0]
    shown = here | {"opened": word}

    def turned(to: int, wide: int = width) -> str:
        return _address(wing, "view", **shown, page=to, width=wide)

    place = WIDTHS.index(width)
    return page(
        "documents_shown/view.html",
        document=document,
        stored=stored,
        pages=pages,
        at=at,
        trouble=trouble,
        back=back,
        picture=_address(wing, "picture", **shown, number=at, width=WIDTHS[min(place + 1, len(WIDTHS) - 1)]),
        previous=turned(at - 1) if at > 1 else None,
        following=turned(at + 1) if at < pages else None,
        smaller=turned(at, WIDTHS[place - 1]) if place else None,
        larger=turned(at, WIDTHS[place + 1]) if place + 1 < len(WIDTHS) else None,
        width=width,
        file=_address(wing, "version_file", **here),
    )


def picture(wing: str, document_id: int, number: int) -> Response:
    """PNG of one page. Within an opening it is not on the trail: the opening is; without one, it is itself."""
    version = request.args.get("version", type=int)
    document, stored, version = _opened(wing, document_id, version)
    width = request.args.get("width", WIDTHS[1], type=int)
    try:
        drawn = picture_of(
            files.read(stored.sha256), stored.media_type, number, width if width in WIDTHS else WIDTHS[1]
        )
    except (CannotShow, FileNotFoundError):
        abort(404)
    if not _knows(request.args.get("opened", ""), document.id, version):
        note_opened(document, g.viewer, how="looked at", version=version)
    response = make_response(drawn)
    response.headers |= {"Content-Type": "image/png", "Content-Security-Policy": SANDBOX}
    return response


def find(wing: str, document_id: int) -> Any:
    """The document as the wing finds it, or 404; HR finds what was taken out as well."""
    found = document_for(g.viewer, document_id, scope=SCOPES[wing], taken_out=wing == "hr" and _wants_all())
    return get_or_404(found)


def _wants_all() -> bool:
    """What was taken out is read from its own page alone."""
    return request.args.get("out") == "1" or request.form.get("out") == "1"


def _opened(wing: str, document_id: int, number: int | None) -> tuple[Any, StoredFile, int]:
    """The document, the file of the version and its number. Raises NotAllowed while the scanner stands in the way."""
    document = find(wing, document_id)
    number = document.version if number is None else number
    stored = document.file if number == document.version else get_or_404(version_of(document, number)).file
    if not lets_open(g.viewer, stored, document.filed_by_id):
        raise NotAllowed(INFECTED if stored.scan == "infected" else UNSCANNED)
    return document, stored, number


def _pages(stored: StoredFile) -> tuple[int, str]:
    """How many there are, or why none can be shown."""
    try:
        return pages_of(files.read(stored.sha256), stored.media_type), ""
    except FileNotFoundError:
        return 0, _("The file is gone from the store. Tell your administrator.")
    except CannotShow:
        return 0, _("No picture can be made of this file. Download it instead.")


def _word(document_id: int, number: int) -> str:
    return _signer().dumps([g.viewer.user_id, document_id, number])


def _knows(word: str, document_id: int, number: int) -> bool:
    try:
        return bool(_signer().loads(word, max_age=OPEN_S) == [g.viewer.user_id, document_id, number])
    except BadSignature:
        return False


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=SALT)


def _address(wing: str, what: str, **values: Any) -> str:
    if _wants_all():
        values["out"] = "1"
    return url_for(f"{wing}.document_{what}", **values)
