"""Names: the host form of customers, free names of organizations, the form in which names compare."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlet.kernel.errors import NamePattern, NameUnavailable
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import (
    MAX_DISPLAY_NAME,
    MAX_ORGANIZATION_NAME,
    check_display_name,
    check_unit_name,
    name_key,
)

CUSTOMER, ORGANIZATION = UnitKind.CUSTOMER, UnitKind.ORGANIZATION
LABEL_63 = "a" * 63


@pytest.mark.parametrize(
    "name",
    [
        "acme.example.com", "3m.com", "acme-eu.co.uk", "a.bc", "A.Bc", "xn--bcher-kva.example", "a.b.c.d.ef",
        f"{LABEL_63}.com", f"acme.{LABEL_63}", ".".join([LABEL_63] * 3 + ["b" * 61]),
    ],
)  # fmt: skip
def test_customer_names_accepted(name: str) -> None:
    """R20: letters, digits, dots and hyphens, then `.something`."""
    assert check_unit_name(CUSTOMER, name) == name


@pytest.mark.parametrize(
    "name",
    [
        "acme", "acme_eu.com", "-a.com", "a..com", "a.com-", "a.com\n", ".com", "a.", "a.c", "a-.com", "a .com",
        " a.com", "a.com ", "a.3com", "bücher.example", "", "a.com.", f"{LABEL_63}a.com", f"acme.{LABEL_63}a",
        ".".join([LABEL_63] * 4), "acme.com/x", "acme。com", "a\u200b.com",
    ],
)  # fmt: skip
def test_customer_names_refused(name: str) -> None:
    """R20: what the requirements refuse (trailing newline included), and lengths of labels and whole."""
    with pytest.raises(NamePattern):
        check_unit_name(CUSTOMER, name)


@pytest.mark.parametrize("name", ["root.local", "Root.Local", "example.invalid"])
def test_reserved_customer_names(name: str) -> None:
    """R19: a reserved name answers like one that is taken out of sight."""
    with pytest.raises(NameUnavailable):
        check_unit_name(CUSTOMER, name)


@pytest.mark.parametrize(
    "name", ["Fjord", "Böle & Söner AB", "東京支社", "1", "a" * MAX_ORGANIZATION_NAME, "Root.Local"]
)
def test_organization_names_accepted(name: str) -> None:
    """R4, R5: organizations are named freely; reserved host names are no matter to them."""
    assert check_unit_name(ORGANIZATION, name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "Fjord ",
        "\tFjord",
        "Fjo\nrd",
        "Fjo\u200brd",
        "\u202eFjord",
        "Fjord\x00",
        "a" * (MAX_ORGANIZATION_NAME + 1),
    ],
)
def test_organization_names_refused(name: str) -> None:
    """R4: no empty name, nothing invisible, no white space at the ends, at most 120 characters."""
    with pytest.raises(NamePattern):
        check_unit_name(ORGANIZATION, name)


def test_names_are_stored_composed() -> None:
    """One spelling is stored, however it was typed."""
    assert check_unit_name(ORGANIZATION, "Bo\u0308le") == "Böle"


@pytest.mark.parametrize("name", ["", "Acme Limited", "x" * MAX_DISPLAY_NAME])
def test_display_names(name: str) -> None:
    """A display name may be empty or any visible text."""
    assert check_display_name(name) == name


def test_display_name_too_long() -> None:
    """At most 200 characters."""
    with pytest.raises(NamePattern):
        check_display_name("x" * (MAX_DISPLAY_NAME + 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME.Example.com", "acme.example.COM"),
        ("Straße  Nord", "STRASSE nord"),
        ("Bo\u0308le", "BÖLE"),
        ("ﬁord", "FIORD"),
        ("Straß\u0301e", "STRASS\u0301E"),
    ],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    """R4, R19: names ignore case, composition, compatibility forms and runs of white space."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Fjord", "Fjörd"), ("a b", "ab"), ("a.com", "a-com")])
def test_names_that_differ(one: str, other: str) -> None:
    """Accents, inner spaces and punctuation tell names apart."""
    assert name_key(one) != name_key(other)


@given(st.text())
def test_name_key_is_idempotent(text: str) -> None:
    """R4, R19: the key of a key is the key, for any text."""
    assert name_key(name_key(text)) == name_key(text)


def test_name_key_is_idempotent_for_every_character() -> None:
    """R4: each single character of Unicode, alone and after a letter, has a stable key that ignores its case."""
    for number in (n for n in range(0x110000) if not 0xD800 <= n < 0xE000):
        character = chr(number)
        if unicodedata.category(character) == "Cn":
            continue
        key = name_key("a" + character)
        assert name_key(key) == key, hex(number)


LABELS = st.one_of(
    st.text("aZ3-", max_size=4), st.text("b3-", min_size=60, max_size=65), st.text("a_ .é\n", max_size=3)
)


def is_host(name: str) -> bool:
    """R20 said without a regular expression: labels of 1 to 63, the last one of at least two from a letter on."""
    labels = name.split(".")
    good = all(
        1 <= len(label) <= 63
        and label.isascii()
        and label.replace("-", "a").isalnum()
        and "-" not in (label[0], label[-1])
        for label in labels
    )
    return good and len(labels) >= 2 and len(labels[-1]) >= 2 and labels[-1][0].isalpha() and 4 <= len(name) <= 253


@given(st.lists(LABELS, min_size=1, max_size=6).map(".".join))
def test_customer_names_are_host_names(name: str) -> None:
    """R20, R21: exactly the names that serve as a host are accepted."""
    try:
        accepted = check_unit_name(CUSTOMER, name) == name
    except NamePattern:
        accepted = False
    assert accepted == is_host(name)
