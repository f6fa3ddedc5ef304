"""What became due: looked at, kept longer or approved, and what was disposed of (EVD-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lmsapp.evidence.retention.policies.rules import LONGEST_REASON
from lmsapp.evidence.retention.reviews.actions import (
    approve_review,
    finish_review,
    keep_longer,
    open_review,
    send_back,
    try_again,
)
from lmsapp.evidence.retention.reviews.queries import (
    disposals_for,
    item_for,
    items_of,
    kinds_on,
    longer_of,
    record_shown,
    review_for,
    reviews_for,
    tallies,
    titles_of,
)
from lmsapp.insight.keeping.kinds import KINDS
from lmsapp.web.forms import Form
from lmsapp.web.hr.retention import ReasonForm
from lmsapp.web.hr.retention_words import REVIEW_STATES, STATES, WHYS, kind_words, sentence, tabs
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import numbers, page_url, readable
from lmsapp.web.render import answer, get_or_404, page, to


class LongerForm(Form):
    """These stay, until when and why."""

    until = DateField(__("Keep until"), [InputRequired(__("Give a day."))])
    reason = TextAreaField(__("Why"), [DataRequired(__("Say why.")), Length(max=LONGEST_REASON)])


class SeenForm(Form):
    """How many records the reader saw on the list."""

    seen = IntegerField("", [InputRequired()])


@bp.get("/retention/reviews")
def retention_reviews() -> Response:
    return page("hr/retention/reviews.html", reviews=reviews_for(g.viewer), **_words())


@bp.post("/retention/reviews")
def create_review() -> Response:
    review = open_review("by hand", by=g.viewer)
    return to(url_for("hr.retention_review", disposal_list_id=review.id))


@bp.get("/retention/reviews/<int:disposal_list_id>")
def retention_review(disposal_list_id: int) -> Response:
    return _page(disposal_list_id, LongerForm(formdata=None))


@bp.get("/retention/reviews/<int:disposal_list_id>/progress")
def review_progress(disposal_list_id: int) -> Response:
    """The fragment with its states; once there is something to see, the page itself."""
    review = get_or_404(review_for(g.viewer, disposal_list_id))
    if review.state in ("waiting", "running", "failed"):
        return answer("hr/retention/_job.html", whole="hr/retention/review.html", **_context(review))
    return to(url_for("hr.retention_review", disposal_list_id=disposal_list_id))


@bp.get("/retention/reviews/<int:disposal_list_id>/items/<int:due_item_id>")
def retention_item(disposal_list_id: int, due_item_id: int) -> Response:
    """One record as it stands, before it goes."""
    review = get_or_404(review_for(g.viewer, disposal_list_id))
    item = get_or_404(item_for(g.viewer, review, due_item_id))
    shown = record_shown(item.kind, item.record_id, KINDS) if item.state != "done" else []
    longer = longer_of(item.kind, item.record_id)
    return page("hr/retention/item.html", review=review, item=item, shown=shown, longer=longer, **_words())


@bp.post("/retention/reviews/<int:disposal_list_id>/longer")
def keep_items_longer(disposal_list_id: int) -> Response:
    review, form = get_or_404(review_for(g.viewer, disposal_list_id)), LongerForm()
    if form.validate() and form.until.data:
        with form.rule_errors():
            chosen = numbers(request.form.getlist("pick"))
            kept = keep_longer(review, chosen, form.until.data, by=g.viewer, reason=form.reason.data or "")
            said = ngettext("%(num)s record is kept longer.", "%(num)s records are kept longer.", kept)
            return to(url_for("hr.retention_review", disposal_list_id=disposal_list_id), said=said)
    return _page(disposal_list_id, form, status=422)


@bp.post("/retention/reviews/<int:disposal_list_id>/reviewed")
def finish_retention_review(disposal_list_id: int) -> Response:
    review, form = get_or_404(review_for(g.viewer, disposal_list_id)), SeenForm()
    if form.validate():
        with form.rule_errors():
            finish_review(review, by=g.viewer, seen=form.seen.data or 0)
            return to(url_for("hr.retention_review", disposal_list_id=disposal_list_id), said=_("Reviewed."))
    return _page(disposal_list_id, form, status=422)


@bp.post("/retention/reviews/<int:disposal_list_id>/approval")
def approve_retention_review(disposal_list_id: int) -> Response:
    review, form = get_or_404(review_for(g.viewer, disposal_list_id)), Form()
    with form.rule_errors():
        approve_review(review, by=g.viewer)
    if form.errors:
        return _page(disposal_list_id, form, status=422)
    return to(
        url_for("hr.retention_review", disposal_list_id=disposal_list_id), said=_("Approved. The worker begins now.")
    )


@bp.post("/retention/reviews/<int:disposal_list_id>/sent-back")
def send_review_back(disposal_list_id: int) -> Response:
    review, form = get_or_404(review_for(g.viewer, disposal_list_id)), ReasonForm()
    if form.validate():
        with form.rule_errors():
            send_back(review, by=g.viewer, reason=form.reason.data or "")
            return to(
                url_for("hr.retention_review", disposal_list_id=disposal_list_id), said=_("The list is open again.")
            )
    return _page(disposal_list_id, form, status=422)


@bp.post("/retention/reviews/<int:disposal_list_id>/attempt")
def retry_review(disposal_list_id: int) -> Response:
    review = get_or_404(review_for(g.viewer, disposal_list_id))
    if review.state == "failed":
        try_again(review, by=g.viewer)
    return to(url_for("hr.retention_review", disposal_list_id=disposal_list_id))


@bp.get("/retention/disposals")
def disposals() -> Response:
    args = readable(request.args)
    kind = args.get("kind", "") if args.get("kind", "") in KINDS else ""
    wanted = args.get("page", "1")
    found = disposals_for(g.viewer, kind=kind, page=int(wanted) if wanted.isdecimal() and len(wanted) < 8 else 1)
    options = [{"value": name, "label": _(one.many), "checked": name == kind} for name, one in KINDS.items()]
    return page("hr/retention/disposals.html", found=found, options=options, page_url=page_url, **_words())


def _list(disposal_list_id: int) -> str:
    return url_for("hr.retention_review", disposal_list_id=disposal_list_id)


def _page(disposal_list_id: int, form: Form, status: int = 200) -> Response:
    review = get_or_404(review_for(g.viewer, disposal_list_id))
    return page("hr/retention/review.html", status=status, **_context(review, form))


def _context(review: Any, form: Form | None = None) -> dict[str, Any]:
    args = readable(request.args)
    kind, state, q = args.get("kind", ""), args.get("state", ""), args.get("q", "")[:100]
    wanted = args.get("page", "1")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 8 else 1
    found = items_of(review, kind=kind, state=state if state in STATES else "", q=q, page=number)
    counts = tallies(review)
    return {
        "review": review,
        "found": found,
        "titles": titles_of([row for row in found.rows if row.state != "done"], KINDS),
        "counts": counts,
        "kind_options": [
            {"value": name, "label": kind_words(name), "count": many, "checked": name == kind}
            for name, many in kinds_on(review).items()
        ],
        "state_options": [
            {"value": name, "label": words, "count": counts[name], "checked": name == state}
            for name, (_look, words) in STATES.items()
            if counts.get(name)
        ],
        "q": q,
        "form": form,
        "longer": form if isinstance(form, LongerForm) else LongerForm(formdata=None),
        "sending": form if isinstance(form, ReasonForm) else ReasonForm(formdata=None),
        "mine": review.reviewed_by_id == g.viewer.user_id,
        "percent": min(99, 100 * review.done // review.total) if review.total else None,
        "page_url": page_url,
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {
        "tabs": tabs(), "states": STATES, "review_states": REVIEW_STATES, "whys": WHYS, "kind_words": kind_words,
        "sentence": sentence,
    }  # fmt: skip
