"""typer's commands, with help and complaints of our own.

typer's classes of contexts and errors are its own business (they were click's once): here they are Any.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

import typer

from . import complaints, completion, pages
from .parameters import Parameter, parameters

USAGE_ERROR = cast(type[Exception], typer.BadParameter.__bases__[0])
"""What any wrong command line raises; its name is not typer's to give."""


class Command(typer.core.TyperCommand):
    """The command of a typed function."""

    function: Callable[..., None]

    @property
    def options(self) -> list[Parameter]:
        return parameters(self.function)

    def get_help(self, context: Any) -> str:
        return pages.page(self.function, context.command_path, pages.width())

    def answers(self, words: Sequence[str]) -> list[str]:
        return completion.answers(words, self.options)


class Group(typer.core.TyperGroup):
    """A command with subcommands, each of which is made when it is called."""

    names: Sequence[str]
    make: Callable[[str], Command]
    overview: Callable[[], str]
    options = pages.OF_A_GROUP

    def list_commands(self, context: Any) -> list[str]:
        return [*self.names]

    def get_command(self, context: Any, name: str) -> Any:
        return self.make(name) if name in self.names else None

    def resolve_command(self, context: Any, words: list[str]) -> Any:
        if words[0] not in self.names and not words[0].startswith("-"):
            context.fail(f"no command {words[0]}{complaints.did_you_mean(words[0], self.names)}")
        return super().resolve_command(context, words)

    def get_help(self, context: Any) -> str:
        return pages.overview_page(context.command_path, self.overview(), pages.width())

    def answers(self, words: Sequence[str]) -> list[str]:
        return completion.answers_of_group(words, self.options, self.names, lambda name: self.make(name).options)


def command(function: Callable[..., None], guarded: Callable[..., None]) -> Command:
    """The command of a function; it calls `guarded`, which has its parameters and some more."""
    app = _app()
    app.command(cls=Command)(guarded)
    made = cast(Command, typer.main.get_command(app))
    made.function = function
    return made


def group(
    alone: Callable[..., None], overview: Callable[[], str], names: Sequence[str], make: Callable[[str], Command]
) -> Group:
    """The command of subcommands by name; `alone` is called before each of them, and where none is named."""
    app = _app()
    app.callback(cls=Group, invoke_without_command=True)(alone)
    made = cast(Group, typer.main.get_command(app))
    made.names, made.make, made.overview = names, make, overview
    return made


def _app() -> typer.Typer:
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def complaint(error: Exception, name: str) -> str:
    """One line for an error of the kind USAGE_ERROR."""
    context = getattr(error, "ctx", None)
    if context is None:
        return complaints.complaint(error, name, [])
    return complaints.complaint(error, context.command_path, context.command.options)
