"""Holds every answer of every API test against the OpenAPI document: the bytes are the contract."""

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import orjson
from django.http import HttpResponse

from shouhou.api.v1.api import api
from shouhou.api.v1.openapi import operations

Operation = dict[str, Any]


def check_shape(method: str, path: str, response: HttpResponse) -> None:
    """Raises AssertionError when an answer is not as documented. Addresses that are none are not documented."""
    found = operation_of(method, urlsplit(path).path)
    if found is None or response.status_code == 405:
        return
    status = str(response.status_code)
    assert status in found["responses"], f"{method} {path} answers {status}, which is not documented"
    kind = response.get("Content-Type", "").partition(";")[0]
    content = found["responses"][status].get("content", {})
    if not response.content:
        return
    assert kind in content, f"{method} {path} answers {status} as {kind}, documented are {list(content)}"
    if "json" in kind and kind != "application/x-ndjson":
        validator = _validator(orjson.dumps(content[kind]["schema"]))
        errors = [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(orjson.loads(response.content))]
        assert not errors, f"{method} {path} {status}: {errors[:5]}"


def operation_of(method: str, path: str) -> Operation | None:
    for pattern, verb, found in _operations():
        if verb == method.lower() and pattern.fullmatch(path):
            return found
    return None


@cache
def document() -> dict[str, Any]:
    return dict(orjson.loads(orjson.dumps(api.get_openapi_schema(path_prefix="/api/v1/"))))


@cache
def _operations() -> list[tuple[re.Pattern[str], str, Operation]]:
    found = [(re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path))), method, each)
             for path, method, each in operations(document())]
    # The plain address before the one with a place to fill in.
    return sorted(found, key=lambda entry: "[^/]+" in entry[0].pattern)


@cache
def _validator(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    whole = {**orjson.loads(schema), "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def forget() -> None:
    """Read the document anew: a test has changed what it is made from."""
    for kept in (document, _operations, _validator):
        kept.cache_clear()
