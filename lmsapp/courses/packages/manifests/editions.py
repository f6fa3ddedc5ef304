"""Which SCORM a manifest is written in. Pure. Sources: SCORM 1.2 CAM 2.3, SCORM 2004 2nd to 4th Edition CAM 3.4.1.2."""

from __future__ import annotations

import re

from lmsapp.courses.packages.manifests.notes import Notes
from lmsapp.courses.packages.rules import Edition
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import Node

SECOND, THIRD, FOURTH = "2004 2nd Edition", "2004 3rd Edition", "2004 4th Edition"
EDITIONS = {"1": "2004 1st Edition", "2": SECOND, "3": THIRD, "4": FOURTH, "5": "2004 5th Edition"}
ONLY_FOURTH = {"completedByMeasure", "minProgressMeasure", "progressWeight"}

CARTRIDGE = N_("This is a Common Cartridge. Only SCORM 1.2 and SCORM 2004 can be played: export it as one of them.")
QUESTIONS = N_("This package holds questions (QTI), no content to play. Import it where questions are written.")
UNSAID = N_("The manifest does not say which SCORM it is. By its form it was taken for %(version)s.")
ODD = N_("The manifest calls itself “%(said)s”, which is no version of SCORM. It was taken for %(version)s.")
AT_ODDS = N_("The manifest calls itself SCORM %(version)s, but is written like another version. The name counts.")


def edition_of(root: Node, notes: Notes) -> tuple[Edition, str]:
    """The run-time it speaks, and the version as people name it. Raises RuleBroken (field 'file') for other formats."""
    schema, said = root.said("metadata", "schema"), root.said("metadata", "schemaversion")
    _check_foreign(root, schema)
    by_form = _by_form(root)
    stated = _stated(said)
    if stated is None:
        version = by_form or "1.2"
        if said:
            notes.add(ODD, said=said, version=version)
        else:
            notes.add(UNSAID, version=version)
        return _run_time(version), version
    if by_form and _run_time(by_form) != _run_time(stated):
        notes.add(AT_ODDS, version=stated)
    return _run_time(stated), stated


def is_scorm(root: Node) -> bool:
    """Whether the manifest uses anything of SCORM, or is plain content packaging."""
    return _by_form(root) is not None or _stated(root.said("metadata", "schemaversion")) is not None


def _stated(said: str) -> str | None:
    plain = " ".join(re.sub("adl|scorm", " ", said.lower()).split())
    if re.fullmatch(r"1\.2(\.\d+)?", plain):
        return "1.2"
    if re.fullmatch(r"(cam )?(version )?1\.3(\.\d+)?", plain):
        return SECOND
    numbered = re.search(r"2004\D*([1-5])\s*(st|nd|rd|th)", plain)
    if numbered:
        return EDITIONS[numbered[1]]
    return THIRD if plain == "2004" else None


def _by_form(root: Node) -> str | None:
    spaces = " ".join(value.lower() for value in _spaces(root))
    if "adlcp_v1p3" in spaces or "adlseq_v1p3" in spaces or "imsss" in spaces or "adlnav_v1p3" in spaces:
        fourth = any(ONLY_FOURTH & node.attributes.keys() for node in root.deep("completionThreshold"))
        return FOURTH if fourth or next(root.deep("data"), None) is not None else THIRD
    return "1.2" if "adlcp_rootv1p2" in spaces or "adlcp" in spaces else None


def _spaces(root: Node) -> list[str]:
    """Every namespace that is declared anywhere, and what the root says of schemas."""
    here = list(root.attributes.values())
    return here + [value for node in root.deep(*DECLARING) for value in node.attributes.values() if "/xsd/" in value]


DECLARING = ("organizations", "organization", "item", "resources", "resource", "sequencing", "metadata")


def _run_time(version: str) -> Edition:
    return Edition.V12 if version == "1.2" else Edition.V2004


def _check_foreign(root: Node, schema: str) -> None:
    if "cartridge" in schema.lower():
        raise RuleBroken(CARTRIDGE, field="file")
    kinds = [one.get("type").lower() for one in root.deep("resource")]
    if next(root.deep("item"), None) is None and any("imsqti" in kind for kind in kinds):
        raise RuleBroken(QUESTIONS, field="file")
