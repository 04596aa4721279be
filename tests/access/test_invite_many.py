"""user.invite_many and its preview: a list of people, all or nobody (P6)."""

import pytest

from tests.cast import Cast
from underlet.access.models import User
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.kernel import errors


def people(cast: Cast) -> set[str]:
    with system():
        return set(User.objects.values_list("email", flat=True))


def test_all_or_nobody_with_a_word_on_every_line(cast: Cast) -> None:
    """P6, P2: a wrong line stops all of them; roles beyond the actor's are wrong lines, too."""
    before = people(cast)
    lines = (
        b"email,name,role,language\nnew@example.com,New,,\nnobody,,,\nnew@example.com,Twice,,\n"
        b"king@example.com,K,king,\nada@example.org,A,administrator,\nfr@example.com,F,,fr\n"
    )
    upload = str(receive(cast.dan, [lines], "people.csv").id)
    data = {"upload": upload, "role": "customer_viewer"}
    with pytest.raises(errors.InvalidInput) as refused:
        run("user.invite_many", cast.dan, cast.units["acme"], data)
    assert set(refused.value.fields) == {f"lines.{number}" for number in (3, 4, 5, 6, 7)}
    assert people(cast) == before
    told = ask("user.preview_invite_many", cast.dan, cast.units["acme"], data)
    assert [line.what for line in told.lines] == ["invite", *["problem"] * 5]
    assert (told.invited, told.problems) == (1, 5)


def test_a_list_gives_the_role_once_and_a_link_to_whoever_is_new(cast: Cast) -> None:
    """P6, R33: known ones get the role without a link; the same list again changes nothing; at most 500."""
    data = {"people": "New <new@example.com>, pat@example.com\n eve@example.com", "role": "viewer"}
    told = ask("user.preview_invite_many", cast.ben, cast.units["birch"], data)
    assert [(line.line, line.name, line.what) for line in told.lines] == [
        (1, "New", "invite"), (1, "pat", "invite"), (2, "eve", "invite"),
    ]  # fmt: skip
    done = run("user.invite_many", cast.ben, cast.units["birch"], data).body
    assert (done["invited"], [link["email"] for link in done["links"]]) == (
        3,
        ["new@example.com", "pat@example.com"],
    )
    again = run("user.invite_many", cast.ben, cast.units["birch"], data).body
    assert (again["invited"], again["unchanged"], again["links"]) == (0, 3, [])
    many = {"people": "\n".join(f"a{number}@example.com" for number in range(501)), "role": "viewer"}
    with pytest.raises(errors.InvalidInput) as refused:
        run("user.invite_many", cast.ben, cast.units["birch"], many)
    assert set(refused.value.fields) == {"people"}


def test_a_preview_tells_of_strangers_what_it_tells_of_nobody(cast: Cast) -> None:
    """A3: an address that another hierarchy knows looks like one that nobody knows."""
    told = [
        ask("user.preview_invite_many", cast.ben, cast.units["birch"], {"people": email, "role": "viewer"}).lines[
            0
        ]
        for email in ("uma@example.com", "una@example.com")
    ]
    assert {(line.what, line.problem) for line in told} == {("invite", "")}
