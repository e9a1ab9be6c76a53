"""The API's own description of itself."""

import json

from shouhou.api.v1.api import api


def pages() -> dict[str, str]:
    """`api/openapi.json`."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return {"api/openapi.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"}
