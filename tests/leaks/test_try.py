from tests.leaks.programme import *
from tests.leaks.calls import addresses
import logging, time, collections, pytest
from tests.leaks.inputs import *
from underlet.foundation.registry import OPERATIONS, QUERIES
def test_static():
    print([k for k,v in addresses().items() if not v])
    w=make_world(1); m=Maker(w,Specification(w),1,random.Random(1)); bad=set()
    for e in [*OPERATIONS.values(),*QUERIES.values()]:
        for n,f in e.input.model_fields.items():
            try: m._value(e.name, n, f.annotation)
            except NoGenerator as x: print(x)
    for r in routes():
        if r.kind:
            try: objects(w, r.kind)
            except AssertionError as x: print(x)
    for p in PAGES.values():
        for n in page_paths(p):
            if not fixed(n):
                try: objects(w,n)
                except AssertionError as x: print(p.name, x)
def show(f):
    seen=collections.Counter()
    for l in f:
        k=(l.detector, l.call.split("?")[0].split(" ")[0], l.what[:40]); seen[k]+=1
        if seen[k]==1: print("   ", str(l)[:700].replace("\n"," "))
def test_try(database):
    for seed in (1,):
      with standing_still():
        p = Programme(seed)
        w=p.world
        for n in ["administrator","key_account_manager", "customer_administrator", "alone"]:
          for what in (p.reads, p.writes):
            t=time.process_time(); n0=sum(p.tally.calls.values())
            f=what(w.people[n]); print("==", what.__name__, n, round(time.process_time()-t,2), sum(p.tally.calls.values())-n0, len(f)); show(f)
