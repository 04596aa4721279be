"""The style page: open to everybody, tells nothing, keeps its contrasts, shows every component."""

from pathlib import Path

import pytest
from django.test import Client

import underlet.interfaces.web
from tests.interfaces.web.browser import text_of
from underlet.interfaces.web.views.styleguide import COLORS, SECTIONS, pairs

REGION = {"HX-Request": "true", "HX-Target": "div#grid"}
TEMPLATES = Path(underlet.interfaces.web.__file__).parent / "templates"


def test_it_opens_for_everybody_without_the_database() -> None:
    """No database fixture here: a query would fail."""
    answer = Client().get("/styleguide")
    assert answer.status_code == 200
    text = text_of(answer)
    for key, _heading in SECTIONS:
        assert f'id="{key}"' in text
    assert 'data-theme="auto"' in text
    assert Client().post("/styleguide").status_code == 405


@pytest.mark.parametrize("query", ["theme=dark&color=yellow", "theme=x&color=%22%3E%3Cscript%3E"])
def test_the_look_is_one_of_a_list(query: str) -> None:
    text = text_of(Client().get(f"/styleguide?{query}"))
    assert ('data-theme="dark"' in text) == query.startswith("theme=dark")
    assert "<script>" not in text
    assert ("/brand/ffd400-" in text) == query.endswith("yellow")


@pytest.mark.parametrize("color", [value for _name, value in COLORS])
def test_every_pair_has_the_contrast_it_needs(color: str) -> None:
    """R95, interface.md §9: in light and dark, whatever the brand."""
    found = [(one.name, one.ground) for one in pairs(color) if min(one.light[2], one.dark[2]) < one.needed]
    assert found == []
    assert len(list(pairs(color))) > 20


def test_every_component_is_shown() -> None:
    """A component that the page leaves out is one that nobody finds."""
    shown = "".join(path.read_text() for path in (TEMPLATES / "styleguide").glob("*.html"))
    inside = {
        "legend",
        "field",
        "form_message",
        "date_range",
        "node",
        "pager",
    }  # by a tag, by another one, by the frame
    names = {path.stem for path in (TEMPLATES / "components").glob("*.html")} - inside
    assert [name for name in names if f"components/{name}.html" not in shown] == []


def test_its_list_is_a_list() -> None:
    """Filter, order, columns, pages, selection and file, of the same components as every list; no database."""
    text = text_of(Client().get("/styleguide"))
    assert 'class="chip" href="/styleguide?sort=-name"' in text
    assert 'aria-sort="descending"><a id="sort-name" href="/styleguide?state=assigned&amp;sort=name"' in text
    assert text.count('name="row"') == 4
    assert 'id="next-page"' in text
    assert "Old experiments" not in text
    cleared = text_of(Client().get("/styleguide?sort=name&state=unassigned&columns=id"))
    assert cleared.index("Old experiments") > 0
    assert 'id="sort-id"' in cleared
    assert "Provider B" not in cleared
    assert "No sub-account fits" in text_of(Client().get("/styleguide?q=nothing+has+this", headers=REGION))
    file = Client().get("/styleguide?sort=-name&export=csv")
    assert file.content.decode().splitlines()[1].startswith("Web shop,sample-0006,Provider B,Birch,")


def test_its_list_answers_htmx_with_the_region_alone() -> None:
    answer = Client().get("/styleguide?sort=name&after=rest", headers=REGION)
    text = text_of(answer)
    assert "<html" not in text
    assert 'id="first-page"' in text
    assert answer["HX-Push-Url"] == "/styleguide?sort=name&after=rest"
    whole = Client().get("/styleguide?sort=name", headers={"HX-Request": "true", "HX-Target": "main#content"})
    assert (whole.status_code, whole["HX-Redirect"]) == (204, "/styleguide?sort=name")


def test_its_unit_picker_has_something_to_search() -> None:
    """Open to everybody like the page, so the picker finds without an error."""
    assert 'data-picker="/styleguide/units"' in text_of(Client().get("/styleguide"))
    found = Client().get("/styleguide/units?q=BIR&limit=20").json()
    assert [one["name"] for one in found["items"]] == ["Birch"]
    assert found["next"] is None
