"""Reads PagerDuty's OpenAPI description and judges answers by it.

The description is never copied into this repository: it is read from the folder that CALLBOARD_OPENAPI names.
OpenAPI 3.0 schemas become JSON Schema (draft 7) on demand, one operation at a time:

* `nullable` becomes "or null"; `example`, `examples` and `discriminator` say nothing about validity and are dropped;
* a member of an object that is not required, and not a list, may be null: missing values are present as null (A6);
* `oneOf` becomes `anyOf`: many of the alternatives overlap, so "exactly one" is not what the authors mean;
* answers are judged, so `writeOnly` members are not demanded and `readOnly` says nothing;
* when the request asked for `include[]`, a reference may be the whole object instead.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple
from urllib.parse import unquote

import jsonschema
from jsonschema.exceptions import best_match

from . import deviations

REPOSITORY = Path(__file__).resolve().parents[2]
METHODS = ("get", "put", "post", "delete", "patch")
HOW_TO_GET_IT = (
    "PagerDuty's OpenAPI description is not here. Fetch reference/REST/openapiv3.json (as rest.json) and "
    "reference/events-v2/openapiv3.json (as events-v2.json) from github.com/PagerDuty/api-schema into a folder "
    "and name that folder in CALLBOARD_OPENAPI."
)


def folder() -> Path:
    """Where the description is expected."""
    given = os.environ.get("CALLBOARD_OPENAPI")
    return Path(given) if given else (REPOSITORY / "../shared/reference/pagerduty-openapi").resolve()


def available() -> bool:
    """True when the description can be read."""
    return (folder() / "rest.json").is_file()


@lru_cache(maxsize=None)
def load(name: str = "rest.json") -> "Description":
    """The parsed description, read once per session."""
    document = json.loads((folder() / name).read_text())
    if name == "rest.json":
        for pointer, written, right in deviations.CORRECTIONS:
            correct(document, pointer, written, right)
    return Description(document)


def correct(document: dict, pointer: str, written: Any, right: Any) -> None:
    """Replaces one value of the description, as long as it still says what we object to."""
    def key(node: Any, step: str) -> Any:
        return int(step) if isinstance(node, list) else step.replace("~1", "/")

    *parents, last = pointer.lstrip("#/").split("/")
    node: Any = document
    for step in parents:
        node = node[key(node, step)]
    if node[key(node, last)] == written:
        node[key(node, last)] = right


@dataclass(frozen=True)
class Operation:
    """One method on one path template."""

    method: str
    path: str
    scope: str
    definition: Any = None

    def __hash__(self):
        return hash((self.method, self.path))

    def __eq__(self, other):
        return (self.method, self.path) == (other.method, other.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def statuses(self) -> List[str]:
        """The documented status codes."""
        return list(self.definition["responses"])

    @property
    def successes(self) -> List[int]:
        """The documented 2xx codes, with the corrections of deviations.py."""
        return [int(code) for code in self.statuses if code.startswith("2")] + deviations.EXTRA_SUCCESS.get(str(self), [])


class Description:
    """A whole OpenAPI document."""

    def __init__(self, document: dict):
        self.document = document
        self.operations: Dict[Tuple[str, str], Operation] = {}
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    scope = item[method].get("x-pd-requires-scope") or "-"
                    self.operations[method.upper(), path] = Operation(method.upper(), path, scope, item[method])
        ordered = sorted(self.operations.values(), key=lambda operation: template_order(operation.path))
        self._patterns = [(template_pattern(operation.path), operation) for operation in ordered]
        self._schemas: Dict[tuple, Optional[jsonschema.Draft7Validator]] = {}

    def match(self, method: str, path: str) -> Optional[Operation]:
        """The operation that a concrete request belongs to; fixed segments win over parameters."""
        path = path.rstrip("/") or "/"
        for pattern, operation in self._patterns:
            if operation.method == method and pattern.fullmatch(path):
                return operation
        return None

    def resolve(self, node: Any) -> Any:
        """The object behind a chain of $ref."""
        while isinstance(node, dict) and "$ref" in node:
            node = self.pointer(node["$ref"])
        return node

    def pointer(self, reference: str) -> Any:
        """The object at a JSON pointer of this document."""
        node = self.document
        for step in reference.lstrip("#/").split("/"):
            step = unquote(step).replace("~1", "/").replace("~0", "~")
            node = node[int(step)] if isinstance(node, list) else node[step]
        return node

    def validator(self, operation: Operation, status: int, expanded: bool) -> Optional[jsonschema.Draft7Validator]:
        """The schema of one answer; None when that answer has no body."""
        key = (operation.method, operation.path, status, expanded)
        if key not in self._schemas:
            self._schemas[key] = self._build(operation, status, expanded)
        return self._schemas[key]

    def _build(self, operation: Operation, status: int, expanded: bool) -> Optional[jsonschema.Draft7Validator]:
        replaced = deviations.REPLACED_SCHEMA.get((str(operation), status))
        if replaced is not None:
            schema = replaced
        else:
            responses = operation.definition["responses"]
            code = str(status)
            if code not in responses and status in deviations.EXTRA_SUCCESS.get(str(operation), []):
                code = next(known for known in responses if known.startswith("2"))
            content = self.resolve(responses[code]).get("content", {}) if code in responses else {}
            schema = content.get("application/json", {}).get("schema")
            if schema is None:
                return None
        return compile_schema(self, schema, expanded)

    def problems(self, operation: Operation, status: int, body: Any, expanded: bool = False) -> List[str]:
        """Everything in which a body differs from its schema, most telling first."""
        if (str(operation), status) in deviations.ANY_BODY:
            return []
        validator = self.validator(operation, status, expanded)
        if validator is None:
            return [] if body is None else [f"{operation} {status} is documented without a body"]
        errors = list(validator.iter_errors(body))
        return [explain(error) for error in errors[:8]]


def compile_schema(description: Description, schema: Any, expanded: bool = False) -> jsonschema.Draft7Validator:
    """A validator for one OpenAPI schema of the description."""
    root = Converter(description, expanded).convert_root(schema)
    return jsonschema.Draft7Validator(root, format_checker=FORMATS)


def explain(error: jsonschema.ValidationError) -> str:
    """One line that says where and why."""
    leaf = best_match([error]) or error
    where = "/".join(str(step) for step in leaf.absolute_path) or "(body)"
    return f"{where}: {leaf.message[:300]}"


def template_order(path: str) -> tuple:
    """Sorts templates so that, segment by segment, fixed text comes before a parameter."""
    return tuple((segment.startswith("{"), segment) for segment in path.strip("/").split("/"))


def template_pattern(path: str) -> "re.Pattern":
    """A template as a regular expression."""
    parts = [r"[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", path) if part]
    return re.compile("".join(parts))


# ---- OpenAPI 3.0 schema to JSON Schema -------------------------------------------------------------

DROPPED = {"example", "examples", "discriminator", "nullable", "readOnly", "writeOnly", "description", "title",
           "deprecated", "default", "externalDocs", "xml", "summary"}
SUBSCHEMA_LISTS = {"allOf": "allOf", "anyOf": "anyOf", "oneOf": "anyOf"}


class Converter:
    """Turns one schema and all that it refers to into a self-contained JSON Schema."""

    def __init__(self, description: Description, expanded: bool):
        self.description = description
        self.expanded = expanded
        self.definitions: Dict[str, Any] = {}

    def convert_root(self, schema: Any) -> dict:
        """The schema with its definitions beside it."""
        root = self.convert(schema)
        return {"allOf": [root], "definitions": self.definitions}

    def convert(self, schema: Any) -> dict:
        """One schema node."""
        if "$ref" in schema:
            return self.reference(schema["$ref"])
        if "oneOf" in schema and schema["oneOf"] == []:
            schema = {key: value for key, value in schema.items() if key != "oneOf"}
        result: Dict[str, Any] = {}
        for key, value in schema.items():
            if key in DROPPED or key.startswith("x-"):
                continue
            if key in SUBSCHEMA_LISTS:
                result.setdefault("allOf", []).append({SUBSCHEMA_LISTS[key]: [self.convert(part) for part in value]})
            elif key == "not":
                result["not"] = self.convert(value)
            elif key == "items":
                result["items"] = self.convert(value) if isinstance(value, dict) else True
            elif key == "properties":
                result["properties"] = self.properties(schema)
            elif key == "required":
                result["required"] = self.required(schema)
            elif key == "additionalProperties":
                result[key] = self.convert(value) if isinstance(value, dict) else value
            elif key == "exclusiveMinimum" or key == "exclusiveMaximum":
                continue
            else:
                result[key] = value
        self.keep_applicable(result)
        return or_null(result) if schema.get("nullable") else result

    @staticmethod
    def keep_applicable(result: dict) -> None:
        """Drops the slips of the description: keywords of lists on objects, of texts on lists and so on."""
        kind = result.get("type")
        if kind == "array":
            result.pop("required", None)
            result.pop("minLength", None)
        if kind == "object":
            result.pop("minLength", None)
        if isinstance(result.get("enum"), list) and kind == "array":
            result["items"] = {**result.get("items", {}), "enum": result.pop("enum")}

    def required(self, schema: dict) -> List[str]:
        """The members that an answer must have."""
        properties = schema.get("properties", {})
        names = schema["required"] if isinstance(schema["required"], list) else []
        return [name for name in names if not self.description.resolve(properties.get(name, {})).get("writeOnly")]

    def properties(self, schema: dict) -> Dict[str, Any]:
        """The members, where the optional ones that are not lists may be null."""
        required = schema.get("required") if isinstance(schema.get("required"), list) else []
        converted = {}
        for name, value in schema["properties"].items():
            if not isinstance(value, dict):
                continue
            member = self.convert(value)
            if name not in required and not self.is_list(value) and not self.never_null(name, schema):
                member = or_null(member)
            converted[name] = member
        return converted

    @staticmethod
    def never_null(name: str, schema: dict) -> bool:
        """True for the members that every object has; `type` counts only on objects with an identity."""
        if name == "type":
            return "id" in schema["properties"]
        return name in deviations.NEVER_NULL

    def is_list(self, schema: dict) -> bool:
        """True when the schema describes a list, which is never null."""
        return self.description.resolve(schema).get("type") == "array"

    def reference(self, reference: str) -> dict:
        """A $ref as a reference into the definitions, converted once."""
        name = re.sub(r"\W+", "_", reference)
        if name not in self.definitions:
            self.definitions[name] = {}  # ends recursion
            self.definitions[name] = self.convert(self.description.pointer(reference))
            short = reference.rsplit("/", 1)[-1]
            whole = deviations.EXPANDS_TO.get(short) if self.expanded else None
            if whole:
                alternatives = [self.definitions[name]] + [
                    self.reference(f"#/components/schemas/{kind}") for kind in whole
                ]
                self.definitions[name] = {"anyOf": alternatives}
        return {"$ref": f"#/definitions/{name}"}


def or_null(schema: dict) -> dict:
    """The schema, or null."""
    return {"anyOf": [{"type": "null"}, schema]}


FORMATS = jsonschema.FormatChecker(formats=())
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


@FORMATS.checks("date-time")
def _is_timestamp(value: object) -> bool:
    """ISO 8601 with whole seconds and an offset."""
    return not isinstance(value, str) or bool(TIMESTAMP.fullmatch(value))


@FORMATS.checks("email")
def _is_email(value: object) -> bool:
    """Something with one @ in the middle."""
    return not isinstance(value, str) or bool(re.fullmatch(r"[^@\s]+@[^@\s]+", value))


@FORMATS.checks("url")
@FORMATS.checks("uri")
def _is_url(value: object) -> bool:
    """An absolute address."""
    return not isinstance(value, str) or bool(re.match(r"(https?|webcal)://", value))


# ---- walking answers ---------------------------------------------------------------------------------


def nodes(value: Any, path: str = "") -> Iterator[Tuple[str, Any]]:
    """Every value inside a JSON document with its place."""
    yield path, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from nodes(member, f"{path}/{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from nodes(member, f"{path}/{index}")
