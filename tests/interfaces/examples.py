"""Examples of every registered entry's input: who does what to which object of the world, and what is refused.

An entry without a successful example fails the sweep; each input has several invalid examples that name their field.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.world import BEFORE_MOVES, NO_ID, World
from underlet.foundation.clock import today
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive

Data = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """who: a person of the cast. subject: name of the object, among those of its kind ("" = none)."""

    who: str
    subject: str
    data: Callable[[World], Data]
    invalid: tuple[tuple[Data, str], ...] = field(default=())


def _plain(who: str, subject: str = "", data: Data | None = None, *invalid: tuple[Data, str]) -> Example:
    return Example(who, subject, lambda world: data or {}, invalid)


def _made(who: str, subject: str, data: Callable[[World], Data], *invalid: tuple[Data, str]) -> Example:
    return Example(who, subject, data, invalid)


def _ira(world: World) -> Data:
    """Who has a role on Birch Lab, of whom an entry is to be about."""
    return {"user": world.ids["person"]["ira"]}


_PAGES = (({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"after": "?"}, "after"), ({"x": "1"}, "x"))
_LISTS = (*_PAGES, ({"sort": "x"}, "sort"), ({"sort": "-"}, "sort"))
_NOTHING = (({"x": 1}, "x"), ({"x": {"y": 1}}, "x"))
_TERMS: Data = {"currency": "EUR", "rules": [{"verb": "pass_through"}]}
_INVITE_MANY: tuple[tuple[Data, str], ...] = (
    ({"people": "a@example.com"}, "role"), ({"people": "a@example.com", "role": "king"}, "role"),
    ({"role": "viewer"}, "people"), ({"role": "viewer", "upload": NO_ID}, "upload"),
    ({"role": "viewer", "people": "a@example.com", "scope": "group"}, "groups"),
    ({"role": "viewer", "people": "a@example.com", "language": "fr"}, "language"),
    ({"role": "viewer", "people": "a@example.com\nnobody"}, "lines.2"),
)  # fmt: skip
_WRONG_TERMS: tuple[tuple[Data, str], ...] = tuple(
    ({"starts_on": "2027-02-01", **_TERMS, **change}, name)
    for change, name in (
        ({"currency": "eur"}, "currency"),
        ({"rules": []}, "rules"),
        ({"rules": [{"verb": "adjust", "percent": 2.5}]}, "rules.0.percent"),
        ({"rules": [{"verb": "adjust", "percent": "NaN"}]}, "rules.0.percent"),
        ({"rules": [{"verb": "give away"}]}, "rules.0.verb"),
        ({"starts_on": "2027-02-30"}, "starts_on"),
        ({"vat_rate": "100"}, "vat_rate"),
        ({"payment_days": 366}, "payment_days"),
        ({"fees": [{"label": "", "price": "1"}]}, "fees.0.label"),
    )
)


def _person(world: World, who: str) -> str:
    return str(ask("user.me", world.cast.people[who]).id)


def _structure(world: World) -> Data:
    view = receive(world.cast.ben, [b"name,kind\nNew team,organization\n"], "structure.csv")
    return {"upload": str(view.id)}


def _upload(world: World) -> Data:
    view = receive(world.cast.ada, [b"not a billing file"], "example.csv")
    return {"upload": str(view.id)}


def _later() -> str:
    """A day on which a move can be scheduled."""
    return str(today() + timedelta(days=200))


_CUSTOMER = "birch beta"
OPERATIONS: dict[str, Example] = {
    "unit.create": _plain(
        "ben", "birch", {"kind": "customer", "name": "new.example.com"},
        ({}, "kind"), ({"kind": "customer", "name": ""}, "name"), ({"kind": "team", "name": "x"}, "kind"),
        ({"kind": "organization", "name": "x\0"}, "name"), ({"kind": "organization", "name": 7}, "name"),
        ({"kind": "customer", "name": "x.example.io", "customer_organization": NO_ID}, "customer_organization"),
        ({"kind": "organization", "name": "X", "groups": [NO_ID]}, "groups.0"),
    ),
    "group.create": _plain(
        "ben", "birch", {"name": "South", "rule": {"kind": "customer", "name": "*.com"}},
        ({}, "name"), ({"name": ""}, "name"), ({"name": "x", "rule": {"kind": "x"}}, "rule.kind"),
        ({"name": "x", "rule": {"below": NO_ID}}, "below"),
    ),
    "group.update": _plain(
        "ben", "ruled", {"description": "Customers of Birch"}, ({"name": ""}, "name"), ({"rule": {"x": 1}}, "rule.x"),
    ),
    "group.delete": _plain("ben", "ruled", {}, *_NOTHING),
    "group.set_members": _made(
        "ada", "north", lambda world: {"units": [world.ids["unit"]["beta"]]},
        ({}, "units"), ({"units": [NO_ID]}, "units.0"), ({"units": ["x"]}, "units.0"),
    ),
    "group.add_members": _made(
        "ada", "north", lambda world: {"units": [world.ids["unit"]["acme"]]},
        ({}, "units"), ({"units": [NO_ID]}, "units.0"), ({"every": {"kind": "x"}}, "every.kind"),
    ),
    "group.remove_members": _made(
        "ada", "north", lambda world: {"units": [world.ids["unit"]["beta"]]},
        ({}, "units"), ({"units": []}, "units"), ({"units": [NO_ID]}, "units.0"),
    ),
    "group.create_unit": _plain(
        "ada", "north", {"kind": "customer", "name": "new.example.com"},
        ({}, "kind"), ({"kind": "customer", "name": ""}, "name"),
        ({"kind": "organization", "name": "X", "groups": [NO_ID]}, "groups.0"),
    ),
    "unit.update": _plain(
        "ben", "birch", {"code": "B-2", "display_name": "Birch AB"}, ({"price_type": "raw_cost_only"}, "price_type"),
        ({"name": ""}, "name"), ({"code": "c" * 41}, "code"), ({"hierarchy_id": 2}, "hierarchy_id"),
    ),
    "unit.move": _made(
        "ben", "alder", lambda world: {"parent": world.ids["unit"]["birch_lab"]},
        ({}, "parent"), ({"parent": "birch"}, "parent"), ({"parent": NO_ID}, "parent"),
    ),
    "unit.activate": _plain("ben", "draft", {}, *_NOTHING),
    "unit.promote": _plain("cleo", "acme", {}, *_NOTHING),
    "unit.archive": _plain("uma", "physics", {}, *_NOTHING),
    "unit.restore": _plain(
        "uma", "archived", {"name": "Chemistry"}, ({"name": ""}, "name"), ({"name": "x" * 254}, "name"),
    ),
    "unit.update_many": _made(
        "ben", "birch", lambda world: {"units": [world.ids["unit"]["alder"]], "code": "many"},
        ({"code": "x"}, "units"), ({"units": []}, "units"), ({"units": [NO_ID] * 101, "code": "x"}, "units"),
        ({"units": [NO_ID], "code": "x"}, "units.0"), ({"units": [NO_ID]}, "time_zone"),
        ({"units": [NO_ID], "price_type": "free"}, "price_type"),
    ),
    "structure.check": _made("ben", "birch", _structure, ({}, "upload"), ({"upload": NO_ID}, "upload")),
    "structure.import": _made("ben", "birch", _structure, ({}, "upload"), ({"upload": NO_ID}, "upload")),
    "unit.move_many": _made(
        "ben", "birch_lab", lambda world: {"units": [world.ids["unit"]["alder"]]},
        ({}, "units"), ({"units": []}, "units"), ({"units": [NO_ID]}, "units.0"), ({"units": ["x"]}, "units.0"),
        ({"units": [NO_ID] * 501}, "units"),
    ),
    "unit.schedule_move": _made(
        "ben", "alder", lambda world: {"parent": world.ids["unit"]["birch_lab"], "effective_on": _later()},
        ({}, "parent"), ({"parent": NO_ID}, "effective_on"), ({"parent": NO_ID, "effective_on": _later()}, "parent"),
        ({"parent": NO_ID, "effective_on": "2020-01-01"}, "effective_on"),
        ({"parent": NO_ID, "effective_on": "9999-12-31"}, "effective_on"),
    ),
    "scheduled_move.cancel": _plain("ada", "delta", {}, *_NOTHING),
    "scheduled_move.carry_out": _plain("ada", "gamma_finance", {}, *_NOTHING),
    "unit.remove": _plain("uma", "physics", {}, *_NOTHING),
    "name.reserve": _plain("operator", "", {"name": "held.example.org"}, ({}, "name"), ({"name": ""}, "name")),
    "name.release": _plain("operator", "", {"name": "held.example.org"}, ({}, "name"), ({"name": ""}, "name")),
    "legal_entity.update": _plain(
        "ben", "birch", {"city": "Bergen", "country": "NO"},
        ({"country": "Norway"}, "country"), ({"language": "fr"}, "language"), ({"name": ""}, "name"),
    ),
    "environment.provision": _plain("ben", "acme", {}, *_NOTHING),
    "environment.deprovision": _plain("ben", "beta", {}, *_NOTHING),
    "environment.retry": _plain("eve", "delta", {}, *_NOTHING),
    "environment.report": _made(
        "eve", "delta", lambda world: {"attempt": world.attempt, "outcome": "done", "reference": "env-1"},
        ({"outcome": "done"}, "attempt"), ({"attempt": NO_ID, "outcome": "done"}, "attempt"),
        ({"attempt": NO_ID, "outcome": "maybe"}, "outcome"), ({"attempt": NO_ID, "outcome": "failed"}, "reason"),
        ({"attempt": NO_ID, "outcome": "done", "address": "javascript:x"}, "address"),
    ),
    "provisioning_hook.set": _plain(
        "ben", "birch", {"url": "https://hooks.example.com/birch"},
        ({}, "url"), ({"url": "hooks.example.com"}, "url"), ({"url": "http://hooks.example.com/"}, "url"),
        ({"url": "https://a:b@hooks.example.com/"}, "url"),
    ),
    "provisioning_hook.remove": _plain("eve", "cedar", {}, *_NOTHING),
    "provisioning_hook.test": _plain("eve", "cedar", {}, *_NOTHING),
    "identity_provider.create": _plain(
        "ben", "birch", {
            "kind": "openid_connect", "name": "Birch", "issuer": "https://login.example.com", "client_id": "underlet",
        },
        ({}, "kind"), ({"kind": "ldap", "name": "x"}, "kind"), ({"kind": "saml", "name": "x"}, "entity_id"),
        ({"kind": "openid_connect", "name": "x", "client_id": "x"}, "issuer"),
        ({"kind": "openid_connect", "name": "x", "client_id": "x", "issuer": "http://x.example"}, "issuer"),
        ({"kind": "saml", "name": "x", "metadata": "<x/>"}, "metadata"),
    ),
    "identity_provider.update": _plain("ben", "birch", {"name": "Birch sign-in"}, ({"name": ""}, "name")),
    "identity_provider.remove": _plain("ben", "birch", {}, *_NOTHING),
    "session.end": _plain("dan", "", {}, ({"session": "x"}, "session"), ({"user": NO_ID[:-1]}, "user")),
    "sign_in_policy.set": _plain(
        "ben", "birch", {"requires_second_factor": True}, ({}, "requires_second_factor"),
        ({"requires_second_factor": "perhaps"}, "requires_second_factor"),
    ),
    "hierarchy.create": _plain(
        "operator", "", {"name": "Sund", "currency": "SEK"},
        ({}, "name"), ({"name": "Sund", "currency": "kr"}, "currency"), ({"name": "Sund", "metric": "list"}, "metric"),
    ),
    "user.invite": _plain(
        "ben", "birch", {"email": "new@example.com", "name": "New", "role": "viewer"},
        ({"name": "New", "role": "viewer"}, "email"),
        ({"email": "new", "name": "New", "role": "viewer"}, "email"),
        ({"email": "new@example.com", "name": "New", "role": "king"}, "role"),
        ({"email": "new@example.com", "name": "New", "role": "viewer", "scope": "all"}, "scope"),
        ({"email": "new@example.com", "name": "New", "role": "viewer", "scope": "group"}, "groups"),
        ({"email": "new@example.com", "name": "New", "role": "viewer", "ends_on": "2020-01-01"}, "ends_on"),
        ({"email": "new@example.com", "name": "New", "role": "viewer", "scope": "customers"}, "scope"),
    ),
    "user.invite_many": _plain(
        "ben", "birch", {"people": "One <one@example.com>, two@example.com", "role": "viewer"}, *_INVITE_MANY,
    ),
    "user.invite_again": _made("ben", "birch_lab", _ira, ({}, "user"), ({"user": NO_ID}, "user")),
    "user.suspend": _made("ben", "birch_lab", _ira, ({}, "user"), ({"user": NO_ID}, "user"), ({"user": "x"}, "user")),
    "user.resume": _made("ben", "birch_lab", _ira, ({}, "user"), ({"user": NO_ID}, "user")),
    "user.remove": _made("ben", "birch_lab", _ira, ({}, "user"), ({"user": NO_ID}, "user")),
    "grant.create": _made(
        "ben", "birch", lambda world: {**_ira(world), "role": "viewer", "scope": "unit", "ends_on": "2126-01-01"},
        ({"role": "viewer"}, "user"), ({"user": NO_ID, "role": "viewer"}, "user"),
        ({"user": NO_ID, "role": "king"}, "role"), ({"user": NO_ID, "role": "viewer", "scope": "group"}, "groups"),
        ({"user": NO_ID, "role": "viewer", "scope": "group", "groups": [NO_ID]}, "groups.0"),
        ({"user": NO_ID, "role": "viewer", "ends_on": "2020-01-01"}, "ends_on"),
    ),
    "grant.update": _plain(
        "ben", "ira", {"role": "support", "ends_on": "2126-01-01"},
        ({"role": "king"}, "role"), ({"scope": "customers"}, "scope"), ({"ends_on": "2020-01-01"}, "ends_on"),
    ),
    "user.update_me": _plain(
        "dan", "", {"language": "sv", "theme": "dark"}, ({"language": "fr"}, "language"), ({"theme": "pink"}, "theme"),
        ({"is_operator": True}, "is_operator"),
    ),
    "grant.revoke": _plain(
        "ben", "birch_lab", {"email": "ira@example.com", "role": "viewer"},
        ({}, "email"), ({"email": "ira", "role": "viewer"}, "email"),
        ({"email": "ira@example.com", "role": "viewer", "scope": "all"}, "scope"),
    ),
    "view_as.start": _made(
        "ben", "alder", lambda world: {"person": _person(world, "cleo"), "reason": "She asked for help"},
        ({}, "person"), ({"person": "cleo", "reason": "She asked"}, "person"),
        ({"person": NO_ID, "reason": "She asked"}, "person"), ({"person": NO_ID, "reason": ""}, "reason"),
        ({"person": NO_ID, "reason": "She asked", "mode": "x"}, "mode"),
    ),
    "view_as.end": _plain("ada", "ada", {}, *_NOTHING),
    "role.create": _plain(
        "ben", "birch", {"name": "Clerk", "permissions": ["unit_edit"], "masks": ["cost"]},
        ({}, "name"), ({"name": "x", "permissions": ["fly"]}, "permissions.0"),
        ({"name": "x", "masks": ["tax"]}, "masks.0"), ({"name": "Viewer"}, "name"),
    ),
    "role.update": _plain(
        "ada", "fjord", {"description": "For the desk"}, ({"name": ""}, "name"), ({"masks": ["tax"]}, "masks.0"),
    ),
    "role.delete": _plain("ada", "fjord", {}, *_NOTHING),
    "role_ceiling.set": _plain(
        "ben", "draft", {"permissions": ["unit_edit"], "masks": ["margin"]},
        ({"permissions": ["fly"]}, "permissions.0"),
    ),
    "role_ceiling.clear": _plain("ben", "draft", {}, *_NOTHING),
    "token.create": _plain(
        "dan", "", {"name": "nightly"}, ({}, "name"), ({"name": "x", "expires_in_days": 0}, "expires_in_days"),
        ({"name": "x", "unit": NO_ID}, "unit"), ({"name": "x", "permissions": ["fly"]}, "permissions.0"),
        ({"name": "x", "networks": ["::1/129"]}, "networks.0"), ({"name": "x", "purpose": "directory"}, "unit"),
    ),
    "token.update": _plain(
        "dan", "dan", {"name": "weekly", "networks": ["192.0.2.0/24"]}, ({"name": ""}, "name"),
        ({"networks": ["x"]}, "networks.0"), ({"unit": NO_ID}, "unit"),
    ),
    "token.rotate": _plain("dan", "dan", {"grace_hours": 1}, ({"grace_hours": 73}, "grace_hours")),
    "token.revoke_in_unit": _plain("ben", "beta", {}, *_NOTHING),
    "directory_user.create": _plain(
        "dan", "acme", {"user_name": "kim", "email": "kim@example.net"}, ({"user_name": "kim"}, "email"),
        ({"user_name": "", "email": "kim@example.net"}, "user_name"), ({"user_name": "k", "email": "k"}, "email"),
    ),
    "directory_user.update": _plain(
        "dan", "acme", {"display_name": "Kim", "active": False}, ({"email": "k"}, "email"), ({"user": NO_ID}, "user"),
    ),
    "directory_user.remove": _plain("dan", "acme", {}, *_NOTHING),
    "directory_group.create": _plain(
        "dan", "acme", {"display_name": "All"}, ({}, "display_name"),
        ({"display_name": "All", "members": [NO_ID]}, "members"),
    ),
    "directory_group.update": _plain(
        "dan", "acme", {"display_name": "All", "members": []}, ({"members": ["x"]}, "members.0"),
        ({"members": [NO_ID]}, "members"),
    ),
    "directory_group.remove": _plain("dan", "acme", {}, *_NOTHING),
    "directory_group.map": _plain(
        "dan", "acme", {"role": "customer_viewer"}, ({"role": "owner"}, "role"), ({"role": "king"}, "role"),
        ({"role": "viewer", "unit": NO_ID}, "unit"), ({"role": "viewer", "unit_group": NO_ID}, "unit_group"),
    ),
    "token.revoke": _plain("dan", "dan", {}, *_NOTHING),
    "brand.update": _plain(
        "ben", "birch", {"color": "#0f766e", "product_name": "Birch Cloud", "reset": ["logo"]},
        ({"color": "green"}, "color"), ({"logo": NO_ID}, "upload"), ({"product_name": "x" * 61}, "product_name"),
        ({"favicon": NO_ID}, "upload"), ({"sender_name": "a\nb"}, "sender_name"), ({"reply_to": "a"}, "reply_to"),
        ({"host_name": "-a"}, "host_name"), ({"reset": ["everything"]}, "reset.0"),
        ({"invoice_footer": "\x07"}, "invoice_footer"),
    ),
    "sub_account.assign": _made(
        "ada", "nobody", lambda world: {"unit": world.ids["unit"]["beta"], "starts_on": "2026-03-01"},
        ({"starts_on": "2026-03-01"}, "unit"), ({"unit": NO_ID, "starts_on": "2026-03-01"}, "unit"),
        ({"unit": NO_ID, "starts_on": "March"}, "starts_on"),
    ),
    "sub_account.assign_many": _made(
        "ada", "fjord",
        lambda world: {
            "unit": world.ids["unit"]["beta"], "starts_on": "2026-03-01",
            "sub_accounts": [world.ids["sub_account"]["nobody"]],
        },
        ({"unit": NO_ID, "starts_on": "2026-03-01"}, "sub_accounts"),
        ({"unit": NO_ID, "starts_on": "2026-03-01", "sub_accounts": []}, "sub_accounts"),
        ({"unit": NO_ID, "starts_on": "2026-03-01", "sub_accounts": [NO_ID] * 501}, "sub_accounts"),
        ({"unit": NO_ID, "starts_on": "2026-03-01", "sub_accounts": [NO_ID]}, "unit"),
    ),
    "assignment.end": _plain(
        "ada", "beta", {"ends_on": "2026-12-01"},
        ({}, "ends_on"), ({"ends_on": "2025-01-01"}, "ends_on"), ({"ends_on": "soon"}, "ends_on"),
    ),
    "assignment.remove": _plain("ada", "delta", {}, *_NOTHING),
    "contract.create": _made(
        "ben", "birch",
        lambda world: {**_TERMS, "buyer": world.ids["unit"]["birch_lab"], "starts_on": "2026-12-01", "draft": True},
        *(({"buyer": NO_ID, **data}, name) for data, name in _WRONG_TERMS), ({**_TERMS}, "buyer"),
    ),
    "contract.accept": _plain("ben", "birch birch_lab draft", {}, *_NOTHING),
    "contract.discard": _plain("ben", "birch birch_lab draft", {}, *_NOTHING),
    "contract.revise": _plain("ben", _CUSTOMER, {**_TERMS, "starts_on": "2027-02-01"}, *_WRONG_TERMS),
    "contract.end": _plain(
        "ben", _CUSTOMER, {"ends_on": "2027-01-01"}, ({}, "ends_on"), ({"ends_on": "2025-01-01"}, "ends_on"),
    ),
    "import.create": _made("ada", "fjord", _upload, ({}, "upload"), ({"upload": NO_ID}, "upload")),
    "exchange_rate.set": _plain(
        "ada", "fjord", {"period": "2026-06", "currency": "USD", "rate": "0.93"},
        ({"period": "2026-13", "currency": "USD", "rate": "1"}, "period"),
        ({"period": "2026-06", "currency": "USD", "rate": 0.93}, "rate"),
        ({"period": "2026-06", "currency": "USD", "rate": "-1"}, "rate"),
    ),
    "billing_run.start": _plain("ada", "fjord", {"period": "2026-05"}, ({}, "period"), ({"period": "May"}, "period")),
    "invoice.issue_run": _plain("ada", "2026-05", {"issued_on": "2026-06-04"}, ({"issued_on": "x"}, "issued_on")),
    "invoice.issue_month": _plain(
        "ben", "birch", {"period": "2026-05", "issued_on": "2026-06-04"}, ({"period": "May"}, "period")
    ),
    "invoice.issue_many": _made(
        "ben", "birch",
        lambda world: {"invoices": [world.ids["invoice"]["birch beta draft"]], "issued_on": "2026-06-04"},
        ({}, "invoices"), ({"invoices": []}, "invoices"), ({"invoices": [NO_ID] * 501}, "invoices"),
        ({"invoices": [NO_ID]}, "invoices.0"), ({"invoices": ["x"]}, "invoices.0"),
    ),
    "invoice.issue": _plain("ben", "birch beta draft", {"issued_on": "2026-06-04"}, ({"issued_on": "x"}, "issued_on")),
}  # fmt: skip
QUERIES: dict[str, Example] = {
    "unit.mine": _plain("ben", "", {}, *_PAGES),
    "unit.show": _plain("ben", "birch", {}, *_NOTHING),
    "unit.list": _plain("ben", "birch", {"q": "a"}, *_LISTS, ({"q": "x" * 201}, "q")),
    "unit.children": _plain("ben", "birch", {}, *_PAGES),
    "group.mine": _plain("kim", "", {}, *_PAGES),
    "group.list": _plain("ben", "birch", {}, *_LISTS, ({"where": "x"}, "where")),
    "group.choices": _plain("ben", "birch", {}, ({"limit": "0"}, "limit"), ({"limit": "501"}, "limit")),
    "group.show": _plain("ben", "ruled", {}, *_NOTHING),
    "group.members": _plain("ada", "north", {}, *_LISTS, ({"state": "x"}, "state")),
    "group.preview_rule": _plain(
        "ben", "birch", {"kind": "customer"},
        ({"kind": "x"}, "kind"), ({"below": NO_ID}, "below"), ({"group": NO_ID}, "group"),
    ),
    "unit.around": _made(
        "ben", "acme", lambda world: {"named": world.ids["unit"]["beta"]},
        ({"named": "birch"}, "named.0"), ({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"x": "1"}, "x"),
    ),
    "customer_organization.customers": _plain("ben", "beta", {}, *_LISTS, ({"state": "x"}, "state")),
    "customer_organization.choices": _plain("ben", "birch", {"q": "a"}, *_PAGES),
    "unit.past": _plain(
        "ben", "birch", {"as_of": BEFORE_MOVES},
        ({}, "as_of"), ({"as_of": "yesterday"}, "as_of"), ({"as_of": "9999-12-31"}, "as_of"),
        ({"as_of": "2026-05-01T12:00:00"}, "as_of"), ({"as_of": BEFORE_MOVES, "kind": "x"}, "kind"),
        *(({"as_of": BEFORE_MOVES, **data}, name) for data, name in _PAGES),
    ),
    "unit.history": _plain("eve", "gamma_lab", {}, *_LISTS, ({"what": "x"}, "what")),
    "user.customers": _plain("ben", "", {}, *_PAGES),
    "home.waiting": _plain("ada", "fjord", {}, *_NOTHING[:1]),
    "unit.parents": _plain("ben", "alder", {"q": "b"}, *_PAGES, ({"q": "x" * 201}, "q")),
    "unit.preview_move": _made(
        "ben", "alder", lambda world: {"parent": world.ids["unit"]["birch_lab"]},
        ({}, "parent"), ({"parent": "birch"}, "parent"), ({"parent": NO_ID}, "parent"),
        ({"parent": NO_ID, "on": "2020-01-01"}, "on"), ({"parent": NO_ID, "on": "soon"}, "on"),
    ),
    "environment.list": _plain("ben", "birch", {"state": "failed"}, *_LISTS, ({"state": "x"}, "state")),
    "unit.preview_removal": _plain("ben", "beta", {}, *_NOTHING),
    "name.check": _plain(
        "ben", "birch", {"kind": "customer", "name": "free.example.io"},
        ({}, "kind"), ({"kind": "team", "name": "x"}, "kind"), ({"kind": "customer", "name": ""}, "name"),
    ),
    "name.list": _plain("operator", "", {}, *_LISTS),
    "unit.preview_update_many": _made(
        "ben", "birch", lambda world: {"units": world.ids["unit"]["alder"], "code": "many"},
        ({}, "units"), ({"units": "x"}, "units.0"), ({"units": NO_ID}, "units.0"),
    ),
    "structure.export": _plain("ben", "birch", {}, ({"format": "pdf"}, "format"), ({"state": "x"}, "state")),
    "structure.template": _plain("ben", "", {"format": "xlsx"}, ({"format": "pdf"}, "format"), ({"x": "1"}, "x")),
    "structure_import.show": _plain("ben", "birch", {}, *_NOTHING),
    "structure_import.findings": _plain("ben", "birch", {}, *_LISTS, ({"kind": "x"}, "kind")),
    "environment.show": _plain("dan", "acme", {}, *_NOTHING),
    "session.list": _plain("ben", "", {}, ({"user": "x"}, "user"), ({"x": "1"}, "x")),
    "sign_in_policy.show": _plain("ben", "birch", {}, *_NOTHING),
    "identity_provider.list": _plain("ben", "birch", {}, *_LISTS),
    "identity_provider.show": _plain("ben", "birch", {}, *_NOTHING),
    "provisioning_hook.show": _plain("ben", "birch", {}, *_NOTHING),
    "unit.preview_move_many": _made(
        "ben", "birch_lab", lambda world: {"units": world.ids["unit"]["alder"]},
        ({}, "units"), ({"units": ""}, "units.0"), ({"units": NO_ID}, "units.0"), ({"units": f"{NO_ID},x"}, "units.1"),
    ),
    "unit.last_move": _plain("ada", "gamma_lab", {}, *_NOTHING),
    "scheduled_move.list": _plain("ada", "fjord", {}, *_LISTS, ({"state": "x"}, "state")),
    "scheduled_move.show": _plain("ada", "delta", {}, *_NOTHING),
    "user.me": _plain("ben", "", {}, *_NOTHING),
    "user.list": _plain("ben", "birch", {}, *_LISTS),
    "user.my_roles": _plain("ben", "", {}, *_NOTHING),
    "user.show": _made("ben", "birch_lab", _ira, ({}, "user"), ({"user": NO_ID}, "user")),
    "user.preview_removal": _made("ben", "birch_lab", _ira, ({}, "user"), ({"user": NO_ID}, "user")),
    "user.preview_invite_many": _plain(
        "ben", "birch", {"people": "one@example.com, two", "role": "viewer"}, *_INVITE_MANY[:-1],
    ),
    "access.of_person": _made(
        "ben", "birch", lambda world: {"user": world.ids["person"]["cleo"]}, ({}, "user"), ({"user": NO_ID}, "user"),
        *((data | {"user": NO_ID}, name) for data, name in _LISTS if name != "after"),
    ),
    "access.of_unit": _plain("ben", "acme", {"q": "e"}, *_LISTS, ({"q": "x" * 201}, "q")),
    "access.of_contract": _plain("ben", "birch beta", {}, *_LISTS),
    "access.of_invoice": _plain("ben", "birch beta issued", {}, *_LISTS),
    "role.list": _plain("ben", "birch", {}, *_LISTS, ({"kind": "x"}, "kind")),
    "role.show": _plain("ben", "birch", {"role": "viewer"}, ({}, "role"), ({"role": "king"}, "role")),
    "role.preview": _plain(
        "ada", "fjord", {"permissions": "import", "masks": "margin"}, ({"masks": "tax"}, "masks"),
        ({"permissions": "fly"}, "permissions"),
    ),
    "role_ceiling.show": _plain("dan", "acme", {}, *_NOTHING),
    "token.list": _plain("dan", "", {}, *_LISTS),
    "view_as.list": _plain("ben", "", {}, *_LISTS, ({"side": "x"}, "side")),
    "view_as.people": _plain("ben", "birch", {}, *_LISTS),
    "audit.list": _plain(
        "ben", "birch", {"operation": "brand.update"}, *_LISTS, ({"within": "x"}, "within"), ({"since": "x"}, "since"),
        ({"until": "2026-02-30"}, "until"),
    ),
    "audit.show": _plain("ben", "birch unit", {}, *_NOTHING),
    "audit.head": _plain("ada", "fjord", {}, ({"chain": "x"}, "chain"), ({"x": "1"}, "x")),
    "audit.verify": _plain(
        "ada", "fjord", {}, ({"head_seq": "0"}, "head_seq"), ({"head_seq": "3"}, "head_hash"),
        ({"head_hash": "0" * 64}, "head_seq"), ({"head_hash": "x"}, "head_hash"),
    ),
    "token.list_of_unit": _plain("ben", "birch", {}, *_LISTS, ({"state": "x"}, "state")),
    "directory.show": _plain("dan", "acme", {}, *_NOTHING),
    "directory_user.list": _plain("dan", "acme", {}, *_LISTS, ({"active": "x"}, "active")),
    "directory_group.list": _plain("dan", "acme", {}, *_LISTS),
    "directory_group.show": _plain("dan", "acme", {}, *_NOTHING),
    "brand.show": _plain("dan", "acme", {}, *_NOTHING),
    "brand.logo": _plain("dan", "acme", {"size": "2x"}, *_NOTHING, ({"size": "3x"}, "size")),
    "brand.favicon": _plain("dan", "acme", {}, *_NOTHING, ({"size": "16"}, "size")),
    "account.list": _plain("ada", "fjord", {}, *_LISTS),
    "sub_account.list": _plain("dan", "acme", {"state": "assigned"}, *_LISTS, ({"state": "x"}, "state")),
    "sub_account.show": _plain("dan", "acme", {}, *_NOTHING),
    "contract.list": _plain("ben", "birch", {"side": "sold"}, *_LISTS, ({"side": "x"}, "side")),
    "contract.show": _plain("dan", "alder acme", {}, *_NOTHING),
    "import.list": _plain("ada", "fjord", {}, *_LISTS, ({"state": "x"}, "state")),
    "import.show": _plain("ada", "2026-04", {}, *_NOTHING),
    "exchange_rate.list": _plain("ada", "fjord", {}, *_LISTS),
    "billing_run.list": _plain("ada", "fjord", {}, *_LISTS, ({"period": "x"}, "period")),
    "billing_run.show": _plain("ada", "2026-04", {}, *_NOTHING),
    "invoice.list": _plain("ben", "birch", {"side": "sold"}, *_LISTS, ({"period": "x"}, "period")),
    "invoice.show": _plain("dan", "alder acme issued", {}, *_NOTHING),
    "invoice.explain": _plain("dan", "alder acme issued", {"line": 1}, ({}, "line"), ({"line": 0}, "line")),
    "invoice.pdf": _plain("dan", "alder acme issued", {}, *_NOTHING),
    "billing.summary": _plain("ben", "birch", {"period": "2026-04"}, ({}, "period"), ({"period": "x"}, "period")),
    "cost.show": _plain(
        "dan", "acme", {"period": "2026-04", "by": "sub_account", "sort": "-price"}, ({}, "period"),
        ({"period": "x"}, "period"), ({"period": "2026-04", "by": "x"}, "by"),
        ({"period": "2026-04", "sort": "seller_cost"}, "sort"), ({"period": "2026-04", "sort": "-billed"}, "sort"),
    ),
    "home.show": _plain("ben", "birch", {}, ({"months": 0}, "months"), ({"months": 25}, "months")),
    "job.list": _plain("ada", "", {}, *_LISTS, ({"current": "soon"}, "current")),
    "job.show": _plain("ada", "any", {}, *_NOTHING),
}  # fmt: skip
EXAMPLES = OPERATIONS | QUERIES

NO_PICTURE = ("brand.logo", "brand.favicon")
"""Answer 404 in the world, which has no logo and no icon; tests/branding proves them."""


def address(world: World, entry: Any, example: Example) -> str | None:
    """The id of an example's subject."""
    if entry.subject is None:
        return None
    ids = world.ids[entry.subject.parameter]
    return next(iter(ids.values())) if example.subject == "any" else ids[example.subject]
