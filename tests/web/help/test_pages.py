"""Help pages, which name each other (UX-1): each file is made into a page once."""

from __future__ import annotations

import pytest

from lmsapp.web.help import pages
from lmsapp.web.help.groups import GROUPS
from tests.cast import make_cast
from tests.client import PageClient


@pytest.mark.parametrize("address", ["/help/", "/help/take-a-course"])
def test_a_help_page_is_made_once_however_many_there_are(client: PageClient, address: str) -> None:
    """SCA-1: the second reader costs no file and no Markdown."""
    client.sign_in(make_cast().lena.user.id)
    assert client.get(address).status_code == 200
    made = pages.parse.cache_info().misses
    assert client.get(address).status_code == 200
    assert pages.parse.cache_info().misses == made
    assert pages.parse.cache_info().currsize >= sum(len(group.slugs) for group in GROUPS)
