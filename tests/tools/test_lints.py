"""Each lint of the project finds its planted violation, and lets the honest neighbour pass."""

import pytest
from tools.lints.__main__ import main
from tools.lints.rules import RULES, check

PLANTED = [
    ("no-float", "rating/runs.py", "def price(amount: float) -> None: ...\n"),
    ("no-float", "kernel/money.py", "half = 0.5\n"),
    ("no-float", "invoicing/totals.py", "value = float('1.10')\n"),
    ("no-signals", "contracts/models.py", "from django.db.models.signals import post_save\n"),
    ("no-signals", "access/apps.py", "from django.dispatch import receiver\n"),
    ("no-save", "contracts/models.py", "class Contract:\n    def save(self) -> None: ...\n"),
    ("sql-runner", "contracts/queries.py", "from django.db import connection\nconnection.cursor()\n"),
    ("sql-runner", "usage/queries.py", "found = Model.objects.raw('select 1')\n"),
    ("one-clock", "rating/jobs.py", "import datetime\nmoment = datetime.datetime.now()\n"),
    ("one-clock", "access/queries.py", "from datetime import date\nday = date.today()\n"),
    ("one-clock", "foundation/jobs.py", "import time\nmoment = time.time()\n"),
    ("asserts-narrow", "accounts/steps.py", "assert amount > 0\n"),
    ("exceptions-logged", "usage/jobs.py", "try:\n    work()\nexcept Exception:\n    pass\n"),
    ("exceptions-logged", "usage/jobs.py", "try:\n    work()\nexcept:\n    result = None\n"),
    ("exceptions-logged", "usage/jobs.py", "try:\n    work()\nexcept Exception as error:\n    pass\n"),
    ("unscoped-reads", "contracts/queries.py", "def list_contracts():\n    return Contract.objects.all()\n"),
    ("sentences", "contracts/operations.py", "raise WrongState(f'It ends on {day}.')\n"),
    ("sentences", "contracts/operations.py", "raise WrongState(hint='It ends on ' + day)\n"),
    ("sentences", "contracts/operations.py", "raise InvalidInput(fields={path: 'Below {}.'.format(limit)})\n"),
    ("sentences", "usage/intake/source.py", "detail = f'Line {line}.'\nraise refuse('line_too_long', detail)\n"),
    ("sentences", "rating/findings.py", "said = Sentence(f'Contract of {buyer}')\n"),
]
HONEST = [
    (
        "contracts/operations.py",
        "raise InvalidInput(fields={f'rules.{n}': Sentence('Below {limit}.', limit=3)})\n",
    ),
    ("interfaces/cli/billing.py", "raise WrongState(f'There is no run of {period}.')\n"),
    ("kernel/palette.py", "lightness = 0.5\n"),
    ("usage/lake/cube.py", "share = 0.5\n"),
    ("foundation/clock.py", "from datetime import datetime\nmoment = datetime.now()\n"),
    ("foundation/database/sql.py", "connection.cursor().execute('select 1')\n"),
    ("usage/lake/cube.py", "import duckdb\nduckdb.connect().execute('select 1')\n"),
    ("contracts/models.py", "class Contract:\n    def __str__(self) -> str: ...\n"),
    ("accounts/steps.py", "assert found is not None and isinstance(found, Row) and child.stdin\n"),
    ("rating/explain.py", "assert not isinstance(verb, Remove)\n"),
    ("usage/jobs.py", "try:\n    work()\nexcept Exception as error:\n    send(error)\n"),
    ("usage/jobs.py", "try:\n    work()\nexcept Exception:\n    log.exception('work failed')\n"),
    (
        "contracts/queries.py",
        "def visible():\n    if not settings().query_scoping:\n        return Contract.objects.all()\n",
    ),
]


@pytest.mark.parametrize(("rule", "path", "source"), PLANTED)
def test_finds_a_planted_violation(rule: str, path: str, source: str) -> None:
    """No float in a money path (I18, M11) among them."""
    assert [finding.rule for finding in check(source, path)] == [rule]


@pytest.mark.parametrize(("path", "source"), HONEST)
def test_lets_honest_code_pass(path: str, source: str) -> None:
    assert check(source, path) == []


def test_every_rule_has_a_planted_violation() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(RULES)


def test_project_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    """I18 holds in the whole of src."""
    status = main()
    assert capsys.readouterr().out == ""
    assert status == 0
