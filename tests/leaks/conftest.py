"""The world of the leak tests."""

import pytest

from tests.world import World, make_world


@pytest.fixture
def world(database: None) -> World:
    return make_world()
