"""unit.list, unit.children, unit.mine, unit.show: what one sees."""

import pytest

from tests.cast import Cast
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def names(cast: Cast, who: str, unit: str, **filters: object) -> list[str]:
    return [row.name for row in ask("unit.list", cast.people[who], cast.units[unit], filters).items]


def test_grants_limit_what_one_sees(cast: Cast) -> None:
    """R32, R33: one's own units and what is below them, by name."""
    assert names(cast, "ben", "birch") == [
        "acme.example.com", "Alder", "beta.example.org", "Birch", "Birch Lab",
        "finance.gamma.example.net", "lab.gamma.example.net",
    ]  # fmt: skip
    assert names(cast, "dan", "acme") == ["acme.example.com"]
    with pytest.raises(errors.NotFound):
        names(cast, "ben", "cedar")


def test_pages_follow_each_other_without_gap(cast: Cast) -> None:
    """S12: a page has at most 100 rows."""
    whole, found, after = names(cast, "ada", "fjord"), [], ""
    while True:
        page = ask("unit.list", cast.ada, cast.units["fjord"], {"limit": 2, "after": after})
        found += [row.name for row in page.items]
        if page.next is None:
            break
        after = page.next
    assert found == whole
    with pytest.raises(errors.InvalidInput):
        names(cast, "ada", "fjord", limit=101)


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzFd", "WyJhIiwgMTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMF0", "é", "WyJcdTAwMDAiLCAxXQ"]
)
def test_a_cursor_that_is_none_is_refused(cast: Cast, cursor: str) -> None:
    """S13."""
    with pytest.raises(errors.InvalidInput):
        names(cast, "ada", "fjord", after=cursor)


def test_search_takes_the_text_as_it_is(cast: Cast) -> None:
    """R17: part of the name, ignoring case; % and _ mean themselves."""
    assert names(cast, "ada", "fjord", q="BIRCH") == ["Birch", "Birch Lab"]
    assert names(cast, "ada", "fjord", q="%") == []
    assert names(cast, "ada", "fjord", q="a_e") == []


def test_children_are_organizations_first(cast: Cast) -> None:
    """R7, R15."""
    pages = [ask("unit.children", cast.ben, cast.units["birch"])]
    assert [row.name for row in pages[0].items] == [
        "Alder", "Birch Lab", "beta.example.org", "finance.gamma.example.net", "lab.gamma.example.net",
    ]  # fmt: skip
    first = ask("unit.children", cast.ben, cast.units["birch"], {"limit": 3})
    rest = ask("unit.children", cast.ben, cast.units["birch"], {"limit": 3, "after": first.next})
    assert first.items + rest.items == pages[0].items


def test_nothing_of_the_tree_above_shows(cast: Cast) -> None:
    """I5: depth counts from the topmost visible unit; a buyer cannot tell how many levels lie above it."""
    shown = ask("unit.show", cast.dan, cast.units["acme"])
    assert (shown.depth, [link.name for link in shown.path]) == (1, ["acme.example.com"])
    row = ask("unit.list", cast.dan, cast.units["acme"]).items[0]
    assert (row.depth, row.parent_id) == (1, None)


def test_home_is_the_topmost_unit_of_each_grant(cast: Cast) -> None:
    run("user.invite", cast.ben, cast.units["acme"], {"email": "ben@example.com", "name": "B", "role": "viewer"})
    assert [row.name for row in ask("unit.mine", cast.ben).items] == ["Birch"]
    first = ask("unit.mine", cast.pat, None, {"limit": 1})
    second = ask("unit.mine", cast.pat, None, {"limit": 1, "after": first.next})
    assert [row.name for row in first.items + second.items] == [
        "finance.gamma.example.net", "lab.gamma.example.net",
    ]  # fmt: skip
