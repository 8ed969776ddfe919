"""`ourtake check --online` through the command, against a site on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.intake.site import Answer, Site, serving

TITLES = {
    "fine": "Who pays when the grid waits",
    "gone": "Data centre asks for forty megawatts",
    "moved": "The outage ledger",
    "sold": "A town and its wires",
}
TEXT = "The regulator wants to know where the electricity for the new halls of the company will come from in winter."


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        for path, title in TITLES.items():
            found.page(f"/{path}", TEXT, title=title)
        found.pages["/gone"] = Answer(status=410)
        found.pages["/moved"] = Answer(status=301, headers={"Location": "/moved/"})
        found.page("/moved/", TEXT, title=TITLES["moved"])
        found.page("/sold", TEXT, title="Casino bonuses of the week")
        found.pages["/shut"] = Answer(status=403)
        yield found


def set_up(folder: Path, site: Site, run: Run) -> None:
    (folder / "ourtake.toml").write_text(site.settings)
    rows = [{"url": f"{site.url}/{path}", "title": title, "text": TEXT} for path, title in TITLES.items()]
    (folder / "archive.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run("archive", "add", "archive.jsonl").returncode == 0
    links = " ".join(f"[{title}]({site.url}/{path})" for path, title in TITLES.items())
    front = (
        "title: A headline\nsource: {title: T, outlet: O, url: 'https://o.example/1', blurb: b}\nsummary: A "
        "summary.\ntags: [a]\n"
    )
    (folder / "take.md").write_text(f"---\n{front}---\n\n{links} [shut]({site.url}/shut)\n")


def live_findings(run: Run, *more: str) -> dict[str, tuple[str, str]]:
    done = run("check", "take.md", "--select", "LNK012,LNK013,LNK014,LNK015", "--format", "json", *more)
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    return {finding["code"]: (finding["severity"], finding["message"]) for finding in report["findings"]}


def test_what_is_found_and_kept(run: Run, tmp_path: Path, site: Site) -> None:
    set_up(tmp_path, site, run)
    assert live_findings(run) == {} and site.asked == []
    found = live_findings(run, "--online")
    assert {code: severity for code, (severity, _) in found.items()} == {
        "LNK012": "error",
        "LNK013": "info",
        "LNK014": "warning",
        "LNK015": "info",
    }
    assert "410" in found["LNK012"][1] and "/moved/" in found["LNK013"][1] and "403" in found["LNK015"][1]
    assert "Casino bonuses" in found["LNK014"][1] and TITLES["sold"] in found["LNK014"][1]
    site.asked.clear()
    assert live_findings(run, "--online") == found | {"LNK015": live_findings(run, "--online")["LNK015"]}
    # What could not be checked is asked for again; the rest is remembered.
    assert set(site.asked) == {"HEAD /shut", "/shut"}
    site.asked.clear()
    live_findings(run, "--online", "--max-age", "0")
    assert {"/fine", "/gone", "/moved", "/sold"} <= set(site.asked)


def test_a_batch_asks_for_each_address_once(run: Run, tmp_path: Path, site: Site) -> None:
    set_up(tmp_path, site, run)
    take = {
        "headline": "h",
        "summary": "s.",
        "body": f"[{TITLES['gone']}]({site.url}/gone) and [{TITLES['fine']}]({site.url}/fine)?",
        "tags": [],
    }
    row = {"take": take, "source": {"title": "T", "outlet": "O", "url": "https://o.example/1", "blurb": "b"}}
    (tmp_path / "takes.jsonl").write_text((json.dumps(row) + "\n") * 5)
    done = run("check", "--batch", "takes.jsonl", "--online", "--format", "json", "--select", "LNK012")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [report["counts"]["error"] for report in reports] == [1] * 5 and done.returncode == 1
    assert [link["live"] for link in reports[0]["links"]] == ["dead", "ok"]
    assert sorted(site.asked) == ["/fine", "/gone"]


def test_without_a_store_and_with_a_wrong_age(run: Run, tmp_path: Path, site: Site) -> None:
    (tmp_path / "ourtake.toml").write_text(site.settings)
    front = (
        "title: A headline\nsource: {title: T, outlet: O, url: 'https://o.example/1', blurb: b}\nsummary: A summary.\n"
    )
    (tmp_path / "take.md").write_text(f"---\n{front}---\n\n[a link]({site.url}/gone)\n")
    assert set(live_findings(run, "--online")) == {"LNK012"}
    done = run("check", "take.md", "--online", "--max-age", "soon")
    assert done.returncode == 2 and "'soon' is not an age" in done.stderr


def test_nothing_private_is_opened(run: Run, tmp_path: Path, site: Site) -> None:
    front = (
        "title: A headline\nsource: {title: T, outlet: O, url: 'https://o.example/1', blurb: b}\nsummary: A summary.\n"
    )
    (tmp_path / "take.md").write_text(
        f"---\n{front}---\n\n[a link]({site.url}/gone) [another](http://169.254.169.254/latest)\n"
    )
    assert set(live_findings(run, "--online")) == {"LNK015"} and site.asked == []
