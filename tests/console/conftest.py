"""The companies of the seed's story, and their browsers."""

import pytest

from tests.support.browser import Browser
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        organizations=["Alder", "Birch", "Cedar", "Dogwood"],
        groups={"Level 1": ["Alder", "Birch"], "Level 2": []},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    people = {"administrator": "administrator", "omar": "administrator", "manager": "manager"}
    return world.company("continuum", {**people, "paula": "editor", "lite": "lite"})


@pytest.fixture
def ada(world: World, acme: Company) -> Browser:
    """Return the browser of acme's Administrator."""
    return Browser(world).sign_in(acme)
