"""The text of imsmanifest.xml, valid for SCORM 1.2 and for the editions of 2004."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

SCHEMAS_12 = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd '
    'http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd"'
)
SCHEMAS_2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
    'xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" '
    'xmlns:imsss="http://www.imsglobal.org/xsd/imsss" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


@dataclass(frozen=True)
class Item:
    """One item of the outline. `group`: items that name the same one after another stand under a heading of that title.

    `mastery` in per cent (2004: the primary objective's measure), `threshold` 0 to 1 (4th edition: completion by the
    progress measure). `objectives`: ids of more objectives (2004). `after`: the key of the item to be done before this
    one; a prerequisite in 1.2, a disabled item in 2004.
    """

    key: str = "one"
    title: str = "Hand washing"
    kind: str = "sco"
    group: str = ""
    mastery: int | None = None
    threshold: float | None = None
    launch_data: str = ""
    max_time: str = ""
    time_limit: str = ""
    after: str = ""
    parameters: str = ""
    visible: bool = True
    hide_ui: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()


def manifest(
    edition: str,
    version: str,
    title: str,
    items: Sequence[Item],
    files: Mapping[str, Sequence[str]],
    control: Mapping[str, bool],
) -> str:
    """`files` of each item by its key; the item is launched at '<key>/index.html'."""
    modern = edition == "2004"
    before = {one.after for one in items}
    outline = "".join(_grouped([(one, _item(edition, version, one, told=one.key in before)) for one in items]))
    sequencing = f"<imsss:sequencing>{_control(control)}</imsss:sequencing>" if modern else ""
    kind = "scormType" if modern else "scormtype"
    resources = "".join(
        f'<resource identifier="RES-{one.key}" type="webcontent" adlcp:{kind}="{one.kind}" href="{one.key}/index.html">'
        + "".join(f"<file href={quoteattr(path)}/>" for path in [*files[one.key], "sco.js"])
        + "</resource>"
        for one in items
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest identifier="org.example.{edition.replace(".", "-")}" '
        f'version="1.0" {SCHEMAS_2004 if modern else SCHEMAS_12}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>"
        f'<organizations default="ORG"><organization identifier="ORG"><title>{escape(title)}</title>'
        f"{outline}{sequencing}</organization></organizations><resources>{resources}</resources></manifest>\n"
    )


def _grouped(made: Sequence[tuple[Item, str]]) -> list[str]:
    """Items as XML, those of one group under a heading."""
    outline, open_group = [], ""
    for number, (one, text) in enumerate(made):
        if open_group and one.group != open_group:
            outline.append("</item>")
        if one.group and one.group != open_group:
            outline.append(f'<item identifier="GROUP-{number}" isvisible="true"><title>{escape(one.group)}</title>')
        open_group = one.group
        outline.append(text)
    return [*outline, "</item>"] if open_group else outline


def _item(edition: str, version: str, one: Item, *, told: bool) -> str:
    """`told`: another item waits for this one."""
    parameters = f" parameters={quoteattr(one.parameters)}" if one.parameters else ""
    inside = _inside_2004(version, one, told=told) if edition == "2004" else _inside_12(one)
    return (
        f'<item identifier="ITEM-{one.key}" identifierref="RES-{one.key}" isvisible="{str(one.visible).lower()}"'
        f"{parameters}><title>{escape(one.title)}</title>{inside}</item>"
    )


def _inside_12(one: Item) -> str:
    """In the order of the schema: prerequisites, time, data, mastery."""
    return "".join(
        [
            f'<adlcp:prerequisites type="aicc_script">{"ITEM-" + one.after}</adlcp:prerequisites>' if one.after else "",
            f"<adlcp:maxtimeallowed>{one.max_time}</adlcp:maxtimeallowed>" if one.max_time else "",
            f"<adlcp:timelimitaction>{one.time_limit}</adlcp:timelimitaction>" if one.time_limit else "",
            f"<adlcp:datafromlms>{escape(one.launch_data)}</adlcp:datafromlms>" if one.launch_data else "",
            f"<adlcp:masteryscore>{one.mastery}</adlcp:masteryscore>" if one.mastery is not None else "",
        ]
    )


def _inside_2004(version: str, one: Item, *, told: bool) -> str:
    threshold = ""
    if one.threshold is not None:
        by = f'completedByMeasure="true" minProgressMeasure="{one.threshold}"'
        fourth = version == "2004 4th Edition"
        threshold = f"<adlcp:completionThreshold {by}/>" if fourth else _element("completionThreshold", one.threshold)
    hidden = "".join(f"<adlnav:hideLMSUI>{name}</adlnav:hideLMSUI>" for name in one.hide_ui)
    presentation = (
        f"<adlnav:presentation><adlnav:navigationInterface>{hidden}</adlnav:navigationInterface></adlnav:presentation>"
    )
    return "".join(
        [
            _element("timeLimitAction", one.time_limit) if one.time_limit else "",
            _element("dataFromLMS", one.launch_data) if one.launch_data else "",
            threshold,
            _sequencing(one, told=told),
            presentation if hidden else "",
        ]
    )


BEFORE_IT = (
    '<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions conditionCombination="any">'
    '<imsss:ruleCondition referencedObjective="previous" operator="not" condition="satisfied"/>'
    '<imsss:ruleCondition referencedObjective="previous" operator="not" condition="objectiveStatusKnown"/>'
    '</imsss:ruleConditions><imsss:ruleAction action="disabled"/></imsss:preConditionRule></imsss:sequencingRules>'
)


def _sequencing(one: Item, *, told: bool) -> str:
    """In the order of the schema: rules, limits, objectives, delivery."""
    limit = f'<imsss:limitConditions attemptAbsoluteDurationLimit="{one.max_time}"/>' if one.max_time else ""
    objectives = "".join(f'<imsss:objective objectiveID="{key}"/>' for key in one.objectives)
    if one.after:
        read = f'<imsss:mapInfo targetObjectiveID="done-{one.after}" readSatisfiedStatus="true"/>'
        objectives += f'<imsss:objective objectiveID="previous">{read}</imsss:objective>'
    delivery = '<imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>'
    rules = BEFORE_IT if one.after else ""
    objectives = f"<imsss:objectives>{_primary(one, told=told)}{objectives}</imsss:objectives>"
    return f"<imsss:sequencing>{rules}{limit}{objectives}{delivery}</imsss:sequencing>"


def _primary(one: Item, *, told: bool) -> str:
    """With the mastery score as a measure; written to a global objective where another item waits for it."""
    by_measure = one.mastery is not None
    measure = (
        f"<imsss:minNormalizedMeasure>{(one.mastery or 0) / 100}</imsss:minNormalizedMeasure>" if by_measure else ""
    )
    write = f'<imsss:mapInfo targetObjectiveID="done-{one.key}" writeSatisfiedStatus="true"/>' if told else ""
    by = f'satisfiedByMeasure="{str(by_measure).lower()}"'
    return f'<imsss:primaryObjective objectiveID="PRIMARY" {by}>{measure}{write}</imsss:primaryObjective>'


def _element(name: str, value: object) -> str:
    return f"<adlcp:{name}>{escape(str(value))}</adlcp:{name}>"


def _control(control: Mapping[str, bool]) -> str:
    given = " ".join(f'{name}="{str(on).lower()}"' for name, on in control.items())
    return f"<imsss:controlMode {given}/>"
