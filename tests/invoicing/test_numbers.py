"""Numbers are 1..n per seller, series and year, whatever rolls back meanwhile (I16, M8; data-core.md §9)."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from tests.invoicing.worked import Month
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system, writing
from underlet.invoicing.models import Invoice

THREADS, EACH = 8, 25


class _Rollback(Exception):
    pass


def test_no_gap_under_threads_and_rollbacks(drafted: Month) -> None:
    """M8: 8 threads, every fifth transaction rolls back: no number is missing or given twice."""
    with system():
        birch = list(Invoice.objects.filter(seller_name="Birch Cloud GmbH").values_list("id", flat=True))
    assert len(birch) == 2

    def take(worker: int) -> list[int]:
        kept = []
        try:
            for turn in range(EACH):
                try:
                    with writing(drafted.cast.ben):
                        [(number, _)] = rows("select * from take_number(%s, 2026)", [birch[turn % 2]])
                        if (worker + turn) % 5 == 0:
                            raise _Rollback
                    kept.append(number)
                except _Rollback:
                    continue
        finally:
            connection.close()
        return kept

    with ThreadPoolExecutor(THREADS) as pool:
        taken = sorted(number for numbers in pool.map(take, range(THREADS)) for number in numbers)
    assert len(taken) == THREADS * EACH * 4 // 5
    assert taken == list(range(1, len(taken) + 1))


def test_years_count_apart(drafted: Month) -> None:
    with system():
        draft = Invoice.objects.filter(seller_name="Alder IT-Service GmbH").get().id
    with writing(drafted.cast.cleo):
        numbers = [
            rows("select sequence from take_number(%s, %s)", [draft, year])[0][0] for year in (2026, 2027, 2026)
        ]
    assert numbers == [1, 1, 2]


def test_issuing_and_drafting_at_once(drafted: Month) -> None:
    """M8, F4: three issue the run while it is drafted anew; every invoice is issued once."""

    def work(turn: int) -> int:
        try:
            return drafted.draft() * 0 if turn == 1 else int(drafted.issue()["issued_count"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(work, range(4)))
    drafted.issue()
    assert sum(counts) <= 4
    with system():
        found = rows(
            "select seller_name, array_agg(sequence order by sequence), count(distinct contract_id) from invoice"
            " where state = 'issued' group by 1 order by 1"
        )
    assert [(numbers, contracts) for _, numbers, contracts in found] == [([1], 1), ([1, 2], 2), ([1], 1)]
