"""Examples in help stand as they are typed: the formatter would fill their lines into one paragraph."""

from inspect import cleandoc

import typer


def keep_examples(group: typer.Typer) -> None:
    """Keep the lines of each command's examples, in this group and in those within it."""
    for command in group.registered_commands:
        command.help = cleandoc(command.callback.__doc__ or "").replace("Example:\n", "\b\nExample:\n")
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        keep_examples(inner.typer_instance)
