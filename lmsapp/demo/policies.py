"""Two policies of the hospital (ORG-7): one in its second version, asked of Cardiology and signed by some of them."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import func, select

from lmsapp.compliance.policies.actions import begin_round
from lmsapp.compliance.policies.letters import tell_asked
from lmsapp.compliance.policies.rules import Whom
from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.evidence.seals.actions import SEAL_JOB
from lmsapp.evidence.signatures import texts
from lmsapp.evidence.signatures.actions import UNSIGNED, write_signature
from lmsapp.evidence.signatures.models import SignatureRequest, SigningText
from lmsapp.evidence.signatures.rules import Words
from lmsapp.infra.db import db
from lmsapp.infra.queue import PENDING, ring
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

SIGNED: Final = 9  # of those asked; Lena is not among them
STILL_TO_SIGN: Final = "Lena Fischer"
MEANING: Final = {
    "en": "I have read and understood this and will follow it.",
    "es": "He leído y entendido este texto y lo cumpliré.",
}
HYGIENE: Final = """## When

Clean your hands:

1. before you touch a patient,
2. before a clean or aseptic task,
3. after contact with body fluids,
4. after you touch a patient,
5. after you touch what is near a patient.

## How

Rub with alcohol for **20 seconds**. Wash with soap and water when hands are visibly soiled, and always after caring for
a patient with *C. difficile*.

## If you cannot

Tell your charge nurse at once when a dispenser is empty. Nobody is blamed for saying so.
"""
HYGIENE_BEFORE: Final = HYGIENE.replace("20 seconds", "15 seconds").replace(
    ", and always after caring for\na patient with *C. difficile*", ""
)
HYGIENE_ES: Final = """## Cuándo

Límpiese las manos:

1. antes de tocar a un paciente,
2. antes de una tarea limpia o aséptica,
3. después del contacto con fluidos corporales,
4. después de tocar a un paciente,
5. después de tocar lo que rodea a un paciente.

## Cómo

Frote con alcohol durante **20 segundos**. Lave con agua y jabón cuando las manos estén visiblemente sucias, y siempre
después de atender a un paciente con *C. difficile*.

## Si no puede

Avise de inmediato a su enfermera encargada cuando un dispensador esté vacío. Nadie recibe reproches por decirlo.
"""
PHONES: Final = """## Patients come first

Phones stay in the pocket while you are with a patient.

## Pictures

**Never** take or send a picture that shows a patient, a chart or a screen, not even one that seems harmless.

## Lost a device?

Call the help desk on 4-HELP at once, at any hour. A device that is reported within the hour can still be wiped.
"""


def add_policies(days: Days, hana: Viewer) -> int:
    """Texts, a round and some signatures; how many texts. Whoever signed is made up: the signatures say so."""
    with moment(days.at(-300, 9 * 60)):
        hygiene = _text("Hand hygiene", HYGIENE_BEFORE, hana)
    with moment(days.at(-40, 9 * 60)):
        phones = _text("Phones and pictures", PHONES, hana)
    with moment(days.at(-12, 10 * 60)):
        texts.save_draft(hygiene, "en", Words("Hand hygiene", MEANING["en"], HYGIENE), by=hana)
        texts.save_draft(hygiene, "es", Words("Higiene de manos", MEANING["es"], HYGIENE_ES), by=hana)
        texts.publish(hygiene, by=hana, note="20 seconds instead of 15, and soap after C. difficile.")
    cardiology = tuple(db.session.scalars(select(Department.id).where(Department.name.startswith("Cardiology"))))
    for text, back, due in ((hygiene, -10, 18), (phones, -30, -3)):
        with moment(days.at(back, 10 * 60)):
            whom = Whom(departments=cardiology, picked=_named(STILL_TO_SIGN))
            begin_round(text, whom, due_on=days.day(due), by=hana, standing=text is hygiene)
            while tell_asked():
                pass
        _sign(text, days, back)
    return 2


def is_there() -> bool:
    """Whether they were added before."""
    return bool(db.session.scalar(select(func.count()).where(SigningText.kind == "policy")))


def _text(title: str, body: str, hana: Viewer) -> SigningText:
    text = texts.create_text("policy", "en", Words(title, MEANING["en"], body), by=hana)
    texts.publish(text, by=hana)
    return text


def _named(name: str) -> tuple[int, ...]:
    return tuple(db.session.scalars(select(Employee.id).where(Employee.name == name)))


def _sign(text: SigningText, days: Days, begun: int) -> None:
    version = texts.versions_of(text, text.number)[0]
    asked = db.session.execute(
        select(SignatureRequest, Employee)
        .join(Employee, Employee.id == SignatureRequest.employee_id)
        .where(SignatureRequest.text_id == text.id, Employee.name != STILL_TO_SIGN, *UNSIGNED)
        .order_by(Employee.number)
        .limit(SIGNED)
    ).all()
    for place, (request, employee) in enumerate(asked):
        with moment(days.at(begun + 1 + place % 5, 7 * 60 + 37 * place % 600)):
            request.signature_id = write_signature(employee, version, by=None, method="demonstration").id


def settle(days: Days) -> None:
    """The letters were sent when they were written; the queue hears only of PDFs to be made."""
    were_sent("signature_requested")


def were_sent(template: str) -> None:
    """Letters of the past: sent when they were written, and no ring for them; PDFs still to be made keep theirs."""
    for notice in db.session.scalars(select(Notice).where(Notice.template == template, Notice.status == "queued")):
        notice.status, notice.sent_at = "sent", notice.queued_at + dt.timedelta(seconds=20)
    db.session.flush()
    rings = db.session().info.pop(PENDING, {})
    for one in rings:
        if one.job == SEAL_JOB:
            ring(one.job, *one.args)
