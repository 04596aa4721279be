"""brand.update, brand.show, brand.logo, brand.favicon: each field inherited on its own, told with its source."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.cast import Cast, make_cast
from underlet.branding.queries import look_of_host
from underlet.branding.types import BrandView
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.kernel import errors
from underlet.project import wiring
from underlet.project.demo.logos import logo

wiring.load()

TEXTS = {
    "color": "#b45309",
    "product_name": "Birch Cloud",
    "sender_name": "Birch Service",
    "reply_to": "help@birch.example",
    "invoice_footer": "Amtsgericht Hamburg",
}


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def change(cast: Cast, who: str, unit: str, **data: Any) -> Any:
    return run("brand.update", cast.people[who], cast.units[unit], data).body


def brand(cast: Cast, who: str, unit: str) -> BrandView:
    found: BrandView = ask("brand.show", cast.people[who], cast.units[unit])
    return found


def source(view: BrandView, field: str) -> tuple[str, str | None]:
    [found] = [one for one in view.sources if one.field == field]
    return found.source, found.unit.name if found.unit else None


def picture(cast: Cast, who: str, color: str = "#123456") -> str:
    return str(receive(cast.people[who], [logo("birch", color)], "logo.svg").id)


@pytest.mark.parametrize("field", TEXTS)
def test_each_field_is_inherited_on_its_own(cast: Cast, field: str) -> None:
    """R94, R96: the nearest unit that sets it decides; the others stay as they are; empty means inherit again."""
    before = brand(cast, "ben", "alder")
    change(cast, "ben", "birch", **{field: TEXTS[field]})
    after = brand(cast, "ben", "alder")
    if field == "invoice_footer":
        assert after.invoice_footer == "", "Alder is another legal entity, and Birch's text is not its own"
        change(cast, "ben", "alder", invoice_footer="x")
        assert brand(cast, "ben", "alder").invoice_footer == "x"
        return
    assert getattr(after, field) == TEXTS[field]
    assert source(after, field) == ("above", "Birch")
    others = set(TEXTS) - {field}
    assert all(getattr(after, name) == getattr(before, name) for name in others)
    change(cast, "ben", "alder", **{field: "#000000" if field == "color" else "x@x.example"})
    assert source(brand(cast, "ben", "alder"), field) == ("own", None)
    assert getattr(brand(cast, "ben", "birch"), field) == TEXTS[field]
    change(cast, "ben", "alder", **{field: ""})
    assert source(brand(cast, "ben", "alder"), field) == ("above", "Birch")


def test_the_text_of_invoices_stays_within_its_company(cast: Cast) -> None:
    """ADR-0021: a unit of the same legal entity inherits it, one of another does not."""
    change(cast, "ben", "birch", invoice_footer="Amtsgericht Hamburg")
    lab = brand(cast, "ben", "birch_lab")
    own = ask("unit.show", cast.ben, cast.units["birch_lab"]).is_entity_own
    assert lab.invoice_footer == ("" if own else "Amtsgericht Hamburg")


def test_a_hidden_unit_above_is_not_named(cast: Cast) -> None:
    """A1: Alder's people learn the colour that they wear, not whose it is."""
    change(cast, "ben", "birch", color="#b45309", product_name="Birch Cloud")
    view = brand(cast, "dan", "acme")
    assert view.color == "#b45309"
    assert source(view, "color") == ("above", None)
    assert source(view, "sender_name") == ("default", None)
    assert [one.inherited for one in view.sources if one.field == "color"] == ["#b45309"]
    assert source(brand(cast, "ben", "acme"), "color") == ("above", "Birch")


def test_what_is_covered_shows_to_editors_only(cast: Cast) -> None:
    """A3: whoever could inherit it again may know it; to readers a colour that is not worn above does not exist."""
    change(cast, "ada", "fjord", color="#123456")
    change(cast, "ben", "birch", color="#b45309")

    def covered(who: str) -> str:
        return next(one.inherited for one in brand(cast, who, "birch").sources if one.field == "color")

    run("user.invite", cast.ben, cast.units["birch"], {"email": "pat@example.com", "name": "P", "role": "viewer"})
    assert covered("ben") == "#123456"
    assert covered("pat") == ""
    change(cast, "ada", "fjord", color="")
    assert covered("ben") == "#0f766e"
    assert covered("pat") == ""


def test_one_field_or_all_are_inherited_again(cast: Cast) -> None:
    """By `reset`; pictures too."""
    change(cast, "ben", "birch", **TEXTS, logo=picture(cast, "ben"), favicon=picture(cast, "ben"))
    assert set(brand(cast, "ben", "birch").own) == {*TEXTS, "logo", "favicon"}
    change(cast, "ben", "birch", reset=["logo", "color"])
    view = brand(cast, "ben", "birch")
    assert set(view.own) == {*TEXTS, "favicon"} - {"color"}
    assert view.logo is view.logo_1x is view.logo_type is None
    change(cast, "ben", "birch", reset=["all"])
    assert brand(cast, "ben", "birch").own == ()


def test_a_change_is_whole_or_not_at_all(cast: Cast) -> None:
    """A hostile logo refuses the texts beside it; an old version refuses everything."""
    change(cast, "ben", "birch", product_name="Old")
    hostile = str(receive(cast.ben, [b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"], "x.svg").id)
    with pytest.raises(errors.FileRejected, match="script"):
        change(cast, "ben", "birch", product_name="New", logo=hostile)
    view = brand(cast, "ben", "birch")
    assert (view.product_name, view.version) == ("Old", 1)
    assert change(cast, "ben", "birch", product_name="New", version=1)["version"] == 2
    with pytest.raises(errors.VersionConflict):
        change(cast, "ben", "birch", product_name="Newer", version=1)


def test_pictures_are_served_as_png(cast: Cast) -> None:
    change(cast, "ben", "birch", logo=picture(cast, "ben"), favicon=picture(cast, "ben"))
    for name, size, expected in (
        ("brand.logo", "1x", (48, 48)), ("brand.logo", "2x", (96, 96)),
        ("brand.favicon", "32", (32, 32)), ("brand.favicon", "180", (180, 180)),
    ):  # fmt: skip
        answer = ask(name, cast.ben, cast.units["alder"], {"size": size})
        assert answer.media_type == "image/png"
        with Image.open(io.BytesIO(answer.content)) as image:
            assert (image.format, image.size) == ("PNG", expected)
    with pytest.raises(errors.NotFound):
        ask("brand.logo", cast.eve, cast.units["cedar"])


def test_only_the_operator_names_a_host(cast: Cast) -> None:
    """A taken host is refused in the words of a taken name; nobody else can even ask."""
    with pytest.raises(errors.Forbidden):
        change(cast, "ben", "birch", host_name="portal.birch.example")
    view = change(cast, "operator", "birch", host_name="Portal.Birch.example")
    assert view["host_name"] == "portal.birch.example"
    with pytest.raises(errors.NameUnavailable) as taken:
        change(cast, "operator", "harbor", host_name="portal.birch.EXAMPLE")
    assert taken.value.as_dict() == errors.NameUnavailable().as_dict()
    change(cast, "ben", "birch", host_name="portal.birch.example", product_name="Birch")
    change(cast, "ben", "birch", reset=["all"])
    assert brand(cast, "ben", "birch").host_name == "portal.birch.example", "swept along, not meant"
    for asked in ({"host_name": ""}, {"reset": ["host_name"]}):
        with pytest.raises(errors.Forbidden):
            change(cast, "ben", "birch", **asked)
    change(cast, "operator", "birch", reset=["host_name"])
    assert brand(cast, "ben", "birch").host_name == ""


def test_a_host_shows_looks_only(cast: Cast) -> None:
    """What the sign-in page knows of a host: colour, product name, pictures."""
    change(cast, "ben", "birch", **TEXTS)
    change(cast, "operator", "alder", host_name="portal.alder.example", product_name="Alder Portal")
    look = look_of_host("PORTAL.alder.example")
    assert (look.color, look.product_name) == ("#b45309", "Alder Portal")
    assert look_of_host("unknown.example") == look_of_host("")
    assert look_of_host("unknown.example").product_name == "Underlet"
