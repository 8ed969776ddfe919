"""What `ourtake draft` makes of a provider that behaves oddly, for each way to behave and each provider.

    python benchmarks/modes.py SERVER.py [--only MODE...] [--write]

SERVER.py is a script outside of this repository: run as `SERVER.py PORT LOG`, it is a provider on loopback that speaks
the three APIs, takes the model's name for the way to behave (its table MODES), and logs each request as a line of JSON
with "mode" and "stream". Every mode is asked whole and as a stream, by OpenAI's provider, Anthropic's and a server of
[models.NAME]. `--write` puts the table into docs/modes.md, in the words of modes.toml.

The commands run in forked processes, as the tests' do (tests/command_server.py), so that each of 1,278 need not load
its libraries. So this needs a checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from batch import free_port

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.command_server import CommandServer

from ourtake.store import Store

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "modes.md"
BEGIN, END = "<!-- table: benchmarks/modes.py -->", "<!-- end of the table -->"
PROVIDERS = ("openai", "anthropic", "local")
SECRET = "SECRETSECRET1234567890abcdef"
KEYS = {"OPENAI_API_KEY": f"sk-proj-{SECRET}", "ANTHROPIC_API_KEY": f"sk-ant-{SECRET}", "LOCAL_KEY": f"lk-{SECRET}"}
WAIT, SHORT_WAIT = 120, 6
"""deadline_seconds for most modes, and for those that keep a request waiting."""
SHOWN = 150
"""Characters of an error that the table repeats."""


class Case(NamedTuple):
    """A way to behave, asked by one provider."""

    mode: str
    provider: str
    stream: bool


class Outcome(NamedTuple):
    """What came of a case: the exit code, the draft's status, requests as the server counted them, calls that may have
    been billed without an answer, a count of tokens that was not taken, and the sentence on standard error.
    """

    code: int
    status: str
    requests: int
    billed: bool
    doubted: bool
    said: str
    wrong: str = ""

    def words(self) -> str:
        """In few words, without the sentence."""
        what = {"ready": "a take", "needs-work": "a take with findings"}.get(self.status, f"exit {self.code}")
        asked = "" if self.requests == 1 else f", {self.requests} requests"
        counted = ", counted as the most that it may cost" if self.doubted else ""
        return what + asked + (", perhaps billed" if self.billed else "") + counted


@contextmanager
def serving(script: Path, folder: Path) -> Iterator[tuple[int, Path]]:
    """Run the server; yields its port and its log."""
    port, log = free_port(), folder / "requests.jsonl"
    process = subprocess.Popen([sys.executable, str(script), str(port), str(log)])
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port, log
    finally:
        process.kill()
        process.wait()


class Runner:
    """Runs cases in a publication of their own."""

    def __init__(self, folder: Path, port: int, log: Path, slow: Sequence[str]) -> None:
        self.folder, self.port, self.log, self.slow = folder, port, log, slow
        self._local, self._servers = threading.local(), list[CommandServer]()
        self.home = {name: value for name, value in os.environ.items() if "PROXY" not in name.upper()}
        self.home |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), **KEYS}
        self.home |= {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}",
        }
        self._run(["init", "publication"], folder)
        self._run(["archive", "add", "archive"], folder / "publication")

    def _run(self, words: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
        # A command server takes requests from one thread.
        if not hasattr(self._local, "server"):
            self._local.server = CommandServer(self.folder)
            self._servers.append(self._local.server)
        server: CommandServer = self._local.server
        return server.run(words, folder=folder, env=self.home, stdin=b"", timeout=120)

    def close(self) -> None:
        """End the command servers."""
        # Their common process ends with the last of them, and the one that started it waits for that.
        with ThreadPoolExecutor(len(self._servers)) as threads:
            list(threads.map(CommandServer.close, self._servers))

    def requests(self, mode: str) -> int:
        """Requests of a mode so far, as the server counted them."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return sum(json.loads(line).get("mode") == mode for line in lines)

    def outcome(self, case: Case) -> Outcome:
        """Draft with the mode as the model, in a copy of the publication."""
        # The server counts by the model's name, and what follows an "@" is no part of the mode.
        model = f"{case.mode}@{case.provider}{'-streamed' if case.stream else ''}"
        place = Path(tempfile.mkdtemp(dir=self.folder)) / "publication"
        shutil.copytree(self.folder / "publication", place)
        (place / "ourtake.toml").write_text(self._settings(case, model))
        source = min((place / "sources").iterdir())
        words = ["draft", str(source), "--quick", "--json", "--model", f"{case.provider}:{model}"]
        done = self._run(words + (["--stream"] if case.stream else []), place)
        return self._read(done, place, model)

    def _settings(self, case: Case, model: str) -> str:
        wait = SHORT_WAIT if case.mode in self.slow else WAIT
        return (
            '[publication]\nname = "The Lantern Quarter"\nurl = "https://lanternquarter.example"\n'
            f'[models]\ndeadline_seconds = {wait}\neffort = "low"\ntemperature = 0.3\n'
            f'[models.local]\nbase_url = "http://127.0.0.1:{self.port}/v1"\napi_key_env = "LOCAL_KEY"\n'
            f'[prices."{case.provider}:{model}"]\ninput = 2\noutput = 8\n'
        )

    def _read(self, done: subprocess.CompletedProcess[bytes], place: Path, model: str) -> Outcome:
        out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        database = place / "ourtake.db"
        with closing(Store.open(f"sqlite:///{database}")) as store:
            calls = store.calls()
        stored = database.read_bytes()
        status = ""
        if done.returncode in (0, 1) and out.strip().startswith("{"):
            status = json.loads(out)["status"]
        wrong = [
            "a traceback" if "Traceback" in err else "",
            "a key" if SECRET in out + err or SECRET.encode() in stored else "",
            "a cost below zero" if any(call.end and (call.end.cost or 0) < 0 for call in calls) else "",
        ]
        billed = any(
            call.state in ("unknown", "started") or (call.state == "failed" and call.end and call.end.cost is None)
            for call in calls
        )
        doubted = any(call.state == "answered" and call.end and call.end.error for call in calls)
        said = next((line for line in err.splitlines() if line.startswith("ourtake: ")), err.strip())
        asked = self.requests(model)
        return Outcome(done.returncode, status, asked, billed, doubted, said, ", ".join(filter(None, wrong)))


def normal(said: str) -> str:
    """A sentence without what differs between two runs or two providers."""
    said = said.partition(" The draft is kept as")[0]
    said = re.sub(r"127\.0\.0\.1(?::\d+)?", "HOST", said.removeprefix("ourtake: "))
    said = re.sub(r"@(?:openai|anthropic|local)(?:-streamed)?", "", said)
    said = re.sub(r"\b(?:OPENAI_API|ANTHROPIC_API|LOCAL)_KEY\b", "KEY", said)
    said = re.sub(r"\b(?:openai|anthropic|local)\b", "NAME", said)
    return said if len(said) <= SHOWN else said[: SHOWN - 1] + "…"


def cell(whole: Outcome, streamed: Outcome) -> str:
    """A provider's cell: both outcomes, where they differ."""
    return whole.words() if whole.words() == streamed.words() else f"{whole.words()}; streamed: {streamed.words()}"


def row(mode: str, words: str, foreign: Sequence[str], found: dict[Case, Outcome]) -> str:
    """A mode's row of the table; `foreign`: the providers in whose API it has no place."""
    cells = [
        ("\u2020 " if name in foreign else "") + cell(found[Case(mode, name, False)], found[Case(mode, name, True)])
        for name in PROVIDERS
    ]
    own = [(case, outcome) for case, outcome in found.items() if case.mode == mode and case.provider not in foreign]
    said = {normal(outcome.said): None for _, outcome in own if outcome.code > 1}
    return " | ".join(["| `" + mode + "`", words, *cells, " / ".join(said).replace("|", "\\|")]) + " |"


def table(families: dict[str, dict[str, str]], foreign: dict[str, list[str]], found: dict[Case, Outcome]) -> str:
    """The whole table, by family."""
    lines: list[str] = []
    for family, modes in families.items():
        lines += ["", f"### {family}", "", "| mode | the server | openai | anthropic | local | message |"]
        lines += [
            "|---|---|---|---|---|---|",
            *(row(mode, words, foreign.get(mode, []), found) for mode, words in modes.items()),
        ]
    return "\n".join([BEGIN, *lines, "", END])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--jobs", type=int, default=4)
    given = parser.parse_args()
    families: dict[str, dict[str, str]] = tomllib.loads((HERE / "modes.toml").read_text("utf-8"))
    slow = families.pop("slow")["modes"]
    spoken: dict[str, list[str]] = families.pop("only")  # type: ignore[assignment]
    foreign = {
        mode: [name for name in PROVIDERS if name not in apis.split()]
        for apis, modes in spoken.items()
        for mode in modes
    }
    known = {mode for modes in families.values() for mode in modes}
    sys.argv = [str(given.server), "0", os.devnull]
    offered = set(runpy.run_path(str(given.server))["MODES"])
    if missing := sorted(offered - known):
        families["Without words in modes.toml"] = dict.fromkeys(missing, "")
    families = {
        name: {mode: words for mode, words in modes.items() if mode in offered} for name, modes in families.items()
    }
    if given.only:
        families = {"These": dict.fromkeys(given.only, "")}
    modes = [mode for modes in families.values() for mode in modes]
    # The slow ones first, so that others run while they wait.
    modes.sort(key=lambda mode: mode not in slow)
    cases = [Case(mode, name, stream) for mode in modes for name in PROVIDERS for stream in (False, True)]
    with tempfile.TemporaryDirectory() as folder, serving(given.server.resolve(), Path(folder)) as (port, log):
        runner = Runner(Path(folder), port, log, slow)
        with closing(runner), ThreadPoolExecutor(given.jobs) as threads:
            found = dict(zip(cases, threads.map(runner.outcome, cases), strict=True))
    wrong = [f"{case}: {outcome.wrong}" for case, outcome in found.items() if outcome.wrong]
    text = table(families, foreign, found)
    print(text)
    print(f"{len(cases)} drafts; wrong: {wrong or 'none'}", file=sys.stderr)
    if given.write:
        page = PAGE.read_text()
        before, after = page.partition(BEGIN)[0], page.partition(END)[2]
        PAGE.write_text(before + text + after)
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
