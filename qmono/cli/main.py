"""The program `qmono`: its commands, and the one place where an error becomes a line and an exit code."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from qmono.cli.config import project_defaults
from qmono.core.registry import Entry, Registry
from qmono.errors import EXIT_MEANINGS, ExitCode, QmonoError

COMMANDS = Registry(
    "command",
    [
        Entry("bell-test", "qmono.cli.bell_test:command", "Is this pair nonlocal?"),
        Entry("tomography", "qmono.cli.tomography:command", "Which state is it, and how entangled?"),
        Entry("fidelity", "qmono.cli.fidelity:command", "How close is it to the state it should be?"),
        Entry("monogamy", "qmono.cli.monogamy:command", "Who else can share it?"),
        Entry("measures", "qmono.cli.measures:command", "Every measure of a known state."),
        Entry("gate", "qmono.cli.gate:command", "May this pipeline pass?"),
        Entry("compare", "qmono.cli.compare:command", "What changed between two?"),
        Entry("inspect", "qmono.cli.inspect:command", "What is in this file?"),
        Entry("convert", "qmono.cli.convert:command", "Settle orders and format."),
        Entry("catalogue", "qmono.cli.catalogue:command", "Every name there is."),
    ],
)
PLAIN: dict[str, Any] = {
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100},
}

EPILOG = "\n\n".join(
    [
        "\b\nExamples:\n"
        "  qmono bell-test --seed 7\n"
        "  qmono tomography counts.json --bit-order qubit0-last --target phi+\n"
        "  qmono tomography counts.json --target phi+ --min fidelity=0.9 --report junit=gate.xml\n"
        "  qmono monogamy --pair 0,1=ab.json --pair 0,2=ac.json\n"
        "  qmono gate report.json --require 'fidelity >= 0.9'",
        "\b\nExit codes:\n" + "\n".join(f"  {code:>3}  {text}" for code, text in EXIT_MEANINGS.items()),
    ]
)


class Commands(TyperGroup):
    """All commands, each imported when it is used; what goes wrong inside becomes a line and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, for help and completion."""
        return list(COMMANDS.names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Build the command of that name; UsageError with a suggestion if there is none."""
        alone = typer.Typer(add_completion=False, **PLAIN)
        alone.command(cmd_name, short_help=COMMANDS[cmd_name].summary)(COMMANDS.load(cmd_name))
        return typer.main.get_command(alone)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands in the help text, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.summary) for entry in COMMANDS])

    def invoke(self, ctx: Any) -> Any:
        """Run the command; QmonoError, Ctrl-C and bugs end with one line on standard error."""
        try:
            ctx.default_map = project_defaults(
                COMMANDS.names, lambda name: self.get_command(ctx, name).params
            )
            return super().invoke(ctx)
        except QmonoError as problem:
            _say(str(problem))
            raise typer.Exit(problem.exit_code) from problem
        except KeyboardInterrupt as stop:
            _say(" ".join(["interrupted", *stop.args]))
            raise typer.Exit(ExitCode.INTERRUPTED) from stop
        except BrokenPipeError as stop:
            # The reader went away (`qmono ... | head`): nothing is left to say, and nobody to say it to.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.OK) from stop
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as bug:
            if _is_usage_error(bug) or os.environ.get("QMONO_TRACEBACK"):
                raise
            where = f"{type(bug).__name__}: {bug}".splitlines()[0]
            _say(f"this is a bug in qmono: {where} (QMONO_TRACEBACK=1 shows where)")
            raise typer.Exit(ExitCode.BUG) from bug


def _is_usage_error(problem: Exception) -> bool:
    # Typer keeps the base of its own usage errors private; BadParameter is a public child of it.
    return isinstance(problem, typer.BadParameter.__mro__[2])


def _say(message: str) -> None:
    typer.echo(f"qmono: {message}", err=True)


app = typer.Typer(
    name="qmono",
    cls=Commands,
    help="Turn measurement counts into verdicts that can be defended: certified estimates, limits that hold.",
    epilog=EPILOG,
    no_args_is_help=True,
    **PLAIN,
)


def _version(wanted: bool) -> None:
    if wanted:
        from qmono.version import __version__

        typer.echo(f"qmono {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Entry point of the console script and of `python -m qmono`."""
    app()
