"""Static files of an installation: hashed names all the way down, compressed, collected once."""

import json
import re
from pathlib import Path

import pytest
from django.test import override_settings

from underlet.project.static import publish

_STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "underlet.project.static.HashedStorage"},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A collected folder."""
    with override_settings(STORAGES=_STORAGES, STATIC_ROOT=tmp_path):
        assert publish(tmp_path) is True
        assert publish(tmp_path) is False  # nothing changed, so nothing is done again
    return tmp_path


def test_modules_import_one_another_by_hashed_names(root: Path) -> None:
    """interface.md §12: an old module in a browser's cache never meets a new one."""
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    seen = 0
    for name, hashed in names.items():
        if not name.startswith("underlet/js/"):
            continue
        text = (root / hashed).read_text()
        for imported in re.findall(r'^import [^;]* from "([^"]+)";', text, re.M):
            seen += 1
            assert re.search(r"\.[0-9a-f]{12}\.js$", imported), (name, imported)
            assert (root / hashed).parent.joinpath(imported).is_file()
    assert seen >= 5


def test_others_files_stay_as_they_are(root: Path) -> None:
    """In htmx a text looks like an import of a file that is not there."""
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    name = "django_htmx/htmx-2.min.js"
    assert (root / names[name]).read_bytes() == (root / name).read_bytes()


def test_what_compresses_well_is_compressed_once(root: Path) -> None:
    """WhiteNoise sends the `.gz` beside a file."""
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    sheet = root / names["underlet/css/underlet.css"]
    packed = sheet.with_name(f"{sheet.name}.gz")
    assert packed.stat().st_size * 3 < sheet.stat().st_size


def test_a_changed_source_is_collected_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first start of a new version does it; no operator has to."""
    monkeypatch.setattr("underlet.project.static._sources", lambda: iter(["other"]))
    with override_settings(STORAGES=_STORAGES, STATIC_ROOT=root):
        assert publish(root) is True
