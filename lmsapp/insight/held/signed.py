"""What they signed or are asked to sign, the onboarding they went through, and the roster lines that name them."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.evidence.signatures.models import Signature, SignatureRequest, SigningText, SigningTextVersion
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.held.parts import Part
from lmsapp.insight.held.person import plain
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.people.roster.models import RosterLine, RosterRun
from lmsapp.people.viewer import Viewer


def signatures(viewer: Viewer) -> Part:
    """With the text as it was signed: a signature says little without it."""
    rows = db.session.execute(
        select(
            Signature.id.label("number"), SigningTextVersion.title, SigningTextVersion.number.label("version"),
            SigningTextVersion.language, SigningTextVersion.body.label("text"), Signature.meaning,
            Signature.printed_name, Signature.signed_at, Signature.local_time, Signature.time_zone, Signature.method,
            Signature.address, Signature.reason, Signature.text_sha256, Signature.sha256,
        )
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .where(Signature.employee_id == viewer.employee_id)
        .order_by(Signature.id)
    )  # fmt: skip
    columns = {
        "number": N_("Number"),
        "title": N_("Title"),
        "version": N_("Version"),
        "printed_name": N_("Name"),
        "signed_at": N_("Signed"),
        "address": N_("Network address"),
    }
    return Part("signatures", N_("Signatures"), columns, plain(rows))


def requests_to_sign(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            SigningText.title, SignatureRequest.created_at, SignatureRequest.asked_by_name, SignatureRequest.due_on,
            SignatureRequest.told_at, SignatureRequest.signature_id, SignatureRequest.withdrawn_at,
            SignatureRequest.withdrawn_reason,
        )
        .join(SigningText, SigningText.id == SignatureRequest.text_id)
        .where(SignatureRequest.employee_id == viewer.employee_id)
        .order_by(SignatureRequest.id)
    )  # fmt: skip
    columns = {
        "title": N_("Title"),
        "created_at": N_("When"),
        "asked_by_name": N_("By"),
        "due_on": N_("Due"),
        "signature_id": N_("Number"),
    }
    return Part("requests_to_sign", N_("To sign"), columns, plain(rows))


def onboarding(viewer: Viewer) -> Part:
    """Every task of the person's own onboarding; a document that HR accepted lies with the files."""
    rows = db.session.execute(
        select(
            Onboarding.started_at, Onboarding.started_by_name, Onboarding.template_name, OnboardingTask.title,
            OnboardingTask.who, OnboardingTask.due_on, OnboardingTask.state, OnboardingTask.done_at,
            OnboardingTask.done_by_name, OnboardingTask.note, OnboardingTask.reason, OnboardingTask.document_id,
            Onboarding.closed_as, Onboarding.closed_at, Onboarding.close_reason,
        )
        .join(Onboarding, Onboarding.id == OnboardingTask.onboarding_id)
        .where(Onboarding.employee_id == viewer.employee_id)
        .order_by(Onboarding.id, OnboardingTask.position)
    )  # fmt: skip
    columns = {
        "title": N_("Title"),
        "due_on": N_("Due"),
        "state": N_("Status"),
        "done_at": N_("Done"),
        "done_by_name": N_("By"),
        "note": N_("Note"),
        "reason": N_("Reason"),
    }
    return Part("onboarding", N_("Onboarding"), columns, plain(rows))


def roster_lines(viewer: Viewer) -> Part:
    """What a roster file said about the person; nothing of anybody else's line."""
    rows = db.session.execute(
        select(RosterRun.created_at, RosterRun.file_name, RosterLine.line, RosterLine.kind, RosterLine.told)
        .join(RosterRun, RosterRun.id == RosterLine.run_id)
        .where(RosterLine.employee_id == viewer.employee_id)
        .order_by(RosterLine.id)
    )
    columns = {"created_at": N_("When"), "file_name": N_("File"), "line": N_("Line"), "kind": N_("What")}
    return Part("roster_lines", N_("Roster files"), columns, plain(rows))
