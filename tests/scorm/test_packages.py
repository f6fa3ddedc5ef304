"""The small packages themselves: whole, the same bytes each time, and with what their variants promise."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile

import pytest

from tests.scorm.packages import EDITIONS, VERSIONS, Package, big, several
from tests.scorm.variants import VARIANTS, every


def hrefs(text: str) -> list[str]:
    tree = ET.fromstring(text)
    return [one.attrib["href"] for one in tree.iter() if one.tag.endswith(("}resource", "}file"))]


@pytest.mark.pure
def test_every_package_is_whole_and_always_the_same() -> None:
    """SCO-1: a manifest that parses, its files in the ZIP, one resource for each item, the same bytes when made again."""
    for name, edition in every():
        package, again = VARIANTS[name].make(edition), VARIANTS[name].make(edition)
        assert package.zipped == again.zipped, name
        with zipfile.ZipFile(io.BytesIO(package.zipped)) as archive:
            assert archive.testzip() is None
            text = archive.read("imsmanifest.xml").decode()
            assert set(hrefs(text)) <= set(archive.namelist()), name
        assert text.count("identifierref=") == len(package.scos)
        assert ("xsd/imscp_v1p1" in text) == (edition == "2004")
        assert VARIANTS[name].said(edition).completion in ("completed", "incomplete", "unknown", "browsed")


@pytest.mark.pure
def test_editions_and_sizes_are_as_named() -> None:
    """SCO-1, SCO-2: each version names itself; the large state is so many UTF-16 units and more bytes than a beacon holds."""
    for edition in EDITIONS:
        for version in VERSIONS[edition]:
            assert f"<schemaversion>{version}<" in Package(edition, version=version).manifest
        assert several(edition, 5).manifest.count("<item ") == 5
    for units in (4097, 60_000):
        assert len(big(units).encode("utf-16-le")) == 2 * units
    assert len(big(60_000).encode()) > 65_536
