"""The command `ourtake`: its groups, its global flags, and how an error leaves it."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys

import typer

from ourtake import __version__
from ourtake.cli import archive, calls, check, doctor, draft, drafts, related, rules
from ourtake.cli import init as start
from ourtake.cli.common import Globals, debugging, keep_lines, known_secrets, say, set_globals
from ourtake.cli.masking import mask_output
from ourtake.errors import OurtakeError

STOPPED, TERMINATED = 130, 143
"""The exit codes of Ctrl-C and of a termination."""

app = typer.Typer(
    name="ourtake",
    help="Your publication's own take on somebody else's story: looked up, written, checked, mended, stored.",
    epilog="\b\nBegin with:\n  ourtake init my-paper && cd my-paper\n  ourtake archive add archive && ourtake draft "
    "sources/01*.md",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("init")(start.init)
app.add_typer(archive.app, name="archive")
app.command("related")(related.related)
app.command("draft")(draft.draft)
app.command("check")(check.check)
app.command("rules")(rules.rules)
app.add_typer(drafts.app, name="drafts")
app.command("export", cls=drafts.ExportCommand)(drafts.export)
app.add_typer(calls.app, name="calls")
app.command("models")(doctor.models)
app.command("doctor")(doctor.doctor)
for group in (app, archive.app, calls.app, drafts.app):
    keep_lines(group)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ourtake {__version__}")
        raise typer.Exit


@app.callback()
def root(
    store: str = typer.Option(None, help="The store, as sqlite:///ourtake.db. Also OURTAKE_STORE."),
    index: str = typer.Option(None, help="The folder of the search index. Also OURTAKE_INDEX."),
    config: str = typer.Option(
        None, help="The settings file. Also OURTAKE_CONFIG; default: the nearest ourtake.toml upwards."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Your publication's own take on somebody else's story."""
    set_globals(Globals(store=store, index_folder=index, config=config, debug=debug))


def main() -> None:
    """Run the command; an error is one sentence and what to do, a traceback only with --debug."""
    # Thousands of objects made by imports live until the end; going through them again and again cost a tenth of the
    # start-up.
    gc.set_threshold(50_000, 20, 20)
    mask_output(known_secrets)
    ended_by: list[int] = []

    def stop(number: int, _: object) -> None:
        # A termination goes the way of Ctrl-C: what is under way is cancelled and written down.
        ended_by.append(number)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            raise KeyboardInterrupt  # a shell's background job: Ctrl-C is not for it, a termination is
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, stop)
    try:
        app()
    except OurtakeError as error:
        if debugging():
            raise
        say(f"ourtake: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader has gone (`| head`): nothing is wrong, and Python must not complain when it flushes at exit.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if debugging() or error.errno is None:
            raise
        say(f"ourtake: {error.filename or 'a file'}: {error.strerror}. Check the disk and the rights.")
        sys.exit(2)
    except SystemExit as leaving:
        if leaving.code not in (STOPPED, TERMINATED):
            raise
        say("ourtake: stopped; what was finished is kept.")
        sys.exit(TERMINATED if ended_by else leaving.code)
    finally:
        # Everything is committed and closed by now; taking an SDK's modules apart at exit cost a third of a second.
        gc.freeze()


if __name__ == "__main__":
    main()
