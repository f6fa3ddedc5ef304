"""SCORM 2004 sequencing read from a manifest, in the shape the player's library wants."""

from __future__ import annotations

from lmsapp.courses.packages.manifests.sequencing import collections_of, passing_score, sequencing_of
from lmsapp.infra.xml import Node, parse

SPACES = 'xmlns:imsss="http://www.imsglobal.org/xsd/imsss" xmlns:adlseq="a" xmlns:adlcp="b" xmlns="c"'
MANIFEST = f"""<manifest {SPACES}>
 <organizations><organization identifier="o">
  <item identifier="whole"><title>All</title>
   <imsss:sequencing IDRef="shared">
    <imsss:controlMode choice="false" flow="true" forwardOnly="1"/>
    <imsss:sequencingRules>
     <imsss:preConditionRule>
      <imsss:ruleConditions conditionCombination="any">
       <imsss:ruleCondition referencedObjective="before" operator="not" condition="satisfied"/>
       <imsss:ruleCondition condition="objectiveMeasureLessThan" measureThreshold="0.5"/>
      </imsss:ruleConditions><imsss:ruleAction action="disabled"/>
     </imsss:preConditionRule>
     <imsss:postConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="always"/></imsss:ruleConditions>
      <imsss:ruleAction action="continue"/></imsss:postConditionRule>
    </imsss:sequencingRules>
    <imsss:limitConditions attemptLimit="2" attemptAbsoluteDurationLimit="PT1H"/>
    <imsss:rollupRules objectiveMeasureWeight="0.25" rollupProgressCompletion="false">
     <imsss:rollupRule childActivitySet="atLeastPercent" minimumPercent="0.6">
      <imsss:rollupConditions><imsss:rollupCondition operator="not" condition="activityProgressKnown"/>
      </imsss:rollupConditions><imsss:rollupAction action="completed"/></imsss:rollupRule>
    </imsss:rollupRules>
    <imsss:objectives>
     <imsss:primaryObjective objectiveID="whole-1" satisfiedByMeasure="true">
      <imsss:minNormalizedMeasure>0.8</imsss:minNormalizedMeasure>
      <imsss:mapInfo targetObjectiveID="global" writeSatisfiedStatus="true"/></imsss:primaryObjective>
     <imsss:objective objectiveID="second"/><imsss:objective/>
    </imsss:objectives>
    <adlseq:objectives><adlseq:objective objectiveID="whole-1">
      <adlseq:mapInfo targetObjectiveID="global" writeRawScore="true"/></adlseq:objective></adlseq:objectives>
   </imsss:sequencing>
   <adlcp:data><adlcp:map targetID="notes" readSharedData="false"/></adlcp:data>
  </item>
  <item identifier="bare"><title>Bare</title></item>
  <item identifier="odd"><imsss:sequencing><imsss:controlMode choice="maybe"/>
   <imsss:objectives><imsss:primaryObjective satisfiedByMeasure="true"/></imsss:objectives>
   <imsss:limitConditions attemptLimit="-3"/></imsss:sequencing></item>
  <item identifier="nameless">
   <imsss:sequencing><imsss:objectives><imsss:primaryObjective/></imsss:objectives></imsss:sequencing></item>
 </organization></organizations>
 <imsss:sequencingCollection><imsss:sequencing ID="shared"><imsss:controlMode choiceExit="false"/>
  <imsss:deliveryControls tracked="false"/></imsss:sequencing></imsss:sequencingCollection>
</manifest>"""


def items() -> tuple[Node, dict[str, Node]]:
    """The manifest, and its items by identifier."""
    manifest = parse(MANIFEST.encode())[0]
    return manifest, {one.get("identifier"): one for one in manifest.deep("item")}


def test_everything_an_item_says_is_told_in_the_shape_of_the_library() -> None:
    """SCO-2: rules, limits, objectives, maps and shared data of an item arrive as they were meant; its own parts stand
    before those of the collection it names, part by part."""
    manifest, found = items()
    shared = collections_of(manifest)
    assert sequencing_of(found["whole"], shared) == {
        "sequencingControls": {
            "choice": False,
            "flow": True,
            "forwardOnly": True,
            "rollupProgressCompletion": False,
            "objectiveMeasureWeight": 0.25,
        },
        "deliveryControls": {"tracked": False},
        "attemptLimit": 2,
        "attemptAbsoluteDurationLimit": "PT1H",
        "sequencingRules": {
            "preConditionRules": [
                {
                    "action": "disabled",
                    "conditionCombination": "any",
                    "conditions": [
                        {"condition": "satisfied", "operator": "not", "referencedObjective": "before"},
                        {"condition": "objectiveMeasureLessThan", "parameters": {"threshold": 0.5}},
                    ],
                }
            ],
            "postConditionRules": [
                {"action": "continue", "conditionCombination": "all", "conditions": [{"condition": "always"}]}
            ],
        },
        "rollupRules": {
            "rules": [
                {
                    "action": "completed",
                    "consideration": "atLeastPercent",
                    "conditionCombination": "any",
                    "conditions": [{"condition": "progressKnown", "operator": "not"}],
                    "minimumPercent": 60.0,
                }
            ]
        },
        "primaryObjective": {
            "objectiveID": "whole-1",
            "satisfiedByMeasure": True,
            "minNormalizedMeasure": 0.8,
            "mapInfo": [{"targetObjectiveID": "global", "writeSatisfiedStatus": True, "writeRawScore": True}],
        },
        "objectives": [{"objectiveID": "second"}],
        "sharedDataMaps": [{"targetID": "notes", "readSharedData": False, "writeSharedData": True}],
    }


def test_what_is_not_said_or_makes_no_sense_is_left_to_the_library() -> None:
    """SCO-2: a bare item says nothing; odd values are dropped; a passing score without a number is the whole score."""
    manifest, found = items()
    shared = collections_of(manifest)
    assert sequencing_of(found["bare"], shared) is None and sequencing_of(found["nameless"], shared) is None
    odd = sequencing_of(found["odd"], shared)
    assert odd is not None and odd["sequencingControls"] == {"flow": False} and "attemptLimit" not in odd
    assert passing_score(odd) == 1.0
    whole = sequencing_of(found["whole"], shared)
    assert passing_score(whole) == 0.8
    assert passing_score(None) is None
