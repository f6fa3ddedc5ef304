"""A package as its author sees it: facts, outline, what changed, what its terms mean; how far an import is (SCO-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import current_app
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.courses.packages.comparing import differences
from lmsapp.courses.packages.history import Kept, files_compared, manifest_kept, packages_of, zip_of
from lmsapp.courses.packages.meaning import Play, Weight, mastery_of, meaning, remarks
from lmsapp.courses.packages.queries import latest_import, package_of
from lmsapp.courses.packages.rules import Edition, Item, ItemKind, Manifest, PackageTerms
from lmsapp.courses.packages.terms import terms_of
from lmsapp.infra import clock
from lmsapp.learning.scorm.launches.trying import people_by_package
from lmsapp.learning.scorm.outcome.rollup import required
from lmsapp.learning.scorm.outcome.tree import has_rules
from lmsapp.web.studio.package_forms import TermsForm, ZipForm

ITEM_KINDS: dict[str, Any] = {
    ItemKind.SCO: __("Reports"),
    ItemKind.ASSET: __("Plain page"),
    ItemKind.FOLDER: __("Heading"),
}
TONES = {Weight.EASY: "warn", Weight.NOTE: "info"}
QUICK_S = 12  # within so many seconds the page asks again after less than half a second
MOST_MB = 500


def scorm_is_on() -> bool:
    """Whether packages have a host of their own to be played from."""
    return bool(current_app.config["CONTENT_URL"])


def package_context(lesson: Any) -> dict[str, Any]:
    """What the page of a lesson shows of its package, without one too."""
    found, run, kept = package_of(lesson), latest_import(lesson), packages_of(lesson)
    terms = terms_of(lesson)
    context: dict[str, Any] = {
        "scorm_on": scorm_is_on(),
        "package": None,
        "package_import": run if run is not None and is_news(run, found) else None,
        "zip_form": ZipForm(formdata=None),
        "terms_form": TermsForm.of_terms(terms),
        "most_mb": MOST_MB,
        "history": kept,
        "people": people_by_package(lesson),
        **terms_said(found, terms),
    }
    if run is not None and run.state in ("waiting", "running"):
        context |= import_context(run)
    if found is not None:
        context |= shown(found, kept)
    return context


def preview_context(lesson: Any) -> dict[str, Any]:
    """The place of the content in the preview of a lesson, and its parts."""
    found = package_of(lesson)
    parts = Manifest.from_json(found.manifest).played if found is not None else ()
    return {"scorm_on": scorm_is_on(), "package": found, "parts": parts}


def is_news(run: Any, found: Any) -> bool:
    """Whether the latest import is still worth a word: it runs, or failed after what the lesson has now was taken."""
    if run.status in ("taken", "discarded"):
        return False
    return found is None or run.state in ("waiting", "running") or run.asked_at >= found.created_at


def import_context(run: Any) -> dict[str, Any]:
    """For the fragment that shows how far an import is."""
    quick = (clock.now() - run.asked_at).total_seconds() < QUICK_S
    megabytes = [format_decimal(round(n / 1_000_000, 1)) for n in (run.done, run.total)]
    note = _("%(done)s of %(total)s MB unpacked and looked at.", done=megabytes[0], total=megabytes[1])
    return {
        "package_import": run,
        "job_note": note if run.total and run.state == "running" else _("The ZIP is here and is looked at next."),
        "every": "400ms" if quick else "2s",
        "percent": min(99, 100 * run.done // run.total) if run.total else None,
    }


def shown(package: Any, history: Sequence[Kept]) -> dict[str, Any]:
    """Facts, outline and differences of one package; `history`: every package of its lesson."""
    manifest = Manifest.from_json(package.manifest)
    return {
        "package": package,
        "manifest": manifest,
        "kept": next((one for one in history if one.id == package.id), None),
        "zip_file": zip_of(package),
        "item_kinds": ITEM_KINDS,
        "outline_rows": outline_rows(manifest),
        "notes": said(manifest.notes),
        "changes": changes(history, package, manifest),
    }


def outline_rows(manifest: Manifest) -> list[dict[str, Any]]:
    """Items in order with how deep they stand (0 to 5), and what the manifest states of each, in words."""
    depth: dict[str, int] = {}
    rows = []
    for item in manifest.items:
        depth[item.id] = min(depth[item.parent] + 1, 5) if item.parent in depth else 0
        rows.append({"item": item, "depth": depth[item.id], "facts": list(item_facts(item, manifest.edition))})
    return rows


def item_facts(item: Item, edition: Edition) -> Iterable[str]:
    """What is stated of one part."""
    if stated := mastery_of(item, edition):
        yield _("passed at %(score)s", score=stated)
    if item.prerequisites:
        yield _("opens after other parts")
    if (item.sequencing or {}).get("sequencingRules", {}).get("preConditionRules"):
        yield _("has rules of its own for when it opens")
    if item.max_time:
        yield _("time limit %(time)s", time=item.max_time)
    if not item.visible:
        yield _("not shown in the list of parts")


def changes(history: Sequence[Kept], package: Any, manifest: Manifest) -> dict[str, Any] | None:
    """What differs from the package before this one; None where it is the first."""
    earlier = [one for one in history if one.id < package.id]
    if not earlier:
        return None
    counted = files_compared(earlier[0].id, package.id)
    words = {
        "new": ngettext("%(num)s file is new", "%(num)s files are new", counted["new"]),
        "gone": ngettext("%(num)s file is gone", "%(num)s files are gone", counted["gone"]),
        "changed": ngettext("%(num)s file has changed", "%(num)s files have changed", counted["changed"]),
    }
    files = [words[name] for name, n in counted.items() if n]
    outline = said(differences(manifest_kept(earlier[0]), manifest))
    return {"before": earlier[0], "outline": outline, "files": files}


def terms_said(package: Any, terms: PackageTerms) -> dict[str, Any]:
    """What terms mean for a package: sentences, and remarks with their tone."""
    if package is None:
        return {"meaning": [], "remarks": []}
    manifest = Manifest.from_json(package.manifest)
    play = Play(manifest, required(manifest), manifest.edition is Edition.V2004 and has_rules(manifest))
    told = [(TONES[one.weight], _(one.words, **one.values)) for one in remarks(play, terms)]
    return {"meaning": said(meaning(play, terms)), "remarks": told}


def said(sentences: Iterable[tuple[str, Any]]) -> list[str]:
    """Words with their values, in the reader's language."""
    return [_(words, **values) for words, values in sentences]
