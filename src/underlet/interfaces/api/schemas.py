"""JSON schemas of inputs and results, collected as OpenAPI components."""

from typing import Any

from pydantic import TypeAdapter

from underlet.foundation.registry import Entry
from underlet.foundation.types import FileAnswer

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
        },
    }
}
_REFUSALS = {
    "401": "Not signed in",
    "403": "Visible, but not allowed",
    "404": "Absent or hidden",
    "409": "Not possible in the present state",
    "422": "Input not valid",
}


def _collect(schema: dict[str, Any]) -> dict[str, Any]:
    COMPONENTS.update(schema.pop("$defs", {}))
    return schema


def input_schema(entry: Entry) -> dict[str, Any]:
    """The request body's schema, as a reference into the components."""
    COMPONENTS[entry.input.__name__] = _collect(entry.input.model_json_schema(ref_template=_REF))
    return {"$ref": _REF.format(model=entry.input.__name__)}


def result_schema(entry: Entry) -> dict[str, Any]:
    """The answer's schema."""
    return _collect(TypeAdapter(entry.result).json_schema(mode="serialization", ref_template=_REF))


def query_parameters(entry: Entry) -> list[dict[str, Any]]:
    """The URL parameters of a query."""
    schema = _collect(entry.input.model_json_schema(ref_template=_REF))
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
