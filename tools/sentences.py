"""Sentences of refusals, findings and price rules, collected from the sources below the pages for translation.

What is collected: the first argument of every `Sentence(…)`; texts written directly into a refusal (its detail, hint
and field messages, the detail of intake's `refuse`, what `problem` and `wrong` say of a structure file's line) or
raised by an input's own check; the standing texts of the refusal classes. `put_together` is the lint against texts
that no catalogue can hold.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from underlet.kernel import errors
from underlet.kernel.errors import Refusal

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src/underlet"
_TERMINAL = ("foundation/database", "foundation/settings.py", "interfaces/cli", "interfaces/worker", "project")
"""What speaks to the operator's terminal only, which stays English."""
_REFUSALS = frozenset(
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Refusal)
)
_STANDING = ("default_detail", "default_hint")
_PUT_TOGETHER = (ast.JoinedStr, ast.BinOp)


def sources() -> list[Path]:
    """The modules whose sentences reach a page."""
    paths = sorted(SOURCES.rglob("*.py"))
    return [path for path in paths if not path.relative_to(SOURCES).as_posix().startswith(_TERMINAL)]


def sentences(path: Path) -> Iterator[str]:
    """The templates of one module."""
    tree = _tree(path)
    assigned = _assigned(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign | ast.Assign) and _name(node) in _STANDING and node.value:
            yield from _literal(node.value)
        elif isinstance(node, ast.Call):
            for text in _texts(node, path.as_posix(), assigned):
                yield from _literal(text)


def put_together(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """Refusals say templates: a text put together on the spot cannot be translated (documents.md §11)."""
    if path.startswith(_TERMINAL):
        return
    assigned = _assigned(tree)
    for node in ast.walk(tree):
        for text in _texts(node, path, assigned) if isinstance(node, ast.Call) else ():
            if _is_put_together(text):
                yield text.lineno, "write Sentence(template, …) with its values, so that it can be translated"


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _values(text: ast.expr, assigned: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """What a text may be: a name stands for whatever the module assigns to it."""
    return assigned.get(text.id, []) if isinstance(text, ast.Name) else [text]


def _name(node: ast.AnnAssign | ast.Assign) -> str:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    return getattr(target, "id", "")


def _texts(call: ast.Call, path: str, assigned: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """The arguments of a call that people read, names resolved."""
    return [value for text in _arguments(call, path, assigned) for value in _values(text, assigned)]


def _arguments(call: ast.Call, path: str, assigned: dict[str, list[ast.expr]]) -> list[ast.expr]:
    name = getattr(call.func, "id", "")
    if name == "Sentence":
        return call.args[:1]
    if name == "refuse":
        return call.args[1:2]
    if name == "problem":
        return call.args[2:4]
    if getattr(call.func, "attr", "") == "wrong":
        return call.args[1:3]
    if name == "ValueError" and (path.endswith("types.py") or "/types/" in path):  # an input's own check
        return call.args[:1]
    if name not in _REFUSALS:
        return []
    found = call.args[:1]
    for keyword in call.keywords:
        if keyword.arg in ("detail", "hint"):
            found.append(keyword.value)
        elif keyword.arg == "fields":
            for value in _values(keyword.value, assigned):
                found += value.values if isinstance(value, ast.Dict) else ()
                found += [value.value] if isinstance(value, ast.DictComp) else ()
    return found


def _is_put_together(node: ast.expr) -> bool:
    is_formatted = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    )
    return isinstance(node, _PUT_TOGETHER) or is_formatted


def _literal(node: ast.expr) -> Iterator[str]:
    """The literal texts of an expression; a template without any word of its own needs no translation."""
    for one in (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value not in ("", "{unit}"):
            yield one.value


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
