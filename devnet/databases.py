"""The databases that a node stores in, by the names under which commands take them."""

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASES = (SQLITE, POSTGRESQL)


def database_name(text: str) -> str:
    """Return the database's name; people say `postgres` as well."""
    return POSTGRESQL if text == "postgres" else text
