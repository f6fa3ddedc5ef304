"""What the player posts: commits, beats, another part (SCO-3). Answers in JSON, refusals in words.

Nobody is signed in and nothing is read but the token and the body, whatever type it says it is: a page that goes away
sends plain text.
"""

from __future__ import annotations

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from lmsapp.infra import clock
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.scorm.commits.committing import commit
from lmsapp.learning.scorm.commits.messages import MOST_BYTES, TOO_LARGE, read_beat, read_commit, read_item
from lmsapp.learning.scorm.commits.recording import recorded
from lmsapp.learning.scorm.launches.launch_view import launch_view
from lmsapp.learning.scorm.launches.launching import move_to
from lmsapp.learning.scorm.launches.sitting_down import note_beat, sit_down
from lmsapp.learning.scorm.launches.tokens import launch_by_token, launch_for_commit, token_of, words_for
from lmsapp.web.content.wing import bp


@bp.post("/commits")
def create_commit(token: str) -> ResponseReturnValue:
    """One commit. Nearly all are recorded in one statement; what may change completion goes the whole way."""
    try:
        message = read_commit(body())
        answer = recorded(token, message)
        if answer is None:
            launch = launch_for_commit(token, clock.now())
            if launch is None:
                return refused(404, _(words_for(token, clock.now(), commits=True)))
            answer = commit(launch, message)
    except RuleBroken as broken:
        return refused(422, _(broken.message, **broken.values))
    if "refused" in answer:
        answer["refused"] = {name: _(reason) for name, reason in answer["refused"].items()}
    return jsonify(answer)


@bp.post("/beats")
def create_beat(token: str) -> ResponseReturnValue:
    """A sign of life, and how long the player was shown."""
    try:
        beat = read_beat(body())
    except RuleBroken as broken:
        return refused(422, _(broken.message, **broken.values))
    launch = launch_for_commit(token, clock.now())
    if launch is None:
        return refused(404, _(words_for(token, clock.now(), commits=True)))
    return jsonify(note_beat(launch, beat))


@bp.post("/items")
def create_item(token: str) -> ResponseReturnValue:
    """Another part of the same attempt: its token, and its launch as the page of the player would have it."""
    try:
        wanted = read_item(body())
        launch = launch_by_token(token, clock.now())
        if launch is None:
            return refused(404, _(words_for(token, clock.now())))
        made = move_to(launch, wanted.item, wanted.sequencing)
    except RuleBroken as broken:
        return refused(422, _(broken.message, **broken.values))
    except NotAllowed as refusal:
        return refused(403, _(refusal.message, **refusal.values))
    return jsonify(ok=True, token=token_of(made.id), launch=launch_view(made, sit_down(made)))


def body() -> bytes:
    """Raises RuleBroken when it is too large."""
    if (request.content_length or 0) > MOST_BYTES:
        raise RuleBroken(TOO_LARGE)
    try:
        return request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        raise RuleBroken(TOO_LARGE) from None


def refused(status: int, words: str) -> Response:
    """No, in words. What a request that is refused would have changed is undone."""
    answer = jsonify(ok=False, words=words)
    answer.status_code = status
    return answer
