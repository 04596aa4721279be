"""Pages of moves: now, on a day to come, several at once, and back (R10, R11)."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from underlet.foundation.clock import today
from underlet.foundation.reads import ask


@pytest.fixture
def ada(world: World) -> Person:
    return Person(world, "ada")


def parent_of(world: World, unit: str) -> str:
    return str(ask("unit.show", world.cast.ada, world.ids["unit"][unit]).path[-2].name)


def undo_of(html: str) -> str:
    """The address that the message's Undo leads to."""
    toast = html.partition('id="toasts"')[2]
    return re.search(r'<a class="btn small" href="([^"]+)"', toast).group(1).replace("&amp;", "&")  # type: ignore[union-attr]


def follow(person: Person, answer: object) -> str:
    """The page that a posted form leads to."""
    return text_of(person.get(answer["Location"].partition("#")[0]))  # type: ignore[index]


def test_a_move_is_undone_from_its_message_and_from_the_units_page(world: World, ada: Person) -> None:
    """R10: "Moved X below Y. Undo": one press and a confirmation; the unit's page offers it later."""
    ids = world.ids["unit"]
    query = f"?parent={ids['cedar']}&from={ids['birch']}"
    done = ada.post(ada.at("unit_move", "beta") + query, {"parent": ids["cedar"]})
    assert done["Location"] == f"{ada.at('structure', 'fjord')}?sel={ids['beta']}#unit-{ids['beta']}"
    shown = follow(ada, done)
    assert "Moved beta.example.org below Cedar." in shown
    assert f'id="unit-{ids["beta"]}" aria-current="true"' in shown
    back = undo_of(shown)
    assert "beta.example.org below Birch" in text_of(ada.get(back))
    assert "Moved from Birch on" in text_of(ada.get(ada.at("profile", "beta")))
    assert f"?parent={ids['birch']}" in text_of(ada.get(ada.at("profile", "beta")))
    ada.post(back, {"parent": ids["birch"]})
    assert parent_of(world, "beta") == "Birch"


def test_a_move_from_the_chart_leads_back_to_the_chart(world: World, ada: Person) -> None:
    """R10: with the unit selected, in the unit in which the chart was open."""
    ids = world.ids["unit"]
    address = f"{ada.at('unit_move', 'alder')}?from={ids['birch']}&view=chart&parent={ids['birch_lab']}"
    done = ada.post(address, {"parent": ids["birch_lab"]})
    assert done["Location"] == f"{ada.at('structure', 'birch')}?view=chart&sel={ids['alder']}"
    nonsense = f"{ada.at('unit_move', 'alder')}?from=//example.org&view=x&parent={ids['birch']}"
    done = ada.post(nonsense, {"parent": ids["birch"]})
    assert urlsplit(done["Location"]).path == ada.at("structure", "fjord")


def test_a_move_is_scheduled_shown_and_called_off(world: World, ada: Person) -> None:
    """R10: on the unit's page, above the structure and in the list of scheduled moves."""
    ids, day = world.ids["unit"], today() + timedelta(days=90)
    query = f"?parent={ids['cedar']}&on={day}"
    part = ada.client.get(
        ada.at("unit_move", "beta") + query, headers={"HX-Request": "true", "HX-Target": "preview"}
    )
    assert "Schedule the move" in text_of(part)
    assert "beta.example.org below Cedar on" in text_of(part)
    late = text_of(ada.get(f"{ada.at('unit_move', 'beta')}?parent={ids['cedar']}&on=2020-01-01"))
    assert 'role="alert"' in late or "Choose a day after today" in late
    done = ada.post(ada.at("unit_move", "beta") + query, {"parent": ids["cedar"], "on": str(day)})
    listed = follow(ada, done)
    assert "beta.example.org will move below Cedar on" in listed
    assert parent_of(world, "beta") == "Birch"
    assert "Below Cedar on" in text_of(ada.get(ada.at("profile", "beta")))
    assert "3 scheduled moves" in text_of(ada.get(ada.at("structure", "fjord")))
    again = ada.post(ada.at("unit_move", "beta") + query, {"parent": ids["cedar"], "on": str(day)})
    assert again.status_code == 409
    assert "A move of this unit is scheduled already." in text_of(again)
    [cancel] = re.findall(r'href="([^"]+/cancel)"', text_of(ada.get(ada.at("profile", "beta"))))
    assert "beta.example.org would move below Cedar" in text_of(ada.get(cancel))
    assert "was called off" in follow(ada, ada.post(cancel))
    assert "Below Cedar on" not in text_of(ada.get(ada.at("profile", "beta")))


def test_units_selected_in_a_list_move_together_and_back(world: World, ada: Person) -> None:
    """R10, R11: in the list of customers and in the outline; what is refused is named, and then none moves."""
    ids = world.ids["unit"]
    for page in ("customers", "structure"):
        listed = text_of(ada.get(f"{ada.at(page, 'birch')}?open={ids['birch']}"))
        assert f'value="{ids["beta"]}" form="picks"' in listed, page
        assert ada.at("units_move", "birch") in listed, page
    address = ada.at("units_move", "birch")
    refused = text_of(ada.get(f"{address}?row={ids['beta']}&row={ids['birch']}&parent={ids['alder']}"))
    assert "A unit cannot move below itself." in refused
    assert ">Move</button>" not in refused
    rows = f"row={ids['beta']}&row={ids['gamma_finance']}"
    seen = text_of(ada.get(f"{address}?{rows}&parent={ids['cedar']}&to=customers"))
    assert ">Move</button>" in seen
    form = {"row": [ids["beta"], ids["gamma_finance"]], "parent": ids["cedar"], "to": "customers"}
    done = ada.post(address, form)
    assert done["Location"] == ada.at("customers", "birch")
    shown = follow(ada, done)
    assert "Moved 2 units below Cedar." in shown
    assert (parent_of(world, "beta"), parent_of(world, "gamma_finance")) == ("Cedar", "Cedar")
    back = undo_of(shown)
    assert "Birch" in text_of(ada.get(back))
    ada.post(address, {**form, "parent": ids["birch"]})
    assert (parent_of(world, "beta"), parent_of(world, "gamma_finance")) == ("Birch", "Birch")
    assert ada.get(address).status_code == 302


def test_who_may_not_move_is_offered_nothing(world: World) -> None:
    """R36: neither boxes nor pages."""
    ira = Person(world, "ira")
    assert 'form="picks"' not in text_of(ira.get(ira.at("structure", "birch_lab")))
    dan = Person(world, "dan")
    assert dan.get(f"{dan.at('units_move', 'acme')}?row={world.ids['unit']['acme']}").status_code == 403
