"""The reference page of reasons is the code's own list."""

from pathlib import Path

from underlet.usage.intake.reasons import HINTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "intake-reasons.md"


def page_of(hints: dict[str, str]) -> str:
    """The page: every reason with its hint, in the order of the code."""
    head = (
        "# Reasons of intake\n\n"
        "Why a billing file is refused, or what is counted as peculiar in one that is accepted. Codes never change\n"
        "their meaning; the list is that of `underlet.usage.intake.reasons`.\n\n"
        "| reason | what to do |\n|---|---|\n"
    )
    return head + "".join(f"| `{reason}` | {hint} |\n" for reason, hint in hints.items())


def test_the_page_says_what_the_code_says() -> None:
    assert PAGE.read_text() == page_of(dict(HINTS))
