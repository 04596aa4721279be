"""kill −9 anywhere in an import of a structure leaves all of it undone or done, and a rerun completes (F1)."""

from pathlib import Path

import pytest

from tests.cast import Cast
from tests.contracts.structure_files import begin, counts, csv_of, customer, organization, show, structure
from tests.crashes import job_dies_at
from tests.organization.truth import check_structure
from underlet.foundation.jobs import run_job

CRASH_POINTS = (
    "structure.before_read",
    "structure.after_read",
    "structure.inside_write",
    "structure.after_write",
)
FILE = csv_of(
    [
        organization("Sales"),
        customer("one.example.com", "Sales"),
        {"name": "Alder", "code": "changed"},
        {"name": "beta.example.org", "parent": "Sales"},
    ]
)


@pytest.mark.parametrize("label", CRASH_POINTS)
def test_a_killed_import_completes_when_it_runs_again(cast: Cast, label: str) -> None:
    """F1: every labelled point; in between it is as before or done, never half."""
    before = structure()
    view = begin(cast, "ben", "birch", FILE)
    assert view.job_id
    job_dies_at(label, view.job_id)
    if label == "structure.after_write":
        assert show(cast, "ben", view).state == "done"
    else:
        assert show(cast, "ben", view).state == "received"
        assert structure() == before
    assert run_job(view.job_id) == "done"
    after = show(cast, "ben", view)
    assert (after.state, counts(after)) == ("done", (2, 1, 1, 0))
    check_structure()


def test_every_crash_point_in_the_code_is_tested() -> None:
    """Non-vacuity: a label that nobody reaches, or that this test does not know, fails."""
    import underlet.contracts

    [folder] = underlet.contracts.__path__
    text = "".join(path.read_text() for path in Path(folder).rglob("structure*.py"))
    assert all(f'crash_point("{label}")' in text for label in CRASH_POINTS)
    assert text.count('crash_point("') == len(CRASH_POINTS)
