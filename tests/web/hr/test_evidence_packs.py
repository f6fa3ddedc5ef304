"""The pages of evidence packs: HR, an auditor, and people who may see none of it (EVD-4)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.work import work_on_pack
from lmsapp.people.roles import Role
from tests.cast import staff
from tests.client import PageClient
from tests.clock import Clock
from tests.insight.pack.scene import Audit
from tests.insight.pack.sequencer import place_all

DAYS = {"since": "2026-01-01", "until": "2026-12-31"}


def test_from_the_form_to_the_file(client: PageClient, clock: Clock) -> None:
    """EVD-4, EVD-3: looked at before, asked once, followed, downloaded without being kept on the way, on the trail; called
    off, made anew, thrown away; wrong fields are said in words. An auditor finds those they asked for, others nothing."""
    audit, otto = Audit(clock), staff("Otto Other", Role.COURSE_CREATOR)
    aki = staff("Aki Second", Role.AUDITOR)
    client.sign_in(audit.hana.user_id)
    assert "None yet" in client.get("/hr/evidence-packs").text
    for scope in ("course", "department", "person"):
        client.get(f"/hr/evidence-packs?scope={scope}&subject=E00001")
    wanted = {**DAYS, "scope": "regulation", "regulation": "regulator-OSHA"}
    looked = client.post("/hr/evidence-packs/preview", data=wanted)
    assert "Priya Nair" in looked.text and "Have it made" in looked.text
    assert not db.session.scalars(select(EvidencePack)).all()
    nobody = client.post("/hr/evidence-packs", data={**DAYS, "scope": "person", "person": "X99"})
    assert nobody.status_code == 422 and "X99" in nobody.text and "Nobody has this" in nobody.text
    assert client.post("/hr/evidence-packs", data={**wanted, "until": "2025-01-01"}).status_code == 422

    first = client.post("/hr/evidence-packs", data=wanted).location
    assert client.post("/hr/evidence-packs", data=wanted).location == first
    assert "Waiting" in client.get(first).text
    assert client.get(f"{first}/pack.zip").status_code == 404
    client.post(f"{first}/cancellation")
    assert "Called off" in client.get(first).text
    client.post(f"{first}/attempt")
    place_all()
    work_on_pack(db.session.scalars(select(EvidencePack.id)).one())
    ready = client.get(first).text
    assert "Download (" in ready and "ledger-keys.txt" in ready
    got = client.get(f"{first}/pack.zip", buffered=True)
    assert got.data.startswith(b"PK") and got.headers["Cache-Control"] == "no-store"
    assert "training-ledger/" in client.get("/hr/completion-ledger/verifier-keys.txt").text
    assert "OSHA" in client.get("/hr/evidence-packs").text

    for user_id in (otto.user.id, audit.other.viewer.user_id):
        client.sign_in(user_id)
        assert client.get(first).status_code == client.get(f"{first}/pack.zip").status_code == 403
        assert client.post("/hr/evidence-packs", data=wanted).status_code == 403
    client.sign_in(aki.user.id)
    assert client.get(first.replace("/hr/", "/admin/")).status_code == 404
    own = client.post("/admin/evidence-packs", data=wanted).location
    assert own != first and "Waiting" in client.get(own).text
    client.sign_in(audit.hana.user_id)
    client.post(f"{first}/end")
    assert "thrown away" in client.get(first).text and client.get(f"{first}/pack.zip").status_code == 404
    assert client.post(f"{first}/attempt").location != first
    trail = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "evidence_pack").order_by(AuditEntry.id)
    ).all()
    assert trail.count("downloaded") == 1 and trail.count("evidence pack asked for") == 3
