"""SCO-1: what a manifest says is understood, in every spelling that programs have for it; the rest is a sentence."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.courses.packages.manifests import items as outline
from lmsapp.courses.packages.manifests import manifest as manifests
from lmsapp.courses.packages.manifests.hrefs import Files, find, joined
from lmsapp.courses.packages.manifests.manifest import manifest_of, read_manifest
from lmsapp.courses.packages.manifests.notes import Notes
from lmsapp.courses.packages.rules import Item, ItemKind, Manifest
from lmsapp.courses.packages.zips.opening import Zip
from lmsapp.infra.words import RuleBroken
from tests.courses.packages.building import NS_12, NS_2004, ONE_ITEM, ONE_RESOURCE, manifest, manifest_2004

HERE = ("index.html", "content/unit 1/Start.html", "a.html", "b.html", "C#/x.html", "50%.html", "folder/index.htm")


def read(data: bytes, *files: str) -> Manifest:
    found = manifest_of(data, Files((*HERE, *files)), "Course of mine.zip", Notes())
    assert Manifest.from_json(found.as_json()) == found
    return found


def first(items: str, resources: str = ONE_RESOURCE, **said: Any) -> Item:
    return read(manifest(items, resources, **said)).items[0]


def words(found: Manifest) -> list[str]:
    return [said % values for said, values in found.notes]


def resource(href: str, identifier: str = "r1", kind: str = 'adlcp:scormtype="sco"', **more: str) -> str:
    said = "".join(f' {name.replace("_", ":")}="{value}"' for name, value in more.items())
    return f'<resource identifier="{identifier}" type="webcontent" {kind} href="{href}"{said}/>'


@pytest.mark.parametrize(
    ("version", "spaces", "edition", "named"),
    [
        ("1.2", NS_12, "1.2", "1.2"), ("ADL SCORM 1.2", NS_12, "1.2", "1.2"), (None, NS_12, "1.2", "1.2"),
        ("CAM 1.3", NS_2004, "2004", "2004 2nd Edition"), ("1.3", NS_2004, "2004", "2004 2nd Edition"),
        ("2004 3rd Edition", NS_2004, "2004", "2004 3rd Edition"), ("2004 4th  edition", NS_2004, "2004", "2004 4th Edition"),
        ("SCORM 2004 4th Edition", NS_2004, "2004", "2004 4th Edition"), ("2004", NS_2004, "2004", "2004 3rd Edition"),
        (None, NS_2004, "2004", "2004 3rd Edition"), ("", NS_2004, "2004", "2004 3rd Edition"),
        ("1.1", NS_12, "1.2", "1.2"), ("nonsense", NS_2004, "2004", "2004 3rd Edition"), ("1.2", NS_2004, "1.2", "1.2"),
    ],
)  # fmt: skip
def test_the_version(version: str | None, spaces: str, edition: str, named: str) -> None:
    """SCO-1: stated in many ways, or inferred from the namespaces; a guess is told."""
    found = read(manifest(version=version, spaces=spaces))
    assert (found.edition.value, found.version) == (edition, named)
    guessed = version in (None, "", "1.1", "nonsense") or (version, spaces) == ("1.2", NS_2004)
    assert bool(found.notes) == guessed


def test_a_fourth_edition_is_known_by_what_only_it_has() -> None:
    """SCO-1: adlcp:data and attributes of completionThreshold."""
    item = '<item identifier="i1" identifierref="r1"><title>P</title><adlcp:completionThreshold completedByMeasure="true"/></item>'
    assert read(manifest(item, version=None, spaces=NS_2004)).version == "2004 4th Edition"


def test_the_organization_and_the_titles() -> None:
    """SCO-1: the default one, the first where it dangles, of several one; a title from wherever there is one."""
    two = (
        f'<organizations default="{{}}"><organization identifier="a"><title>One</title>{ONE_ITEM}</organization>'
        f'<organization identifier="b"><title>Two</title>{ONE_ITEM}</organization></organizations>'
    )
    assert read(manifest(organizations=two.format("b"))).title == "Two"
    dangling = read(manifest(organizations=two.format("gone")))
    assert (dangling.title, len(words(dangling))) == ("One", 2)
    lom = "<metadata><lom><general><title><langstring>From the metadata</langstring></title></general></lom></metadata>"
    assert read(manifest(title="", more=lom)).title == "From the metadata"
    assert read(manifest(title="")).title == "Part one"
    assert read(manifest('<item identifierref="r1"/>', title="")).title == "Course of mine"


def test_items_are_what_is_tracked() -> None:
    """SCO-1: one file may serve six items; both page and heading, hidden, nameless, doubled, dangling, external."""
    items = (
        '<item identifier="h" identifierref="r1"><title>Both</title>'
        '<item identifier="x" identifierref="r1" parameters="?q=2" isvisible="false"><title>X</title></item>'
        '<item identifier="x" identifierref="asset"><title>Again</title></item></item>'
        '<item identifierref="r1"/><item identifier="gone" identifierref="nowhere"><title>Gone</title></item>'
        '<item identifier="far" identifierref="far"><title>Far</title></item>'
        '<item identifier="sub" identifierref="inner"><title>Sub</title></item>'
    )
    resources = (
        resource("index.html")
        + resource("a.html", "asset", 'adlcp:scormtype="asset"')
        + resource("//example.org/x", "far")
    )
    found = read(manifest(items, resources + '<manifest identifier="inner"/>').replace(b"</manifest>", b"", 1).replace(
        b'<manifest identifier="inner"/></resources>', b'</resources><manifest identifier="inner"/>') + b"</manifest>")  # fmt: skip
    assert [(one.id, one.parent, one.kind.value, one.href, one.visible) for one in found.items] == [
        ("h", None, "folder", None, True),
        ("h-page", "h", "sco", "index.html", True),
        ("x", "h", "sco", "index.html?q=2", False),
        ("x-2", "h", "asset", "a.html", True),
        ("item-5", None, "sco", "index.html", True),
        ("gone", None, "folder", None, True),
        ("far", None, "folder", None, True),
        ("sub", None, "folder", None, True),
    ]
    said = " ".join(words(found))
    for part in (
        "page and a heading",
        "identifier “x”",
        "no identifier",
        "“nowhere”",
        "another server",
        "manifest within",
    ):
        assert part in said


def test_what_an_item_of_1_2_asks() -> None:
    """SCO-1: mastery score, prerequisites, times, launch data; what makes no sense is left out and told."""
    terms = (
        "<adlcp:prerequisites type='aicc_script'>a&amp;b</adlcp:prerequisites><adlcp:maxtimeallowed>00:30:00</adlcp:maxtimeallowed>"
        "<adlcp:timelimitaction>exit, No message</adlcp:timelimitaction><adlcp:datafromlms> a=1\n b=2 </adlcp:datafromlms>"
        "<adlcp:masteryscore>80</adlcp:masteryscore>"
    )
    one = first(ONE_ITEM.replace("</item>", terms + "</item>"))
    assert (one.mastery, one.prerequisites, one.max_time) == ("80", "a&b", "00:30:00")
    assert (one.time_limit_action, one.launch_data) == ("exit,no message", "a=1\n b=2")
    odd = "<masteryscore>800</masteryscore><maxtimeallowed>soon</maxtimeallowed><timelimitaction>explode</timelimitaction>"
    found = read(manifest(ONE_ITEM.replace("</item>", odd + "</item>")))
    assert (found.items[0].mastery, found.items[0].max_time, found.items[0].time_limit_action) == (None, None, None)
    assert len(words(found)) == 3


def test_what_an_item_of_2004_asks() -> None:
    """SCO-1: sequencing with the collection, thresholds of both editions, shared data, hidden buttons."""
    terms = (
        "<adlcp:timeLimitAction>continue,no message</adlcp:timeLimitAction><adlcp:dataFromLMS>x</adlcp:dataFromLMS>"
        "<adlcp:completionThreshold>0.75</adlcp:completionThreshold>"
        '<adlcp:data><adlcp:map targetID="t1" writeSharedData="false"/></adlcp:data>'
        "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>"
        "<adlnav:hideLMSUI>previous</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>"
        '<imsss:sequencing IDRef="s1"><imsss:limitConditions attemptAbsoluteDurationLimit="PT30M"/></imsss:sequencing>'
    )
    shared = (
        '<imsss:sequencingCollection><imsss:sequencing ID="s1"><imsss:objectives><imsss:primaryObjective objectiveID="p" '
        'satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure></imsss:primaryObjective>'
        "</imsss:objectives></imsss:sequencing></imsss:sequencingCollection>"
    )
    whole = '<imsss:sequencing><imsss:controlMode choice="false" flow="true"/></imsss:sequencing>'
    data = manifest_2004(ONE_ITEM.replace("</item>", terms + "</item>"), more=whole, version="2004 4th Edition")
    found = read(data.replace(b"</manifest>", shared.encode() + b"</manifest>"))
    one = found.items[0]
    assert (one.mastery, one.max_time, one.launch_data, one.time_limit_action) == (
        "0.6",
        "PT30M",
        "x",
        "continue,no message",
    )
    assert one.completion_threshold == {"completedByMeasure": True, "minProgressMeasure": 0.75, "progressWeight": 1.0}
    assert one.hide_ui == ("continue", "previous")
    assert one.data == ({"target": "t1", "read": True, "write": False},)
    assert one.kind is ItemKind.SCO
    assert one.sequencing is not None
    assert found.sequencing is not None
    fourth = terms.replace(
        ">0.75</adlcp:completionThreshold>", ' completedByMeasure="true" minProgressMeasure="0.5" progressWeight=".2"/>'
    )
    one = read(manifest_2004(ONE_ITEM.replace("</item>", fourth + "</item>"))).items[0]
    assert one.completion_threshold == {"completedByMeasure": True, "minProgressMeasure": 0.5, "progressWeight": 0.2}


@pytest.mark.parametrize(
    ("bases", "href", "parameters", "opens"),
    [
        (("", "", ""), "index.html", "", "index.html"),
        (("content/", "", "unit%201/"), "Start.html", "", "content/unit%201/Start.html"),
        (("", "content", "unit 1"), "start.HTML", "", "content/unit%201/Start.html"),
        (("", "", "content/"), "../a.html", "", "a.html"),
        (("wrong/", "", ""), "a.html", "", "a.html"),
        (("", "", ""), "/a.html", "", "a.html"),
        (("", "", ""), ".\\content\\unit 1\\Start.html", "", "content/unit%201/Start.html"),
        (("", "", ""), " a.html?x=1#top ", "?y=2", "a.html?x=1&y=2#top"),
        (("", "", ""), "a.html", "y=2", "a.html?y=2"),
        (("", "", ""), "a.html#top", "&y=2", "a.html?y=2#top"),
        (("", "", ""), "a.html", "#end", "a.html#end"),
        (("", "", ""), "a.html#top", "#end", "a.html#top"),
        (("", "", ""), "a.html?x", "?y#z", "a.html?x&y#z"),
        (("", "", ""), "a.html?", "", "a.html"),
        (("", "", ""), "C#/x.html", "", "C%23/x.html"),
        (("", "", ""), "50%25.html", "", "50%25.html"),
        (("", "", ""), "50%.html", "", "50%25.html"),
        (("", "", ""), "folder/", "", "folder/index.htm"),
        (("", "", ""), "a.html", '?s="<x>', "a.html?s=%22%3Cx%3E"),
        (("", "", ""), "../../a.html", "", None),
        (("https://example.org/", "", ""), "a.html", "", None),
        (("", "", ""), "JavaScript:alert(1)", "", None),
    ],
)  # fmt: skip
def test_addresses_lead_to_the_file_that_is_there(
    bases: tuple[str, str, str], href: str, parameters: str, opens: str | None
) -> None:
    """SCO-1: xml:base on three levels, encoded, in odd capitals, with backslashes; parameters joined."""
    root, middle, own = (f' xml:base="{base}"' if base else "" for base in bases)
    said = parameters.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    items = ONE_ITEM.replace('ref="r1"', f'ref="r1" parameters="{said}"') + ONE_ITEM.replace("r1", "safe").replace(
        "i1", "i2"
    )
    one = resource(href).replace("/>", own + "/>") + resource("b.html", "safe")
    found = read(manifest(items, one, base=root, resources_base=middle)) if opens or not bases[0] else None
    if found is None:
        with pytest.raises(RuleBroken, match="another server"):
            read(manifest(items, one, base=root, resources_base=middle))
    else:
        assert found.items[0].href == opens
        assert (found.items[0].kind is ItemKind.FOLDER) == (opens is None)


def test_joining_and_finding_alone() -> None:
    """SCO-1: nothing to add changes nothing; what is missing is nothing."""
    assert [joined("?a=1#x", ""), joined("", "?"), joined("#x", "##")] == ["?a=1#x", "", "#x"]
    assert find(Files(["a.html"]), (), "b.html") is None


def test_what_is_missing_is_told_and_said_only_so_often() -> None:
    """SCO-1: files the manifest lists; the same note for fifty items is five and a number."""
    listed = ONE_RESOURCE.replace("/>", '><file href="gone.js"/><file href="index.html"/></resource>')
    assert "1 files" in words(read(manifest(resources=listed)))[0]
    many = "".join(f'<item identifier="n{n}" identifierref="no{n}"><title>N</title></item>' for n in range(50))
    notes = words(read(manifest(ONE_ITEM + many)))
    assert (len(notes), notes[-1]) == (6, "The same holds for 45 more.")


def test_small_manifests_that_would_become_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """SCO-1: shared sequencing, or one long address, named by thousands of items."""
    monkeypatch.setattr(outline, "MOST_SHARED", 1000)
    monkeypatch.setattr(manifests, "LARGEST_KEPT", 100_000)
    rules = '<imsss:preConditionRule><imsss:ruleAction action="skip"/></imsss:preConditionRule>' * 20
    shared = f'<imsss:sequencingCollection><imsss:sequencing ID="s"><imsss:sequencingRules>{rules}</imsss:sequencingRules></imsss:sequencing></imsss:sequencingCollection></manifest>'
    item = '<item identifierref="r1"><title>T</title><imsss:sequencing IDRef="s"/></item>'
    with pytest.raises(RuleBroken, match="too many parts"):
        read(manifest_2004(item * 30).replace(b"</manifest>", shared.encode()))
    with pytest.raises(RuleBroken, match="too many parts"):
        read(manifest(ONE_ITEM * 35, resource("a.html?" + "x" * 4000)))


def test_a_resource_that_does_not_say_whether_it_reports() -> None:
    """SCO-1: in doubt content that reports, so that nothing is done by opening it; plain content packaging does not."""
    assert first(ONE_ITEM, resource("a.html", kind="")).kind is ItemKind.SCO
    plain = manifest(
        resources=resource("a.html", kind=""), version=None, spaces='xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"'
    )
    assert read(plain).items[0].kind is ItemKind.ASSET


def samples() -> list[Path]:
    """Of the shared packages, where they are."""
    folders = (above / "shared" / "data" / "scorm" for above in Path(__file__).resolve().parents)
    return next((found for folder in folders if (found := sorted(folder.glob("*.zip")))), [])


def test_packages_of_others() -> None:
    """SCO-1: the shared samples are read as their makers meant them."""
    if not samples():
        pytest.skip("the shared sample packages are not on this machine")
    found = []
    for path in samples():
        package = Zip(io.BytesIO(path.read_bytes()))
        one = read_manifest(package, path.name)
        assert sum(len(piece) for name in package.files for piece in package.chunks(name)) == package.size
        found.append((one.version, one.title.partition(" - ")[0], len(one.items), len(one.scos), one.notes))
    assert found == [
        ("1.2", "Golf Explained", 1, 1, ()),
        ("1.2", "Golf Explained", 22, 18, ()),
        ("2004 3rd Edition", "Golf Explained", 1, 1, ()),
        ("2004 3rd Edition", "Golf Explained", 1, 1, ()),
    ]


NAMES = st.sampled_from(
    [
        "manifest",
        "metadata",
        "schema",
        "schemaversion",
        "organizations",
        "organization",
        "item",
        "title",
        "resources",
        "resource",
        "file",
        "dependency",
        "sequencingCollection",
        "sequencing",
        "controlMode",
        "primaryObjective",
        "objectives",
        "minNormalizedMeasure",
        "rollupRules",
        "data",
        "map",
        "completionThreshold",
        "masteryscore",
        "prerequisites",
        "dataFromLMS",
        "presentation",
        "hideLMSUI",
        "limitConditions",
        "lom",
        "general",
    ]
)
VALUES = st.sampled_from(["", "o1", "r1", "i1", "index.html", "../..", "http://[", "1e999", "nan", "-1", "true", "0.5", "é%zz", "x" * 600]) | st.text(
    st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=8
)  # fmt: skip
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["identifier", "identifierref", "href", "default", "isvisible", "parameters", "ID", "IDRef", "type", "scormtype", "base", "targetID", "weight"]),
    VALUES, max_size=4,
)  # fmt: skip


def escaped(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def element(name: str, attributes: dict[str, str], inside: list[str]) -> str:
    said = "".join(f' {key}="{escaped(value)}"' for key, value in attributes.items())
    return f"<{name}{said}>{''.join(inside)}</{name}>"


TREES = st.recursive(
    VALUES.map(escaped), lambda inner: st.builds(element, NAMES, ATTRIBUTES, st.lists(inner, max_size=5)), max_leaves=25
)


@settings(max_examples=40, deadline=None)
@given(st.lists(TREES, max_size=6), st.booleans(), st.booleans())
def test_any_tree_is_understood_or_refused(trees: list[str], as_outline: bool, newer: bool) -> None:
    """SCO-1: random elements, with sound ones around them or not, never raise anything but a sentence."""
    inside = "".join(trees)
    data = (
        (manifest_2004 if newer else manifest)(inside + ONE_ITEM)
        if as_outline
        else f"<manifest>{inside}</manifest>".encode()
    )
    try:
        found = read(data)
    except RuleBroken as broken:
        refused_for = broken.field
    else:
        refused_for = "file"
        assert found.played
        known = {one.id for one in found.items}
        assert len(known) == len(found.items)
        assert all(one.parent is None or one.parent in known for one in found.items)
        assert all(one.href is None or not one.href.startswith(("/", "..", "http")) for one in found.items)
    assert refused_for == "file"
