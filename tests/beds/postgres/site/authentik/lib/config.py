"""Stand-in for authentik's configuration loader: AUTHENTIK_* variables over defaults, as authentik reads them.

AUTHENTIK_POSTGRESQL__HOST is postgresql.host; `file://path` is the file's content, `env://NAME?default` another
variable's. A value that can't be read is its default (`file:///path?default`) or empty, with a log line.
"""
import base64
import json
import os
from copy import deepcopy
from urllib.parse import urlparse

DEFAULTS = {
    "postgresql": {"host": "localhost", "name": "authentik", "user": "authentik", "port": 5432,
                   "password": "env://POSTGRES_PASSWORD", "sslmode": "disable", "sslrootcert": None, "sslcert": None,
                   "sslkey": None, "default_schema": "public", "conn_options": "", "use_pool": False,
                   "disable_server_side_cursors": False, "read_replicas": {}},
    "worker": {"processes": 1, "threads": 2, "consumer_listen_timeout": "seconds=30", "task_max_retries": 5,
               "task_default_time_limit": "minutes=10", "task_purge_interval": "days=1",
               "task_expiration": "days=30", "scheduler_interval": "seconds=60"},
    "log_level": "info",
}


def log(event, level="info", **more):
    """structlog's line on standard output, which readers of that output have to cope with."""
    print(json.dumps({"event": event, "level": level, "logger": "authentik.lib.config", **more}), flush=True)


class ConfigLoader:
    def __init__(self):
        self.raw = deepcopy(DEFAULTS)
        for name, value in sorted(os.environ.items()):
            if name.startswith("AUTHENTIK_"):
                *above, last = name[len("AUTHENTIK_"):].lower().split("__")
                place = self.raw
                for part in above:
                    if not isinstance(place.get(part), dict):
                        place[part] = {}
                    place = place[part]
                place[last] = value
        self.values = {}
        log("Loaded environment variables")

    def refresh(self, path, default=None, sep="."):
        """Reads a value again: a rotated password file has a new content."""
        value = self.raw
        for part in path.split(sep):
            if not isinstance(value, dict) or part not in value:
                return default
            value = value[part]
        self.values[path] = self.parse(value)
        return default if self.values[path] is None else self.values[path]

    def get(self, path, default=None, sep="."):
        if path in self.values and self.values[path] is not None:
            return self.values[path]
        return self.refresh(path, default, sep)

    @staticmethod
    def parse(value):
        if not isinstance(value, str):
            return value
        url = urlparse(value)
        if url.scheme == "env":
            return os.environ.get(url.netloc, url.query)
        if url.scheme == "file":
            try:
                with open(url.path, encoding="utf8") as file:
                    return file.read().strip()
            except OSError as error:
                log("Failed to read config value from file", "error", path=url.path, error=str(error))
                return url.query
        return value

    def get_int(self, path, default=0):
        try:
            return int(self.get(path, default))
        except (TypeError, ValueError):
            log("Failed to parse config as int", "warning", path=path)
            return default

    def get_bool(self, path, default=False):
        return str(self.get(path, default)).lower() == "true"

    def get_dict(self, path, default=None):
        value = self.get(path, default)
        return value if isinstance(value, dict) else default

    def get_dict_from_b64_json(self, path, default=None):
        value = self.get(path)
        if not value:
            return {} if default is None else default
        try:
            return json.loads(base64.b64decode(value + "=" * (-len(value) % 4)).decode())
        except ValueError:
            log("Failed to decode config value", "warning", path=path)
            return {} if default is None else default


CONFIG = ConfigLoader()
