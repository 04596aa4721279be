"""The worked numbers on the pages of docs/algorithms are executed, so that they cannot go out of date."""

import doctest
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "algorithms"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("calculation", PAGES, ids=lambda path: path.stem)
def test_worked_numbers(calculation: Path) -> None:
    """Every example in a python block gives what the page prints below it; blocks of a page share their names."""
    blocks = re.findall(r"^```python\n(.*?)^```$", calculation.read_text(), flags=re.DOTALL | re.MULTILINE)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, calculation.name, str(calculation), 0)
    assert len(test.examples) >= 5
    report: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert results.failed == 0, "".join(report)


def test_every_page_is_listed() -> None:
    """The list of calculations names every page, and every page says what is decided and what was rejected."""
    listed = set(re.findall(r"\]\(([a-z]+\.md)\)", (FOLDER / "README.md").read_text()))
    assert listed == {page.name for page in PAGES}
    for page in PAGES:
        text = page.read_text()
        assert "\n## Decided\n" in text, page.name
        assert "\n## Rejected\n" in text, page.name
