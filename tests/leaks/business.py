"""Accounts, contracts and two months of a random world, as imports and billing runs leave them."""

import random
from datetime import date

from tests.leaks.frame import DRAFTED, ISSUED, MADE_AT, Row, World
from tests.leaks.structures import units, way_up


def can_be_billed(unit: Row) -> bool:
    """Active, and no customer organization."""
    return unit["state"] == "active" and not unit["anchors"]


def make_accounts(world: World, rng: random.Random, hierarchy: Row) -> None:
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


def make_contracts(world: World, rng: random.Random, hierarchy: Row, count: int) -> None:
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


def make_month(world: World, rng: random.Random, hierarchy: Row) -> None:
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
        edge=1 if world.get("unit", contract["seller_id"])["parent_id"] is None else 2,
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
