"""kill -9 at every labelled point of a billing run: afterwards it completes, equal to an undisturbed run (F1)."""

import json
from typing import Any

from tests.crashes import job_dies_at
from tests.rating.worked import Example
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.reads import ask

LABELS = ("run.pinned", "run.own", "run.rated", "run.before_record", "run.inside_record", "run.after_record")

_LINES = """select l.edge, l.outcome, l.version_id, l.sub_account, l.service, l.charge_category, l.rule_id,
    l.exact, l.posted, l.n, (select array_agg((k.currency, k.exact)::text order by k.currency) from charge_cost k
      where k.charge_line_id = l.id)
  from charge_line l join billing_run r on r.id = l.run_id where r.is_current order by 1, 2, 3, 4, 5, 6, 7"""
_PROVIDER_COSTS = """select p.provider, p.currency, p.exact, p.posted
  from provider_cost p join billing_run r on r.id = p.run_id where r.is_current"""


def _books() -> tuple[list[Any], ...]:
    """Everything that runs record, without ids and times."""
    with system():
        return (
            rows("select state, inputs_hash, result_hash, checks, findings from billing_run where is_current"),
            rows(_LINES),
            rows(_PROVIDER_COSTS),
        )


def test_every_crash_point(database: None) -> None:
    """F1, I7: at each label the old state or the new, never half; run again, the books are as undisturbed."""
    example = Example.make()
    example.bill()
    undisturbed = _books()
    for label in LABELS:
        with system():
            execute("delete from invoice")
            execute("delete from billing_run")
        queued = example.queue()
        job_dies_at(label, queued["job_id"])
        with system():
            [(recorded, state)] = rows("select (select count(*) from charge_line), state from billing_run")
        assert (recorded > 0, state) in {(True, "done"), (False, "running")}, label
        assert run_job(queued["job_id"]) == "done"
        assert json.dumps(_books(), default=str) == json.dumps(undisturbed, default=str), label


def test_equal_inputs_record_nothing_new(database: None) -> None:
    """I7: a month run again on the same inputs leaves the current run's answer and lines standing."""
    example = Example.make()
    first = example.bill()
    before = _books()
    for _ in range(2):
        again = example.bill()
        assert (again.state, again.is_current) == ("unchanged", False)
        view = ask("billing_run.show", example.cast.ada, str(again.public_id))
        assert (view.same_as, view.inputs_hash, view.result_hash) == (
            first.public_id,
            first.inputs_hash,
            first.result_hash,
        )
        assert str(view.provider_costs[0].posted) == "1989.50"
    assert _books() == before
    with system():
        assert rows("select count(distinct run_id) from charge_line") == [(1,)]
