"""What templates refer to exists."""

import re
import zipfile
from pathlib import Path

import lucide

import underlet.interfaces.web
from underlet.interfaces.web import urls
from underlet.interfaces.web.addresses import PAGES
from underlet.interfaces.web.shell import AREAS

assert urls
WEB = Path(underlet.interfaces.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def test_every_icon_is_in_the_wheel() -> None:
    """A missing icon would be a page that fails, seen only when its row shows."""
    [archive] = Path(lucide.__file__).parent.rglob("*.zip")
    known = {Path(name).stem for name in zipfile.ZipFile(archive).namelist()}
    used = set()
    for path in TEMPLATES:
        text = path.read_text()
        used |= set(re.findall(r'{% icon "([\w-]+)"', text)) | set(re.findall(r'symbol="([\w-]+)"', text))
    for path in (WEB / "templatetags" / "names.py", WEB / "views" / "home.py"):
        used |= set(re.findall(r'"((?:circle|file|arrow|triangle|chevrons?)-[\w-]+)"', path.read_text()))
    assert len(used) > 40
    assert used - known == set()


def test_every_page_that_templates_lead_to_exists() -> None:
    """Addresses are made from page names; a wrong one would fail only when its link shows."""
    named = set()
    for path in TEMPLATES:
        named |= set(re.findall(r"{% at '(\w+)'", path.read_text()))
    assert len(named) > 20
    assert named - set(PAGES) == set()
    assert {name for area in AREAS for name, _label in area.tabs} <= set(PAGES)


def test_no_template_holds_what_the_policy_forbids() -> None:
    """interface.md §8.4, §8.5: no inline style, script or handler, no code in attributes."""
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|js:", text), path
        assert not re.search(r'hx-trigger="[^"]*\[', text), path
        assert not re.search(r"https?://", text), path
