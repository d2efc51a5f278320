"""Types of columns that both kinds of database keep alike."""

from sqlalchemy import BigInteger, Dialect, Integer, Text, TypeDecorator

# SQLite keeps a table in the order of an INTEGER primary key only; elsewhere 64 bits have to be asked for.
WHOLE = BigInteger().with_variant(Integer(), "sqlite")


class Sentence(TypeDecorator[str]):
    """Text that may repeat what an endpoint said, with what no database takes written out as escapes."""

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        """Text, as of what lies beneath."""
        return str

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - sqlalchemy's
        r"""NUL and lone surrogates, which JSON allows, as `\x00` and `\udcff`."""
        if value is None:
            return None
        return value.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
