"""Customer organizations: who can be one, that the choice is permanent, and that they are never billed."""

import threading
from collections.abc import Callable
from typing import Any, LiteralString

import pytest
from django.db import DatabaseError, IntegrityError, connections

from tests.accounts.conftest import Accounts, accounts
from tests.cast import Cast
from tests.customer_organizations import ANCHOR, check_flags, customer, refer
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

__all__ = ["accounts"]  # the fixture of the accounts context

TERMS: dict[str, Any] = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-01-01"}


@pytest.fixture
def cast(accounts: Accounts) -> Cast:
    """Birch buys from Fjord, so that it may sell."""
    made = accounts.cast
    run("contract.create", made.ada, made.units["fjord"], {**TERMS, "buyer": made.units["birch"]})
    return made


def _choices(cast: Cast, unit: str, who: str = "ben", **filters: str) -> list[str]:
    return [row.name for row in ask("customer_organization.choices", cast.people[who], unit, filters).items]


def test_r72_r73_a_customer_is_the_customer_organization_of_others(cast: Cast) -> None:
    """R72, R73: a reference, not a place in the tree; it begins with the first customer that refers."""
    anchor = customer(cast, ANCHOR)
    assert not ask("unit.show", cast.ben, anchor).is_customer_organization
    one = customer(cast, "finance.omega.example.com", anchor)
    other = customer(cast, "lab.omega.example.com", anchor, parent="alder")
    view = ask("unit.show", cast.ben, one)
    assert view.customer_organization.name == ANCHOR
    assert [step.name for step in view.path] == ["Birch", "finance.omega.example.com"]
    assert ask("unit.show", cast.ben, anchor).is_customer_organization
    listed = ask("customer_organization.customers", cast.ben, anchor).items
    assert [str(row.id) for row in listed] == [one, other]
    assert check_flags() == 1


def test_r74_a_customer_organization_has_no_contract(cast: Cast) -> None:
    """R74: neither in force nor as a draft, nor by SQL."""
    anchor = customer(cast, ANCHOR)
    customer(cast, "finance.omega.example.com", anchor)
    for draft in (False, True):
        with pytest.raises(errors.CustomerOrganizationNotBilled):
            run("contract.create", cast.ben, cast.units["birch"], {**TERMS, "buyer": anchor, "draft": draft})
    with pytest.raises(IntegrityError, match="contract_of_billed"), system():
        execute(
            "insert into contract (hierarchy_id, seller_id, buyer_id, seller_entity_id, buyer_entity_id, seller_name,"
            " buyer_name, state, starts_on, created_at) select s.hierarchy_id, s.id, b.id, s.entity_id, b.entity_id,"
            " 's', 'b', 'draft', '2026-01-01', now() from unit s, unit b where s.name = 'Birch' and b.name = %s",
            [ANCHOR],
        )


def test_r79_a_customer_organization_accepts_no_accounts(accounts: Accounts, cast: Cast) -> None:
    """R74, R79: one or several, past days, or by SQL; its customers accept them."""
    anchor = customer(cast, ANCHOR)
    one = customer(cast, "finance.omega.example.com", anchor)
    data = {"unit": anchor, "starts_on": "2026-01-01", "ends_on": "2026-02-01"}
    with pytest.raises(errors.CustomerOrganizationAcceptsNoAccounts):
        run("sub_account.assign", cast.ada, accounts.ids["A1"], data)
    many = {**data, "sub_accounts": [accounts.ids["A1"], accounts.ids["A2"]]}
    with pytest.raises(errors.CustomerOrganizationAcceptsNoAccounts):
        run("sub_account.assign_many", cast.ada, cast.units["fjord"], many)
    with pytest.raises(IntegrityError, match="assignment_of_billed"), writing(cast.ada):
        execute(
            "insert into assignment (hierarchy_id, sub_account_id, unit_id, starts_on, created_at)"
            " select s.hierarchy_id, s.id, u.id, '2026-01-01', now() from sub_account s, unit u"
            " where s.external_id = 'A1' and u.name = %s",
            [ANCHOR],
        )
    run("sub_account.assign", cast.ada, accounts.ids["A1"], {**data, "unit": one})


def _with_assignment(accounts: Accounts, unit: str) -> None:
    data = {"unit": unit, "starts_on": "2026-01-01", "ends_on": "2026-02-01"}
    run("sub_account.assign", accounts.cast.ada, accounts.ids["A1"], data)


def _with_contract(accounts: Accounts, unit: str) -> None:
    cast = accounts.cast
    made = run("contract.create", cast.ben, cast.units["birch"], {**TERMS, "buyer": unit}).body
    run("contract.end", cast.ben, made["id"], {"ends_on": "2026-02-01"})


def _with_draft(accounts: Accounts, unit: str) -> None:
    cast = accounts.cast
    run("contract.create", cast.ben, cast.units["birch"], {**TERMS, "buyer": unit, "draft": True})


@pytest.mark.parametrize("use", [_with_assignment, _with_contract, _with_draft])
def test_r74_who_has_accounts_or_contracts_cannot_become_one(
    accounts: Accounts, cast: Cast, use: Callable[[Accounts, str], None]
) -> None:
    """R73, R74: past assignments, ended contracts and drafts count; the list does not offer it, SQL cannot do it."""
    used, other = customer(cast, ANCHOR), customer(cast, "finance.omega.example.com")
    assert ANCHOR in _choices(cast, other)
    use(accounts, used)
    assert ANCHOR not in _choices(cast, other)
    with pytest.raises(errors.CustomerOrganizationInUse):
        refer(cast, other, used)
    with pytest.raises(errors.CustomerOrganizationInUse):
        customer(cast, "lab.omega.example.com", used)
    with pytest.raises(IntegrityError, match="accounts or contracts"), writing(cast.ben):
        execute(
            "update unit set anchor_id = (select id from unit where name = %s) where public_id = %s",
            [ANCHOR, other],
        )
    assert check_flags() == 0


def test_r76_r78_only_activated_customers_can_be_chosen(cast: Cast) -> None:
    """R76, R78: drafts and archived ones are not offered, and refused by operation and by database."""
    anchor, other = customer(cast, ANCHOR, draft=True), customer(cast, "finance.omega.example.com")
    for name, after in (("lab", "unit.activate"), ("sales", "unit.restore")):
        assert ANCHOR not in _choices(cast, other)
        with pytest.raises(errors.CustomerOrganizationInactive):
            refer(cast, other, anchor)
        with pytest.raises(errors.CustomerOrganizationInactive):
            customer(cast, f"{name}.omega.example.com", anchor)
        with pytest.raises(IntegrityError, match="active"), writing(cast.ben):
            execute(
                "update unit set anchor_id = (select id from unit where name = %s) where public_id = %s",
                [ANCHOR, other],
            )
        run(after, cast.ben, anchor)
        assert ANCHOR in _choices(cast, other)
        if after == "unit.activate":
            run("unit.archive", cast.ben, anchor)
    refer(cast, other, anchor)


def test_r77_it_is_chosen_at_creation_or_later(cast: Cast) -> None:
    """R77: by customers only, with a name proposed and not forced."""
    anchor = customer(cast, ANCHOR)
    created = customer(cast, "finance.omega.example.com", anchor)
    updated = customer(cast, "quite-another.example.net")
    assert refer(cast, updated, anchor)["customer_organization"]["id"] == anchor
    assert str(ask("unit.show", cast.ben, created).customer_organization.id) == anchor
    for data in ({"kind": "organization", "name": "Team", "customer_organization": anchor},):
        with pytest.raises(errors.InvalidInput) as refused:
            run("unit.create", cast.ben, cast.units["birch"], data)
        assert list(refused.value.fields) == ["customer_organization"]
    with pytest.raises(errors.InvalidInput):
        refer(cast, cast.units["birch_lab"], anchor)


def test_r78_the_choices_of_a_customer(cast: Cast) -> None:
    """R78: who is one already or could be; not itself, not one that refers, none once it is chosen or is one itself."""
    anchor = customer(cast, ANCHOR)
    one = customer(cast, "finance.omega.example.com", anchor)
    free = customer(cast, "free.example.io")
    assert {ANCHOR, "free.example.io"} <= set(_choices(cast, cast.units["birch"]))
    assert "finance.omega.example.com" not in _choices(cast, free)
    assert "free.example.io" not in _choices(cast, free)
    assert _choices(cast, free, q="OMEGA") == [ANCHOR]
    assert _choices(cast, one) == []
    assert _choices(cast, anchor) == []
    assert not {row for row in _choices(cast, cast.units["alder"], "cleo") if "omega" in row}
    with pytest.raises(errors.Forbidden):
        _choices(cast, cast.units["acme"], "dan")


@pytest.mark.parametrize("unit", ["gamma_lab", "delta", "birch", "00000000-0000-4000-8000-000000000000"])
def test_what_is_hidden_elsewhere_or_no_customer_is_refused_alike(cast: Cast, unit: str) -> None:
    """A4: a customer that one does not see answers as none does."""
    target = cast.units.get(unit, unit)
    other = customer(cast, "x.example.io", who="cleo", parent="alder")
    with pytest.raises(errors.InvalidInput) as refused:
        refer(cast, other, target, who="cleo")
    with pytest.raises(errors.InvalidInput) as absent:
        refer(cast, other, "00000000-0000-4000-8000-000000000000", who="cleo")
    assert refused.value.as_dict() == absent.value.as_dict()


def test_whoever_refers_to_a_customer_may_change_it(cast: Cast) -> None:
    """A5: it can be billed no more, so reading it is not enough; nor is it by SQL."""
    viewer = {"email": "cleo@example.com", "name": "Cleo", "role": "viewer"}
    anchor = customer(cast, ANCHOR)
    run("user.invite", cast.ben, anchor, viewer)
    other = customer(cast, "x.example.io", who="cleo", parent="alder")
    with pytest.raises(errors.Forbidden):
        refer(cast, other, anchor, who="cleo")
    with pytest.raises(IntegrityError, match="may be changed"), writing(cast.cleo):
        execute(
            "update unit set anchor_id = (select id from unit where name = %s) where public_id = %s",
            [ANCHOR, other],
        )


def test_r82_the_choice_is_permanent(cast: Cast) -> None:
    """R82: not another, not none, not by SQL; the same again changes nothing; delete and recreate works."""
    anchor, second = customer(cast, ANCHOR), customer(cast, "sigma.example.com")
    one = customer(cast, "finance.omega.example.com", anchor)
    with pytest.raises(errors.CustomerOrganizationPermanent):
        refer(cast, one, second)
    assert refer(cast, one, anchor)["customer_organization"]["id"] == anchor
    run("unit.update", cast.ben, one, {"customer_organization": None, "code": "F"})
    assert str(ask("unit.show", cast.ben, one).customer_organization.id) == anchor
    change: LiteralString = "update unit set anchor_id = {} where name = 'finance.omega.example.com'"
    for value in ("null", "(select id from unit where name = 'sigma.example.com')"):
        text: LiteralString = change.format(value)  # type: ignore[assignment]
        for door in (writing(cast.ben), system()):
            with pytest.raises(IntegrityError, match="chosen once"), door:
                execute(text)
    run("unit.remove", cast.ben, one)
    assert check_flags() == 0
    customer(cast, "finance.omega.example.com", second)
    assert check_flags() == 1


def test_r82_an_archived_customer_still_refers(cast: Cast) -> None:
    """R82, R74: the customer organization stays one as long as any customer refers to it."""
    anchor = customer(cast, ANCHOR)
    one = customer(cast, "finance.omega.example.com", anchor)
    run("unit.archive", cast.ben, one)
    assert ask("unit.show", cast.ben, anchor).is_customer_organization
    assert ask("customer_organization.customers", cast.ben, anchor).items == ()
    assert len(ask("customer_organization.customers", cast.ben, anchor, {"state": "all"}).items) == 1


def test_there_are_no_chains(cast: Cast) -> None:
    """R73: a customer organization refers to none, and who refers is none; nor to itself, nor by SQL."""
    anchor, second = customer(cast, ANCHOR), customer(cast, "sigma.example.com")
    one = customer(cast, "finance.omega.example.com", anchor)
    for unit, to in ((second, one), (anchor, second), (second, second)):
        with pytest.raises(errors.CustomerOrganizationInUse):
            refer(cast, unit, to)
        with pytest.raises(IntegrityError), writing(cast.ben):
            execute(
                "update unit set anchor_id = (select id from unit where public_id = %s) where public_id = %s",
                [to, unit],
            )
    assert check_flags() == 1


def test_nobody_writes_the_flag(cast: Cast) -> None:
    """R74: `anchors` follows the references; a person can neither set nor clear it, a new unit never has it."""
    anchor = customer(cast, ANCHOR)
    customer(cast, "finance.omega.example.com", anchor)
    for value in (True, False):
        with pytest.raises(DatabaseError, match="permission denied"), writing(cast.ben):
            execute("update unit set anchors = %s", [value])
    with writing(cast.ben):
        execute(
            "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, created_at, anchors)"
            " select p.hierarchy_id, p.id, 'customer', 'new.example.io', 'new.example.io', '{}', p.entity_id, now(),"
            " true from unit p where p.name = 'Birch'"
        )
    assert check_flags() == 1


def test_who_is_referred_to_cannot_be_removed(cast: Cast) -> None:
    anchor = customer(cast, ANCHOR)
    customer(cast, "finance.omega.example.com", anchor)
    with pytest.raises(errors.UnitInUse):
        run("unit.remove", cast.ben, anchor)


def _race(*calls: Callable[[], object]) -> list[str]:
    """What each call answers when all begin at once."""
    answers = [""] * len(calls)
    barrier = threading.Barrier(len(calls))

    def one(position: int) -> None:
        barrier.wait()
        try:
            calls[position]()
            answers[position] = "done"
        except errors.Refusal as refusal:
            answers[position] = refusal.code()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(position,)) for position in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("kind", ["account", "contract"])
def test_r79_at_once_either_the_account_or_the_customer_wins(accounts: Accounts, cast: Cast, kind: str) -> None:
    """R74, R79, A13: 20 rounds of giving a customer an account, or a contract, while another begins to refer to it."""
    refused = {
        "account": "customer_organization_accepts_no_accounts", "contract": "customer_organization_not_billed"
    }[kind]  # fmt: skip
    seen = set()
    for number in range(20):
        target, other = customer(cast, f"t{number}.example.io"), customer(cast, f"o{number}.example.io")
        day = {"starts_on": f"2026-01-{number + 1:02d}", "ends_on": f"2026-01-{number + 2:02d}"}

        def use(target: str = target, day: dict[str, str] = day) -> object:
            if kind == "account":
                return run("sub_account.assign", cast.ada, accounts.ids["A1"], {**day, "unit": target})
            return run("contract.create", cast.ben, cast.units["birch"], {**TERMS, "buyer": target})

        def become(other: str = other, target: str = target) -> object:
            return refer(cast, other, target)

        order = (use, become) if number % 2 else (become, use)
        answers = dict(zip(("use", "become") if number % 2 else ("become", "use"), _race(*order), strict=True))
        assert (answers["use"], answers["become"]) in {
            ("done", "customer_organization_in_use"), (refused, "done")
        }  # fmt: skip
        seen.add(answers["use"])
        check_flags()
    print(seen)


def test_at_once_two_customers_refer_to_one_another(cast: Cast) -> None:
    """A13: one at most does."""
    for number in range(10):
        one, other = customer(cast, f"t{number}.example.io"), customer(cast, f"o{number}.example.io")
        answers = _race(lambda a=one, b=other: refer(cast, a, b), lambda a=one, b=other: refer(cast, b, a))
        assert sorted(answers) == ["customer_organization_in_use", "done"]
        check_flags()


def test_at_once_the_last_customer_goes_and_another_comes(cast: Cast) -> None:
    """A13: the flag is true afterwards, whoever was first."""
    for number in range(10):
        anchor, other = customer(cast, f"a{number}.example.io"), customer(cast, f"o{number}.example.io")
        last = customer(cast, f"l{number}.example.io", anchor)
        answers = _race(
            lambda unit=last: run("unit.remove", cast.ben, unit), lambda a=other, b=anchor: refer(cast, a, b)
        )
        assert answers == ["done", "done"]
        assert check_flags() == number + 1
