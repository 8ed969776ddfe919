"""What a person sees when a provider fails, through the real command: one sentence of its own for each fault, exit code
3, the draft kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ourtake.documents import Draft
from tests.conftest import Run
from tests.providers.conformance import environment
from tests.wire.awkward_server import REFUSAL, Awkward, serving
from tests.wire.test_llmock import SOURCE, good_take

PROVIDERS = ("openai", "anthropic", "local")
SENTENCES = {
    "bad-key": ("failed", "refused the key"),
    "unknown-model": ("failed", "has no model unknown-model"),
    "quota": ("failed", "has no credit left"),
    "context-overflow": ("failed", "The prompt is too long for"),
    "filter-error": ("filtered", "content filter stopped this take"),
    "refusal": ("refused", f"The model refused to write this take: {REFUSAL}"),
    "429-too-long": ("failed", "asks to wait 3,600 seconds, until"),
}
REQUESTS = 1


@pytest.fixture
def server() -> Iterator[tuple[Awkward, int]]:
    with serving() as found:
        yield found


@pytest.fixture
def env(server: tuple[Awkward, int], paper: Path) -> dict[str, str]:
    port = server[1]
    (paper / "ourtake.toml").write_text(
        (paper / "ourtake.toml").read_text() + f'\n[models.local]\nbase_url = "http://127.0.0.1:{port}/v1"\n'
    )
    return environment(port)


def add_setting(paper: Path, line: str) -> None:
    path = paper / "ourtake.toml"
    path.write_text(path.read_text().replace("[models]", f"[models]\n{line}"))


@pytest.mark.parametrize("fault", SENTENCES)
def test_a_fault_has_its_sentence_and_exit_code_and_one_request(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int], fault: str
) -> None:
    status, sentence = SENTENCES[fault]
    said = set()
    for number, provider in enumerate(PROVIDERS, 1):
        done = run("draft", SOURCE, "--model", f"{provider}:{fault}", "--json", folder=paper, env=env)
        assert done.returncode == 3 and "Traceback" not in done.stderr, done.stderr
        draft = Draft.model_validate_json(done.stdout)
        assert (draft.status, draft.revisions) == (status, ()) and sentence in (draft.error or "")
        assert sentence in done.stderr and f"The draft is kept as {draft.id}." in done.stderr
        assert "0123456789abcdef" not in done.stdout + done.stderr
        assert server[0].counts[fault] == number * REQUESTS
        assert draft.id in run("drafts", "list", folder=paper).stdout
        said.add(draft.error)
    assert len(said) == (1 if fault == "refusal" else 3)


ONCE = {
    "bad-key": True,
    "unknown-model": True,
    "quota": True,
    "context-overflow": True,
    "filter-error": False,
    "content-filter": False,
    "refusal": False,
    "429-too-long": True,
}
"""Faults, and whether the same draft goes on; what was answered (a refusal, a filter) is another draft's beginning."""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_draft_goes_on_when_what_was_wrong_is_mended(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int], provider: str
) -> None:
    server[0].reply = json.dumps(good_take(run, paper))
    for fault, same in ONCE.items():
        words = ("draft", SOURCE, "--model", f"{provider}:once-{fault}", "--json")
        before = run(*words, folder=paper, env=env)
        assert before.returncode == 3 and server[0].counts[f"once-{fault}"] == 1
        after = run(*words, folder=paper, env=env)
        if after.returncode == 3:
            # Answered and paid for: it is not paid for again without the person's word, and the message names that.
            assert (
                fault in ("refusal", "content-filter")
                and server[0].counts[f"once-{fault}"] == 1
                and "--fresh" in after.stderr
            )
            after = run(*words, "--fresh", folder=paper, env=env)
        assert after.returncode == 0 and server[0].counts[f"once-{fault}"] == 2, (fault, after.stderr)
        drafts = [Draft.model_validate_json(done.stdout) for done in (before, after)]
        assert (drafts[0].id == drafts[1].id) is same and drafts[1].status == "ready"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_batch_goes_on_with_resume(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int], provider: str
) -> None:
    server[0].reply = json.dumps(good_take(run, paper))
    story = json.loads(run("draft", SOURCE, "--json", folder=paper).stdout)["source"]
    for fault in ("quota", "refusal"):
        rows = [
            {**story, "id": f"{fault}{n}", "url": f"https://o.example/{fault}/{n}", "title": f"{story['title']} ({n})"}
            for n in range(2)
        ]
        (paper / "two.jsonl").write_text("\n".join(map(json.dumps, rows)))
        out = f"{fault}.jsonl"
        words = (
            "draft",
            "--batch",
            "two.jsonl",
            "--model",
            f"{provider}:once-{fault}",
            "--concurrency",
            "1",
            "-o",
            out,
        )
        assert run(*words, folder=paper, env=env).returncode == 3
        done = run(*words, "--resume", folder=paper, env=env)
        if done.returncode == 3:
            assert fault == "refusal" and "--fresh" in done.stderr, (fault, done.stderr)
            done = run(*words, "--resume", "--fresh", folder=paper, env=env)
        assert done.returncode == 0, (fault, done.stderr)
        drafts = [json.loads(line) for line in (paper / out).read_text().splitlines()]
        assert sorted(draft["source"]["id"] for draft in drafts) == [f"{fault}0", f"{fault}1"]
        assert {draft["status"] for draft in drafts} == {"ready"}


def test_the_list_of_calls_says_why_there_is_no_reply_and_the_draft_what_it_cost(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int]
) -> None:
    server[0].reply = json.dumps(good_take(run, paper))
    (paper / "ourtake.toml").write_text(
        (paper / "ourtake.toml").read_text() + '\n[prices."openai:good"]\ninput = 10\noutput = 100\n'
    )
    told = {
        name: run("draft", SOURCE, "--model", f"openai:{name}", folder=paper, env=env)
        for name in ("drop-before", "refusal", "bad-key", "good")
    }
    assert (
        "Its cost is not known." in told["drop-before"].stderr and "with --retry-unknown" in told["drop-before"].stderr
    )
    assert "for model bad-key" in told["bad-key"].stderr and "cost" not in told["bad-key"].stderr
    assert "1 revision. It cost 0.0" in told["good"].stdout
    listed = run("calls", "list", folder=paper).stdout.splitlines()
    ends = {name: next(line for line in listed if f"openai:{name} " in line) for name in told}
    assert (
        "refused" in ends["refusal"]
        and "openai refused the key" in ends["bad-key"]
        and "The connection to openai broke" in ends["drop-before"]
    )
    again = run("draft", SOURCE, "--model", "openai:drop-before", folder=paper, env=env)
    assert (
        "The outcomes of calls " in again.stderr
        and " are unknown: an earlier run received no answer, and they may have been billed." in again.stderr
    )


def test_no_two_faults_share_a_sentence() -> None:
    assert len({sentence for _, sentence in SENTENCES.values()}) == len(SENTENCES)


def test_a_bad_key_costs_a_batch_one_request(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int]
) -> None:
    story = {"title": "t", "outlet": "o", "blurb": "A blurb of some words."}
    lines = [json.dumps({**story, "id": f"s{n}", "url": f"https://o.example/{n}"}) for n in range(12)]
    (paper / "many.jsonl").write_text("\n".join(lines))
    done = run(
        "draft",
        "--batch",
        "many.jsonl",
        "--model",
        "openai:bad-key",
        "--concurrency",
        "1",
        "-o",
        "out.jsonl",
        folder=paper,
        env=env,
    )
    assert done.returncode == 3 and "12 failed" in done.stdout
    assert server[0].counts["bad-key"] <= 2 and done.stderr.count("refused the key") == 1


@pytest.mark.parametrize("fault", ["quota", "500", "429-too-long"])
def test_the_next_model_is_asked(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int], fault: str
) -> None:
    server[0].reply = json.dumps(good_take(run, paper))
    done = run(
        "draft", SOURCE, "--model", f"openai:{fault}", "--model", "anthropic:good", "--json", folder=paper, env=env
    )
    assert done.returncode == 0, done.stderr
    draft = Draft.model_validate_json(done.stdout)
    assert (
        draft.revisions[0].by == "anthropic:good"
        and f"openai:{fault} failed, so anthropic:good was asked" in draft.notes[0]
    )


@pytest.mark.parametrize(("setting", "code"), [("", 3), ("next_on_refusal = true", 0)])
def test_a_refusal_passes_on_only_where_it_is_wanted(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int], setting: str, code: int
) -> None:
    server[0].reply = json.dumps(good_take(run, paper))
    add_setting(paper, setting)
    done = run(
        "draft", SOURCE, "--model", "openai:refusal", "--model", "anthropic:good", "--json", folder=paper, env=env
    )
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize("model", ["openai:good", "anthropic:good", "local:good"])
def test_a_stream_shows_prose_and_no_json(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int], model: str
) -> None:
    take = good_take(run, paper)
    server[0].reply = json.dumps(take)
    done = run("draft", SOURCE, "--model", model, "--stream", "--json", folder=paper, env=env)
    assert done.returncode == 0, done.stderr
    # In the order of the reply. A summary may come last, so it is named.
    labels = {"summary": "Summary: "}
    prose = "".join(f"{labels.get(field, '')}{take[field]}\n\n" for field in take if field != "tags")
    assert done.stderr.startswith(f"[1. writing the take]\n\n{prose}") and '"headline"' not in done.stderr


def test_a_stream_that_breaks_is_told_and_what_had_come_is_not_the_take(
    run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int]
) -> None:
    take = good_take(run, paper)
    server[0].reply = json.dumps(take)
    done = run("draft", SOURCE, "--model", "openai:once-drop-after", "--stream", "--json", folder=paper, env=env)
    assert done.returncode == 0, done.stderr
    broken = "[1. writing the take]\n\nHalf a\n\n[the answer broke off; asked again]\n\n"
    assert done.stderr.startswith(broken + take["headline"])
    draft = Draft.model_validate_json(done.stdout)
    assert "asked twice" in draft.notes[0] and draft.status == "ready"


def test_settings_reach_the_request(run: Run, paper: Path, env: dict[str, str], server: tuple[Awkward, int]) -> None:
    add_setting(paper, 'temperature = 0.3\neffort = "low"')
    for model in ("openai:good", "anthropic:good", "local:good"):
        run("draft", SOURCE, "--model", model, folder=paper, env=env)
    sent = {"output_config" in body: body for body in server[0].requests}
    by = [
        next(body for body in server[0].requests if name in body)
        for name in ("instructions", "output_config", "reasoning_effort")
    ]
    assert sent and by[0]["temperature"] == 0.3 and by[0]["reasoning"] == {"effort": "low"}
    # Anthropic's SDK knows no temperature any more: it is left out, not an error.
    assert "temperature" not in by[1] and by[1]["output_config"]["effort"] == "low"
    assert by[2]["temperature"] == 0.3 and by[2]["reasoning_effort"] == "low"
