"""A broken plug-in is one warning on standard error, and the command goes on."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from tests.conftest import Run
from tests.wire.test_llmock import SOURCE

GROUPS = {"providers": "models", "rules": "rules", "exports": "export --help"}
LOADS = {
    "an import error": ("import no_such_module", "ROW"),
    "an error of its own": ("raise RuntimeError('no luck\\nat all')", "ROW"),
    "an exit": ("raise SystemExit(7)", "ROW"),
    "a missing name": ("", "ROW"),
    "a wrong type": ("ROW = 5", "ROW"),
}
CLASH = {
    "providers": """
        from ourtake.providers.base import ProviderRow
        ROW = ProviderRow("openai", build="x:y")
        """,
    "rules": """
        from ourtake.checks.base import Example, Rule
        ROW = Rule("STR001", "mine", "error", "x", "y", Example(), Example(), lambda case: iter(()))
        """,
    "exports": """
        from ourtake.publish.formats import ExportFormat
        ROW = ExportFormat("json", ".json", "x", "x:y")
        """,
}


def package(site: Path, group: str, code: str, name: str = "ROW") -> dict[str, str]:
    """Write an installed package with one entry point into a folder; the environment that finds it."""
    site.mkdir(exist_ok=True)
    (site / "broken_one.py").write_text(dedent(code))
    info = site / "broken_one-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-one\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[ourtake.{group}]\nmine = broken_one:{name}\n")
    return {"PYTHONPATH": str(site)}


def one_warning(stderr: str, *words: str) -> None:
    lines = stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("ourtake: "), stderr
    assert all(word in lines[0] for word in ("broken-one", *words)), stderr


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("fault", LOADS)
def test_one_that_cant_be_loaded(run: Run, tmp_path: Path, group: str, fault: str) -> None:
    env = package(tmp_path / "site", group, *LOADS[fault])
    done = run(*GROUPS[group].split(), env=env)
    assert done.returncode == 0 and done.stdout
    one_warning(done.stderr)
    assert run("--help", env=env).stderr == "", "what needs no plug-in does not look for one"


@pytest.mark.parametrize("group", GROUPS)
def test_one_with_a_name_that_is_taken(run: Run, tmp_path: Path, group: str) -> None:
    done = run(*GROUPS[group].split(), env=package(tmp_path / "site", group, CLASH[group]))
    assert done.returncode == 0
    one_warning(done.stderr, "ourtake")


ROWS = {
    "fields of wrong types": 'ROW = ProviderRow("mine", build=3)',
    "a key that would be printed": 'ROW = ProviderRow("mine", build="x:y", key="MY_PASSPHRASE")',
    "an address that would be printed": 'ROW = ProviderRow("mine", build="x:y", address_variable="MY_HOST")',
    "a pattern that can't be read": 'ROW = ProviderRow("mine", build="x:y", bad_key="(")',
    "a name that can't be written": 'ROW = ProviderRow("My Own", build="x:y")',
}


@pytest.mark.parametrize("fault", ROWS)
def test_a_provider_whose_row_is_wrong(run: Run, tmp_path: Path, fault: str) -> None:
    code = f"from ourtake.providers.base import ProviderRow\n{ROWS[fault]}\n"
    done = run("models", env=package(tmp_path / "site", "providers", code))
    assert done.returncode == 0
    one_warning(done.stderr)


PROVIDERS = {
    "build names nothing": "",
    "it can't be built": "class Mine:\n    def __init__(self, connection): raise KeyError('x')",
    "it is not a provider": "class Mine:\n    def __init__(self, connection): pass",
    "it fails when it is asked": """
class Mine:
    def __init__(self, connection): pass
    async def reply(self, request, *, on_text=None): raise KeyError("x")
    async def close(self): pass
""",
    "its answer is not a reply": """
class Mine:
    def __init__(self, connection): pass
    async def reply(self, request, *, on_text=None): return "a take"
    async def close(self): raise KeyError("y")
""",
}


@pytest.mark.parametrize("fault", PROVIDERS)
def test_a_provider_that_fails_is_an_error_in_a_sentence(run: Run, paper: Path, fault: str) -> None:
    row = 'from ourtake.providers.base import ProviderRow\nROW = ProviderRow("mine", build="broken_one:Mine")\n'
    env = package(paper / "site", "providers", row + PROVIDERS[fault])
    done = run("draft", SOURCE, "--model", "mine:m", folder=paper, env=env)
    assert done.returncode in (2, 3) and "broken-one" in done.stderr and "Traceback" not in done.stderr, done.stderr
    # The next model of the list answers where the first one fails at the moment it is asked.
    both = run("draft", SOURCE, "--model", "mine:m", "--model", "baseline", folder=paper, env=env)
    assert "Traceback" not in both.stderr and both.returncode == (2 if done.returncode == 2 else 0), both.stderr
    pinged = run("models", "--ping", "--json", folder=paper, env=env)
    row_of_mine = next(row for row in json.loads(pinged.stdout) if row["name"] == "mine:MODEL")
    assert pinged.returncode == 0 and row_of_mine["reachable"] is False and "broken-one" in row_of_mine["ping"]


RULES = {
    "it raises": "def look(case): raise KeyError('x')",
    "it raises after a finding": "def look(case):\n    yield Hit('x', 'headline', 0, 1)\n    raise KeyError('x')",
    "its span is outside": "def look(case): yield Hit('x', 'headline', 5, 99999)",
    "it returns nothing": "def look(case): return None",
    "it yields something else": "def look(case): yield 'x'",
}


@pytest.mark.parametrize("fault", RULES)
def test_a_rule_that_fails_is_a_warning_and_the_others_are_checked(run: Run, paper: Path, fault: str) -> None:
    row = 'ROW = Rule("ACM001", "mine", "error", "x", "y", Example(), Example(), look)\n'
    code = f"from ourtake.checks.base import Example, Hit, Rule\n{RULES[fault]}\n{row}"
    draft = json.loads(run("draft", SOURCE, "--json", folder=paper).stdout)
    plain = run("check", draft["id"], "--format", "json", folder=paper)
    done = run("check", draft["id"], "--format", "json", folder=paper, env=package(paper / "site", "rules", code))
    assert (done.returncode, done.stdout) == (plain.returncode, plain.stdout)
    one_warning(done.stderr, "ACM001")


@pytest.mark.parametrize("code", ["def write(draft, context): raise KeyError('x')", "def write(draft): return 1", ""])
def test_an_export_format_that_fails_is_an_error_in_a_sentence(run: Run, paper: Path, code: str) -> None:
    row = (
        'from ourtake.publish.formats import ExportFormat\nROW = ExportFormat("mine", ".x", "x", "broken_one:write")\n'
    )
    env = package(paper / "site", "exports", row + code)
    draft = json.loads(run("draft", SOURCE, "--json", folder=paper).stdout)
    done = run("export", draft["id"], "--to", "mine", "-o", "out.txt", folder=paper, env=env)
    assert done.returncode == 2 and not (paper / "out.txt").exists()
    one_warning(done.stderr, "mine")


def test_a_batch_with_another_process_says_it_once(run: Run, paper: Path) -> None:
    env = package(paper / "site", "rules", "ROW = 5")
    lines = [
        json.dumps(
            {
                "title": f"Story {n}",
                "outlet": "The Post",
                "url": f"https://post.example/{n}",
                "blurb": "The grid is full.",
            }
        )
        for n in range(3)
    ]
    (paper / "many.jsonl").write_text("\n".join(lines))
    done = run("draft", "--batch", "many.jsonl", "-o", "out.jsonl", folder=paper, env=env)
    assert done.stderr.count("was left out") == 1, done.stderr


def test_a_batch_of_checks_with_several_processes_says_it_once(run: Run, paper: Path) -> None:
    env = package(paper / "site", "rules", "ROW = 5")
    draft = json.loads(run("draft", SOURCE, "--json", folder=paper).stdout)
    line = json.dumps({"take": draft["revisions"][-1]["take"], "source": draft["source"]})
    (paper / "takes.jsonl").write_text(f"{line}\n" * 210)  # enough for more than one process
    done = run("check", "--batch", "takes.jsonl", "--format", "json", folder=paper, env=env)
    assert len(done.stdout.splitlines()) == 210, done.stderr
    one_warning(done.stderr)
