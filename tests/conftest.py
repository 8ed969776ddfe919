"""What every test may use: a home of its own for the test run, the command as a process, an example publication."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

# As in cli/main.py, and for the tests' own matrices; numpy reads it when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

from tests import kept_templates, ready_store
from tests.command_server import CommandServer
from tests.forked_command import ForkedCommand
from tests.postgres import Server, programs, server
from tests.slow import SLOW

# A slow machine fails no test.
settings.register_profile("ourtake", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ourtake")

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Command = ForkedCommand | subprocess.Popen[str]
Start = Callable[..., Command]

OURS = ("OURTAKE_TEST", "OURTAKE_LLMOCK", "OURTAKE_LLAMA")
"""Variables that are meant for the tests."""
QUICK = '\n[take]\nprocess = "quick"\n'
THEIRS = (
    "OURTAKE",
    "OPENAI",
    "ANTHROPIC",
    "XDG_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_",
    "REQUESTS_CA",
    "NO_COLOR",
    "GIT_",
)
"""Variables of the person who runs the tests that would change what is tested begin with these, in capitals or not."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the slow tests. A row of SLOW that fits none is an error, where all tests were collected."""
    found = set()
    for item in items:
        nodeid = item.nodeid
        for name in SLOW:
            if nodeid.startswith(name):
                item.add_marker(pytest.mark.slow)
                found.add(name)
    if not config.args_source.name == "ARGS" and found != set(SLOW):
        raise pytest.UsageError(f"tests/slow.py names tests that are not there: {sorted(set(SLOW) - found)}")


def pytest_collection_finish() -> None:
    """Thousands of tests are hundreds of thousands of objects that live until the end; looking through them for
    garbage again and again is a tenth of what the tests cost."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under OURTAKE_TEST_REQUIRE_ALL a test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("OURTAKE_TEST_REQUIRE_ALL") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session", autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The temporary folder of this test run; its home, too, is a new one. Nothing of the machine's is read or left."""
    temporary, home = tmp_path_factory.mktemp("temporary"), tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().startswith(THEIRS) and not name.startswith(OURS):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("TMPDIR", str(temporary))
        # Processes that a test starts compile what they load once a machine, also where the person wants no such files.
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setattr(tempfile, "tempdir", str(temporary))
        yield temporary


@pytest.fixture(scope="session", autouse=True)
def made_once(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What stands in tests/ready_store.py and tests/kept_templates.py."""
    if not os.environ.get("OURTAKE_TEST_FRESH"):
        ready_store.copy_new_stores(tmp_path_factory.mktemp("ready"))
        kept_templates.keep_templates()
    yield
    ready_store.restore()
    kept_templates.restore()


@pytest.fixture(scope="session")
def postgres(temporary: Path) -> Iterator[Server]:
    """A PostgreSQL server of this test run's own."""
    if programs() is None:
        pytest.skip("there is no PostgreSQL here")
    with server() as found:
        yield found


@pytest.fixture(scope="session")
def new_database(postgres: Server) -> Callable[[], str]:
    """A function that makes a database for a store, and returns its address."""
    if os.environ.get("OURTAKE_TEST_FRESH"):
        return postgres.new_database
    ready = ready_store.ready_database(postgres)
    return lambda: ready_store.copied_database(postgres, ready)


@pytest.fixture(params=["sqlite", "postgres"])
def store_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store: a file that is not there yet, and a database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()


@pytest.fixture(autouse=True)
def no_answer_is_left_behind(temporary: Path) -> Iterator[None]:
    """A paid answer that could not be stored lies in the temporary folder: there, a test that loses one is noticed."""
    yield
    assert not list(temporary.glob("ourtake-call-*"))


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test run that is the same for all of its workers."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_for_all(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of this test run that one of its workers fills, while others that need it wait. Tests get copies of it.

    `make` gets an empty folder.
    """
    folder = shared_folder(tmp_path_factory) / name
    done = folder.with_suffix(".done")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def commands(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandServer]:
    server = CommandServer(shared_folder(tmp_path_factory))
    yield server
    server.close()


def _environment(env: dict[str, str] | None) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("OURTAKE", "OPENAI", "ANTHROPIC"))
    }
    return kept | (env or {})


def command(
    commands: CommandServer, *words: str, folder: Path, env: dict[str, str] | None = None, stdin: str | bytes = ""
) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, without any key but those of `env`."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = commands.run(words, folder=folder, env=_environment(env), stdin=given, timeout=600)
    return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def run(commands: CommandServer, tmp_path: Path) -> Run:
    """`run("draft", "x.md", folder=..., env={...}, stdin="...")`: see `command`; the folder is tmp_path without one."""

    def inner(*words: str, folder: Path | None = None, **given: object) -> subprocess.CompletedProcess[str]:
        return command(commands, *words, folder=folder or tmp_path, **given)  # type: ignore[arg-type]

    return inner


@pytest.fixture
def start(commands: CommandServer) -> Iterator[Start]:
    """`start("watch", folder=..., env={...}, stdout=...)`: as `run`, but it runs beside the test, and ends with it."""
    started: list[Command] = []

    def inner(*words: str, folder: Path, env: dict[str, str] | None = None, **streams: int) -> Command:
        started.append(commands.start(words, folder=folder, env=_environment(env), **streams))
        return started[-1]

    yield inner
    for one in started:
        one.kill()
        one.wait()
        for stream in (one.stdout, one.stderr):
            if stream is not None:
                stream.close()


def without_rights(*words: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The command by somebody who may write only where the permissions say so, also where the tests run as root."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root writes everywhere and there is no setpriv")
    rights = "-dac_override,-dac_read_search"
    drop = ["setpriv", "--bounding-set", rights, "--inh-caps", rights] if os.geteuid() == 0 else []
    return subprocess.run(
        [*drop, sys.executable, "-m", "ourtake", *words],
        cwd=folder,
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def listen() -> None:
    """Run first in a child that Ctrl-C is to end: in the background of a shell, tests and their children ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def example(commands: CommandServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example publication, created and imported once; tests get copies of it. Its takes are written in one call:
    what a test shows of servers, money or kills holds for each call alike. tests/writing/ has the whole process.
    """

    def make(folder: Path) -> None:
        paper = folder / "paper"
        assert command(commands, "init", str(paper), folder=folder).returncode == 0
        assert command(commands, "archive", "add", "archive", folder=paper).returncode == 0
        with (paper / "ourtake.toml").open("a", encoding="utf-8") as file:
            file.write(QUICK)

    return made_for_all(tmp_path_factory, "example", make) / "paper"


@pytest.fixture
def paper(example: Path, tmp_path: Path) -> Path:
    """The example publication, imported."""
    return Path(shutil.copytree(example, tmp_path / "paper", symlinks=True))
