"""Every page as several people with ids seen and hidden: nothing foreign on any of them (A1, A8, I5, I6)."""

import itertools
import os
import re
from collections import Counter
from uuid import uuid4

from tests.leaks import spec
from tests.leaks.callers import Answer, Caller
from tests.leaks.test_api_crawl import foreign
from tests.world import World
from underlet.interfaces.web import urls
from underlet.interfaces.web.addresses import PAGES, PageEntry

assert urls.urlpatterns  # importing it binds the pages

_KINDS = {"usage_import": "import"}
_FIXED = {"tab": ["home"], "sha256": ["0" * 64], "line": ["1"], "what": ["page", "sign-in", "invoice", "x"]}
_THOUSANDS = re.compile("(?<=\\d)[,.'\u00a0\u202f\u2009 ](?=\\d{3}(?!\\d))")


def choices(world: World, who: str, parameter: str) -> list[str]:
    """What stands for one parameter: three objects that the person sees, and one that is hidden."""
    if parameter in _FIXED:
        return _FIXED[parameter]
    kind = _KINDS.get(parameter, parameter)
    seen = [id_ for name, id_ in world.ids[kind].items() if spec.visible(kind, name)(who)]
    hidden = [id_ for name, id_ in world.ids[kind].items() if not spec.visible(kind, name)(who)]
    return seen[:3] + hidden[-1:]


def paths(world: World, who: str, page: PageEntry) -> list[str]:
    """Addresses of a page for a person: each unit and thing with the first of the other, all pairs in the deep run."""
    route = str(page.pattern.pattern)
    parameters = re.findall(r"<\w+:(\w+)>", route)
    found = []
    offered = [choices(world, who, name) for name in parameters]
    for values in itertools.product(*offered):
        others = sum(value != first[0] for value, first in zip(values, offered, strict=True))
        if others > 1 and not os.environ.get("UNDERLET_DEEP"):
            continue
        path = route
        for name, value in zip(parameters, values, strict=True):
            path = re.sub(rf"<\w+:{name}>", value, path)
        found.append(f"/{path}")
    return found


def test_pages_show_nothing_foreign(world: World, belts: str) -> None:
    """A1, A8: forms, fragments and downloads included; figures with their separators taken out."""
    everybody = ("ben", "dan", "eve", "kim") if os.environ.get("UNDERLET_DEEP") else ("ben", "kim")
    for who in everybody if belts == "both belts" else ("dan",):
        _crawl(world, belts, who)


def _absent(path: str, hidden: set[str]) -> str:
    """The address with ids that nobody has in place of these."""
    for text in hidden:
        path = path.replace(text, str(uuid4()))
    return path


def _crawl(world: World, belts: str, who: str) -> None:
    texts, caller = spec.allowed(world), Caller(world, who)
    counts: Counter[int] = Counter()
    for page in PAGES.values():
        for path in paths(world, who, page):
            answer = caller.page(path)
            counts[answer.status] += 1
            asked = {text for text in texts if text in path}
            plain = Answer(answer.status, (), _THOUSANDS.sub("", answer.text).encode())
            assert not foreign(texts, who, answer) - asked, (who, path, belts)
            assert not foreign(texts, who, plain) - asked, (who, path, belts)
            assert answer.status < 500, (who, path, belts)
            hidden = {text for text in asked if who not in texts[text]}
            if (
                hidden and answer.status == 403
            ):  # people and roles are looked for in a unit, which may refuse before
                assert caller.page(_absent(path, hidden)).status == 403, (who, path, belts)
            elif hidden:
                assert answer.status in (302, 404, 405), (who, path, belts)
    assert counts[200] > 20, counts
    assert counts[404] > 20, counts
