"""unit.promote: a customer becomes an organization, guarded (P33)."""

import pytest
from django.db import IntegrityError

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

CUSTOMER = {"kind": "customer", "name": "lab.example.io"}


def test_a_customer_becomes_an_organization_and_sells(cast: Cast) -> None:
    """P33: it keeps its name, its version counts on, and units go below it."""
    beta = cast.units["beta"]
    made = run("unit.promote", cast.ben, beta).body
    assert (made["kind"], made["name"]) == ("organization", "beta.example.org")
    assert run("unit.create", cast.ben, beta, CUSTOMER).body["path"][-2]["name"] == "beta.example.org"
    listed = ask("unit.list", cast.ben, cast.units["birch"], {"kind": "organization", "q": "beta"}).items
    assert [row.name for row in listed] == ["beta.example.org"]
    check_structure()
    with pytest.raises(errors.WrongState):
        run("unit.promote", cast.ben, beta)


def test_who_may_not(cast: Cast) -> None:
    """P33, R27: a customer's own administrator would lift the mask of its price type."""
    acme = cast.units["acme"]
    run("user.invite", cast.cleo, acme, {"email": "eve@example.com", "name": "E", "role": "administrator"})
    with pytest.raises(errors.Forbidden):
        run("unit.promote", cast.eve, acme)
    with pytest.raises(errors.Forbidden):
        run("unit.promote", cast.dan, acme)
    with pytest.raises(errors.NotFound):
        run("unit.promote", cast.eve, cast.units["beta"])


def test_customer_organizations_and_environments_stay_customers(cast: Cast) -> None:
    """P33, R73: neither an anchor, nor what refers to one, nor what ever had an environment."""
    birch = cast.units["birch"]
    anchor = run("unit.create", cast.ben, birch, {**CUSTOMER, "name": "anchor.example.io"}).body["id"]
    refers = run("unit.create", cast.ben, birch, {**CUSTOMER, "customer_organization": anchor}).body["id"]
    for unit in (anchor, refers):
        with pytest.raises(errors.WrongState):
            run("unit.promote", cast.ben, unit)
    run("environment.provision", cast.ben, cast.units["beta"])
    run("environment.deprovision", cast.ben, cast.units["beta"])
    with pytest.raises(errors.UnitInUse):
        run("unit.promote", cast.ben, cast.units["beta"])


def test_the_database_refuses_what_the_operation_refuses(cast: Cast) -> None:
    """P33: as the application's role."""
    birch = cast.units["birch"]
    anchor = run("unit.create", cast.ben, birch, {**CUSTOMER, "name": "anchor.example.io"}).body["id"]
    run("unit.create", cast.ben, birch, {**CUSTOMER, "customer_organization": anchor})
    run(
        "user.invite",
        cast.cleo,
        cast.units["acme"],
        {"email": "eve@example.com", "name": "E", "role": "administrator"},
    )
    run("environment.provision", cast.ben, cast.units["beta"])
    to = "update unit set kind = %s where public_id = %s"
    for who, kind, unit, constraint in (
        (cast.ben, "organization", anchor, "unit_promoted"),
        (cast.eve, "organization", cast.units["acme"], "unit_promoted"),
        (cast.ben, "customer", cast.units["alder"], "unit_promoted"),
        (cast.ben, "organization", cast.units["beta"], "environment_of_customer"),
    ):
        with pytest.raises(IntegrityError, match=constraint), writing(who):
            execute(to, [kind, unit])
