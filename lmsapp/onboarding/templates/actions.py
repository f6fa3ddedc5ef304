"""Making, changing, copying and archiving templates, and their tasks. Running onboardings keep what they began with."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import func, select, update

from lmsapp.compliance.documents.actions import type_named
from lmsapp.compliance.documents.models import DocumentType
from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.signatures.models import SigningText
from lmsapp.evidence.signatures.rules import TextKind, TextStatus
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.markdown import to_html
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.onboarding.templates.models import OnboardingTemplate, TemplateTask
from lmsapp.onboarding.templates.rules import (
    LONGEST_TITLE,
    MOST_TASKS,
    CountedFrom,
    Kind,
    TaskFacts,
    Who,
    checked_task,
)
from lmsapp.onboarding.templates.usual import TAX_FORM, usual_tasks
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

KIND = "onboarding_template"


def create_template(
    name: str, for_whom: ForWhom, *, by: Viewer, is_default: bool = False, usual: bool = False
) -> OnboardingTemplate:
    """A new template, empty or, with `usual`, with the usual list. The first one there is becomes the default."""
    _only_hr(by)
    first = db.session.scalar(select(OnboardingTemplate.id).where(OnboardingTemplate.archived_at.is_(None)).limit(1))
    template = OnboardingTemplate(name=_checked_name(name), for_whom=for_whom.as_json(), is_default=False)
    db.session.add(template)
    db.session.flush()
    after = {"name": template.name, "for_whom": template.for_whom}
    record_change("onboarding template created", (KIND, template.id), by=by, after=after)
    if is_default or first is None:
        make_default(template, by=by)
    if usual:
        for task in _usual(by.language):
            add_task(template, task, by=by)
    return template


def edit_template(template: OnboardingTemplate, name: str, for_whom: ForWhom, *, by: Viewer, is_default: bool) -> None:
    """Another name, or for others."""
    _only_hr(by)
    _lock(template)
    wanted = {"name": _checked_name(name), "for_whom": for_whom.as_json()}
    before = {key: getattr(template, key) for key, value in wanted.items() if getattr(template, key) != value}
    for key in before:
        setattr(template, key, wanted[key])
    if before:
        after = {key: wanted[key] for key in before}
        record_change("onboarding template changed", (KIND, template.id), by=by, before=before, after=after)
    if is_default and not template.is_default:
        make_default(template, by=by)
    db.session.flush()


def make_default(template: OnboardingTemplate, *, by: Viewer) -> None:
    """From now on everybody for whom no other template fits gets this one. Raises RuleBroken."""
    _only_hr(by)
    if template.archived_at is not None:
        raise RuleBroken(N_("An archived template cannot be the default. Bring it back first."))
    others = update(OnboardingTemplate).where(OnboardingTemplate.is_default).values(is_default=False)
    db.session.execute(others)
    template.is_default = True
    db.session.flush()
    record_change("onboarding template made default", (KIND, template.id), by=by, after={"name": template.name})


def duplicate_template(template: OnboardingTemplate, name: str, *, by: Viewer) -> OnboardingTemplate:
    """The same tasks under another name, for nobody in particular yet."""
    copy = create_template(name, ForWhom(), by=by)
    for task in _tasks(template):
        db.session.add(
            TemplateTask(
                template_id=copy.id,
                **{column: getattr(task, column) for column in COPIED},
            )
        )
    db.session.flush()
    return copy


def archive_template(template: OnboardingTemplate, *, by: Viewer) -> None:
    """Not proposed any more; onboardings under way go on."""
    _only_hr(by)
    _lock(template)
    if template.archived_at is None:
        template.archived_at, template.is_default = clock.now(), False
        record_change("onboarding template archived", (KIND, template.id), by=by, before={"name": template.name})
        db.session.flush()


def restore_template(template: OnboardingTemplate, *, by: Viewer) -> None:
    """Proposed again."""
    _only_hr(by)
    if template.archived_at is not None:
        template.archived_at = None
        record_change("onboarding template brought back", (KIND, template.id), by=by, after={"name": template.name})
        db.session.flush()


def add_task(template: OnboardingTemplate, task: TaskFacts, *, by: Viewer) -> TemplateTask:
    """A new task at the end. Raises RuleBroken."""
    _only_hr(by)
    _lock(template)
    last, count = db.session.execute(
        select(func.max(TemplateTask.position), func.count()).where(
            TemplateTask.template_id == template.id, TemplateTask.archived_at.is_(None)
        )
    ).one()
    if count >= MOST_TASKS:
        raise RuleBroken(N_("A template has at most %(most)s tasks."), most=MOST_TASKS)
    row = TemplateTask(template_id=template.id, position=(last or 0) + 1, **_columns(task))
    db.session.add(row)
    db.session.flush()
    _note("onboarding task added", template.id, by, after={"task": row.title, **_said(task)})
    return row


def edit_task(row: TemplateTask, task: TaskFacts, *, by: Viewer) -> None:
    """Say it otherwise. Raises RuleBroken."""
    _only_hr(by)
    wanted = _columns(task)
    before = {key: getattr(row, key) for key, value in wanted.items() if getattr(row, key) != value}
    for key in before:
        setattr(row, key, wanted[key])
    before.pop("instructions_html", None)
    if before:
        _note(
            "onboarding task changed",
            row.template_id,
            by,
            before={"task": row.title, **before},
            after={"task": row.title, **{key: wanted[key] for key in before}},
        )
    db.session.flush()


def place_task(row: TemplateTask, *, by: Viewer, step: int = 0, index: int | None = None) -> None:
    """One place up (-1) or down (+1), or to `index` (0-based); beyond the end is the end."""
    _only_hr(by)
    _lock(db.session.get_one(OnboardingTemplate, row.template_id))
    tasks = _tasks_of(row.template_id)
    here = tasks.index(row)
    there = min(max(here + step if index is None else index, 0), len(tasks) - 1)
    tasks.insert(there, tasks.pop(here))
    for position, one in enumerate(tasks, 1):
        one.position = position
    db.session.flush()
    if here != there:
        _note("onboarding task moved", row.template_id, by, after={"task": row.title, "position": there + 1})


def remove_task(row: TemplateTask, *, by: Viewer) -> None:
    """Out of the template; who was given it keeps it."""
    _only_hr(by)
    row.archived_at = clock.now()
    _note("onboarding task removed", row.template_id, by, before={"task": row.title})
    db.session.flush()


COPIED = (
    "position", "title", "instructions", "instructions_html", "who", "kind", "document_type_id", "signing_text_id",
    "days", "counted_from", "required",
)  # fmt: skip


def _usual(language: str) -> list[TaskFacts]:
    """The usual list, with the organisation's first policy where it has one."""
    policy = db.session.execute(
        select(SigningText.id, SigningText.title)
        .where(SigningText.status == TextStatus.PUBLISHED, SigningText.kind == TextKind.POLICY)
        .order_by(SigningText.id)
        .limit(1)
    ).one_or_none()
    tax = db.session.scalar(select(DocumentType).where(DocumentType.name == TAX_FORM)) or type_named("Other")
    return usual_tasks(language, identity_id=type_named("Identity").id, tax_id=tax.id, policy=policy)


def _columns(task: TaskFacts) -> dict[str, object]:
    task = checked_task(task)
    values = asdict(task) | {"who": Who(task.who).value, "kind": Kind(task.kind).value}
    values["counted_from"] = CountedFrom(task.counted_from).value
    return values | {"instructions_html": to_html(task.instructions)}


def _said(task: TaskFacts) -> dict[str, object]:
    return {"who": str(task.who), "kind": str(task.kind), "days": task.days, "required": task.required}


def _tasks(template: OnboardingTemplate) -> list[TemplateTask]:
    return _tasks_of(template.id)


def _tasks_of(template_id: int) -> list[TemplateTask]:
    return list(
        db.session.scalars(
            select(TemplateTask)
            .where(TemplateTask.template_id == template_id, TemplateTask.archived_at.is_(None))
            .order_by(TemplateTask.position, TemplateTask.id)
        )
    )


def _lock(template: OnboardingTemplate) -> None:
    """Two who order tasks at once wait for each other."""
    db.session.execute(select(OnboardingTemplate.id).where(OnboardingTemplate.id == template.id).with_for_update())


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_TITLE:
        raise RuleBroken(N_("Give the template a name of at most 200 characters."), field="name")
    return name


def _note(
    action: str,
    template_id: int,
    by: Viewer,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    record_change(action, (KIND, template_id), by=by, before=before, after=after)


def _only_hr(by: Viewer) -> None:
    if not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR decides what onboarding asks for."))
