"""Pages of structure files: export, template, a dry run and its report, the import, and edits of several units."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.interfaces.web.browser import Person, fields_of, text_of
from tests.world import World
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.reads import ask


def _send(person: Person, content: bytes) -> str:
    """Send a file on the page; the address of what came of it, once the job has run."""
    address = person.at("structure_import_new", "birch")
    form = fields_of(person.get(address))
    answer = person.post(address, {**form, "upload": SimpleUploadedFile("structure.csv", content)})
    assert answer.status_code == 302, text_of(answer)
    return _worked(person, str(answer.url))


def _worked(person: Person, address: str) -> str:
    waiting = text_of(person.get(address))
    assert "Waiting for a worker" in waiting
    with system():
        [(job_id,)] = rows("select public_id from job where state = 'queued' and name = 'structure.import'")
    run_job(job_id)
    return address


def test_a_file_is_tried_then_confirmed(world: World) -> None:
    """R3, R12: what it would do first; the button does it; the same again says that nothing changes."""
    ben = Person(world, "ben")
    content = b"name,kind,parent,code\nSales,organization,,\ns.example.com,customer,Sales,\nAlder,,Sales,A-9\n"
    tried = _send(ben, content)
    report = text_of(ben.get(tried))
    assert "2 new units." in report
    assert "1 unit moves" in report
    assert all(words in report for words in ("A-9", "Nothing is wrong in the file.", "canary-code-alder"))
    assert "Sales" not in {row.name for row in ask("unit.list", world.cast.ben, world.ids["unit"]["birch"]).items}
    answer = ben.post(tried, fields_of(ben.get(tried)))
    done = text_of(ben.get(_worked(ben, str(answer.url))))
    assert "The structure is now like the file." in done
    assert ben.at("structure", "birch") in done
    again = text_of(ben.get(_send(ben, content)))
    assert "Nothing changes: the structure is like the file already." in again
    assert 'type="submit">' not in again.partition("What this does")[2].partition("</section>")[0]


def test_every_problem_is_listed_page_by_page(world: World) -> None:
    """R20: line, column, value, what is wrong and what to do; nothing can be confirmed."""
    ben = Person(world, "ben")
    lines = "".join(f"no host {n},customer\n" for n in range(60))
    address = _send(ben, f"name,kind\n{lines}".encode())
    page = text_of(ben.get(address))
    assert "60 problems were found; nothing was changed." in page
    assert "no host 49" in page
    assert "no host 50" not in page
    after = page.partition('id="next-page" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "no host 59" in text_of(ben.get(f"{address}{after}"))
    assert 'name="request_key"' not in page.partition("<main")[2]


def test_a_file_that_is_none_says_so(world: World) -> None:
    ben = Person(world, "ben")
    page = text_of(ben.get(_send(ben, b"\xff\xfe\x00")))
    assert "Line 1 is not UTF-8." in page
    address = ben.at("structure_import_new", "birch")
    missing = ben.post(address, fields_of(ben.get(address)))
    assert missing.status_code == 422


def test_only_who_may_edit_is_offered_an_import(world: World) -> None:
    """A2: readers export; others' reports are not found."""
    ben, ira = Person(world, "ben"), Person(world, "ira")
    assert ben.at("structure_import_new", "birch") in text_of(ben.get(ben.at("structure", "birch")))
    page = text_of(ira.get(ira.at("structure", "birch_lab")))
    assert ira.at("structure_export", "birch_lab") in page
    assert ira.at("structure_import_new", "birch_lab") not in page
    assert ira.get(ira.at("structure_import_new", "birch_lab")).status_code == 403
    assert ben.get(ben.at("structure_import_new", "beta")).status_code == 404
    report = {"structure_import": world.ids["structure_import"]["birch"]}
    assert ben.get(ben.at("structure_import", "birch", **report)).status_code == 200
    ada = Person(world, "ada")
    assert ada.get(ada.at("structure_import", "birch", **report)).status_code == 404


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbfid,parent"), ("xlsx", b"PK")])
def test_files_are_sent_to_be_kept(world: World, kind: str, begins: bytes) -> None:
    ben = Person(world, "ben")
    for address in (ben.at("structure_export", "birch"), ben.at("structure_template")):
        answer: Any = ben.get(f"{address}?format={kind}")
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        assert answer["X-Content-Type-Options"] == "nosniff"
        content = b"".join(answer.streaming_content)
        assert content.startswith(begins)
    if kind == "csv":
        [line] = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        assert (line["kind"], line["name"]) == ("customer", "acme.example.com")


def test_selected_customers_are_edited_after_a_look(world: World) -> None:
    """R14, R22: choose rows, type values, see what changes for each, confirm; refusals stand beside their unit."""
    ben = Person(world, "ben")
    listed = text_of(ben.get(ben.at("customers", "birch")))
    assert f'formaction="{ben.at("units_edit", "birch")}"' in listed
    units = "&".join(f"row={world.ids['unit'][name]}" for name in ("beta", "acme"))
    address = f"{ben.at('units_edit', 'birch')}?{units}"
    first = text_of(ben.get(address))
    assert "Edit 2 units" in first
    assert first.count("Stays as it is") >= 2
    shown = ben.get(f"{address}&code=B-7")
    assert "Change 2 units" in text_of(shown)
    assert "canary-code-beta → <strong>B-7</strong>" in text_of(shown)
    sent = {**fields_of(shown), "row": [world.ids["unit"][name] for name in ("beta", "acme")]}
    assert ben.post(ben.at("units_edit", "birch"), sent).status_code == 302
    assert ask("unit.show", world.cast.ben, world.ids["unit"]["beta"]).code == "B-7"
    wrong = text_of(ben.get(f"{address}&time_zone=Mars"))
    assert "This is not an IANA time zone" in wrong
    mixed = f"{ben.at('units_edit', 'birch')}?row={world.ids['unit']['alder']}&price_type=raw_cost_only"
    refused = text_of(ben.get(mixed))
    assert "Only customers have a price type." in refused
    assert "Some of the units cannot be changed, so none is." in refused
    assert ben.get(ben.at("units_edit", "birch")).status_code == 302
