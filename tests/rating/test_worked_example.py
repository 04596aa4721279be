"""The golden month of billing.md §11, through operations, a FOCUS file and the DuckDB engine."""

from decimal import Decimal

from tests.rating.worked import Example


def _d(*values: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, values))


def test_exact_and_posted_lines(database: None) -> None:
    """B, M1, I19: every usage line of K1–K4, exact and posted."""
    example = Example.make()
    run = example.bill()
    assert run.state == "done"
    assert [check for check in run.checks if not check["passed"]] == []
    assert example.lines() == {
        "K1": [
            ("Compute", "A1", *_d("1692.80", "1692.80")),
            ("Storage", "A1", *_d("99.981", "99.98")),
            ("Compute", "A2", *_d("592.48", "592.48")),
        ],
        "K2": [
            ("Compute", "A1", *_d("1760.512", "1760.51")),
            ("Storage", "A1", *_d("103.98024", "103.98")),
            ("Compute", "A2", *_d("308.0896", "308.09")),
        ],
        "K3": [
            ("Compute", "A1", *_d("1840", "1840.00")),
            ("Storage", "A1", *_d("125", "125.00")),
            ("Compute", "A2", *_d("322", "322.00")),
        ],
        "K4": [("Compute", "A2", *_d("315.56", "315.56"))],
    }
