"""A random world for the leak tests: rows of every table, made from a seed, put into the database by SQL alone.

Nothing here asks the product what it does: the rows are plain dictionaries, which the specification reads, too.
Every text carries a canary that occurs nowhere else, every amount is a power of two of its own, ids are uuid5 of seed,
table and number, and the clock stands still (trust.md §6).

A new table needs rows here (`test_worlds.py` names it otherwise), and who may know them in `knowledge.py`.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

Row = dict[str, Any]
MADE_AT = datetime(2026, 1, 2, tzinfo=UTC)
CHANGED_AT = datetime(2026, 5, 20, 12, tzinfo=UTC)
"""When the world became what it is: moves, new names, archived and removed units."""
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ISSUED, DRAFTED = date(2026, 4, 1), date(2026, 5, 1)
FIRST_BIT, BITS = 20, 46
"""Amounts are 2^20 … 2^65: no other number of an answer is as large and as round."""
ANONYMOUS = 0
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003"
    "010100c9fe92ef0000000049454e44ae426082"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"

READ, WRITE, PRICES, UNIT_EDIT, USER_EDIT, BRAND_EDIT, ACCOUNT_EDIT, IMPORT = (1 << bit for bit in range(8))
CONTRACT_EDIT, BILLING_RUN, INVOICE_ISSUE, COST_READ, AUDIT_READ, TOKEN_EDIT, ENVIRONMENT_EDIT = (
    1 << bit for bit in range(8, 15)
)
MARGIN_READ, GROUP_EDIT, ROLE_EDIT, VIEW_AS, SIGN_IN_EDIT = (1 << bit for bit in range(15, 20))
FIGURES = PRICES | COST_READ | MARGIN_READ


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a canary, a number or an id stands: whoever meets it in an answer must be allowed to know that field."""

    table: str
    id: int
    column: str


@dataclass
class World:
    """Rows by table, in the order in which they are inserted; as they are now.

    past: earlier values of some rows, which they had until CHANGED_AT. gone: rows that were removed then.
    texts, amounts, numbers, ids: what can be traced back. secrets: API key id -> its secret. people: name -> id, the
    roles' people among them. blobs: contents of files. salt: tells variants of a world apart (D3).
    """

    seed: int
    rows: dict[str, list[Row]] = field(default_factory=dict)
    past: dict[tuple[str, int], Row] = field(default_factory=dict)
    gone: list[Row] = field(default_factory=list)
    texts: dict[str, Mark] = field(default_factory=dict)
    numbers: dict[str, Mark] = field(default_factory=dict)
    amounts: dict[int, Mark] = field(default_factory=dict)
    ids: dict[str, Mark] = field(default_factory=dict)
    secrets: dict[int, str] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    blobs: list[bytes] = field(default_factory=list)
    salt: str = ""
    counters: dict[str, int] = field(default_factory=dict)
    _by_id: dict[str, dict[int, Row]] = field(default_factory=dict)

    def text(self, table: str, id_: int, column: str) -> str:
        """A canary for a field."""
        made = blake2b(f"{self.seed} {self.salt} {table} {id_} {column}".encode(), digest_size=10).digest()
        token = "zq" + "".join(_LETTERS[byte % 32] for byte in made)
        self.texts[token] = Mark(table, id_, column)
        return token

    def number(self, table: str, id_: int, column: str) -> str:
        """A number with four decimals that occurs once."""
        made = int.from_bytes(
            blake2b(f"{self.seed} {self.salt} {table} {id_} {column}".encode(), digest_size=4).digest()
        )
        value = f"{10 + made % 80}.{1 + 2 * (made // 80 % 4999):04d}"
        self.numbers[value] = Mark(table, id_, column)
        return value

    def amount(self, table: str, id_: int, column: str) -> int:
        """The next power of two, in an order of its own."""
        order = random.Random(self.seed).sample(range(FIRST_BIT, FIRST_BIT + BITS), BITS)
        value = 1 << order[len(self.amounts)]
        self.amounts[value] = Mark(table, id_, column)
        return value

    def next_id(self, table: str) -> int:
        """The next number of a table; people and keys share one."""
        name = "app_user" if table == "api_token" else table
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def public_id(self, table: str, id_: int) -> str:
        """The id that addresses name."""
        made = str(uuid5(NAMESPACE_OID, f"{self.seed} {table} {id_}"))
        self.ids[made] = Mark(table, id_, "public_id")
        return made

    def add(self, table: str, public: bool = True, id_: int = 0, **values: Any) -> Row:
        """A row; its texts are canaries where the value is `...`, its amounts where it is `Amount`."""
        id_ = id_ or self.next_id(table)
        row: Row = {"id": id_}
        if public:
            row["public_id"] = self.public_id(table, id_)
        for column, value in values.items():
            row[column] = self.text(table, id_, column) if value is ... else value
        self.rows.setdefault(table, []).append(row)
        self._by_id.setdefault(table, {})[id_] = row
        return row

    def get(self, table: str, id_: int) -> Row:
        """A row by its number."""
        return self._by_id[table][id_]

    def has(self, table: str, id_: int) -> bool:
        """Whether the row exists."""
        return id_ in self._by_id.get(table, {})

    def drop(self, table: str, id_: int) -> None:
        """Take a row out."""
        self.rows[table].remove(self._by_id[table].pop(id_))

    def index(self) -> None:
        """Find rows by number again after a copy."""
        self._by_id = {table: {row["id"]: row for row in rows if "id" in row} for table, rows in self.rows.items()}

    def blob(self, content: bytes) -> str:
        """The hash of a file that lies in the storage."""
        self.blobs.append(content)
        return sha256(content).hexdigest()


def make_world(seed: int) -> World:
    """Two hierarchies of 26 to 40 units together, their people, and a little of everything that there is."""
    world = World(seed)
    rng = random.Random(seed)
    for size, levels in ((rng.randint(10, 18), rng.randint(3, 10)), (rng.randint(3, 6), rng.randint(1, 3))):
        _hierarchy(world, rng, size, levels)
    _people(world, rng)
    for one in world.rows["hierarchy"]:
        _accounts(world, rng, one)
        _contracts(world, rng, one, 6 if one["id"] == 1 else 3)
        _month(world, rng, one)
    _belongings(world, rng)
    return world


# --- structure -----------------------------------------------------------------------------------


def units(world: World, hierarchy: Row, **wanted: Any) -> list[Row]:
    """The units of a hierarchy that are like this."""
    return [
        row
        for row in world.rows["unit"]
        if row["hierarchy_id"] == hierarchy["id"] and all(row[name] == value for name, value in wanted.items())
    ]


def _unit(
    world: World, hierarchy: Row, parent: Row | None, kind: str, own_entity: bool, state: str = "active"
) -> Row:
    id_ = world.next_id("unit")
    name = world.text("unit", id_, "name")
    if parent is None:
        name = hierarchy["name"]
    elif kind == "customer":
        name = f"{name}.example.org"
    entity_id = parent["entity_id"] if parent else 0
    if own_entity:
        entity_id = _entity(world, hierarchy)["id"]
    texts = {column: world.text("unit", id_, column) for column in ("display_name", "organization_number", "code")}
    return world.add(
        "unit",
        id_=id_,
        hierarchy_id=hierarchy["id"],
        parent_id=parent["id"] if parent else None,
        kind=kind,
        name=name,
        name_key=name,
        also_key="\n".join(texts.values()),
        **texts,
        time_zone="",
        price_type="seller_set_only",
        entity_id=entity_id,
        is_entity_own=own_entity,
        state=state,
        anchors=False,
        anchor_id=None,
        archived_at=CHANGED_AT if state == "archived" else None,
        created_at=MADE_AT,
    )


def _entity(world: World, hierarchy: Row) -> Row:
    texts = (
        "name",
        "street",
        "postal_code",
        "city",
        "organization_number",
        "vat_id",
        "phone",
        "bank_name",
        "iban",
        "bic",
        "address_line_2",
        "region",
        "tax_number",
        "electronic_address",
    )
    return world.add(
        "legal_entity",
        hierarchy_id=hierarchy["id"],
        country="SE",
        electronic_address_scheme="0007",
        email=f"{world.text('legal_entity', world.counters.get('legal_entity', 0) + 1, 'email')}@example.com",
        **dict.fromkeys(texts, ...),
    )


def _hierarchy(world: World, rng: random.Random, size: int, levels: int) -> None:
    hierarchy = world.add(
        "hierarchy",
        name=...,
        currency=("SEK", "EUR")[world.counters.get("hierarchy", 0) % 2],
        metric="effective",
        created_at=MADE_AT,
    )
    found = [_unit(world, hierarchy, None, "organization", True)]
    depth = {found[0]["id"]: 1}

    def put(parent: Row, kind: str, own: bool, state: str = "active") -> Row:
        made = _unit(world, hierarchy, parent, kind, own, state)
        depth[made["id"]] = depth[parent["id"]] + 1
        found.append(made)
        return made

    for _ in range(levels - 1):
        put(found[-1], "organization", rng.random() < 0.5)
    while len(found) < size:
        parent = rng.choice([one for one in found if one["kind"] == "organization" and depth[one["id"]] < 10])
        put(parent, rng.choice(("organization", "customer", "customer")), rng.random() < 0.5)
    # One organization of each hierarchy sells to three customers, among them one with its own legal entity.
    seller = put(found[0], "organization", True)
    customers = [put(seller, "customer", own) for own in (True, False, True, True, False)]
    put(seller, "customer", True, "draft")
    put(found[0], "organization", False, "archived")
    put(seller, "customer", True)  # nobody's: it can be removed
    put(seller, "organization", False, "draft")
    customers[0]["price_type"] = "raw_cost_only"  # all contracts above it disclose raw cost
    world.past["unit", customers[0]["id"]] = {"price_type": "seller_set_only"}
    for one in customers[3:4]:
        one["anchors"] = True
    customers[4]["anchor_id"] = customers[3]["id"]
    other = next((one for one in found[1:] if one["kind"] == "customer" and one is not customers[3]), customers[1])
    if other["parent_id"] != seller["id"]:
        other["anchor_id"] = customers[3]["id"]
    _pasts(world, rng, hierarchy, found)


def _pasts(world: World, rng: random.Random, hierarchy: Row, found: list[Row]) -> None:
    """Some units were called otherwise, stood elsewhere, or are gone."""
    for one in found:
        if one["state"] == "archived":
            world.past["unit", one["id"]] = {"state": "active", "archived_at": None}
    for one in rng.sample([row for row in found[1:] if row["state"] == "active"], 3):
        name = world.text("unit", one["id"], "old name") + (".example.org" if one["kind"] == "customer" else "")
        past = {"name": name, "name_key": name, "code": world.text("unit", one["id"], "old code")}
        if not any(row["parent_id"] == one["id"] for row in found) and one["parent_id"] != found[0]["id"]:
            past["parent_id"] = found[0]["id"]
        world.past.setdefault(("unit", one["id"]), {}).update(past)
    kept = rng.choice([one for one in found if one["kind"] == "organization" and one["state"] == "active"])
    if sum(1 for _ in way_up(world, kept)) < 10:
        removed = _unit(world, hierarchy, kept, "organization", False)
        world.drop("unit", removed["id"])
        world.gone.append(removed)


def way_up(world: World, unit: Row) -> list[Row]:
    """The unit and its ancestors, itself first."""
    found = [unit]
    while found[-1]["parent_id"]:
        found.append(world.get("unit", found[-1]["parent_id"]))
    return found


# --- people --------------------------------------------------------------------------------------

_EVERYTHING = (1 << 20) - 1
_LOOK = READ | PRICES | COST_READ
ROLES = {
    "owner": _EVERYTHING,
    "administrator": _EVERYTHING,
    "billing": _LOOK | WRITE | ACCOUNT_EDIT | IMPORT | CONTRACT_EDIT | BILLING_RUN | INVOICE_ISSUE | MARGIN_READ,
    "support": READ | VIEW_AS,
    "viewer": _LOOK | MARGIN_READ,
    "key_account_manager": _LOOK | WRITE | UNIT_EDIT | ACCOUNT_EDIT | CONTRACT_EDIT | MARGIN_READ,
    "key_account_viewer": _LOOK | MARGIN_READ,
    "limited_key_account_manager": _LOOK | WRITE | UNIT_EDIT,
    "sales_agent": READ | WRITE | PRICES | UNIT_EDIT,
    "customer_administrator": _LOOK | WRITE | USER_EDIT | BRAND_EDIT | TOKEN_EDIT | ROLE_EDIT,
    "customer_viewer": _LOOK,
}
"""The built-in roles (P14), written down once more; a test compares."""
OWN_ROLE = _LOOK | WRITE | UNIT_EDIT | USER_EDIT | BRAND_EDIT


def _person(world: World, name: str, **more: Any) -> Row:
    id_ = world.next_id("app_user")
    email = world.text("app_user", id_, "email") + "@example.com"
    row = world.add(
        "app_user",
        id_=id_,
        email=email,
        email_key=email,
        name=...,
        password=f"!{world.text('app_user', id_, 'password')}",
        language="en",
        theme="auto",
        is_active=True,
        is_operator=False,
        created_at=MADE_AT,
        last_login=MADE_AT,
    )
    row.update(more)
    world.people[name] = id_
    return row


def _grant(world: World, person: Row, unit: Row, role: str, scope: str = "subtree", **more: Any) -> Row:
    own = more.pop("own_role", None)
    perms = own["perms"] if own else ROLES[role]
    acts = None if scope == "customers" else unit["id"]
    return world.add(
        "access_grant",
        user_id=person["id"],
        unit_id=unit["id"],
        role="" if own else role,
        role_id=own["id"] if own else None,
        perms=perms,
        scope=scope,
        group_id=more.pop("group_id", None),
        acts_for_id=acts,
        expires_at=more.pop("expires_at", None),
        suspended_at=more.pop("suspended_at", None),
        created_at=MADE_AT,
    )


def _named(world: World, table: str, unit: Row, **more: Any) -> Row:
    row = world.add(table, unit_id=unit["id"], name=..., description=..., created_at=MADE_AT, **more)
    row["name_key"] = row["name"]
    return row


def _people(world: World, rng: random.Random) -> None:
    """One of every role at the root and one further down, some of every kind of grant, and random ones."""
    big, small = world.rows["hierarchy"]
    root = units(world, big, parent_id=None)[0]
    live = [one for one in world.rows["unit"] if one["state"] == "active"]
    sellers = [one for one in live if one["kind"] == "organization" and one["parent_id"]]
    customers = [one for one in live if one["kind"] == "customer"]
    anchor = units(world, big, anchors=True)[0]
    seller = world.get("unit", anchor["parent_id"])
    groups = [_group(world, rng, root), _group(world, rng, root), _group(world, rng, seller)]
    own = [_named(world, "role", unit, perms=OWN_ROLE) for unit in (root, seller)]
    world.add("unit_ceiling", public=False, unit_id=rng.choice(sellers)["id"], perms=_EVERYTHING & ~USER_EDIT)
    world.rows["unit_ceiling"][0].pop("id")
    _grant(world, _person(world, "operator", is_operator=True), units(world, small, parent_id=None)[0], "owner")
    for role in ROLES:
        if role.startswith("customer"):
            top = next(
                one for one in units(world, big, parent_id=seller["id"], kind="customer") if not one["anchors"]
            )
        else:
            top = root
        _grant(world, _person(world, f"{role} at the top"), top, role)
        person = _person(world, role)
        if "key_account" in role or role == "sales_agent":
            group = rng.choice(groups)
            _grant(world, person, world.get("unit", group["unit_id"]), role, "group", group_id=group["id"])
        else:
            _grant(world, person, rng.choice(customers if role.startswith("customer") else sellers), role)
    _grant(world, _person(world, "own role"), seller, "", own_role=own[1])
    _grant(world, _person(world, "all customers"), anchor, "customer_administrator", "customers")
    _grant(world, _person(world, "alone"), seller, "administrator", "unit")
    _grant(world, _person(world, "expired"), seller, "administrator", expires_at=NOW - timedelta(days=9))
    _grant(world, _person(world, "suspended"), seller, "administrator", suspended_at=CHANGED_AT)
    _grant(world, _person(world, "inactive", is_active=False), seller, "administrator")
    for number in range(6):
        person = _person(world, f"random {number}")
        for unit in rng.sample(live, rng.randint(0, 3)):
            scope = "subtree" if unit["kind"] == "customer" else rng.choice(("subtree", "subtree", "unit"))
            ends = rng.choice((None, None, NOW + timedelta(days=30)))
            _grant(world, person, unit, rng.choice(list(ROLES)), scope, expires_at=ends)
    for name in ("administrator", "billing", "customer_viewer", "random 0", "inactive"):
        _key(world, name)
    _key(world, "owner at the top", unit_id=seller["id"], perms=_LOOK | WRITE | UNIT_EDIT)
    _key(world, "viewer at the top", expires_at=NOW - timedelta(days=1))
    _key(world, "viewer at the top", revoked_at=CHANGED_AT)


def _group(world: World, rng: random.Random, unit: Row) -> Row:
    below = [
        one
        for one in world.rows["unit"]
        if one["hierarchy_id"] == unit["hierarchy_id"]
        and unit in way_up(world, one)[1:]
        and not any("parent_id" in world.past.get(("unit", above["id"]), ()) for above in way_up(world, one))
    ]
    group = _named(world, "unit_group", unit, hierarchy_id=unit["hierarchy_id"], rule=None)
    for one in rng.sample(below, min(3, len(below))):
        world.rows.setdefault("group_member", []).append(
            {
                "group_id": group["id"],
                "unit_id": one["id"],
                "hierarchy_id": unit["hierarchy_id"],
                "is_by_rule": False,
            }
        )
    return group


def _key(world: World, person: str, **limits: Any) -> None:
    id_ = world.next_id("api_token")
    secret = f"underlet_{world.text('api_token', id_, 'secret')}"
    world.secrets[id_] = secret
    row = world.add(
        "api_token",
        id_=id_,
        user_id=world.people[person],
        name=...,
        digest=sha256(secret.encode()).hexdigest(),
        unit_id=None,
        perms=None,
        expires_at=None,
        revoked_at=None,
        created_at=MADE_AT,
    )
    row.update(limits)


# --- accounts, contracts, months -----------------------------------------------------------------


def can_be_billed(unit: Row) -> bool:
    """Active, and no customer organization."""
    return unit["state"] == "active" and not unit["anchors"]


def _accounts(world: World, rng: random.Random, hierarchy: Row) -> None:
    root = units(world, hierarchy, parent_id=None)[0]
    owners = [one for one in units(world, hierarchy) if can_be_billed(one)]
    for _ in range(2):
        account = world.add(
            "account",
            hierarchy_id=hierarchy["id"],
            unit_id=root["id"],
            provider="aws",
            external_id=...,
            name=...,
            currency="EUR",
            created_at=MADE_AT,
        )
        for _ in range(3):
            sub = world.add(
                "sub_account",
                hierarchy_id=hierarchy["id"],
                account_id=account["id"],
                unit_id=root["id"],
                external_id=...,
                name=...,
                first_on=date(2026, 1, 1),
                last_on=date(2026, 5, 31),
                created_at=MADE_AT,
            )
            sub["name_key"] = sub["name"]
            if rng.random() < 0.85:
                first, second = rng.sample(owners, 2)
                _assign(world, sub, first, date(2026, 1, 1), date(2026, 5, 1))
                _assign(world, sub, second, date(2026, 5, 1), rng.choice((None, date(2027, 1, 1))))


def _assign(world: World, sub: Row, owner: Row, first: date, end: date | None) -> None:
    world.add(
        "assignment",
        hierarchy_id=sub["hierarchy_id"],
        sub_account_id=sub["id"],
        unit_id=owner["id"],
        starts_on=first,
        ends_on=end,
        created_at=MADE_AT,
    )


def _contracts(world: World, rng: random.Random, hierarchy: Row, count: int) -> None:
    """Active contracts from the top down, so that who sells has bought; and two drafts."""
    root = units(world, hierarchy, parent_id=None)[0]
    anchor = units(world, hierarchy, anchors=True)[0]
    first = world.get("unit", anchor["parent_id"])
    places = [one for one in units(world, hierarchy) if can_be_billed(one) and one["parent_id"]]
    own = [one for one in places if one["is_entity_own"] or one["kind"] == "customer"]
    below = [one for one in own if one["parent_id"] == first["id"]][:3]
    rest = [one for one in own if one not in below and one is not first]
    chosen = [first, *below, *rng.sample(rest, max(0, min(len(rest), count - 4)))]
    chosen.sort(key=lambda one: len(way_up(world, one)))
    buyers = {root["id"]}
    for buyer in chosen[:count]:
        seller = next(one for one in way_up(world, buyer)[1:] if one["id"] in buyers)
        raw = buyer["price_type"] == "raw_cost_only"
        _contract(world, seller, buyer, "active", raw=raw, discloses=raw or buyer is first)
        if buyer["kind"] == "organization":
            buyers.add(buyer["id"])
    for buyer in rng.sample(places, 2):
        if buyer["price_type"] != "raw_cost_only":
            seller = next(one for one in way_up(world, buyer)[1:] if one["id"] in buyers)
            _contract(world, seller, buyer, "draft")


def _contract(
    world: World, seller: Row, buyer: Row, state: str, *, raw: bool = False, discloses: bool = False
) -> None:
    sells, buys = (world.get("legal_entity", one["entity_id"]) for one in (seller, buyer))
    starts = date(2026, 1, 1) if state == "active" else date(2027, 6, 1)
    contract = world.add(
        "contract",
        hierarchy_id=seller["hierarchy_id"],
        seller_id=seller["id"],
        buyer_id=buyer["id"],
        seller_entity_id=sells["id"],
        buyer_entity_id=buys["id"],
        seller_name=sells["name"],
        buyer_name=buys["name"],
        state=state,
        starts_on=starts,
        ends_on=None,
        created_at=MADE_AT,
    )
    version = world.add(
        "contract_version",
        hierarchy_id=seller["hierarchy_id"],
        contract_id=contract["id"],
        number=1,
        starts_on=starts,
        ends_on=None,
        currency="EUR",
        metric="billed" if raw else "effective",
        rates={},
        disclose_raw_cost=discloses,
        vat_category="Z",
        vat_rate="0",
        payment_days=30,
        created_at=MADE_AT,
        used_at=MADE_AT if state == "active" else None,
    )
    world.past["contract_version", version["id"]] = {"used_at": None}
    version["rates"] = {} if raw else {"USD": world.number("contract_version", version["id"], "rates")}
    common = {
        "version_id": version["id"],
        "on_missing_base": "hold",
        "conditions": [],
        "starts_on": None,
        "price": None,
    }
    removed = [{"dimension": "ChargeCategory", "operator": "in", "values": ["Tax"]}]
    world.add(
        "price_rule",
        False,
        position=1,
        label=...,
        verb="remove",
        base=None,
        percent=None,
        **common | {"conditions": removed},
    )
    if raw:
        world.add(
            "price_rule", False, position=2, label=..., verb="pass_through", base=None, percent=None, **common
        )
        return
    rule = world.add("price_rule", False, position=2, label=..., verb="adjust", base="seller_cost", **common)
    rule["percent"] = world.number("price_rule", rule["id"], "percent")
    fee = world.add(
        "recurring_fee", False, version_id=version["id"], position=1, label=..., quantity="1", starts_on=starts
    )
    fee["price"] = world.number("recurring_fee", fee["id"], "price")


def _month(world: World, rng: random.Random, hierarchy: Row) -> None:
    """A month that is issued and one that is drafted, as a billing run would have left them."""
    root = units(world, hierarchy, parent_id=None)[0]
    starter = world.people["owner at the top"] if hierarchy["id"] == 1 else world.people["operator"]
    hid = hierarchy["id"]
    for period in (ISSUED, DRAFTED):
        taken = world.add(
            "usage_import",
            hierarchy_id=hid,
            unit_id=root["id"],
            actor_id=starter,
            name=...,
            source_sha256=...,
            bytes=1000,
            content_sha256=...,
            profile="focus",
            state="active",
            line_count=17,
            created_at=MADE_AT,
            finished_at=MADE_AT,
            errors=[],
            warnings=[],
        )
        taken["warnings"] = [
            {
                "record": 1,
                "line": 2,
                "column": "x",
                "value": world.text("usage_import", taken["id"], "value"),
                "reason": world.text("usage_import", taken["id"], "reason"),
                "hint": "",
            }
        ]
        snapshot = world.add(
            "usage_snapshot",
            False,
            hierarchy_id=hid,
            import_id=taken["id"],
            provider="aws",
            billing_account=...,
            period=period,
            line_count=17,
            is_active=True,
        )
        world.add(
            "usage_file",
            False,
            snapshot_id=snapshot["id"],
            kind="lines",
            path=...,
            sha256=...,
            line_count=17,
            bytes=99,
        )
        for metric in ("billed_cost", "effective_cost", "list_cost", "contracted_cost"):
            is_known = period == ISSUED and metric == "billed_cost"
            exact = world.amount("usage_total", taken["id"], "exact") if is_known else 7
            world.rows.setdefault("usage_total", []).append(
                {"import_id": taken["id"], "currency": "EUR", "metric": metric, "exact": exact, "stored": exact}
            )
        run = world.add(
            "billing_run",
            hierarchy_id=hid,
            unit_id=root["id"],
            actor_id=starter,
            period=period,
            state="done",
            is_current=True,
            manifest={},
            inputs_hash=...,
            result_hash=...,
            engine_version="1",
            folder="",
            checks=[{"name": "I1", "passed": True, "detail": ""}],
            created_at=MADE_AT,
            finished_at=MADE_AT,
            findings=[],
        )
        run["findings"] = [
            {
                "code": "contract_gap",
                "about": world.text("billing_run", run["id"], "about"),
                "detail": world.text("billing_run", run["id"], "detail"),
                "hint": "",
                "blocks": False,
                "amount": None,
                "currency": "",
            }
        ]
        cost = world.add(
            "provider_cost",
            False,
            run_id=run["id"],
            unit_id=root["id"],
            provider="aws",
            billing_account=...,
            currency="EUR",
            unassigned=0,
            rate="1",
            reporting_currency=hierarchy["currency"],
        )
        cost["exact"] = cost["posted"] = world.amount("provider_cost", cost["id"], "exact")
        for contract in world.rows["contract"]:
            if contract["hierarchy_id"] == hid and contract["state"] == "active":
                _invoice(world, run, contract, period)
    rate = world.add("exchange_rate", False, hierarchy_id=hid, unit_id=root["id"], period=ISSUED, currency="USD")
    rate["rate"] = world.number("exchange_rate", rate["id"], "rate")


def _invoice(world: World, run: Row, contract: Row, period: date) -> None:
    version = next(one for one in world.rows["contract_version"] if one["contract_id"] == contract["id"])
    edge = {name: contract[name] for name in ("seller_id", "buyer_id", "seller_entity_id", "buyer_entity_id")}
    key = {
        "provider": "aws",
        "billing_account": "payer",
        "service": "svc",
        "charge_category": "Usage",
        "charge_class": None,
        "charge_kind": "usage",
        "provider_currency": "EUR",
    }
    line = world.add(
        "charge_line",
        False,
        run_id=run["id"],
        edge=1,
        outcome="priced",
        version_id=version["id"],
        **edge,
        **key | {"service": ..., "sub_account": ..., "sub_account_name": ...},
        rule_id="2",
        currency="EUR",
        n=1,
    )
    price = world.amount("charge_line", line["id"], "posted")
    line |= {"exact": price, "posted": price}
    world.rows["charge_line"][-1].update(line)
    cost = world.add("charge_cost", False, charge_line_id=line["id"], currency="EUR")
    cost["exact"] = world.amount("charge_cost", cost["id"], "exact")
    is_issued = period == ISSUED
    invoice = world.add(
        "invoice",
        hierarchy_id=contract["hierarchy_id"],
        run_id=run["id"],
        contract_id=contract["id"],
        version_id=version["id"],
        **edge,
        seller_name=contract["seller_name"],
        buyer_name=contract["buyer_name"],
        period=period,
        currency="EUR",
        hold="",
        net=price,
        vat=0,
        gross=price,
        series="",
        created_at=MADE_AT,
        state="issued" if is_issued else "draft",
    )
    if is_issued:
        counters = world.rows.setdefault("invoice_counter", [])
        mine = next((one for one in counters if one["seller_id"] == edge["seller_id"]), None)
        if mine is None:
            mine = {"seller_id": edge["seller_id"], "series": "", "year": 2026, "next": 1}
            counters.append(mine)
        invoice |= {
            "year": 2026,
            "sequence": mine["next"],
            "number": f"2026-{world.text('invoice', invoice['id'], 'number')}",
            "issued_on": date(2026, 5, 4),
            "due_on": date(2026, 6, 3),
            "snapshot": {"mark": world.text("invoice", invoice["id"], "snapshot")},
            "snapshot_sha256": world.text("invoice", invoice["id"], "snapshot_sha256"),
        }
        world.rows["invoice"][-1].update(invoice)
        mine["next"] += 1
        content = f"%PDF {world.text('invoice_document', invoice['id'], 'content')}".encode()
        world.add(
            "invoice_document",
            False,
            id_=invoice["id"],
            invoice_id=invoice["id"],
            kind="pdf",
            sha256=world.blob(content),
            bytes=len(content),
            created_at=MADE_AT,
        )
        nothing = dict.fromkeys(
            ("state", "year", "sequence", "number", "issued_on", "due_on", "snapshot", "snapshot_sha256")
        )
        world.past["invoice", invoice["id"]] = nothing | {"state": "draft"}
    world.add(
        "invoice_line",
        False,
        invoice_id=invoice["id"],
        position=1,
        kind="usage",
        text=...,
        sub_account=...,
        sub_account_name=...,
        service=...,
        charge_category="Usage",
        rule_id="2",
        exact=price,
        net=price,
        vat_category="Z",
        vat_rate="0",
        key={**key, "sub_account": line["sub_account"], "rule_id": "2", "version_id": str(version["id"])},
    )


# --- what hangs on units and people --------------------------------------------------------------


def _belongings(world: World, rng: random.Random) -> None:
    live = [one for one in world.rows["unit"] if one["state"] == "active"]
    everyone = [row["id"] for row in world.rows["app_user"]]
    for hierarchy in world.rows["hierarchy"]:
        root = units(world, hierarchy, parent_id=None)[0]
        seller = world.get("unit", units(world, hierarchy, anchors=True)[0]["parent_id"])
        customers = list(units(world, hierarchy, parent_id=seller["id"], kind="customer", state="active"))
        for unit in {one["id"]: one for one in (root, seller, rng.choice(live), rng.choice(live))}.values():
            if not any(one["unit_id"] == unit["id"] for one in world.rows.get("brand", ())):
                _brand(world, unit)
        for unit in (seller, customers[1]):
            world.add(
                "provisioning_hook",
                False,
                unit_id=unit["id"],
                url=f"https://hooks.example/{world.text('provisioning_hook', world.counters.get('provisioning_hook', 0) + 1, 'url')}",
                salt=world.text("provisioning_hook", world.counters.get("provisioning_hook", 0) + 1, "salt")
                + "-" * 22,
                changed_at=MADE_AT,
            )
        free = [one for one in customers if ("unit", one["id"]) not in world.past]  # a name is frozen with it
        for unit, state in zip(free, ("provisioned", "failed", "provisioning"), strict=False):
            _environment(world, unit, state)
        _move(world, rng, hierarchy)
        _structure_import(world, seller, rng.choice(everyone))
        _structure_import(world, seller, world.people["administrator at the top"])
    for unit in rng.sample(live, 8):
        for operation in ("unit.update", "contract.revise"):
            id_ = world.next_id("audit_entry")
            told = {name: world.text("audit_entry", id_, name) for name in ("input", "before", "after")}
            world.add(
                "audit_entry",
                id_=id_,
                hierarchy_id=unit["hierarchy_id"],
                unit_id=unit["id"],
                actor_id=rng.choice(everyone),
                operation=operation,
                subject_id=unit["public_id"],
                input={"x": told["input"]},
                before={"x": told["before"]},
                after={"x": told["after"]},
                at=CHANGED_AT,
            )
    _access(world)
    for person in everyone:
        if rng.random() < 0.5:
            world.add(
                "job",
                actor_id=person,
                unit_id=None,
                name="import.load",
                arguments={"x": 1},
                state="done",
                done=1,
                total=1,
                message=...,
                attempts=1,
                created_at=MADE_AT,
                finished_at=MADE_AT,
            )
        if rng.random() < 0.4:
            content = f"name,kind\n{world.text('upload', world.counters.get('upload', 0) + 1, 'content')},organization\n".encode()
            world.add(
                "upload", actor_id=person, sha256=world.blob(content), name=..., bytes=len(content), at=MADE_AT
            )
        if rng.random() < 0.3:
            world.rows.setdefault("idempotency_key", []).append(
                {
                    "actor_id": person,
                    "key": world.text("idempotency_key", person, "key"),
                    "digest": "x",
                    "body": {"x": world.text("idempotency_key", person, "body")},
                    "at": MADE_AT,
                }
            )
    world.rows.setdefault("refusal_count", []).append(
        {"person_id": everyone[-1], "name": "invite", "since": MADE_AT, "count": 1}
    )
    name = f"{world.text('reserved_name', 1, 'name')}.example.net"
    world.rows["reserved_name"] = [{"name_key": name, "name": name, "reserved_at": MADE_AT}]


def _access(world: World) -> None:
    """Providers of sign-in, directories, and who views as whom: at a seller, and where nobody else looks."""
    big, small = world.rows["hierarchy"]
    seller = world.get("unit", units(world, big, anchors=True)[0]["parent_id"])
    for unit in (seller, units(world, small, parent_id=None)[0]):
        world.add(
            "identity_provider",
            unit_id=unit["id"],
            kind="openid_connect",
            name=...,
            client_id=...,
            client_secret=...,
            created_at=MADE_AT,
            issuer=f"https://{world.text('identity_provider', world.counters.get('identity_provider', 0) + 1, 'issuer')}.example",
        )
        world.rows.setdefault("sign_in_policy", []).append(
            {"unit_id": unit["id"], "requires_second_factor": False}
        )
        world.rows.setdefault("directory", []).append(
            {
                "unit_id": unit["id"],
                "last_call_at": MADE_AT,
                "last_error": world.text("directory", unit["id"], "last_error"),
                "last_error_at": MADE_AT,
            }
        )
        person = world.people["viewer at the top" if unit is seller else "operator"]
        entry = world.add(
            "directory_user",
            unit_id=unit["id"],
            user_id=person,
            is_maker=False,
            external_id=...,
            user_name=...,
            display_name=...,
            email=...,
            created_at=MADE_AT,
            updated_at=MADE_AT,
        )
        entry["user_name_key"] = entry["user_name"]
        group = world.add(
            "directory_group",
            unit_id=unit["id"],
            external_id=...,
            display_name=...,
            created_at=MADE_AT,
            updated_at=MADE_AT,
        )
        group["display_name_key"] = group["display_name"]
        world.rows.setdefault("directory_member", []).append(
            {"group_id": group["id"], "entry_id": entry["id"], "unit_id": unit["id"]}
        )
        world.rows.setdefault("directory_mapping", []).append(
            {
                "group_id": group["id"],
                "unit_id": unit["id"],
                "role": "viewer",
                "role_id": None,
                "unit_group_id": None,
            }
        )
    for viewer, person in (
        ("support at the top", "customer_viewer at the top"),
        ("owner at the top", "administrator"),
    ):
        id_ = world.next_id("api_token")  # actors share their numbers
        names = [world.get("app_user", world.people[one])["name"] for one in (viewer, person)]
        world.add(
            "acting_session",
            id_=id_,
            hierarchy_id=1,
            unit_id=seller["id"],
            viewer_id=world.people[viewer],
            viewer_name=names[0],
            person_id=world.people[person],
            person_name=names[1],
            mode="view",
            reason=...,
            starts_at=NOW - timedelta(days=2),
            ends_at=NOW - timedelta(days=2, minutes=-20),
            ended_at=NOW - timedelta(days=2, minutes=-10),
        )
    world.rows["address_refusal_count"] = [
        {"network": "192.0.2.0/24", "name": "key", "since": MADE_AT, "count": 1}
    ]


def _brand(world: World, unit: Row) -> None:
    id_ = world.next_id("brand")
    pictures = {}
    for name in ("logo_sha256", "logo_1x_sha256", "logo_2x_sha256", "favicon_sha256", "favicon_180_sha256"):
        content = _PNG + world.text("brand", id_, name).encode()
        pictures[name] = world.blob(content)
        world.texts[pictures[name]] = Mark("brand", id_, name)
    world.add(
        "brand",
        False,
        id_=id_,
        unit_id=unit["id"],
        color="#0f766e",
        product_name=...,
        **pictures,
        logo_media_type="image/png",
        sender_name=...,
        reply_to=f"{world.text('brand', id_, 'reply_to')}@example.com",
        invoice_footer=...,
        host_name=f"{world.text('brand', id_, 'host_name')}.example.com",
        version=1,
        updated_at=MADE_AT,
    )


def _environment(world: World, unit: Row, state: str) -> None:
    id_ = world.next_id("environment")
    attempt = str(uuid5(NAMESPACE_OID, f"{world.seed} attempt {id_}"))
    world.ids[attempt] = Mark("environment", id_, "attempt")
    is_done = state != "provisioning"
    world.add(
        "environment",
        False,
        id_=id_,
        unit_id=unit["id"],
        state=state,
        attempt=attempt,
        job_id=None,
        reference=world.text("environment", id_, "reference") if is_done else "",
        address=f"https://{world.text('environment', id_, 'address')}.example/" if is_done else "",
        error=world.text("environment", id_, "error") if state == "failed" else None,
        changed_at=CHANGED_AT if is_done else MADE_AT,
    )
    world.past["environment", id_] = {
        "state": "provisioning",
        "reference": "",
        "address": "",
        "error": None,
        "changed_at": MADE_AT,
    }
    if not is_done:
        del world.past["environment", id_]


def _move(world: World, rng: random.Random, hierarchy: Row) -> None:
    movable = [
        one
        for one in units(world, hierarchy, kind="customer", state="active")
        if one["anchor_id"] is None and not one["anchors"]
    ]
    parents = units(world, hierarchy, kind="organization", state="active")
    actors = (world.people["owner at the top"], world.people["operator"])
    for actor, unit in zip(actors, rng.sample(movable, 2), strict=True):
        world.add(
            "scheduled_move",
            hierarchy_id=hierarchy["id"],
            unit_id=unit["id"],
            actor_id=actor,
            state="pending",
            parent_id=rng.choice([one["id"] for one in parents if one["id"] != unit["parent_id"]]),
            effective_on=date(2026, 7, 20),
            created_at=CHANGED_AT,
        )


def _structure_import(world: World, unit: Row, actor: int) -> None:
    id_ = world.next_id("structure_import")
    made = world.add(
        "structure_import",
        id_=id_,
        hierarchy_id=unit["hierarchy_id"],
        unit_id=unit["id"],
        actor_id=actor,
        job_id=None,
        upload_id=str(UUID(int=7)),
        name=...,
        sha256=...,
        is_dry_run=True,
        state="checked",
        created=1,
        changed=1,
        fields={"code": 1},
        created_at=MADE_AT,
        finished_at=MADE_AT,
    )
    found = world.next_id("structure_finding")
    world.add(
        "structure_finding",
        False,
        id_=found,
        import_id=made["id"],
        line=2,
        kind="change",
        unit=...,
        column_name="code",
        before=...,
        after=...,
        code="",
        detail=world.text("structure_finding", found, "detail"),
        hint="",
    )


Change = Callable[[World], None]
