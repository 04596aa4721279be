import time, collections, cProfile, pstats
from tests.leaks.programme import *
def test_try(database):
    with standing_still():
        p = Programme(1)
        w = p.world
        pr=cProfile.Profile()
        for name in ("administrator","key_account_manager at the top","customer_administrator", "random 1", "operator"):
            a = w.people[name]
            for what in (p.reads, p.pages, p.writes, p.hidden_facts):
                t=time.process_time(); n=sum(p.tally.calls.values())
                if what == p.reads: pr.enable()
                f = what(a)
                pr.disable()
                print("==", name, what.__name__, round(time.process_time()-t,2), sum(p.tally.calls.values())-n, len(f))
                seen=collections.Counter()
                for l in f:
                    k=(l.detector, l.call.split("?")[0].split(" ")[0], l.what[:25]); seen[k]+=1
                    if seen[k]==1: print("   ", str(l)[:600].replace("\n"," "))
        f=p.strangers(); print(len(f)); [print(str(l)[:300]) for l in f[:5]]
        pstats.Stats(pr).sort_stats("tottime").print_stats(22)
