"""The form of contract terms: rows that are added, removed and reordered by buttons, without JavaScript.

Names are input paths with positions ("rules.1.percent"), always numbered without gaps, so a refusal's field names
are the form's. What the form shows beyond the input: exchange rates as rows, and the values of a condition one per
line. No rule is checked here.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from underlet.contracts.types import VersionView
from underlet.interfaces.web.decimals import typed

Row = dict[str, str]
_NEW_RULE: Row = {"verb": "adjust", "base": "seller_cost", "percent": "0", "on_missing_base": "hold"}
_DEFAULT_RULE: Row = {"verb": "pass_through", "base": "seller_cost", "on_missing_base": "hold"}
_LISTS = ("rules", "fees", "rates")
_BLANK: Mapping[str, Row] = {"rules": _NEW_RULE, "fees": {"quantity": "1"}, "rates": {}}
_USED = {"adjust": ("base", "percent"), "margin": ("base", "percent"), "unit": ("price",)}


def rows_of(values: Mapping[str, str], name: str) -> list[Row]:
    """The rows of a list: {"fees.0.label": "a", "fees.1.label": "b"} -> [{"label": "a"}, {"label": "b"}]."""
    found: dict[int, Row] = {}
    for path, value in values.items():
        head, _, rest = path.partition(".")
        number, _, field = rest.partition(".")
        if head == name and number.isdigit() and field:
            found.setdefault(int(number), {})[field] = value
    return [found[number] for number in sorted(found)]


def _flat(name: str, rows: Sequence[Row]) -> Row:
    return {f"{name}.{number}.{field}": value for number, row in enumerate(rows) for field, value in row.items()}


def _joined(values: Mapping[str, str], lists: Mapping[str, Sequence[Row]]) -> Row:
    plain_values = {path: value for path, value in values.items() if path.partition(".")[0] not in lists}
    for name, rows in lists.items():
        plain_values |= _flat(name, rows)
    return plain_values


def _conditions(rule: Row) -> list[Row]:
    return [one for one in rows_of(rule, "conditions") if one.get("dimension") or one.get("values", "").strip()]


def _with_conditions(rule: Row, conditions: Sequence[Row]) -> Row:
    return _joined(rule, {"conditions": conditions})


def tidy(values: Mapping[str, str]) -> Row:
    """Posted values with empty fees, rates and conditions dropped and everything numbered anew."""
    fees = [row for row in rows_of(values, "fees") if row.get("label") or row.get("price")]
    rates = [row for row in rows_of(values, "rates") if row.get("currency") or row.get("rate")]
    rules = [_with_conditions(rule, _conditions(rule)) for rule in rows_of(values, "rules")]
    return _joined({k: v for k, v in values.items() if k != "do"}, {"rules": rules, "fees": fees, "rates": rates})


def edited(values: Mapping[str, str], do: str) -> Row:
    """The values after a row button, as "add.rules", "remove.fees.0", "up.rules.2", "condition.rules.1".

    A new price rule goes before the last one, which is the default. An unknown button changes nothing.
    """
    lists = {name: rows_of(values, name) for name in _LISTS}
    action, _, rest = do.partition(".")
    name, _, number = rest.partition(".")
    rows = lists.get(name)
    if rows is None:
        return dict(values)
    at = int(number) if number.isdigit() else -1
    if action == "add":
        rows.insert(len(rows) - 1 if name == "rules" and rows else len(rows), dict(_BLANK[name]))
    elif 0 <= at < len(rows):
        if action == "remove":
            del rows[at]
        elif action == "up" and at > 0:
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
        elif action == "down" and at + 1 < len(rows):
            rows[at + 1], rows[at] = rows[at], rows[at + 1]
        elif action == "condition":
            blank = {"dimension": "ServiceName", "operator": "in", "values": ""}
            rows[at] = _with_conditions(rows[at], [*rows_of(rows[at], "conditions"), blank])
    return _joined({k: v for k, v in values.items() if k != "do"}, lists)


def payload(values: Mapping[str, str]) -> dict[str, object]:
    """The operation's input of tidy values: only what a rule's verb takes, empty texts left out."""
    raw: dict[str, object] = {
        path: value for path, value in values.items() if path.partition(".")[0] not in _LISTS and value
    }
    raw["rules"] = [_rule(rule) for rule in rows_of(values, "rules")]
    raw["fees"] = [{field: value for field, value in fee.items() if value} for fee in rows_of(values, "fees")]
    raw["rates"] = {row.get("currency", ""): row.get("rate", "") for row in rows_of(values, "rates")}
    return raw


def _rule(rule: Row) -> dict[str, object]:
    verb = rule.get("verb", "")
    taken = ("verb", "label", "starts_on", "ends_on", *_USED.get(verb, ()))
    if _USED.get(verb):
        taken += ("on_missing_base",)
    conditions = [
        {
            "dimension": one.get("dimension", ""),
            "operator": one.get("operator", "in"),
            "values": [line.strip() for line in one.get("values", "").splitlines() if line.strip()],
        }
        for one in rows_of(rule, "conditions")
    ]
    return {field: rule[field] for field in taken if rule.get(field)} | {"conditions": conditions}


def blank_terms(currency: str) -> Row:
    """What a new contract begins with: everything passed through."""
    terms = {
        "currency": currency,
        "vat_category": "S",
        "vat_rate": "0",
        "payment_days": "30",
        "metric": "effective",
    }
    return _joined(terms, {"rules": [_DEFAULT_RULE]})


def terms_of(version: VersionView) -> Row:
    """The values of an existing version, to begin its successor with."""
    terms = {
        "currency": version.currency,
        "vat_category": version.vat_category,
        "vat_rate": typed(version.vat_rate),
        "payment_days": str(version.payment_days),
        "metric": version.metric or "effective",
        "disclose_raw_cost": "true" if version.disclose_raw_cost else "",
    }
    rules = [
        _joined(
            {
                "verb": rule.verb,
                "base": rule.base or "seller_cost",
                "percent": "" if rule.percent is None else typed(rule.percent),
                "price": "" if rule.price is None else typed(rule.price),
                "on_missing_base": rule.on_missing_base or "hold",
                "label": rule.label,
                "starts_on": str(rule.starts_on or ""),
                "ends_on": str(rule.ends_on or ""),
            },
            {
                "conditions": [
                    {
                        "dimension": one.dimension.value,
                        "operator": one.operator.value,
                        "values": "\n".join(one.values),
                    }
                    for one in rule.conditions
                ]
            },
        )
        for rule in version.rules
    ]
    fees = [
        {
            "label": fee.label,
            "price": typed(fee.price),
            "quantity": typed(fee.quantity),
            "starts_on": str(fee.starts_on),
            "ends_on": str(fee.ends_on or ""),
        }
        for fee in version.fees
    ]
    rates = [{"currency": currency, "rate": typed(Decimal(rate))} for currency, rate in version.rates.items()]
    return _joined(terms, {"rules": rules, "fees": fees, "rates": rates})
