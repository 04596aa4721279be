"""Non-vacuity of the no-leak programme (trust.md §6)."""

import os
import time

import pytest

from tests.leaks.filling import Filler
from tests.leaks.nonvacuity import missing
from tests.leaks.programme import standing_still
from tests.leaks.seeds import seeds


@pytest.mark.deep
def test_every_entry_succeeds_and_is_refused_for_every_role(database: None) -> None:
    filler = Filler()
    import tests.leaks.filling as f

    only = os.environ.get("FILL_ONLY", "")
    if only:
        kept = f._asked
        f._asked = lambda: [r for r in kept() if r.entry.name in open(only).read().split()]
    with standing_still():
        for seed in seeds(int(os.environ.get("UNDERLET_FILL", "4")), start=5000):
            t = time.time()
            filler.world(seed)
            print(seed, len(missing(filler.tally)), time.time() - t, sum(filler.calls.values()), flush=True)
            if not missing(filler.tally):
                break
    from tests.leaks.nonvacuity import entries, why_never_done, PERSONS

    done, ref = {}, {}
    for n, r in missing(filler.tally):
        if not filler.tally.done[n, r] and not why_never_done(entries()[n], r):
            done.setdefault(n, []).append(r)
        else:
            ref.setdefault(n, []).append(r)
    for n, rs in sorted(done.items(), key=lambda x: -len(x[1])):
        anyone = any(filler.tally.done[n, r] for r in PERSONS)
        print("NOT DONE" if anyone else "NEVER DONE", n, rs)
        for r in rs[:3]:
            print("      ", r, filler.why.get((n, r)))
    for n, rs in ref.items():
        print("NOT REFUSED", n, rs)
        for r in rs[:2]:
            print("      ", r, filler.why.get((n, r + " refused")))
    print("leaks", len(filler.leaks), *map(str, filler.leaks[:10]), sep="\n")
