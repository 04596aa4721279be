"""What a form template needs: values as typed, messages per field, the request key.

Field names are input paths with dots ("rules.0.percent"), the same ones that a refusal names, so errors find
their field without a table. No rule is checked here: the operation's input type does that.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from underlet.interfaces.web.say import said
from underlet.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class Form:
    """One form. message, hint: what is wrong with it as a whole. key: makes a second click harmless.

    status: of the answer that shows it.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    hint: str = ""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    status: int = 200

    @property
    def unplaced(self) -> list[tuple[str, str]]:
        """Errors of fields that the form does not show; they stand at its head, unless it says so already."""
        return [
            (name, words)
            for name, words in self.errors.items()
            if name not in self.values and words != self.message
        ]

    def filled(self) -> dict[str, object]:
        """The operation's input: dotted names nested, empty fields left out so that defaults apply."""
        return nest(self.values)

    def refused(self, refusal: Refusal) -> "Form":
        """The same form with the refusal's words at their places, and a key for the corrected attempt."""
        errors = {name: said(words) for name, words in refusal.fields.items()}
        return Form(self.values, errors, said(refusal.detail), said(refusal.hint), status=refusal.status)


def nest(flat: Mapping[str, str]) -> dict[str, object]:
    """Dotted names to nested input: {"rules.0.verb": "adjust"} -> {"rules": [{"verb": "adjust"}]}.

    Numbers are list positions, in order; gaps close up. Empty texts are left out, so that defaults apply.
    """
    root: dict[str, object] = {}
    for name, value in flat.items():
        if value == "":
            continue
        *path, last = name.split(".")
        here = root
        for part in path:
            inner = here.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            here = inner
        else:
            here[last] = value
    return {key: _lists(value) for key, value in root.items()}


def _lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(item) for key, item in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


Choices = Sequence[tuple[str, str]]
"""Values and labels of a select, in order; the empty value means "choose"."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form: its path in the operation's input, its words, its kind (`components/field.html`).

    A range has two: `name` is the first day, `last` the first one that no longer counts.
    said: id of the place below it that tells what the server says of what was typed so far, "" = none.
    source, without: of a select of units, the public list in which the picker searches for more, and the ids in it that
    are no choice.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = False
    choices: Choices = ()
    suffix: str = ""
    wide: bool = False
    autocomplete: str = ""
    placeholder: str = ""
    mode: str = ""
    accept: str = ""
    list: str = ""
    focus: bool = False
    last: str = ""
    source: str = ""
    without: str = ""
    said: str = ""
