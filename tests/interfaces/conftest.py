"""The world that the sweeps over the registry stand on."""

import pytest

from tests.world import World, make_world


@pytest.fixture
def world(database: None) -> World:
    return make_world()
