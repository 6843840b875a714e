"""Two companies and an invitation between them; a test that needs others makes its own."""

import pytest

from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    people = {"ada": "administrator", "max": "manager"}
    return world.company("acme", people, organizations=["Alder", "Birch"])


@pytest.fixture
def continuum(world: World) -> Company:
    people = {
        "nora": "administrator",
        "omar": "administrator",
        "paula": "manager",
        "sam": "read_only",
        "lee": "lite",
    }
    return world.company("continuum", people)


@pytest.fixture
def initech(world: World) -> Company:
    """Return a company that has nothing to do with the others."""
    people = {"bill": "administrator", "peter": "editor"}
    return world.company("initech", people, organizations=["Oak"])
