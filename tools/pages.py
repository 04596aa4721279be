"""Every page, and the states in which it must be looked at: one table for axe, keyboard, scripts off and pictures.

The pages come from the list of addresses, so none is forgotten: a page that needs only a unit, or things that `THINGS`
knows, is here by itself; any other without a scene of its own makes `scenes` fail, and with it every test.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

UNIT_OF = {
    "ada": "fjord", "ben": "birch", "cleo": "alder", "bea": "beta", "dan": "acme", "uma": "harbor",
    "kim": "cedar", "operator": "", "": "",
}  # fmt: skip
"""Who visits, "" = nobody signed in, and the unit where they work."""

THINGS = frozenset({
    "sub_account", "assignment", "usage_import", "structure_import", "contract", "billing_run", "invoice", "token",
    "job", "scheduled_move", "group", "unit_token", "directory_group", "role", "person", "grant", "audit_entry",
    "identity_provider",
})  # fmt: skip
"""Parameters of addresses whose values the caller finds: in the tests' world, or on a served site."""

VALUES = {"line": "1"}
"""Parameters that are the same everywhere."""

NOT_PAGES = {
    "root": "leads to a unit", "go": "leads to a page of another unit", "account_logout": "takes POST only",
    "brand_picture": "an image", "host_picture": "an image", "brand_preview_invoice": "an image",
    "invoice_pdf": "a PDF", "style": "a style sheet", "script": "a script",
    # Walked by tests/browser/test_sign_in.py: each asks for something first that only its own way there gives.
    **dict.fromkeys(
        (
            "account_change_password", "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn",
            "mfa_authenticate", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_login_webauthn",
            "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes",
        ),
        "asks for a password, code or passkey first",
    ),
    "openid_connect_login": "leads to a provider", "openid_connect_callback": "takes a provider's answer",
    "saml_login": "leads to a provider", "saml_acs": "takes a provider's answer",
    "saml_finish_acs": "takes a provider's answer", "saml_sls": "takes a provider's answer",
    "saml_metadata": "a file",
    "styleguide_units": "a list that a script reads", "structure_export": "a file", "structure_template": "a file",
}  # fmt: skip
"""Addresses that answer with something else than a page, and with what."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A page in one state. page: name of its address, "" = none that exists.

    state: what is special, for its name. things: parameter -> thing, where it is not the one of the same name, or
    "=text" for a text that is no thing.
    query: after "?", with things in braces. who: a person of UNIT_OF. sends: what is typed, field by field, before
    the form that holds the first of the fields is sent. status: of what is seen then.
    """

    page: str
    state: str = ""
    query: str = ""
    things: Mapping[str, str] = field(default_factory=dict)
    who: str = "ada"
    unit: str = ""
    sends: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    @property
    def name(self) -> str:
        """For a picture's file and a test's message: "contract-create-errors"."""
        return "-".join(part for part in (self.page or "nothing", self.state) if part).replace("_", "-")

    def address(self, things: Mapping[str, str]) -> str:
        """The address, from "/" on. things: public ids by name; those of units under "unit <name>".

        Raises LookupError if a thing is missing.
        """
        from django.urls import reverse

        if not self.page:
            return "/nowhere"
        given = {name: _value(self.things.get(name, name), things) for name in _parameters(self.page)
                 if name != "unit"}  # fmt: skip
        if "unit" in _parameters(self.page):
            given["unit"] = things[f"unit {self.unit or UNIT_OF[self.who]}"]
        return reverse(self.page, kwargs=given) + (f"?{self.query.format_map(things)}" if self.query else "")


def _refused(page: str, who: str = "ada", unit: str = "", **sends: str) -> Scene:
    return Scene(page, "errors", who=who, unit=unit, sends=sends, status=422)


_WELCOME = {"uid": "welcome_uid", "token": "welcome_token"}
OWN = (
    Scene("account_login", who=""),
    Scene(
        "account_login", "errors", who="", sends={"email": "nobody@example.com", "password": "wrong"}, status=422
    ),
    Scene("welcome", things=_WELCOME, who=""),
    Scene("welcome", "errors", things=_WELCOME, who="", sends={"password": "short"}, status=422),
    Scene("account_reset_password", who=""),
    Scene("mfa_index", who="dan"),
    Scene("password_reset", things=_WELCOME, who=""),
    Scene("styleguide", who=""),
    Scene("setup", who="operator"),
    Scene("", who="ada", status=404),
    Scene("billing_runs", "forbidden", who="ben", status=404),
    Scene("branding", "forbidden", who="bea", status=403),
)
"""Pages of people who are not signed in or have no unit, and refusals."""

MORE = (
    Scene("home", "customer", who="dan"),
    Scene("start", "team", who="kim"),
    Scene("group", "team", who="kim"),
    Scene("group", "ruled", things={"group": "ruled_group"}, who="ben"),
    Scene("groups", "empty", who="uma"),
    Scene("group_create", "errors", sends={"name": "canary-team-north"}, status=409),
    Scene("customers", "of-a-group", "group={group}"),
    Scene("home", "first-start", who="uma"),
    Scene("structure", "found", "q=acme"),
    Scene("structure", "nothing-found", "q=nothing-has-this-name"),
    Scene("structure", "chart", "view=chart"),
    Scene("structure", "past", "as_of=2026-05-01"),
    Scene("structure", "past-chart", "view=chart&as_of=2026-05-01"),
    Scene("structure", "before", "as_of=2001-01-01"),
    Scene("structure_import", "refused", things={"structure_import": "refused_structure"}, who="ben"),
    Scene("structure_import", "done", things={"structure_import": "done_structure"}, who="ben"),
    Scene("customers", "nothing-found", "q=nothing-has-this-name"),
    Scene("customers", "empty", who="uma"),
    Scene("sub_accounts", "filtered", "state=unassigned"),
    Scene("sub_accounts", "few-columns", "columns=owner&sort=-id"),
    Scene("sub_accounts", "empty", who="uma"),
    Scene("accounts", "empty", who="uma"),
    Scene("environments", "empty", who="uma"),
    Scene("imports", "empty", who="uma"),
    Scene("usage_import", "refused", things={"usage_import": "refused_import"}),
    Scene("contracts", "empty", who="uma"),
    Scene("contract", "draft", things={"contract": "draft_contract"}, who="cleo"),
    Scene("billing_runs", "empty", who="uma"),
    Scene("summary", "empty", who="uma"),
    Scene("summary", "reseller", who="ben"),
    Scene("summary", "customer", who="dan"),
    Scene("costs", "customer", "period=2026-04&sort=-price", who="dan"),
    Scene("costs", "reseller", "period=2026-04&by=sub_account", who="ben"),
    Scene("costs", "empty", "period=2020-01", who="dan"),
    Scene("invoices", "drafts", "state=draft&side=sold"),
    Scene("invoices", "sorted", "state=issued&period=2026-04&sort=-total"),
    Scene("invoices", "nothing-found", "q=nothing-has-this-name"),
    Scene("invoices", "empty", who="uma"),
    Scene("invoice", "draft", things={"invoice": "draft_invoice"}),
    Scene("search", "found", "q=acme"),
    Scene("search", "nothing-found", "q=nothing-has-this-name"),
    Scene("profile", "customer", who="dan"),
    Scene("profile", "customer-organization", unit="gamma"),
    Scene("home", "customer-organization", unit="gamma"),
    Scene("customer_organization", "empty", who="dan"),
    Scene("invoices", "customer-organization", unit="gamma", status=403),
    Scene("user_invite", "customer-organization", "scope=customers", unit="gamma"),
    Scene("unit_create", "proposed", "customer_organization={unit gamma}", unit="birch"),
    Scene("unit_remove", "reseller", who="ben"),
    Scene("unit_move", "previewed", "parent={unit alder}", unit="beta"),
    Scene("units_move", "refused", "row={unit beta}&row={unit birch}&parent={unit alder}"),
    Scene("units_move", "not-chosen", "row={unit beta}"),
    Scene("scheduled_moves", "nothing-found", "state=cancelled"),
    Scene("scheduled_moves", "empty", who="uma"),
    Scene("profile", "draft", who="ben", unit="draft"),
    Scene("profile", "archived", who="uma", unit="archived"),
    Scene("unit_next", "draft", who="ben", unit="draft"),
    Scene("archived", "some", who="uma"),
    Scene("brand_preview", "sign-in", things={"what": "=sign-in"}),
    _refused("unit_create", name=""),
    _refused("unit_edit", name=""),
    _refused("legal_entity", country="Norway"),
    _refused("sub_account_assign", starts_on=""),
    Scene("sub_accounts_assign", "errors", "row={sub_account}", sends={"starts_on": ""}, status=422),
    _refused("assignment_end", ends_on="2020-01-01"),
    _refused("contract_create", starts_on="", vat_rate="100"),
    _refused("exchange_rates", currency="crown"),
    _refused("user_invite", email="nobody"),
    Scene("users_invite", "preview", sends={"people": "new@example.com, Nobody, New <new@example.com>"}),
    _refused("branding", product_name="x" * 61),
    Scene("api_keys", "secret", sends={"name": "nightly"}),
    Scene("api_key_rotate", "secret", sends={"grace_hours": "1"}),
    _refused("api_key_change", networks="nowhere"),
    Scene("unit_api_keys", "empty", who="cleo"),
    Scene("directory", "some", who="dan"),
    Scene("directory_users", "some", who="dan"),
    Scene("directory_group_map", "customer", who="dan"),
    Scene("directory_key", "secret", sends={"name": "Entra ID"}),
)
"""States that matter beside the one that an address shows by itself."""

ENVIRONMENT = (
    "environment", "environment_provision", "environment_deprovision", "environment_retry", "environment_report",
)  # fmt: skip
"""Pages that customers alone have."""

REPLACED = (
    Scene("contract_accept", things={"contract": "draft_contract"}, who="cleo"),
    Scene("contract_discard", things={"contract": "draft_contract"}, who="cleo"),
    Scene("invoice_issue", things={"invoice": "draft_invoice"}),
    Scene("sub_accounts_assign", query="row={sub_account}"),
    Scene("invoices_issue", query="row={draft_invoice}"),
    Scene("grant_revoke", query="email=ben@example.com&role=administrator"),
    Scene("brand_preview", things={"what": "=page"}),
    Scene("unit_move", unit="birch"),
    Scene("units_move", query="row={unit beta}&row={unit acme}&parent={unit birch}"),
    Scene("customer_organization", unit="gamma"),
    Scene("structure_import", who="ben"),
    Scene("units_edit", query="row={unit beta}&code=B-7", who="ben"),
    Scene("unit_remove", who="uma", unit="physics"),
    Scene("unit_archive", who="uma", unit="physics"),
    Scene("unit_activate", who="ben", unit="draft"),
    Scene("unit_promote", who="ben", unit="beta"),
    Scene("unit_restore", who="uma", unit="archived"),
    Scene("name_release", query="name=held.example.org", who="operator"),
    Scene("names", who="operator"),
    Scene("group_rule", things={"group": "ruled_group"}, who="ben"),
    Scene("group_join", query="row={unit beta}"),
    Scene("group_leave", query="row={unit beta}"),
    *(Scene(name, unit="acme") for name in ENVIRONMENT),
)
"""Pages that need another thing or person than the usual one."""


def _value(thing: str, things: Mapping[str, str]) -> str:
    return thing[1:] if thing.startswith("=") else VALUES.get(thing) or things[thing]


def _routes() -> Mapping[str, str]:
    """Every named address of the web pages -> its pattern."""
    from underlet.interfaces.web import urls

    return {str(entry.name): str(entry.pattern) for entry in urls.urlpatterns}


def _parameters(page: str) -> list[str]:
    return re.findall(r"<\w+:(\w+)>", _routes()[page])


def scenes() -> tuple[Scene, ...]:
    """Every page in every state of the table. Raises LookupError for a page of which the table knows nothing."""
    return tuple(_scenes())


def _scenes() -> Iterator[Scene]:
    routes = _routes()
    given = (*OWN, *REPLACED, *MORE)
    unknown = {scene.page for scene in given} - {*routes, ""}
    if unknown:
        raise LookupError(f"there are no pages {sorted(unknown)}: take their scenes out of tools/pages.py")
    plain = {scene.page for scene in (*OWN, *REPLACED) if not scene.state}
    for page in routes:
        if page in NOT_PAGES or page in plain:
            continue
        strange = set(_parameters(page)) - THINGS - set(VALUES) - {"unit"}
        if strange:
            raise LookupError(f"the page {page} needs a scene in tools/pages.py: what is {sorted(strange)}?")
        yield Scene(page)
    yield from given
