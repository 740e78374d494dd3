"""Commands that take an argument, or a word after which another command takes over: ``template refresh OLD.xlsx``."""

from typing import Any

import click


class OrOthers(click.Command):
    """A command that gives way to one of its *others* where its first argument is the word for it."""

    @staticmethod
    def others() -> dict[str, click.Command]:
        """The commands that take over, by their word; none unless a command says otherwise."""
        return {}

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context to run in: this command's own, or that of the one that takes over."""
        other = self.others().get(args[0]) if args else None
        if other:
            return other.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)
