"""The queue 'completed, not yet filed' over all employees: one, many, or all that match the filters (HRD-2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from lmsapp.compliance.batches.actions import ask_batch
from lmsapp.compliance.batches.queries import counts_of, latest_batches
from lmsapp.compliance.batches.work import begin
from lmsapp.compliance.documents.actions import type_named
from lmsapp.compliance.documents.queries import FileFilters, ready_to_file, sealed_visible_to, to_file, type_names
from lmsapp.compliance.documents.rules import TRAINING_RECORD
from lmsapp.compliance.ledger.supporting import supported
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.options import courses
from lmsapp.people.employees.queries import employee_options
from lmsapp.web.hr.compliance_words import BATCHES
from lmsapp.web.hr.documents import FilingForm
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import numbers, options, readable
from lmsapp.web.render import answer, fragment, to, wants_fragment

KINDS = ("certificate", "quiz_report")
SORTS = ("who", "what", "earned")
FILTERS = ("q", "department", "course", "kind", "sort", "desc")


@bp.get("/to-file", endpoint="to_file")
def queue() -> Response:
    context = _context(readable(request.args))
    return answer("hr/to_file/_queue.html", whole="hr/to_file/queue.html", form=None, **context)


@bp.post("/to-file/filings")
def file_many() -> Response:
    """A few at once, with a way back; many by the worker, whose page shows how far it is."""
    form = FilingForm()
    back: MultiDict[str, str] = readable(MultiDict(parse_qsl(request.form.get("back", "").removeprefix("?"))))
    batch = None
    if form.validate():
        with form.rule_errors():
            lines = _everything(back) if request.form.get("everybody") else _picked()
            name = request.form.get("type") or TRAINING_RECORD
            type_named(name)
            terms = {"type": name, "mark": request.form.get("mark") == "1"}
            batch = begin(ask_batch("file", lines, by=g.viewer, terms=terms), g.viewer)
    if batch is None:
        return answer("hr/to_file/_queue.html", whole="hr/to_file/queue.html", form=form, **_context(back))
    return _filed(batch, back)


def _filed(batch: Any, back: MultiDict[str, str]) -> Response:
    page, counts = url_for("hr.compliance_batch", batch_id=batch.id), counts_of(batch.id)
    if batch.state != "ready" or counts.get("refused"):
        return to(page)
    said = [ngettext("%(num)s document filed.", "%(num)s documents filed.", counts.get("done", 0))]
    if counts["marked"]:
        said.append(ngettext("%(num)s type marked.", "%(num)s types marked.", counts["marked"]))
    context = _context(back)
    if wants_fragment():
        return fragment("hr/to_file/_queue.html", toast=" ".join(said), form=None, **context)
    return to(url_for("hr.to_file") + context["here"], said=" ".join(said))


def _picked() -> list[dict[str, int]]:
    """The rows that were ticked; somebody else's, or what is not there, is not found."""
    sealed_ids = ids(request.form.getlist("pick"))
    if not sealed_ids:
        raise RuleBroken(N_("Tick at least one row first."))
    found = sealed_visible_to(g.viewer, sealed_ids)
    if not found or len(found) != len(set(sealed_ids)):
        abort(404)
    return [{"employee_id": one.employee_id or 0, "sealed_id": one.id} for one in found]


def _everything(back: MultiDict[str, str]) -> list[dict[str, int]]:
    """All that match the filters and are ready; `seen` is how many that were when the button was shown."""
    found = ready_to_file(g.viewer, _filters(back))
    if request.form.get("seen") != str(len(found)):
        raise RuleBroken(N_("%(n)s results are ready to file now. Look at the list, then press again."), n=len(found))
    return [{"employee_id": employee_id, "sealed_id": sealed_id} for employee_id, sealed_id in found]


def _filters(args: MultiDict[str, str]) -> FileFilters:
    return FileFilters(
        search=args.get("q", "").strip()[:100],
        departments=numbers(args.getlist("department")),
        courses=numbers(args.getlist("course")),
        kinds=tuple(kind for kind in args.getlist("kind") if kind in KINDS),
        sort=args.get("sort", "") if args.get("sort") in SORTS else "earned",
        desc=args.get("desc") == "1",
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )


def _context(args: MultiDict[str, str]) -> dict[str, Any]:
    filters = _filters(args)
    kept = [(name, value) for name in FILTERS for value in args.getlist(name) if value]
    plain = [pair for pair in kept if pair[0] not in ("sort", "desc")]
    departments = [(int(o.value), o.label) for o in employee_options(g.viewer).departments]
    words = {"certificate": _("Certificate"), "quiz_report": _("Quiz report")}
    base, found = url_for("hr.to_file"), to_file(g.viewer, filters)
    pairs = {row.id: (row.employee_id, row.course_id) for row in found.rows if row.course_id is not None}
    supports = supported(pairs.values())
    return {
        "page": found,
        "base": base,
        "filters": filters,
        "active": len({name for name, _value in plain}),
        "types": type_names(),
        "here": _query(kept, found.number),
        "page_url": lambda number: base + _query(kept, number),
        "sort": {"key": filters.sort, "desc": filters.desc, "url": lambda key, desc: base + _sorted(plain, key, desc)},
        "supports": {key: supports.get(pair, []) for key, pair in pairs.items()},
        "ready": len(ready_to_file(g.viewer, filters)) if found.total > len(found.rows) else 0,
        "now": clock.now(),
        "batches": [(one, str(BATCHES[one.asked])) for one in latest_batches(g.viewer)],
        "facets": [
            (_("Department"), "department", options(departments, filters.departments)),
            (_("Course"), "course", options(courses(), filters.courses)),
            (_("Kind"), "kind", options(words.items(), filters.kinds)),
        ],
    }


def _sorted(plain: list[tuple[str, str]], key: str, desc: bool) -> str:
    return _query([*plain, ("sort", key), *([("desc", "1")] if desc else [])], 1)


def _query(kept: list[tuple[str, str]], number: int) -> str:
    pairs = kept + ([("page", str(number))] if number > 1 else [])
    return "?" + urlencode(pairs) if pairs else ""
