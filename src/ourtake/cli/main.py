"""The command `ourtake`: its groups, its global flags, and how errors are printed."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys

import typer

from ourtake import __version__
from ourtake.cli import (
    angles,
    archive,
    calls,
    check,
    claims,
    completion,
    config,
    doctor,
    draft,
    draft_sameness,
    drafts,
    eval,
    export,
    jobs,
    related,
    review,
    review_history,
    review_signing,
    review_verify,
    rewrite,
    rules,
    serve,
    start,
    users,
    voice,
    watch,
    worker,
)
from ourtake.cli import store as store_commands
from ourtake.cli.context import Flags, flags, known_secrets, set_flags
from ourtake.cli.help_pages import improve_help
from ourtake.cli.streams import FORMS, JsonLines, Masked, mask_output
from ourtake.cli.terminal import say
from ourtake.collector import leave_out_what_is_loaded
from ourtake.errors import InputError, OurtakeError

STOPPED, TERMINATED = 130, 143
"""The exit codes of Ctrl-C and of a termination."""

app = typer.Typer(
    name="ourtake",
    cls=completion.Root,
    add_completion=False,
    help="Draft, check and repair your publication's take on another outlet's story.",
    epilog="\b\nStart with:\n  ourtake init my-paper && cd my-paper\n  ourtake archive add archive && ourtake draft "
    "sources/01*.md",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("init")(start.init)
app.add_typer(archive.app, name="archive")
app.command("related")(related.related)
app.command("draft")(draft.draft)
app.command("angles")(angles.angles)
app.command("rewrite")(rewrite.rewrite)
app.add_typer(voice.app, name="voice")
app.command("check")(check.check)
app.command("claims")(claims.claims)
app.command("rules")(rules.rules)
drafts.app.command("diff")(review_history.diff)
drafts.app.command("sameness")(draft_sameness.sameness)
drafts.app.command("history")(review_history.history)
app.add_typer(drafts.app, name="drafts")
for signing in (
    review_signing.approve,
    review_signing.reject,
    review_signing.kill,
    review_signing.correct,
    review_signing.reopen,
):
    app.command(signing.__name__)(signing)
app.command("review")(review.review)
app.command("verify")(review_verify.verify)
app.command("export", cls=export.ExportCommand)(export.export)
app.add_typer(calls.app, name="calls")
app.add_typer(store_commands.app, name="store")
app.add_typer(watch.app, name="watch")
app.command("worker")(worker.worker)
app.add_typer(jobs.app, name="jobs")
app.add_typer(eval.app, name="eval")
app.command("serve")(serve.serve)
app.add_typer(users.app, name="users")
app.add_typer(config.app, name="config")
app.command("models")(doctor.models)
app.command("doctor")(doctor.doctor)
improve_help(app)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"ourtake {__version__}")
        raise typer.Exit


@app.callback()
def root(
    store: str = typer.Option(None, help="The store, for example sqlite:///ourtake.db. Also OURTAKE_STORE."),
    index: str = typer.Option(None, help="The folder of the search index. Also OURTAKE_INDEX."),
    config: str = typer.Option(
        None,
        help="The settings file. Also OURTAKE_CONFIG. Default: the nearest ourtake.toml, from here upwards.",
    ),
    debug: bool = typer.Option(False, "--debug", help="Show a traceback when an error occurs."),
    log: str = typer.Option(
        None, "--log", help="The format of messages on standard error: text or json. Also OURTAKE_LOG."
    ),
    show_completion: str = typer.Option(
        None,
        metavar="[SHELL]",
        callback=completion.show,
        is_eager=True,
        help="Print the completion script of bash, zsh or fish; without a name, of the shell that is running.",
    ),
    install_completion: str = typer.Option(
        None, metavar="[SHELL]", callback=completion.install, is_eager=True, help="Install that script."
    ),
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    """Draft, check and repair your publication's take on another outlet's story."""
    set_flags(Flags(store=store, index_folder=index, config=config, debug=debug))
    form = log or os.environ.get("OURTAKE_LOG") or FORMS[0]
    if form not in FORMS:
        raise InputError(f"{form} is not a message format.", f"Use one of these: {', '.join(FORMS)}.")
    if form == "json":
        # Masked as texts, and once more as JSON.
        sys.stderr = Masked(JsonLines(sys.stderr), known_secrets)


def _prepare_process() -> None:
    """Set what concerns the whole process. Exits with 2 on Windows."""
    # Our matrices have some forty columns. The threads of a library for large ones wait for each other, busily, forty
    # times as long as one thread computes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if os.name == "nt":
        print("ourtake: Windows is not supported. Use the Windows Subsystem for Linux (WSL).", file=sys.stderr)
        sys.exit(2)
    if isinstance(sys.stdout, io.TextIOWrapper) and "utf" not in sys.stdout.encoding.lower():
        # What a terminal's encoding lacks is written as an escape: a quotation mark must not end the command.
        sys.stdout.reconfigure(errors="backslashreplace")


def main() -> None:
    """Run the command. An error is printed as one sentence and what to do, a traceback only with --debug."""
    _prepare_process()
    completion.prepare()
    mask_output(known_secrets)
    ended_by: list[int] = []

    def stop(number: int, _: object) -> None:
        # A termination is handled as Ctrl-C is: what is under way is cancelled and written down.
        ended_by.append(number)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            raise KeyboardInterrupt  # a shell's background job ignores Ctrl-C, but not a termination
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, stop)
    try:
        app(prog_name="ourtake")
    except OurtakeError as error:
        if flags().debug:
            raise
        say(f"ourtake: {error}", level="error", kind=type(error).__name__)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader has gone (`| head`). That is not an error, and Python must not report one when it flushes at exit.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if flags().debug or error.errno is None:
            raise
        what = f"{error.filename or 'a file'}: {error.strerror}. Check the disk and the permissions."
        say(f"ourtake: {what}", level="error")
        sys.exit(2)
    except SystemExit as leaving:
        if leaving.code not in (STOPPED, TERMINATED):
            raise
        say("ourtake: stopped. What was finished is kept.")
        sys.exit(TERMINATED if ended_by else leaving.code)
    finally:
        # Everything is committed and closed by now; destroying an SDK's modules at exit takes a third of a second.
        leave_out_what_is_loaded()


if __name__ == "__main__":
    main()
