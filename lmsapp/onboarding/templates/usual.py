"""The usual list: what most organisations ask of somebody new, to start from. Pure.

Written out in the language of whoever starts from it, because from then on the words are the organisation's own.
"""

from __future__ import annotations

from typing import Any

from lmsapp.onboarding.templates.rules import CountedFrom, Kind, TaskFacts, Who

TAX_FORM = "Tax form"

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "identity": ("Hand in your identity document", "A scan or photo of your identity card or passport."),
        "tax": ("Hand in your tax form", "Fill it in, sign it and hand in a scan or a photo."),
        "account": ("Check the account", "Can the new colleague sign in, and is the work e-mail right?"),
        "policy": ("Sign: %s", "Read it to the end, then sign with your password."),
        "tour": ("Show the workplace", "Emergency exits, first-aid kit, break room, whom to ask."),
        "training": ("Mandatory training", ""),
        "talk": ("Talk about the first two weeks", "What went well, what is missing, what comes next."),
    },
    "es": {
        "identity": (
            "Entrega tu documento de identidad",
            "Un escaneo o una foto de tu documento de identidad o pasaporte, por ambas caras.",
        ),
        "tax": ("Entrega tu formulario fiscal", "Rellénalo, fírmalo y entrega un escaneo o una foto."),
        "account": ("Comprobar la cuenta", "¿Puede entrar la persona nueva y es correcto su correo de trabajo?"),
        "policy": ("Firma: %s", "Léelo hasta el final y fírmalo con tu contraseña."),
        "tour": ("Enseñar el lugar de trabajo", "Salidas de emergencia, botiquín, sala de descanso."),
        "training": ("Formación obligatoria", ""),
        "talk": ("Hablar de las dos primeras semanas", "Qué fue bien, qué falta, qué viene ahora."),
    },
}  # fmt: skip


def usual_tasks(language: str, *, identity_id: int, tax_id: int, policy: Any) -> list[TaskFacts]:
    """Seven tasks, six where there is no policy. `policy`: its id and title, or None."""
    words = WORDS.get(language, WORDS["en"])

    def task(key: str, who: Who, days: int, kind: Kind = Kind.TODO, **more: Any) -> TaskFacts:
        title, instructions = words[key]
        title = title % more.pop("filled") if "filled" in more else title
        return TaskFacts(
            title=title,
            instructions=instructions,
            who=who,
            kind=kind,
            days=days,
            counted_from=CountedFrom.HIRE,
            **more,
        )

    tasks = [
        task("account", Who.HR, 0),
        task("tour", Who.MANAGER, 1),
        task("identity", Who.EMPLOYEE, 3, Kind.UPLOAD, document_type_id=identity_id),
        task("tax", Who.EMPLOYEE, 5, Kind.UPLOAD, document_type_id=tax_id),
    ]
    if policy is not None:
        signing = {"signing_text_id": policy.id, "filled": policy.title}
        tasks.append(task("policy", Who.EMPLOYEE, 5, Kind.SIGNATURE, **signing))
    return [
        *tasks,
        task("training", Who.EMPLOYEE, 20, Kind.TRAINING),
        task("talk", Who.MANAGER, 10, required=False),
    ]
