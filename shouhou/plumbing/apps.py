"""The plumbing as a Django app."""

from functools import partial

import orjson
from django.apps import AppConfig
from psycopg.types.json import set_json_dumps


class PlumbingConfig(AppConfig):
    name = "shouhou.plumbing"
    label = "plumbing"
    verbose_name = "管道 Plumbing"

    def ready(self) -> None:
        """JSON for the database is written by the quick writer; keys that are numbers become text, as before."""
        set_json_dumps(partial(orjson.dumps, option=orjson.OPT_NON_STR_KEYS))
