"""JSON schemas of inputs and results, collected as OpenAPI components."""

from typing import Any, get_args, get_origin

from pydantic import TypeAdapter

from underlet.foundation.metrics import OPTIONAL
from underlet.foundation.registry import Entry
from underlet.foundation.types import FileAnswer, NoInput

_REF = "#/components/schemas/{model}"
COMPONENTS: dict[str, Any] = {
    "Refusal": {
        "type": "object",
        "required": ["error", "detail", "hint"],
        "properties": {
            "error": {"type": "string", "description": "Stable code, for example not_found"},
            "detail": {"type": "string", "description": "What is wrong"},
            "hint": {"type": "string", "description": "What to do next"},
            "fields": {"type": "object", "additionalProperties": {"type": "string"}},
            "proposal": {"type": "string", "description": "A name that would have the required form"},
        },
    }
}
_REFUSALS = {
    "401": "Not signed in",
    "403": "Visible, but not allowed",
    "404": "Absent or hidden",
    "409": "Not possible in the present state",
    "422": "Input not valid",
    "429": "Asked for too often; Retry-After tells when again",
    "503": "The database cannot be reached, or others hold it up: try again",
}


def _add(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Make a schema and all that it refers to components; returns the reference to it.

    Raises ValueError when two types of one name differ: one of them would describe the other's data.
    """
    found = {**schema.pop("$defs", {}), name: schema}
    for one, text in found.items():
        figures = {field for field, part in text.get("properties", {}).items() if OPTIONAL in part}
        if figures:  # a price type leaves them out
            text["required"] = [field for field in text["required"] if field not in figures]
        if COMPONENTS.setdefault(one, text) != text:
            raise ValueError(f"two types are called {one}")
    return {"$ref": _REF.format(model=name)}


def input_schema(entry: Entry) -> dict[str, Any]:
    """The request body's schema."""
    return _add(entry.input.__name__, entry.input.model_json_schema(ref_template=_REF))


def result_schema(entry: Entry) -> dict[str, Any]:
    """The answer's schema."""
    schema = TypeAdapter(entry.result).json_schema(mode="serialization", ref_template=_REF)
    arguments = get_args(entry.result)
    name = "Of".join(part.__name__ for part in (get_origin(entry.result) or entry.result, *arguments))
    return _add(name, schema | {"title": name})


def query_parameters(entry: Entry) -> list[dict[str, Any]]:
    """The URL parameters of a query."""
    schema = entry.input.model_json_schema(ref_template=_REF)
    if "$defs" in schema:
        _add(entry.input.__name__, dict(schema))
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": part.get("description", ""),
            "schema": {key: value for key, value in part.items() if key != "description"},
        }
        for name, part in schema.get("properties", {}).items()
    ]


def request_body(entry: Entry) -> dict[str, Any]:
    """The request body of an operation; may be left out where the input needs nothing."""
    if entry.input is NoInput:
        return {
            "required": False,
            "content": {"application/json": {"schema": {"type": "object", "maxProperties": 0}}},
        }
    needed = any(field.is_required() for field in entry.input.model_fields.values())
    return {"required": needed, "content": {"application/json": {"schema": input_schema(entry)}}}


def responses(entry: Entry, status: int) -> dict[str, Any]:
    """All answers of an entry, refusals included."""
    if entry.result is FileAnswer:
        content: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    else:
        content = {"application/json": {"schema": result_schema(entry)}}
    refusal = {"application/json": {"schema": {"$ref": _REF.format(model="Refusal")}}}
    return {str(status): {"description": entry.summary, "content": content}} | {
        code: {"description": text, "content": refusal} for code, text in _REFUSALS.items()
    }
