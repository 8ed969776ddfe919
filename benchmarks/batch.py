"""200 drafts through `ourtake draft --quick --batch --concurrency 20` (one call each), and a bare AsyncOpenAI loop
making the same 200 calls, in turn, in one run.

The provider is a small server on loopback that answers after 200 ms, in a process of its own. Prints medians, the ratio
pair by pair, and the server's own count of calls.

    python benchmarks/batch.py [RUNS] [SLOW_PROVIDER.py]

SLOW_PROVIDER.py: another server that takes --port, --latency-ms and --reply, and answers GET /calls
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CALLS = 200
CONCURRENCY = 20
HERE = Path(__file__).resolve().parent
OURTAKE = str(Path(sys.executable).parent / "ourtake")

BARE = """
import asyncio, json, sys
import openai
prompts = json.loads(open(sys.argv[1]).read())
async def main():
    client = openai.AsyncOpenAI(max_retries=0)
    waiting = iter(prompts)
    async def worker():
        for prompt in waiting:
            reply = await client.responses.create(model="slow", input=prompt)
            assert reply.output_text
    await asyncio.gather(*(worker() for _ in range(20)))
asyncio.run(main())
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def timed(command: list[str], *, folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds by the clock, and of CPU."""
    begun, used = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    taken, now = time.perf_counter() - begun, os.times()
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return taken, now.children_user + now.children_system - used.children_user - used.children_system


def reply_file(folder: Path) -> Path:
    """A whole take, as the baseline writes it for the first example source, in handles: what the slow provider answers
    to every call.
    """
    done = subprocess.run(
        [OURTAKE, "draft", "sources/" + first_source(folder), "--json"], cwd=folder, capture_output=True, text=True
    )
    draft = json.loads(done.stdout)
    take = draft["revisions"][draft["chosen"] - 1]["take"]
    for item in draft["related"]:
        take["body"] = take["body"].replace(item["url"], item["handle"])
    path = folder / "reply.json"
    path.write_text(json.dumps(take))
    return path


def first_source(folder: Path) -> str:
    return sorted(path.name for path in (folder / "sources").glob("*.md"))[0]


def sources_file(folder: Path) -> Path:
    from ourtake.intake.files import read_source

    found = read_source(str(folder / "sources" / first_source(folder)))
    path = folder / "sources.jsonl"
    rows = [
        found.model_copy(update={"id": f"s{n}", "url": f"{found.url}?n={n}"}).model_dump_json() for n in range(CALLS)
    ]
    path.write_text("\n".join(rows) + "\n")
    return path


async def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    raise SystemExit("the slow provider did not start")


def main(runs: int, server: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "paper"
        subprocess.run([OURTAKE, "init", str(folder)], check=True, capture_output=True)
        subprocess.run([OURTAKE, "archive", "add", "archive"], cwd=folder, check=True, capture_output=True)
        reply, sources, port = reply_file(folder), sources_file(folder), free_port()
        (folder / "prompts.json").write_text(json.dumps(["A prompt of about the same length. " * 250] * CALLS))
        (folder / "bare.py").write_text(BARE)
        environment = os.environ | {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "OPENAI_API_KEY": "none"}
        process = subprocess.Popen(
            [sys.executable, server, "--port", str(port), "--latency-ms", "200", "--reply", str(reply)]
        )
        try:
            asyncio.run(wait_for(port))
            ratios = []
            for run in range(runs):
                # Of its own: no publication has two hundred times the same take, which each new one is compared with.
                own_folder = folder.with_name(f"paper{run}")
                shutil.copytree(folder, own_folder)
                command = [
                    OURTAKE,
                    "draft",
                    "--quick",
                    "--batch",
                    str(sources),
                    "--model",
                    "openai:slow",
                    "--concurrency",
                    str(CONCURRENCY),
                    "--fresh",
                    "-o",
                    f"out{run}.jsonl",
                ]
                own, own_cpu = timed(command, folder=own_folder, environment=environment)
                bare, bare_cpu = timed(
                    [sys.executable, "bare.py", "prompts.json"], folder=folder, environment=environment
                )
                ratios.append(own / bare)
                lines = len((own_folder / f"out{run}.jsonl").read_text().splitlines())
                cpu = f"CPU {own_cpu:.2f} and {bare_cpu:.2f} s"
                print(
                    f"run {run + 1}: ourtake {own:.2f} s ({lines} drafts), bare SDK {bare:.2f} s, ratio "
                    f"{own / bare:.2f}; {cpu}"
                )
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/calls") as answer:
                print(f"calls at the server: {json.load(answer)['calls']} (expected {2 * CALLS * runs})")
            print(f"median ratio {statistics.median(ratios):.2f}")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2] if len(sys.argv) > 2 else str(HERE / "slow_server.py")
    )
