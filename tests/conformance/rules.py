"""The rules that hold for every answer, beyond any schema: envelope, paging, references, times, own addresses."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional
from urllib.parse import parse_qs, urlsplit

from support.client import Call

from . import openapi

ERROR_STATUSES = {400, 401, 402, 403, 404, 405, 406, 409, 413, 415, 422, 429, 431, 503}
REFERENCE_MEMBERS = ("id", "type", "summary", "self", "html_url")

# Members with what people or machines sent: whatever they hold says nothing about our own times and references.
FREE_CONTENT = {"details", "custom_details", "cef_details", "description", "title", "content", "summary", "label",
                "body_text", "filters", "contexts", "links", "images", "message"}

# References of these operations are only {id, type} by their documentation.
SHORT_REFERENCES = ("/service_dependencies/", "/incidents/types", "/standards", "/change_events", "/business_services")


def query_of(call: Call) -> Dict[str, List[str]]:
    """The query parameters as they went over the wire."""
    return parse_qs(urlsplit(call.response.request.url).query, keep_blank_values=True)


def wants_whole_objects(call: Call) -> bool:
    """True when the request asked for include[]."""
    return any(name.startswith("include") and not name.startswith("include_next") for name in query_of(call))


def check_transport(call: Call) -> List[str]:
    """Bodies are JSON and say so, an empty answer is really empty, and nothing redirects."""
    problems = []
    if 300 <= call.status < 400:
        problems.append(f"answers never redirect, this one is {call.status}")
    if call.status == 204:
        if call.response.content:
            problems.append("a 204 has no body")
        return problems
    if call.status in (200, 202) and not call.response.content:
        return problems  # where a body is documented, its schema misses it
    kind = call.response.headers.get("Content-Type", "")
    if not kind.startswith("application/json"):
        problems.append(f"content type is {kind!r}, not application/json")
        return problems
    try:
        call.body
    except ValueError as error:
        problems.append(f"the body is not JSON: {error}")
    return problems


def check_error(call: Call) -> List[str]:
    """An error has the documented envelope and a status that a client can act on."""
    problems = []
    if call.status not in ERROR_STATUSES:
        problems.append(f"{call.status} is not an error that a caller can have earned")
    error = call.body.get("error") if isinstance(call.body, dict) else None
    if call.path == "/users/me" and call.status == 400:
        return problems if isinstance(error, str) else problems + ["GET /users/me answers {\"error\": \"<text>\"}"]
    if not isinstance(error, dict):
        return problems + ["an error is {\"error\": {…}}"]
    if not isinstance(error.get("message"), str) or not error.get("message"):
        problems.append("error.message is a sentence")
    if "required_scopes" not in error and not (isinstance(error.get("code"), int) and not isinstance(error["code"], bool)):
        problems.append("error.code is a number")
    details = error.get("errors", [])
    if isinstance(details, dict) and call.path.startswith(("/v3/", "/console/schedule_previews")):
        # Version 3 says where, and so does a rehearsal of it: sentences by the place in the body.
        details = [text for place in details.values() for text in (place if isinstance(place, list) else [None])]
    if details is not None and not (isinstance(details, list) and all(isinstance(text, str) for text in details)):
        problems.append("error.errors is a list of sentences, null or absent")
    return problems


def is_classic_list(operation: openapi.Operation, description: openapi.Description) -> bool:
    """True for the lists that are read with limit and offset."""
    if operation.method != "GET":
        return False
    names = {description.resolve(parameter).get("name") for parameter in operation.definition.get("parameters", [])}
    return "offset" in names


def check_paging(call: Call) -> List[str]:
    """A classic list says where it is, whether more follows, and counts when it was asked to."""
    problems = []
    body, query = call.body, query_of(call)
    if not isinstance(body, dict):
        return ["a list is an object with a plural member"]
    for name in ("limit", "offset"):
        if not isinstance(body.get(name), int) or isinstance(body.get(name), bool):
            problems.append(f"{name} is a number on every page")
    if not isinstance(body.get("more"), bool):
        problems.append("more is true or false on every page")
    if "total" not in body:
        problems.append("total is present on every page (null unless asked)")
    counted = query.get("total", ["false"])[0] in ("true", "1")
    if counted and not isinstance(body.get("total"), int):
        problems.append("total is a number when it was asked for")
    if not counted and body.get("total") is not None:
        problems.append("total is null unless asked")
    return problems


def own_nodes(value: Any, path: str = ""):
    """Every value of an answer except what lies inside free content."""
    yield path, value
    if isinstance(value, dict):
        for key, member in value.items():
            if key not in FREE_CONTENT:
                yield from own_nodes(member, f"{path}/{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from own_nodes(member, f"{path}/{index}")


def check_references(call: Call) -> List[str]:
    """A reference has all five members, so that clients can show and follow it."""
    if call.path.startswith(SHORT_REFERENCES):
        return []
    problems = []
    for path, node in own_nodes(call.body):
        if isinstance(node, dict) and str(node.get("type", "")).endswith("_reference") and "id" in node:
            missing = [name for name in REFERENCE_MEMBERS if name not in node]
            if missing:
                problems.append(f"{path}: the reference lacks {', '.join(missing)}")
    return problems


def check_times(call: Call) -> List[str]:
    """Times are ISO 8601 with whole seconds and Z or an offset."""
    problems = []
    for path, node in own_nodes(call.body):
        if isinstance(node, str) and re.match(r"\d{4}-\d\d-\d\dT", node) and not openapi.TIMESTAMP.fullmatch(node):
            if not path.endswith("/range_start"):
                problems.append(f"{path}: {node!r} is not a whole second with an offset")
    return problems


def check_addresses(call: Call, base_url: str) -> List[str]:
    """`self` is below the API's public address and `html_url` below the console's."""
    problems = []
    for path, node in own_nodes(call.body):
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("self"), str) and not node["self"].startswith(base_url + "/"):
            problems.append(f"{path}/self: {node['self']!r} is not below {base_url}")
        if isinstance(node.get("html_url"), str) and not node["html_url"].startswith(base_url + "/console/"):
            problems.append(f"{path}/html_url: {node['html_url']!r} is not below {base_url}/console/")
    return problems


def check_ids(call: Call) -> List[str]:
    """Ids of own objects are text without lower case, as Backstage's filter demands."""
    problems = []
    for path, node in own_nodes(call.body):
        if isinstance(node, dict) and isinstance(node.get("id"), str) and "self" in node:
            if not re.fullmatch(r"[A-Z0-9]{6,}", node["id"]):
                problems.append(f"{path}/id: {node['id']!r} has not the shape of an id")
    return problems


class Examiner:
    """Judges every answer and remembers which operations have been seen to work."""

    def __init__(self, base_url: str, description: Optional[openapi.Description]):
        self.base_url = base_url
        self.description = description
        self.worked: Dict[str, int] = {}
        self.asked: Dict[str, set] = {}

    def __call__(self, call: Call) -> None:
        problems = self.problems(call)
        assert not problems, "the answer breaks the contract:\n  - " + "\n  - ".join(problems[:12]) + "\n" + call.describe()

    def problems(self, call: Call) -> List[str]:
        """Everything that is wrong with one answer."""
        problems = check_transport(call)
        if problems or not call.response.content:
            self.remember(call, problems)
            return problems
        if call.status >= 400:
            return check_error(call)
        problems += check_references(call) + check_times(call) + check_addresses(call, self.base_url) + check_ids(call)
        problems += self.check_against_description(call)
        self.remember(call, problems)
        return problems

    def check_against_description(self, call: Call) -> List[str]:
        """The documented status, the schema of that status, and the members of pages."""
        operation = self.description.match(call.method, call.path) if self.description else None
        if operation is None:
            return []
        if call.status not in operation.successes:
            return [f"{call.status} is not documented; {operation} succeeds with {operation.successes}"]
        problems = self.description.problems(operation, call.status, call.body, wants_whole_objects(call))
        if is_classic_list(operation, self.description):
            problems += check_paging(call)
        return problems

    def remember(self, call: Call, problems: List[str]) -> None:
        """Counts an operation that answered 2xx as its description says."""
        operation = self.description.match(call.method, call.path) if self.description else None
        if operation is not None and not problems and call.status in operation.successes:
            self.worked[str(operation)] = self.worked.get(str(operation), 0) + 1
            asked = self.asked.setdefault(str(operation), set())
            for name, values in query_of(call).items():
                asked.add(name)
                asked.update(f"{name}={value}" for value in values)
