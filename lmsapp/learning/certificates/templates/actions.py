"""Making templates, saving versions of them, archiving and duplicating (CRT-2). Moderators look after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.media import Upload
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.certificates.models import CertificatePlan
from lmsapp.learning.certificates.templates.models import CertificateTemplate, CertificateTemplateVersion
from lmsapp.learning.certificates.templates.pictures import keep_picture
from lmsapp.learning.certificates.templates.rules import Design, checked, checked_title
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

KIND = "certificate_template"
PICTURES = ("logo_id", "signature_id", "second_signature_id")


@dataclass(frozen=True, slots=True)
class Picture:
    """What is to become of a picture: a new one, none any more, or as it was (neither)."""

    upload: Upload | None = None
    remove: bool = False


Pictures = dict[str, Picture]


def create_template(title: str, design: Design, pictures: Pictures, *, by: Viewer) -> CertificateTemplate:
    """A template with its first version. Raises RuleBroken, NotAllowed."""
    check_moderates(by)
    title, design = checked_title(title), checked(design)
    template = CertificateTemplate(title=title, created_by_id=by.user_id)
    db.session.add(template)
    db.session.flush()
    _write(template, design, _kept(None, pictures), by)
    record_change("certificate template created", (KIND, template.id), by=by, after={"title": title})
    return template


def save_template(
    template: CertificateTemplate, title: str, design: Design, pictures: Pictures, *, seen: int, by: Viewer
) -> bool:
    """A new version where anything differs, whether one was made. `seen`: the version the page showed.

    Certificates issued from now on look like it; those that were issued stay as they are. Raises RuleBroken where
    somebody else has saved meanwhile.
    """
    check_moderates(by)
    title, design = checked_title(title), checked(design)
    template = _locked(template)
    if template.version != seen:
        raise RuleBroken(N_("Somebody else has saved this template meanwhile. Load the page anew and change it there."))
    last = db.session.get_one(CertificateTemplateVersion, (template.id, template.version))
    kept = _kept(last, pictures)
    before, after = _said(template.title, last.design, last), _said(title, design.as_json(), kept)
    if before == after:
        return False
    if (last.design, {name: getattr(last, name) for name in PICTURES}) != (design.as_json(), kept):
        template.version += 1
        _write(template, design, kept, by)
    template.title, template.changed_at = title, clock.now()
    differing = {name for name in before if before[name] != after[name]}
    record_change(
        "certificate template saved",
        (KIND, template.id),
        by=by,
        before={name: before[name] for name in sorted(differing)},
        after={name: after[name] for name in sorted(differing)} | {"version": template.version},
    )
    db.session.flush()
    return True


def duplicate_template(template: CertificateTemplate, title: str, *, by: Viewer) -> CertificateTemplate:
    """The same look once more under another title."""
    check_moderates(by)
    last = db.session.get_one(CertificateTemplateVersion, (template.id, template.version))
    copy = CertificateTemplate(title=checked_title(title), created_by_id=by.user_id)
    db.session.add(copy)
    db.session.flush()
    _write(copy, Design.from_json(last.design), {name: getattr(last, name) for name in PICTURES}, by)
    after = {"title": copy.title, "copied from": template.title}
    record_change("certificate template created", (KIND, copy.id), by=by, after=after)
    return copy


def archive_template(template: CertificateTemplate, *, by: Viewer) -> None:
    """Nobody can choose it any more. Raises RuleBroken while a course or path uses it."""
    check_moderates(by)
    template = _locked(template)
    if template.archived_at is not None:
        return
    if db.session.scalar(select(CertificatePlan.id).where(CertificatePlan.template_id == template.id).limit(1)):
        raise RuleBroken(N_("Courses or paths use this template. Choose another one there first."))
    template.archived_at = clock.now()
    after = {"archived": True}
    record_change("certificate template archived", (KIND, template.id), by=by, before={"archived": False}, after=after)
    db.session.flush()


def restore_template(template: CertificateTemplate, *, by: Viewer) -> None:
    """It can be chosen again."""
    check_moderates(by)
    template = _locked(template)
    if template.archived_at is None:
        return
    template.archived_at = None
    after = {"archived": False}
    record_change("certificate template restored", (KIND, template.id), by=by, before={"archived": True}, after=after)
    db.session.flush()


def check_moderates(by: Viewer) -> None:
    """Raises NotAllowed for everybody but moderators."""
    if not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators look after certificate templates."))


def _locked(template: CertificateTemplate) -> CertificateTemplate:
    return db.session.get_one(CertificateTemplate, template.id, with_for_update=True, populate_existing=True)


def _kept(last: CertificateTemplateVersion | None, pictures: Pictures) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for name in PICTURES:
        asked, before = pictures.get(name, Picture()), getattr(last, name) if last else None
        if asked.upload is not None:
            found[name] = keep_picture(asked.upload, field=name.removesuffix("_id")).id
        else:
            found[name] = None if asked.remove else before
    return found


def _write(template: CertificateTemplate, design: Design, kept: dict[str, int | None], by: Viewer) -> None:
    version = CertificateTemplateVersion(
        template_id=template.id,
        number=template.version,
        design=design.as_json(),
        made_by_id=by.user_id,
        made_by_name=by.name,
        **kept,
    )
    db.session.add(version)
    db.session.flush()


def _said(title: str, design: dict[str, Any], pictures: Any) -> dict[str, Any]:
    """What the trail keeps of a version."""
    of = pictures if isinstance(pictures, dict) else {name: getattr(pictures, name) for name in PICTURES}
    shown = {"logo file": of["logo_id"], "signature file": of["signature_id"]}
    return {"title": title, **design, **shown, "second signature file": of["second_signature_id"]}
