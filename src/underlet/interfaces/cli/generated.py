"""Commands made from the registry: `underlet NOUN VERB [SUBJECT] --field value …`.

Plain fields become options, lists of them take commas between; other lists and objects are given as JSON text.
`--data` takes the whole input as JSON, from a file with @name or from standard input with -. Where an input takes
the id of an upload, @name sends that file first.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from underlet.foundation.actor import Actor
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.registry import OPERATIONS, QUERIES, Entry, Operation
from underlet.foundation.types import FileAnswer, to_json
from underlet.foundation.uploads import receive
from underlet.interfaces.cli.output import print_body, print_json, refuse
from underlet.interfaces.cli.session import acting, prepare
from underlet.kernel.errors import InvalidInput, Refusal

_CHUNK = 1 << 16
_SUBJECT = "subject"  # no input has a field of this name, so the argument never hides an option
_PLAIN = {"string", "integer", "boolean", "number"}


def _is_plain(schema: dict[str, Any]) -> bool:
    if "anyOf" in schema:
        return any(_is_plain(part) for part in schema["anyOf"])
    return schema.get("type") in _PLAIN or "enum" in schema or "$ref" in schema


def _is_plain_list(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "array" and _is_plain(schema.get("items", {}))


def _metavar(part: dict[str, Any], resolved: dict[str, Any]) -> str:
    if part.get("x-upload"):
        return "ID|@FILE"
    if _is_plain_list(resolved):
        return "TEXT,…"
    return "TEXT" if _is_plain(resolved) else "JSON"


def _options(entry: Entry) -> list[click.Parameter]:
    schema = entry.input.model_json_schema()
    definitions = schema.get("$defs", {})
    parameters: list[click.Parameter] = []
    if entry.subject:
        parameters.append(click.Argument([_SUBJECT], metavar=entry.subject.parameter.upper() + "_ID"))
    for name, part in schema.get("properties", {}).items():
        reference = part.get("$ref", "").rsplit("/", 1)[-1]
        resolved = definitions.get(reference, part)
        text = str(part.get("description") or resolved.get("description") or "").split("\n")[0]
        if resolved.get("enum"):
            text += f" [{', '.join(map(str, resolved['enum']))}]"
        parameters.append(
            click.Option(
                [f"--{name.replace('_', '-')}", name],
                metavar=_metavar(part, resolved),
                help=text or None,
                multiple=False,
            )
        )
    return parameters


def _raw(entry: Entry, values: dict[str, Any], data: str) -> dict[str, Any]:
    raw: dict[str, Any] = _whole(data) if data else {}
    properties = entry.input.model_json_schema().get("properties", {})
    definitions = entry.input.model_json_schema().get("$defs", {})
    for name, value in values.items():
        if value is None:
            continue
        part = properties[name]
        resolved = definitions.get(part.get("$ref", "").rsplit("/", 1)[-1], part)
        raw[name] = _value(name, value, resolved)
    return raw


def _value(name: str, text: str, schema: dict[str, Any]) -> Any:
    if _is_plain(schema):
        return text
    if _is_plain_list(schema) and not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    return _json(name, text)


def _sent(entry: Entry, actor: Actor, raw: dict[str, Any]) -> dict[str, Any]:
    """The input with the ids of files that were named in place of an upload."""
    properties = entry.input.model_json_schema().get("properties", {})
    for name, value in raw.items():
        if not properties.get(name, {}).get("x-upload") or not str(value).startswith("@"):
            continue
        path = Path(str(value)[1:])
        try:
            with path.open("rb") as file:
                raw[name] = str(receive(actor, iter(lambda: file.read(_CHUNK), b""), path.name).id)
        except OSError as error:
            raise InvalidInput(fields={name: f"This cannot be read: {error}."}) from error
    return raw


def _whole(data: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if data == "-" else Path(data[1:]).read_text() if data.startswith("@") else data
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(fields={"data": f"This cannot be read: {error}."}) from error
    body = _json("data", text)
    if not isinstance(body, dict):
        raise InvalidInput(fields={"data": "Give one JSON object."})
    return body


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(fields={name: "This is not valid JSON."}) from error


def command(entry: Entry) -> click.Command:
    """The command of one registry entry."""

    def callback(
        as_json: bool, email: str, data: str = "", key: str = "", output: str = "", **values: Any
    ) -> None:
        address = values.pop(_SUBJECT) if entry.subject else None
        try:
            prepare()
            actor = acting(email)
            raw = _sent(entry, actor, _raw(entry, values, data))
            if isinstance(entry, Operation):
                body = run(entry.name, actor, address, raw, key=key).body
            else:
                result = ask(entry.name, actor, address, raw)
                body = _save(result, output) if isinstance(result, FileAnswer) else to_json(result)
        except Refusal as refusal:
            refuse(refusal, as_json=as_json)
            return
        if as_json:
            print_json(body)
        else:
            print_body(body)

    parameters = _options(entry)
    if isinstance(entry, Operation):
        parameters.append(
            click.Option(["--data"], default="", help="The whole input: JSON, @file, or - for stdin.")
        )
        parameters.append(click.Option(["--key"], default="", help="Request key: the same key has one effect."))
    if entry.result is FileAnswer:
        parameters.append(click.Option(["--output", "-o"], default="", help="Where to write the file."))
    made = click.Command(entry.verb.replace("_", "-"), callback=None, params=parameters, help=entry.description)
    made.callback = callback
    return common_parameters(made)


def common_parameters(made: click.Command) -> click.Command:
    """Add the options of every command to one."""
    made.params.append(click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON object."))
    made.params.append(click.Option(["--as", "email"], default="", metavar="EMAIL", help="Act as this person."))
    return made


def _save(answer: FileAnswer, output: str) -> dict[str, Any]:
    target = Path(output or answer.name)
    if answer.file:
        with answer.file as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
    else:
        target.write_bytes(answer.content)
    return {"file": str(target), "bytes": target.stat().st_size, "media_type": answer.media_type}


_BARE = ""  # the name under which a noun calls its default


class Noun(click.Group):
    """The commands of one noun. What is none of its verbs goes to `default`: `underlet import FILE`."""

    default: click.Command | None = None

    def set_default(self, made: click.Command) -> None:
        """Let a command answer to the bare noun; its options may stand before its argument."""
        self.default = made
        self.context_settings = {"ignore_unknown_options": True}
        self.help = f"{made.help}\n\nOther words after `{self.name}` are the commands below."

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if self.default is not None and args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [_BARE, *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self.default if cmd_name == _BARE else super().get_command(ctx, cmd_name)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_usage(ctx, formatter)
        if self.default is not None:
            pieces = self.default.collect_usage_pieces(click.Context(self.default))
            formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="       ")


def groups() -> dict[str, Noun]:
    """One group per noun, by name, with a command per entry that does not waive the command line."""
    found: dict[str, Noun] = {}
    for entry in [*OPERATIONS.values(), *QUERIES.values()]:
        if "cli" not in entry.waive:
            noun = entry.noun.replace("_", "-")
            found.setdefault(noun, Noun(noun)).add_command(command(entry))
    for group in found.values():
        group.short_help = group.help = ", ".join(sorted(group.commands))
    return {name: found[name] for name in sorted(found)}
