"""What commands on a node of this machine share: its settings."""

from importlib.util import find_spec
from typing import Any

from node.client.errors import Unusable

_SERVER_PARTS = ("fastapi", "sqlmodel", "uvicorn", "pydantic_settings")


def server_settings(**given: object) -> Any:
    """The node's settings; what was not given (None) comes from the environment and `node.toml`.

    Raises:
        Unusable: the server's parts are not installed.
        ConfigurationError: a setting is wrong.
    """
    missing = [name for name in _SERVER_PARTS if find_spec(name) is None]
    if missing:
        raise Unusable(f"the server is not installed ({', '.join(missing)}): pip install 'ankyra[node]'")
    from node.config import load_settings

    return load_settings(**{name: value for name, value in given.items() if value is not None})
