"""Whatever is sent to the API, it answers with a refusal or a result, never with a bug (S13)."""

import json
import logging
from typing import Any

from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.interfaces.examples import EXAMPLES
from tests.leaks.callers import Caller, Route, routes
from tests.world import NO_ID, World

logging.getLogger("django.request").setLevel(logging.CRITICAL)

_TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from([
        "", "\0", "\ud800", "a" * 300, "2026-02-30", "9999-12-31", "0001-01-01", "2026-13", NO_ID, "NaN", "1e400", "-0",
        "1e-400", "99999999999999999999", "' or 1=1 --", "%", "../..", "\u202e", "WzFd", "WzEsMl0", "[]",
    ]),
)  # fmt: skip
_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=3)),
    max_leaves=6,
)
_LEAKS = ("Traceback", "psycopg", "/src/", "select ", "underlet_app", "django.")


def _mutate(data: dict[str, Any], choose: st.DataObject) -> Any:
    """A good input with something wrong in it: a field changed, dropped or added, or another thing altogether."""
    if not data or choose.draw(st.integers(0, 9)) == 0:
        return choose.draw(_VALUE)
    changed = json.loads(json.dumps(data))
    here: Any = changed
    for _ in range(4):
        if isinstance(here, dict) and here:
            name = choose.draw(st.sampled_from(sorted(here)))
        elif isinstance(here, list) and here:
            name = choose.draw(st.integers(0, len(here) - 1))
        else:
            break
        if isinstance(here[name], dict | list) and choose.draw(st.booleans()):
            here = here[name]
            continue
        here[name] = choose.draw(_VALUE)
        break
    if isinstance(changed, dict) and choose.draw(st.integers(0, 4)) == 0:
        changed[choose.draw(_TEXT)] = choose.draw(_VALUE)
    return changed


def _send(caller: Caller, route: Route, path: str, data: Any) -> Any:
    if route.method != "GET":
        return caller.call(route.method, path, data)
    from urllib.parse import urlencode

    pairs = data if isinstance(data, dict) else {"q": data}
    return caller.call("GET", f"{path}?{urlencode({str(k): str(v) for k, v in pairs.items()}, errors='replace')}")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([route for route in routes() if route.name in EXAMPLES]), st.data())
def test_nothing_sent_breaks_it(world: World, route: Route, choose: st.DataObject) -> None:
    """What earlier examples changed stays: the same input may be refused later, and must not break either."""
    example = EXAMPLES[route.name]
    caller = Caller(world, example.who)
    path = route.path
    if route.kind:
        ids = world.ids[route.kind]
        subject = ids.get(example.subject) or next(iter(ids.values()))
        path = path.replace(f"{{{route.kind}}}", choose.draw(st.sampled_from([subject, subject, subject, NO_ID])))
    answer = _send(caller, route, path, _mutate(example.data(world), choose))
    assert answer.status < 500, answer.text
    if answer.status >= 400:
        assert not any(text in answer.text for text in _LEAKS), answer.text
        if answer.status != 405:
            assert {"error", "detail", "hint"} <= set(json.loads(answer.body))


def test_paths_that_do_not_exist(world: World) -> None:
    for path in ("/units/%00", "/units/a%2Fb", "/units/" + "a" * 5000, "/nothing", "/units/%ff", "/units//"):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            assert Client().generic(method, "/api/v1" + path).status_code < 500
