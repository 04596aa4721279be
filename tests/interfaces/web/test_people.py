"""Pages of people: list, person, several invitations at once, what they see and who can see this."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from underlet.foundation.operations import run
from underlet.foundation.reads import ask


def state(world: World, unit: str, name: str) -> str:
    found = ask("user.list", world.cast.ben, world.ids["unit"][unit]).items
    return next((str(row.state) for row in found if row.name == name), "")


def test_every_action_is_two_clicks_away_and_says_what_happens(world: World) -> None:
    """R36, R42: from the list to the person, from there to a confirmation that names the roles."""
    ben, ira = Person(world, "ben"), world.ids["person"]["ira"]
    assert ben.at("user_show", "birch", person=ira) in text_of(ben.get(ben.at("users", "birch")))
    page = text_of(ben.get(ben.at("user_show", "birch", person=ira)))
    for name, after in (("user_suspend", "suspended"), ("user_resume", "invited"), ("user_remove", "")):
        address = ben.at(name, "birch", person=ira)
        assert name == "user_resume" or address in page
        assert "Viewer (Birch Lab)" in text_of(ben.get(address))
        assert ben.post(address, {"request_key": name}).status_code == 302
        assert state(world, "birch", "Ira") == after
    stranger = Person(world, "eve")
    assert stranger.get(stranger.at("user_show", "cedar", person=ira)).status_code == 404


def test_a_role_is_given_changed_and_given_an_end(world: World) -> None:
    """R34, P4: with the words for how far it reaches."""
    ben, ira = Person(world, "ben"), world.ids["person"]["ira"]
    form = text_of(ben.get(ben.at("grant_give", "birch", person=ira)))
    assert "Birch and everything below it" in form
    assert "Birch alone" in form
    sent = {"role": "support", "scope": "unit", "ends_on": "2126-01-01", "request_key": "a"}
    assert ben.post(ben.at("grant_give", "birch", person=ira), sent).status_code == 302
    page = text_of(ben.get(ben.at("user_show", "birch", person=ira)))
    assert "Birch alone" in page
    address = ben.at("grant_edit", "birch", person=ira, grant=world.ids["grant"]["ira"])
    assert (
        ben.post(address, {"role": "billing", "scope": "subtree", "ends_on": "", "request_key": "b"}).status_code
        == 302
    )
    assert "Billing" in text_of(ben.get(ben.at("user_show", "birch", person=ira)))


def test_a_person_gets_a_role_on_several_groups_at_once(world: World) -> None:
    """R50: search the user, then manage their groups."""
    ben, ira = Person(world, "ben"), world.ids["person"]["ira"]
    made = [
        run("group.create", world.cast.ben, world.ids["unit"]["birch"], {"name": name}).body["id"]
        for name in ("North", "South", "West")
    ]
    address = ben.at("grant_give", "birch", person=ira)
    assert "Group South" in text_of(ben.get(address))
    sent = {"role": "key_account_viewer", "scope": "group", "request_key": "a"}
    assert ben.post(address, sent).status_code == 422
    assert ben.post(address, {**sent, **{f"on.{one}": "true" for one in made[:2]}}).status_code == 302
    page = text_of(ben.get(ben.at("user_show", "birch", person=ira)))
    assert [f"group {name}" in page for name in ("North", "South", "West")] == [True, True, False]
    back = re.search(r'href="([^"]+revoke[^"]+group=' + made[1] + ')"', page)
    assert back
    asked = ben.get(back[1].replace("&amp;", "&"))
    assert "on the group South, at once" in text_of(asked)
    assert f'name="group" value="{made[1]}"' in text_of(asked)
    taken = {"email": "ira@example.com", "role": "key_account_viewer", "scope": "group", "group": made[1]}
    assert ben.post(ben.at("grant_revoke", "birch"), taken).status_code == 302
    page = text_of(ben.get(ben.at("user_show", "birch", person=ira)))
    assert [f"group {name}" in page for name in ("North", "South")] == [True, False], "the one that was pressed"


def test_a_list_of_people_is_previewed_and_taken_whole(world: World) -> None:
    """P6: line by line; nobody while a line is wrong; a file tells the same."""
    ben = Person(world, "ben")
    address = ben.at("users_invite", "beta")
    common = {"role": "customer_viewer", "language": "en", "request_key": "a"}
    wrong = ben.post(address, {**common, "people": "New One <one@example.com>\nnobody, one@example.com"})
    text = text_of(wrong)
    assert "“nobody” is no e-mail address." in text
    assert "This address stands in an earlier line as well." in text
    assert "Invite them" not in text
    lines = b"email;name;role\nbea@example.com;Bea;\none@example.com;One;customer_administrator\n"
    right = text_of(ben.post(address, {**common, "upload": SimpleUploadedFile("people.csv", lines)}))
    assert "has the role already" in right
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', right))
    done = text_of(ben.post(address, {**hidden, "request_key": "b"}))
    assert "1 person has the role now." in done
    assert "/welcome/" in done
    assert state(world, "beta", "One") == "invited"


def test_who_can_see_a_unit_a_contract_an_invoice_is_one_click_away(world: World) -> None:
    """B12: linked for those who administer users there, and for nobody else."""
    ben, bea = Person(world, "ben"), Person(world, "bea")
    contract, invoice = world.ids["contract"]["birch beta"], world.ids["invoice"]["birch beta issued"]
    for page, access, given in (
        ("profile", "unit_access", {}),
        ("contract", "contract_access", {"contract": contract}),
        ("invoice", "invoice_access", {"invoice": invoice}),
    ):
        address = ben.at(access, "beta", **given)
        assert address in text_of(ben.get(ben.at(page, "beta", **given)))
        text = text_of(ben.get(address))
        assert "bea@example.com" in text
        assert "ada@example.com" not in text
        assert address not in text_of(bea.get(bea.at(page, "beta", **given)))
        assert bea.get(address).status_code == 403
    text = text_of(ben.get(ben.at("user_access", "birch", person=world.ids["person"]["ira"])))
    assert "Birch Lab" in text
    assert "Alder" not in text.partition("<main")[2]


def test_a_reseller_gives_a_customers_people_roles_of_their_own_side(world: World) -> None:
    """R40, R42, R43: by the switch to the customer, who then sees this person and nobody of the reseller's."""
    ben, dan = Person(world, "ben"), Person(world, "dan")
    choice = text_of(ben.get(ben.at("customer_choice", "birch") + "?for=users"))
    assert ben.at("go", world.ids["unit"]["acme"], tab="users") in choice
    sent = {
        "email": "amy@example.com",
        "name": "Amy",
        "role": "customer_viewer",
        "language": "en",
        "request_key": "a",
    }
    assert "/welcome/" in text_of(ben.post(ben.at("user_invite", "acme"), sent))
    people = text_of(dan.get(dan.at("users", "acme")))
    assert "amy@example.com" in people
    assert "ben@example.com" not in people
