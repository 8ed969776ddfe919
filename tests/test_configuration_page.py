"""docs/configuration.md has every key of ourtake.toml with its type and default, and no other; `config show`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ourtake.config_keys import known_keys
from tests.conftest import Run

PAGE = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"
_ROW = re.compile(r"\| `(?P<name>\w+)` \| (?P<type>[^|]+) \| (?P<default>.+?) \| (?P<effect>(?:[^|]|\\\|)+) \|")


def documented() -> dict[str, tuple[str, str]]:
    """Key -> type and default, as the page says."""
    found: dict[str, tuple[str, str]] = {}
    table = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            title = line.removeprefix("## ")
            table = title.strip("[]") if title.startswith("[") else ""
        elif match := _ROW.fullmatch(line):
            assert len(match["effect"].split()) >= 2 or match["effect"].endswith("."), line
            path = f"{table}.{match['name']}" if table else match["name"]
            assert path not in found
            found[path] = (match["type"], match["default"].strip("`"))
    return found


def test_the_page_has_every_key_with_its_type_and_default() -> None:
    assert documented() == {key.path: (key.type, key.default) for key in known_keys()}


def test_what_is_in_force_says_where_it_comes_from(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text(
        'store = "sqlite:///own.db"\n[publication]\nname = "The Lantern"\n'
        '[models.box]\nbase_url = "http://127.0.0.1:9/v1"\n'
    )
    given = {row["key"]: row for row in json.loads(run("config", "show", "--json", folder=tmp_path).stdout)}
    file = str(tmp_path / "ourtake.toml")
    assert given["publication.name"]["value"] == '"The Lantern"' and given["publication.name"]["origin"] == file
    assert given["models.box.base_url"]["origin"] == file
    assert given["lookup.offered"] == {"key": "lookup.offered", "value": "8", "origin": "default"}
    assert "own.db" in given["store"]["value"] and given["store"]["origin"] == file
    env = {"OURTAKE_STORE": "sqlite:///other.db"}
    lines = run("config", "show", folder=tmp_path, env=env).stdout.splitlines()
    assert 'store = "sqlite:///other.db"    # OURTAKE_STORE' in lines
    lines = run("--store", "sqlite:///third.db", "config", "show", folder=tmp_path, env=env).stdout.splitlines()
    assert 'store = "sqlite:///third.db"    # --store' in lines
    assert not [line for line in lines if line.endswith("# default")]


def test_a_password_in_the_stores_address_is_not_shown(run: Run, tmp_path: Path) -> None:
    done = run("--store", "postgresql://ann:hunter2-secret@host/db", "config", "show", folder=tmp_path)
    assert "hunter2-secret" not in done.stdout + done.stderr
