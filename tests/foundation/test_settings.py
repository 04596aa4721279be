"""Settings: read from the environment over a file; secrets are made at first use; debug stays private (S10)."""

import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from underlet.foundation.settings import Settings, read_settings
from underlet.kernel.errors import SetupIncomplete


def test_without_anything_set_it_is_private_and_embedded() -> None:
    found = read_settings({})
    assert (found.host, found.database_url, found.debug, found.testing) == ("127.0.0.1", None, False, False)
    assert found.data == Path("var").absolute()
    assert found.row_security
    assert found.query_scoping
    assert found.fsync


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_debug_refuses_a_public_address(host: str) -> None:
    """S10: a debug page shows settings and source."""
    with pytest.raises(SetupIncomplete) as refused:
        read_settings({"UNDERLET_DEBUG": "1", "UNDERLET_HOST": host})
    assert "127.0.0.1" in refused.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_debug_is_allowed_on_this_machine_only(host: str) -> None:
    assert read_settings({"UNDERLET_DEBUG": "yes", "UNDERLET_HOST": host}).debug


@pytest.mark.parametrize(
    "environment",
    [
        {"UNDERLET_WITHOUT_ROW_SECURITY": "1"},
        {"UNDERLET_WITHOUT_QUERY_SCOPING": "1"},
        {"UNDERLET_WITHOUT_FSYNC": "1"},
        {"UNDERLET_CRASH_AT": "import.load"},
    ],
)
def test_what_weakens_an_installation_works_in_tests_only(environment: Mapping[str, str]) -> None:
    """A8: the belts come off by a flag that means nothing outside tests."""
    assert read_settings(environment) == read_settings({})
    assert read_settings({**environment, "UNDERLET_TESTING": "1"}) != read_settings({"UNDERLET_TESTING": "1"})


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / "underlet.toml"
    file.write_text('port = 9000\nhost = "192.0.2.1"\n')
    found = read_settings({"UNDERLET_CONFIG": str(file), "UNDERLET_PORT": "9001"})
    assert (found.host, found.port) == ("192.0.2.1", 9001)
    assert "192.0.2.1" in found.allowed_hosts


def test_the_secret_is_random_private_and_agreed_upon(tmp_path: Path) -> None:
    """S10: made at first use, mode 0600; first uses at the same time agree on one."""
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: Settings(tmp_path / "a").secret_key(), range(8)))
    assert len(secrets) == 1
    [secret] = secrets
    assert len(secret) >= 64
    assert secret != Settings(tmp_path / "b").secret_key()
    path = tmp_path / "a" / "secrets" / "django"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["django"]
