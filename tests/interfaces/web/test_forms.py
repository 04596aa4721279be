"""Forms: what is wrong stands at its field, a double click does no harm, rows work without JavaScript."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.interfaces.web.browser import Person, fields_of, text_of
from tests.usage.focus import csv_bytes, record
from tests.world import DRAFTED, World
from underlet.foundation.jobs import run_job
from underlet.foundation.reads import ask
from underlet.interfaces.web.contract_form import blank_terms, edited, payload, rows_of, tidy


def _names(world: World) -> list[str]:
    return [row.name for row in ask("unit.list", world.cast.ben, world.ids["unit"]["birch"], {"limit": 100}).items]


def test_a_refused_form_comes_back_with_its_values_and_its_errors(world: World) -> None:
    """R20, interface.md §2: 422, the values as typed, the error at its field."""
    ben = Person(world, "ben")
    address = ben.at("unit_create", "birch")
    answer = ben.post(address, {"kind": "customer", "name": "", "code": "C-7", "request_key": "k"})
    assert answer.status_code == 422
    assert 'id="f-name-error"' in text_of(answer)
    assert 'aria-invalid="true"' in text_of(answer)
    assert 'value="C-7"' in text_of(answer)
    pattern = ben.post(address, {"kind": "customer", "name": "no host", "request_key": "k2"})
    assert pattern.status_code == 422
    assert 'role="alert"' in text_of(pattern)


def test_a_taken_name_is_a_conflict(world: World) -> None:
    """R4, R19: 409, and the form is still there."""
    ben = Person(world, "ben")
    answer = ben.post(ben.at("unit_create", "birch"), {"kind": "customer", "name": "beta.example.org"})
    assert answer.status_code == 409
    assert 'value="beta.example.org"' in text_of(answer)


def test_a_double_click_creates_one_unit(world: World) -> None:
    """I21, M13: the form's request key makes the second click harmless."""
    ben = Person(world, "ben")
    address = ben.at("unit_create", "birch")
    sent = {**fields_of(ben.get(address)), "kind": "customer", "name": "twice.example.com"}
    assert [ben.post(address, sent).status_code for _ in range(2)] == [302, 302]
    assert _names(world).count("twice.example.com") == 1


def test_a_form_without_its_token_changes_nothing(world: World) -> None:
    """S5: a form from another site is refused, with a page of ours."""
    ben = Person(world, "ben", tokens=True)
    answer = ben.post(ben.at("unit_create", "birch"), {"kind": "customer", "name": "forged.example.com"})
    assert answer.status_code == 403
    assert "another site" in text_of(answer)
    assert "forged.example.com" not in _names(world)


def test_who_may_not_is_told_so_before_any_byte_is_kept(world: World) -> None:
    """A6: visible, not allowed: 403 for the form and for sending it."""
    ira = Person(world, "ira")
    for page in ("unit_create", "unit_edit", "branding", "user_invite", "contract_create"):
        address = ira.at(page, "birch_lab")
        assert ira.get(address).status_code == 403, page
        assert ira.post(address, {"name": "x.example.com"}).status_code == 403, page


def test_units_are_renamed_moved_and_removed(world: World) -> None:
    """R3, R4, R10, R14 as forms; what is in use stays and says why."""
    ben = Person(world, "ben")
    unit = world.ids["unit"]["birch_lab"]
    sent = {**fields_of(ben.get(ben.at("unit_edit", unit))), "name": "Birch Works"}
    assert ben.post(ben.at("unit_edit", unit), sent).status_code == 302
    stale = ben.post(ben.at("unit_edit", unit), {**sent, "request_key": "other", "name": "Birch Mill"})
    assert stale.status_code == 409
    moved = ben.post(ben.at("unit_move", unit), {"parent": world.ids["unit"]["alder"]})
    assert moved.status_code == 302
    assert "Birch Works" in text_of(ben.get(ben.at("structure", "alder")))
    in_use = ben.post(ben.at("unit_remove", "alder"))
    assert in_use.status_code == 409
    fresh = ben.post(ben.at("unit_create", "birch"), {"kind": "organization", "name": "Short-lived"})
    assert fresh.status_code == 302
    [row] = ask("unit.list", world.cast.ben, world.ids["unit"]["birch"], {"q": "short-lived"}).items
    assert ben.post(ben.at("unit_remove", str(row.id))).status_code == 302
    assert "Short-lived" not in _names(world)


def test_the_page_of_a_move_begins_with_the_parent_that_the_chart_names(world: World) -> None:
    """R10: `?parent=` is chosen already, and moves nothing; a hidden parent answers like an absent one."""
    ben = Person(world, "ben")
    unit, alder = world.ids["unit"]["birch_lab"], world.ids["unit"]["alder"]
    shown = text_of(ben.get(f"{ben.at('unit_move', unit)}?parent={alder}"))
    assert f'<option value="{alder}" selected>' in shown
    for parent in (world.ids["unit"]["harbor"], "nonsense"):
        assert ben.get(f"{ben.at('unit_move', unit)}?parent={parent}").status_code == 404


def test_the_chart_is_a_view_of_the_structure_page(world: World) -> None:
    """interface.md §6: chosen by the address; the outline is a link away, and remains the first view."""
    ada = Person(world, "ada")
    shown = text_of(ada.get(f"{ada.at('structure', 'fjord')}?view=chart"))
    assert f'<a href="{ada.at("structure", "fjord")}"' in shown.partition("<main")[2]
    assert "<canvas" in shown
    assert "<canvas" not in text_of(ada.get(ada.at("structure", "fjord")))


def test_the_outline_opens_by_its_address(world: World) -> None:
    """R18 and interface.md §6: rows open and close by links; a search finds units below closed ones."""
    ada = Person(world, "ada")
    closed, birch = text_of(ada.get(ada.at("structure", "fjord"))), world.ids["unit"]["birch"]
    assert "beta.example.org" not in closed.partition("<main")[2]
    opened = text_of(ada.get(f"{ada.at('structure', 'fjord')}?open={birch}"))
    assert "beta.example.org" in opened.partition("<main")[2]
    hidden = ada.get(f"{ada.at('structure', 'fjord')}?open={world.ids['unit']['harbor']},nonsense")
    assert hidden.status_code == 200
    found = text_of(ada.get(f"{ada.at('structure', 'fjord')}?q=beta"))
    assert "beta.example.org" in found.partition("<main")[2]


def _upload(person: Person, name: str, content: bytes) -> Any:
    return person.post(person.at("imports", "fjord"), {"upload": SimpleUploadedFile(name, content)})


def test_a_sent_file_is_followed_to_its_totals(world: World) -> None:
    """P20: send, progress that asks again, totals to every digit."""
    ada = Person(world, "ada")
    sent = _upload(ada, "july.csv", csv_bytes(record(BilledCost="1.000000000001", BillingAccountId="another")))
    assert sent.status_code == 302
    running = text_of(ada.get(sent.headers["Location"]))
    assert 'hx-trigger="every 1s"' in running
    job = ask("job.list", world.cast.ada).items[0]
    assert "hx-trigger" in text_of(ada.get(f"/jobs/{job.id}/progress", fragment=True))
    assert run_job(job.id) == "done"
    ended = ada.get(f"/jobs/{job.id}/progress", fragment=True)
    assert ended.headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in text_of(ended)
    assert "1.000000000001" in text_of(ada.get(sent.headers["Location"]))


def test_a_refused_file_says_where_and_what_to_do(world: World) -> None:
    """P20, I12: record, column and reason of what is wrong."""
    ada = Person(world, "ada")
    sent = _upload(ada, "bad.csv", csv_bytes(record(BilledCost="abc", BillingAccountId="another")))
    job = ask("job.list", world.cast.ada).items[0]
    assert run_job(job.id) == "failed"
    page = text_of(ada.get(sent.headers["Location"]))
    assert "nothing was changed" in page
    assert "BilledCost" in page
    assert ">abc<" in page


def test_sub_accounts_get_and_lose_owners(world: World) -> None:
    """R66, R67: assign, end, take back; an overlap is refused in words."""
    ada = Person(world, "ada")
    nobody = world.ids["sub_account"]["nobody"]
    address = ada.at("sub_account_assign", "fjord", sub_account=nobody)
    assert ada.post(address, {"unit": world.ids["unit"]["beta"], "starts_on": "2026-04-01"}).status_code == 302
    again = ada.post(address, {"unit": world.ids["unit"]["acme"], "starts_on": "2026-05-01", "request_key": "b"})
    assert again.status_code == 409
    [made] = ask("sub_account.show", world.cast.ada, nobody).assignments
    end = ada.at("assignment_end", "fjord", sub_account=nobody, assignment=made.id)
    assert ada.post(end, {"ends_on": "2026-04-01"}).status_code == 422
    assert ada.post(end, {"ends_on": "2026-06-01", "request_key": "c"}).status_code == 302
    remove = ada.at("assignment_remove", "fjord", sub_account=nobody, assignment=made.id)
    assert ada.post(remove).status_code == 302
    assert ask("sub_account.show", world.cast.ada, nobody).assignments == ()


TERMS = {
    "starts_on": "2027-01-01",
    "currency": "EUR",
    "vat_category": "S",
    "vat_rate": "19",
    "payment_days": "14",
    "rules.0.verb": "adjust",
    "rules.0.base": "list",
    "rules.0.percent": "-8",
    "rules.0.on_missing_base": "hold",
    "rules.0.conditions.0.dimension": "ServiceName",
    "rules.0.conditions.0.operator": "in",
    "rules.0.conditions.0.values": "Compute\r\nStorage, cold",
    "rules.1.verb": "pass_through",
    "rules.1.percent": "5",
    "fees.0.label": "Desk",
    "fees.0.price": "300.00",
    "fees.0.quantity": "1",
    "fees.1.label": "",
    "fees.1.price": "",
    "fees.1.quantity": "1",
    "rates.0.currency": "USD",
    "rates.0.rate": "0.92",
}


def test_rows_are_added_moved_and_removed_by_buttons() -> None:
    """interface.md §2: without JavaScript; numbers stay without gaps, the default stays last."""
    values = tidy(TERMS)
    assert [fee["label"] for fee in rows_of(values, "fees")] == ["Desk"]
    more = edited(values, "add.rules")
    assert [rule["verb"] for rule in rows_of(more, "rules")] == ["adjust", "adjust", "pass_through"]
    swapped = edited(more, "down.rules.0")
    assert [rule["percent"] for rule in rows_of(swapped, "rules")] == ["0", "-8", "5"]
    assert swapped["rules.1.conditions.0.dimension"] == "ServiceName"
    assert edited(swapped, "up.rules.1") == more
    assert edited(more, "remove.rules.1") == values
    assert "rules.1.conditions.0.dimension" in edited(values, "condition.rules.1")
    assert rows_of(edited(values, "remove.rates.0"), "rates") == []
    for nonsense in ("", "up", "up.rules", "up.rules.0", "down.rules.9", "remove.x.0", "explode.rules.0"):
        assert edited(values, nonsense) == values


def test_the_form_of_terms_is_the_operations_input() -> None:
    """Only what a verb takes is sent; values of a condition stand one per line and may hold commas."""
    raw = payload(tidy(TERMS))
    condition = {"dimension": "ServiceName", "operator": "in", "values": ["Compute", "Storage, cold"]}
    assert raw["rules"] == [
        {"verb": "adjust", "base": "list", "percent": "-8", "on_missing_base": "hold", "conditions": [condition]},
        {"verb": "pass_through", "conditions": []},
    ]
    assert raw["rates"] == {"USD": "0.92"}
    assert raw["fees"] == [{"label": "Desk", "price": "300.00", "quantity": "1"}]
    assert payload(tidy(blank_terms("SEK")))["rules"] == [{"verb": "pass_through", "conditions": []}]


def test_a_contract_is_made_revised_and_ended_by_its_forms(world: World) -> None:
    """R85, R89, P27: row buttons change nothing, errors stand at their row, the versions stay side by side."""
    ben = Person(world, "ben")
    address = ben.at("contract_create", "birch")
    buyer = world.ids["unit"]["birch_lab"]
    only_rows = ben.post(address, {**TERMS, "buyer": buyer, "do": "add.rules"})
    assert only_rows.status_code == 200
    assert 'name="rules.2.verb"' in text_of(only_rows)
    wrong = ben.post(address, {**TERMS, "buyer": buyer, "rules.0.percent": "much"})
    assert wrong.status_code == 422
    assert 'id="f-rules-0-percent-error"' in text_of(wrong)
    made = ben.post(address, {**TERMS, "buyer": buyer, "request_key": "made"})
    assert made.status_code == 302, text_of(made)
    contract = made.headers["Location"].rpartition("/")[2]
    page = text_of(ben.get(made.headers["Location"]))
    assert "“Compute” or “Storage, cold”" in page
    revise = ben.at("contract_revise", "birch", contract=contract)
    again = fields_of(ben.get(revise))
    assert again["rules.0.percent"] == "-8"
    assert ben.post(revise, {**TERMS, "starts_on": "2027-03-01", "rules.0.percent": "-9"}).status_code == 302
    assert len(ask("contract.show", world.cast.ben, contract).versions) == 2
    ended = ben.post(ben.at("contract_end", "birch", contract=contract), {"ends_on": "2027-06-01"})
    assert ended.status_code == 302


def test_drafts_are_issued_after_a_last_look(world: World) -> None:
    """R86, I16: one, then all of the run; the issued one has a number and a PDF."""
    ada = Person(world, "ada")
    draft = world.ids["invoice"]["fjord birch draft"]
    address = ada.at("invoice_issue", "fjord", invoice=draft)
    assert ada.get(ada.at("invoice_pdf", "fjord", invoice=draft)).status_code == 409
    assert ada.post(address, {"issued_on": "2026-06-03"}).status_code == 302
    page = text_of(ada.get(ada.at("invoice", "fjord", invoice=draft)))
    assert ">Open PDF<" in page or "Open PDF" in page
    assert ada.post(address, {"issued_on": "2026-06-03", "request_key": "again"}).status_code == 409
    pdf = ada.get(ada.at("invoice_pdf", "fjord", invoice=draft))
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"].startswith("inline")
    run = world.ids["billing_run"][DRAFTED]
    rest = ada.post(ada.at("billing_run_issue", "fjord", billing_run=run), {"issued_on": "2026-06-03"})
    assert rest.status_code == 302
    left = ask("invoice.list", world.cast.ada, world.ids["unit"]["fjord"], {"state": "draft", "period": DRAFTED})
    assert left.items == ()


def test_a_line_is_explained_in_the_readers_view(world: World) -> None:
    """B1, B2: the seller sees the factor over its cost, the buyer the contract price and no cost."""
    ada, ben = Person(world, "ada"), Person(world, "ben")
    invoice = world.ids["invoice"]["fjord birch issued"]
    mine = text_of(ada.get(ada.at("invoice_line", "fjord", invoice=invoice, line=1)))
    theirs = text_of(ben.get(ben.at("invoice_line", "birch", invoice=invoice, line=1)))
    assert "1.031415" in mine
    assert "1.031415" not in theirs
    assert "3.1415" not in theirs
    assert ben.get(ben.at("invoice_line", "birch", invoice=invoice, line=99)).status_code == 404


def test_people_are_invited_once_and_lose_roles(world: World) -> None:
    """R33, R43, A6: the link shows once; a role taken back is gone from the list."""
    ben = Person(world, "ben")
    data = {"email": "new@example.com", "name": "New", "role": "viewer", "language": "en", "request_key": "i"}
    first = ben.post(ben.at("user_invite", "birch"), data)
    assert first.status_code == 200
    assert "/welcome/" in text_of(first)
    assert "/welcome/" not in text_of(ben.post(ben.at("user_invite", "birch"), data))
    above = ben.post(ben.at("user_invite", "birch"), {**data, "role": "nothing", "request_key": "j"})
    assert above.status_code == 422
    taken = ben.post(ben.at("grant_revoke", "birch"), {"email": "new@example.com", "role": "viewer"})
    assert taken.status_code == 302
    assert "new@example.com" not in text_of(ben.get(ben.at("users", "birch")))


def test_an_api_key_shows_its_secret_once(world: World) -> None:
    """P1, R93: in the answer to its creation, and nowhere else."""
    dan = Person(world, "dan")
    address = dan.at("api_keys", "acme")
    made = text_of(dan.post(address, {"name": "script", "expires_in_days": "30", "request_key": "k"}))
    assert "underlet_" in made
    assert "underlet_" not in text_of(dan.get(address)).replace("underlet_l", "").replace("underlet_t", "")
    token = world.ids["token"]["dan"]
    assert dan.post(dan.at("api_key_revoke", "acme", token=token)).status_code == 302
    assert "Revoked" in text_of(dan.get(address))


def test_language_and_theme_are_the_persons(world: World) -> None:
    """Dates and numbers in the reader's language, the theme on the page; what does not exist is refused."""
    ada = Person(world, "ada")
    assert ada.post("/me", {"language": "de", "theme": "dark"}).status_code == 302
    page = text_of(ada.get(ada.at("imports", "fjord")))
    assert '<html lang="de" data-theme="dark">' in page
    assert ada.post("/me", {"language": "xx", "theme": "pink"}).status_code == 422
    assert '<html lang="de" data-theme="dark">' in text_of(ada.get("/me"))
