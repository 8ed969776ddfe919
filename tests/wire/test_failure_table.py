"""Rows 1 to 33 of the failure model: what may go wrong around a model call, and the tests that show what happens then;
and the rows about this machine (deadline, disk, store, signals, settings) through the real command.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Run, Start
from tests.providers.conformance import environment
from tests.wire.awkward_server import Awkward, serving
from tests.wire.test_failure_rows import ROWS
from tests.wire.test_llmock import SOURCE, good_take

HERE = "tests/wire/test_failure_table.py"
BY_ROW = "tests/wire/test_failure_rows.py"
ON_THE_WIRE = f"{BY_ROW}::test_the_conformance_suite_shows_the_row_and_what_it_costs"
SENTENCE = "tests/wire/test_faults.py::test_a_fault_has_its_sentence_and_exit_code_and_one_request"
ANSWERS = f"{BY_ROW}::test_rows_14_and_15_what_an_answer_costs_that_is_no_good_take"
NEXT = "tests/wire/test_faults.py::test_the_next_model_is_asked"
NASTY = "tests/wire/test_nasty.py::test_no_take_comes_of_it"
TABLE: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "429 without Retry-After",
        (ON_THE_WIRE, "tests/wire/test_rate_limits.py::test_a_run_narrows_to_what_the_server_takes"),
    ),
    2: ("429 with a wait that is obeyed", (ON_THE_WIRE, "tests/wire/test_llmock.py::test_a_429_is_waited_for_as_told")),
    3: (
        "429 with a wait that is too long",
        (SENTENCE, f"{BY_ROW}::test_row_3_a_second_command_asks_at_once"),
    ),
    4: ("an empty account", (SENTENCE, NEXT)),
    5: ("500, 502 with a page, 503, 504, 529", (ON_THE_WIRE, NEXT, NASTY)),
    6: (
        "nobody is there",
        (f"{BY_ROW}::test_row_6_a_server_that_is_not_there_is_tried_twice_more",),
    ),
    7: ("TLS", (f"{BY_ROW}::test_row_7_a_connection_that_is_not_safe_is_tried_once_and_never_in_the_open",)),
    8: ("nothing is received", (f"{HERE}::test_rows_8_and_9_a_deadline_ends_it_and_the_call_is_unknown",)),
    9: ("drip and pings without end", (f"{HERE}::test_rows_8_and_9_a_deadline_ends_it_and_the_call_is_unknown",)),
    10: (
        "a stream that is cut off",
        (
            "tests/wire/test_faults.py::test_a_stream_that_breaks_is_told_and_what_had_come_is_not_the_take",
            "tests/wire/test_nasty.py::test_what_arrived_of_a_stream_is_kept_as_evidence",
            "tests/cli/test_account.py::test_a_stream_that_ends_before_its_count_of_tokens_is_not_free",
        ),
    ),
    11: ("an error event in a stream", (ON_THE_WIRE, NASTY)),
    12: ("a broken event", (ON_THE_WIRE, NASTY)),
    13: ("success that is no answer", (ON_THE_WIRE, NASTY)),
    14: ("a fence, another schema", (ANSWERS,)),
    15: ("an empty take, one that is too short", (ANSWERS,)),
    16: ("refusal", (SENTENCE, "tests/wire/test_faults.py::test_a_refusal_passes_on_only_where_it_is_wanted")),
    17: ("content filter", (SENTENCE,)),
    18: (
        "cut off by its token limit",
        (f"{BY_ROW}::test_row_18_a_cut_off_answer_is_asked_for_once_more_with_more_room",),
    ),
    19: ("model, key, access", (SENTENCE, "tests/wire/test_faults.py::test_a_bad_key_costs_a_batch_one_request")),
    20: (
        "a prompt that is too long",
        (SENTENCE, f"{BY_ROW}::test_row_20_a_prompt_that_can_not_fit_is_not_sent"),
    ),
    21: ("a huge answer", (ON_THE_WIRE, NASTY)),
    22: ("a redirect", (ON_THE_WIRE, NASTY)),
    23: (
        "cost over the budget",
        (
            "tests/cli/test_money.py::test_a_limit_refuses_before_anything_is_paid",
            "tests/cli/test_caps.py::test_a_day_is_shared_by_two_processes_also_with_calls_of_unknown_outcome",
            "tests/wire/test_provider_batch.py::test_a_batch_that_may_pass_a_limit_is_not_submitted",
        ),
    ),
    24: (
        "kill -9",
        (
            "tests/cli/test_kills.py::test_a_killed_batch_goes_on_without_loss_and_without_paying_twice",
            "tests/cli/test_interrupted.py::test_a_killed_draft_waits_for_a_word",
            "tests/wire/test_provider_batch.py::test_a_killed_wait_goes_on_and_submits_nothing_twice",
        ),
    ),
    25: ("power loss", ("tests/store/test_store.py::test_every_connection_waits_for_the_disk",)),
    26: (
        "a full disk",
        (
            f"{HERE}::test_row_26_a_call_that_can_not_be_written_down_is_not_made",
            "tests/cli/test_full_disk.py::test_a_paid_answer_is_printed_kept_and_named",
        ),
    ),
    27: (
        "two processes, one draft",
        (
            f"{HERE}::test_row_27_a_second_process_says_who_holds_the_draft",
            "tests/cli/test_interrupted.py::test_a_second_process_says_who_holds_the_batch",
        ),
    ),
    28: ("clocks", (f"{HERE}::test_row_28_a_day_that_is_yet_to_come_is_taken_and_said",)),
    29: (
        "Ctrl-C and SIGTERM",
        (
            f"{HERE}::test_row_29_a_draft_that_is_stopped_keeps_its_call_as_unknown",
            "tests/cli/test_stopping.py::test_a_stopped_batch_goes_on_later",
            "tests/cli/test_interrupted.py::test_a_second_stop_leaves_at_once",
        ),
    ),
    30: (
        "settings, folders",
        (
            f"{HERE}::test_row_30_settings_are_refused_before_anything_is_paid",
            "tests/cli/test_main_job.py::test_a_folder_that_cannot_be_written_is_said_before_anything_is_made",
        ),
    ),
    31: (
        "a corrupted store",
        (
            f"{HERE}::test_rows_31_and_33_a_store_that_can_not_be_used_is_refused_and_says_what_to_do",
            "tests/store/test_store.py::test_a_damaged_ledger_is_found_before_anything_is_begun",
        ),
    ),
    32: (
        "a reader that goes away",
        (
            f"{HERE}::test_row_32_a_reader_that_goes_away_costs_no_take",
            "tests/cli/test_stopping.py::test_a_reader_that_goes_away_is_no_error",
        ),
    ),
    33: (
        "a newer store",
        (f"{HERE}::test_rows_31_and_33_a_store_that_can_not_be_used_is_refused_and_says_what_to_do",),
    ),
}
"""Of power loss only what a test can see: the store's settings. The loss itself needs a machine that can be switched
off.
"""


def test_every_row_has_its_tests() -> None:
    assert list(TABLE) == list(range(1, 34))
    root = Path(__file__).resolve().parents[2]
    for number, (_, tests) in TABLE.items():
        for file, _, name in (test.partition("::") for test in tests):
            assert re.search(rf"^def {name}\(", (root / file).read_text(encoding="utf-8"), re.MULTILINE), (
                number,
                file,
                name,
            )
        if ON_THE_WIRE in tests:
            assert any(row.startswith(f"{number}: ") for row in ROWS), number


@pytest.fixture
def awkward(run: Run, paper: Path) -> Iterator[tuple[Awkward, int]]:
    with serving() as (server, port):
        server.reply = json.dumps(good_take(run, paper))
        yield server, port


def setting(paper: Path, line: str) -> None:
    path = paper / "ourtake.toml"
    path.write_text(path.read_text().replace("[models]", f"[models]\n{line}"))


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize(("fault", "flags"), [("silence", ()), ("drip", ()), ("pings", ("--stream",))])
def test_rows_8_and_9_a_deadline_ends_it_and_the_call_is_unknown(
    run: Run, paper: Path, awkward: tuple[Awkward, int], provider: str, fault: str, flags: tuple[str, ...]
) -> None:
    server, port = awkward
    setting(paper, "deadline_seconds = 1.5")
    done = run("draft", SOURCE, "--model", f"{provider}:{fault}", *flags, folder=paper, env=environment(port))
    assert (
        done.returncode == 3
        and f"{provider} gave no complete answer within 1.5 seconds; what was sent may have been billed." in done.stderr
    )
    (call,) = (
        row for row in json.loads(run("calls", "list", "--json", folder=paper).stdout) if row["provider"] == provider
    )
    assert (call["state"], server.counts[fault]) == ("unknown", 1)
    again = run("draft", SOURCE, "--model", f"{provider}:{fault}", *flags, folder=paper, env=environment(port))
    assert again.returncode == 3 and "--retry-unknown" in again.stderr and server.counts[fault] == 1


def test_row_26_a_call_that_can_not_be_written_down_is_not_made(
    run: Run, paper: Path, awkward: tuple[Awkward, int]
) -> None:
    server, port = awkward
    with sqlite3.connect(paper / "ourtake.db") as store:
        store.execute(
            "CREATE TRIGGER full BEFORE INSERT ON calls BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        )
    done = run("draft", SOURCE, "--model", "openai:good", folder=paper, env=environment(port))
    assert done.returncode == 2 and "its disk is full" in done.stderr and "Traceback" not in done.stderr
    assert not server.requests


def arrived(server: Awkward) -> None:
    for _ in range(6000):
        if server.requests:
            time.sleep(0.3)
            return
        time.sleep(0.1)
    raise AssertionError("no request arrived")


def test_row_27_a_second_process_says_who_holds_the_draft(
    run: Run, start: Start, paper: Path, awkward: tuple[Awkward, int]
) -> None:
    server, port = awkward
    first = start("draft", SOURCE, "--model", "openai:silence", folder=paper, env=environment(port))
    try:
        arrived(server)
        done = run("draft", SOURCE, "--model", "openai:silence", folder=paper, env=environment(port))
    finally:
        first.kill()
        first.communicate()
    assert (
        done.returncode == 2
        and f"This is being drafted by process {first.pid}" in done.stderr
        and len(server.requests) == 1
    )


def test_row_28_a_day_that_is_yet_to_come_is_taken_and_said(run: Run, paper: Path) -> None:
    source = {
        "title": "A mill reopens",
        "outlet": "O",
        "url": "https://o.example/1",
        "blurb": "The mill opens again, the council says.",
    }
    for published, said in (("2999-01-01", True), ("2020-01-01", False)):
        done = run("draft", "-", "--json", folder=paper, stdin=json.dumps(source | {"published": published}))
        assert done.returncode in (0, 1), done.stderr
        assert ("date of publication, 2999-01-01, is in the future." in done.stderr) is said
        draft = json.loads(done.stdout)
        assert draft["source"]["published"] == published
        # Who opens the draft later is told as well.
        for words in (["drafts", "show", draft["id"]], ["review", draft["id"], "--plain", "--as", "Ann Reed"]):
            shown = run(*words, folder=paper, stdin="q\n").stdout
            assert ("note: The source's date of publication, 2999-01-01, is in the future." in shown) is said


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_row_29_a_draft_that_is_stopped_keeps_its_call_as_unknown(
    run: Run, start: Start, paper: Path, awkward: tuple[Awkward, int], sign: signal.Signals, code: int
) -> None:
    server, port = awkward
    process = start("draft", SOURCE, "--model", "openai:silence", folder=paper, env=environment(port))
    arrived(server)
    process.send_signal(sign)
    _, errors = process.communicate(timeout=600)
    assert process.returncode == code and "Traceback" not in errors and "stopped" in errors, errors
    listed = json.loads(run("calls", "list", "--state", "unknown", "--json", folder=paper).stdout)
    assert [row["error"] for row in listed] == ["Stopped before an answer arrived."]


SETTINGS = {
    "no TOML": ("\n[models\n", r"ourtake\.toml is not valid TOML: .*line \d+"),
    "an unknown key": (
        "\n[budget]\nusd_per_rum = 3\n",
        r"ourtake\.toml: unknown key budget\.usd_per_rum; did you mean usd_per_run\?",
    ),
    "a wrong value": ("\n[budget]\nusd_per_run = 'three'\n", r"ourtake\.toml: budget\.usd_per_run"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_row_30_settings_are_refused_before_anything_is_paid(
    run: Run, paper: Path, awkward: tuple[Awkward, int], name: str
) -> None:
    more, said = SETTINGS[name]
    (paper / "ourtake.toml").write_text((paper / "ourtake.toml").read_text() + more)
    done = run("draft", SOURCE, "--model", "openai:good", folder=paper, env=environment(awkward[1]))
    assert done.returncode == 2 and re.search(said, done.stderr) and done.stderr.count("\n") == 1, done.stderr
    assert not awkward[0].requests


def torn(store: Path) -> None:
    with store.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40_000)


def newer(store: Path) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


STORES = {
    "torn": (torn, "/ourtake.db .recover | sqlite3 rescued.db"),
    "newer": (newer, "was written by a newer ourtake. Update this program."),
}


@pytest.mark.parametrize("name", STORES)
def test_rows_31_and_33_a_store_that_can_not_be_used_is_refused_and_says_what_to_do(
    run: Run, paper: Path, awkward: tuple[Awkward, int], name: str
) -> None:
    harm, said = STORES[name]
    harm_it: Callable[[Path], None] = harm
    harm_it(paper / "ourtake.db")
    done = run("draft", SOURCE, "--model", "openai:good", folder=paper, env=environment(awkward[1]))
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert not awkward[0].requests


def test_row_32_a_reader_that_goes_away_costs_no_take(run: Run, paper: Path, awkward: tuple[Awkward, int]) -> None:
    command = f"{sys.executable} -m ourtake draft {SOURCE} --model openai:good | head -1"
    done = subprocess.run(
        command,
        shell=True,
        cwd=paper,
        env=os.environ | environment(awkward[1]),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert "Traceback" not in done.stderr and len(done.stdout.splitlines()) == 1
    assert " ready " in run("drafts", "list", folder=paper).stdout
