"""The brand editor: what it shows and saves, its preview, and pictures that stay pictures."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.branding.test_logo import HOSTILE, huge_png, svg
from tests.interfaces.web.browser import Person, fields_of, text_of
from tests.world import World
from underlet.branding.types import BrandView
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.invoicing.documents.sample import sample_snapshot
from underlet.kernel.money import half_up

_DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>'


def brand(world: World, unit: str = "birch") -> BrandView:
    found: BrandView = ask("brand.show", world.cast.ada, world.ids["unit"][unit])
    return found


def send(person: Person, data: dict[str, Any], unit: str = "birch") -> Any:
    """Send the form as a browser would: every field as it stands, with these changes."""
    address = person.at("branding", unit)
    form = fields_of(person.get(address))
    kept = {name: form[name] for name in ("product_name", "color", "sender_name", "reply_to", "version")}
    return person.post(address, {**kept, "view": "page", "look": "light", **data})


def picture(content: bytes = _DRAWING, name: str = "logo.svg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def test_a_brand_is_set_and_inherited_again(world: World) -> None:
    """R94–R96: fields and pictures; the style sheet and the pictures have addresses of their content."""
    ben = Person(world, "ben")
    data = {
        "product_name": "Birch Cloud", "color": "#b45309", "logo": picture(), "favicon": picture(),
        "sender_name": "Birch", "reply_to": "help@birch.example", "invoice_footer": "Bye",
    }  # fmt: skip
    assert send(ben, data).status_code == 302
    page = text_of(ben.get(ben.at("home", "birch")))
    assert "Birch Cloud" in page
    sheet = page.partition('href="/brand/')[2].partition('"')[0]
    assert sheet.startswith("b45309-")
    served = ben.get(f"/brand/{sheet}")
    assert "immutable" in served.headers["Cache-Control"]
    assert "--brand: #b45309" in text_of(served)
    assert ben.get("/brand/b45309-000000000000.css").status_code == 404
    pictures = set(re.findall(r"/u/[0-9a-f-]{36}/brand/[0-9a-f]{64}\.png", page))
    assert len(pictures) == 3, "logo in two sizes and the large icon; the small one is in the page"
    assert '<link rel="icon" href="data:image/png;base64,' in page
    for address in pictures:
        shown = ben.get(address)
        assert shown.headers["Content-Type"] == "image/png"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in shown.headers["Cache-Control"]
        assert "default-src 'none'; sandbox" in shown.headers["Content-Security-Policy"]
        assert Person(world, "eve").get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert ben.get(ben.at("brand_picture", "birch", sha256="0" * 64)).status_code == 404
    assert send(ben, {"reset": "logo", "product_name": "Birch Two"}).status_code == 302
    assert "logo" not in brand(world).own
    assert brand(world).product_name == "Birch Two", "what was typed beside it is kept"
    assert send(ben, {"product_name": ""}).status_code == 302
    assert "product_name" not in brand(world).own
    assert send(ben, {"reset": "all"}).status_code == 302
    assert brand(world).own == ()


def test_an_inherited_colour_left_alone_stays_inherited(world: World) -> None:
    """The field shows it, and saving does not make it an own one."""
    ben = Person(world, "ben")
    assert send(ben, {"product_name": "X"}).status_code == 302
    assert "product_name" in brand(world).own
    assert "color" not in brand(world).own


def test_every_field_tells_its_source(world: World) -> None:
    """A1: the name of the unit above for those who see it, and no name for those who do not."""
    run("brand.update", world.cast.ben, world.ids["unit"]["birch"], {"color": "#b45309"})
    page = text_of(Person(world, "ben").get(Person(world, "ben").at("branding", "alder")))
    assert "Inherited from Birch" in page
    assert 'value="#b45309"' in page
    run(
        "user.invite",
        world.cast.ben,
        world.ids["unit"]["alder"],
        {"email": "eve@example.com", "name": "E", "role": "administrator"},
    )
    eve = Person(world, "eve")
    page = text_of(eve.get(eve.at("branding", "alder")))
    assert "Inherited from above" in page
    assert "Inherited from Birch" not in page


def test_two_people_do_not_overwrite_each_other(world: World) -> None:
    ben = Person(world, "ben")
    old = fields_of(ben.get(ben.at("branding", "birch")))["version"]
    assert send(ben, {"product_name": "First"}).status_code == 302
    answer = send(ben, {"product_name": "Second", "version": old})
    assert answer.status_code == 409
    assert "Someone else changed this" in text_of(answer)
    assert brand(world).product_name == "First"


@pytest.mark.parametrize(
    "content",
    [svg(HOSTILE["script"]), svg(HOSTILE["external use"]), svg(HOSTILE["use bomb"]), huge_png(30_000),
     b"<!doctype html><script>alert(1)</script>",
     b'<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'],
    ids=["script", "reference", "use bomb", "900 megapixels", "html named png", "entities"],
)  # fmt: skip
def test_hostile_pictures_are_refused_with_words(world: World, content: bytes) -> None:
    """S1, S8: a message on the page, and the brand as before."""
    ben = Person(world, "ben")
    for field in ("logo", "favicon"):
        answer = send(ben, {field: picture(content, "logo.png"), "product_name": "New"})
        assert answer.status_code == 422
        assert re.search("The SVG|This is not a PNG|The image|pixels", text_of(answer))
    assert brand(world).product_name != "New"
    assert brand(world).logo is None


def test_the_preview_shows_what_is_not_saved(world: World) -> None:
    """The real templates with the values of the address; only our own pages may frame it; nothing is stored."""
    ben = Person(world, "ben")
    before = brand(world)
    for what, words in (("page", "Sample page"), ("sign-in", "Password"), ("invoice", "Sample invoice")):
        address = f"{ben.at('brand_preview', 'birch', what=what)}?color=%23ffd400&product_name=Solar&look=dark"
        answer = ben.get(address)
        page = text_of(answer)
        assert words in page
        assert "Solar" in page
        assert 'href="/brand/ffd400-' in page
        assert 'data-theme="dark"' in page
        assert "<body" in page
        assert " inert>" in page, "nothing in it is operated"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" not in answer.headers["Content-Security-Policy"]
    drawn = ben.get(f"{ben.at('brand_preview_invoice', 'birch')}?color=%23ffd400&invoice_footer=Solar")
    assert drawn.content.startswith(b"\x89PNG")
    assert drawn.content != ben.get(ben.at("brand_preview_invoice", "birch")).content
    assert ben.get(ben.at("brand_preview", "birch", what="x")).status_code == 404
    assert ben.get(ben.at("branding", "birch")).headers["X-Frame-Options"] == "DENY"
    assert brand(world) == before


def test_the_preview_takes_whatever_is_typed(world: World) -> None:
    """Half a colour, markup, a novel: the page as before, escaped, cut."""
    ben = Person(world, "ben")
    address = ben.at("brand_preview", "birch", what="page")
    page = text_of(ben.get(f"{address}?color=%23ff&product_name=%3Cscript%3E{'x' * 99}&look=blue"))
    assert "<script>x" not in page
    assert "x" * 61 not in page
    assert 'data-theme="light"' in page
    for text in ("%23eval(1)", "\\%23", "x" * 5000, "%00"):
        assert ben.get(f"{ben.at('brand_preview_invoice', 'birch')}?invoice_footer={text}").status_code == 200


def test_the_preview_is_for_editors(world: World) -> None:
    """Whoever may not edit the brand gets none of it."""
    dan = Person(world, "dan")
    ira = Person(world, "ira")
    for address in ("branding", "brand_preview_invoice", "brand_colour"):
        assert ira.get(ira.at(address, "birch_lab")).status_code == 403, address
        assert dan.get(dan.at(address, "birch")).status_code == 404, address
    assert ira.get(ira.at("brand_preview", "birch_lab", what="page")).status_code == 403


def test_without_javascript_a_button_previews(world: World) -> None:
    """It sends the form without saving; the frame shows its values."""
    ben = Person(world, "ben")
    before = brand(world)
    answer = send(
        ben, {"preview": "1", "product_name": "Solar & Co", "color": "#ffd400", "view": "invoice", "look": "dark"}
    )
    page = text_of(answer)
    assert answer.status_code == 200
    assert "/branding/preview/invoice?color=%23ffd400&amp;product_name=Solar+%26+Co" in page
    assert "csrf" not in page.partition("<iframe")[2].partition(">")[0]
    assert 'value="Solar &amp; Co"' in page
    assert brand(world) == before


def test_the_colour_is_judged_in_words(world: World) -> None:
    """Your colour or adjusted, with the contrast of its text; the part is a page of its own too."""
    ben = Person(world, "ben")
    address = f"{ben.at('brand_colour', 'birch')}?color=%23ffd400"
    part, page = text_of(ben.get(address, fragment=True)), text_of(ben.get(address))
    for text in (part, page):
        assert re.search(r"Light:\s+your colour,\s+contrast 12\.\d:1", text)
        assert re.search(r"Light:\s+adjusted to #[0-9a-f]{6},\s+contrast 4\.\d:1", text)
    assert "<html" in page
    assert "<html" not in part


def test_the_host_is_the_operators(world: World) -> None:
    """Others see no such field; a host that is not answered to is told to the operator."""
    with system():
        execute("update app_user set is_operator = true where email_key = 'ada@example.com'")
    ben, operator = Person(world, "ben"), Person(world, "ada")
    assert 'name="host_name"' not in text_of(ben.get(ben.at("branding", "birch")))
    page = operator.at("branding", "fjord")
    assert send(operator, {"host_name": "portal.fjord.example"}, "fjord").status_code == 302
    assert "does not answer to the host name yet" in text_of(operator.get(page))
    assert send(operator, {"host_name": "localhost"}, "fjord").status_code == 302
    assert "does not answer" not in text_of(operator.get(page))


def test_the_sample_adds_up() -> None:
    """Its totals are those of its lines, by the code that makes real invoices."""
    record = sample_snapshot("Seller", {}, "en")
    net = sum(Decimal(line["net"]) for line in record["lines"])
    assert Decimal(record["totals"]["net"]) == net
    assert Decimal(record["totals"]["vat"]) == half_up(net * 19 / 100, 2)
