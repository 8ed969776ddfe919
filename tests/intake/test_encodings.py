"""`archive add` as a process, on files that are not UTF-8: they come in as they were written, or are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run

GERMAN = (
    "Die Fähre hält künftig häufiger",
    "Die Fähre nach Süden fährt ab März jede halbe Stunde, weil die Züge überfüllt sind. Für Schüler bleibt sie "
    "kostenlos, sagte die Bürgermeisterin: „Wir müssen die Straßen entlasten.“ Das Geld stammt aus der Rücklage.",
)
RUSSIAN = (
    "Паром будет ходить чаще",
    "Паром на южный берег с марта будет ходить каждые полчаса, потому что поезда переполнены. Для школьников он "
    "останется бесплатным, сказала мэр города, а деньги возьмут из резерва.",
)
CHINESE = (
    "渡轮班次将增加",
    "由于火车过于拥挤，从三月起，开往南岸的渡轮将每半小时一班。市长表示，学生仍可免费乘坐，费用由储备金支付。市民普遍欢迎这一决定。",
)
JAPANESE = (
    "フェリーが増便される",
    "列車が混雑しているため、南岸行きのフェリーは三月から三十分ごとに運航される。市長は、学生は引き続き無料だと述べた。費用は積立金でまかなわれるという。",
)
POLISH = (
    "Prom będzie kursował częściej",
    "Prom na południowy brzeg będzie od marca kursował co pół godziny, ponieważ pociągi są przepełnione. Dla uczniów "
    "pozostanie bezpłatny, powiedziała burmistrzyni, a pieniądze pochodzą z rezerwy. Część mieszkańców świętuje.",
)
FILES = {
    "german-1252": (GERMAN, "cp1252"),
    "german-mac": (GERMAN, "mac_roman"),
    "german-dos": ((GERMAN[0], GERMAN[1].translate(dict.fromkeys(map(ord, "„“"), '"'))), "cp850"),
    "german-16": (GERMAN, "utf-16-be"),
    "polish-1250": (POLISH, "cp1250"),
    "polish-2": (POLISH, "iso8859-2"),
    "russian-1251": (RUSSIAN, "cp1251"),
    "russian-koi": (RUSSIAN, "koi8_r"),
    "russian-16": (RUSSIAN, "utf-16-le"),
    "chinese-gb": (CHINESE, "gb18030"),
    "japanese-sjis": (JAPANESE, "shift_jis"),
    "japanese-jis": (JAPANESE, "iso2022_jp"),
    "chinese-8": (CHINESE, "utf-8"),
}


def markdown(story: tuple[str, str]) -> str:
    return f"---\ntitle: {story[0]}\ndate: 2025-03-04\n---\n\n{story[1]}\n"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    (tmp_path / "ourtake.toml").write_text('[publication]\nurl = "https://gazette.example"\n', encoding="utf-8")
    (tmp_path / "posts").mkdir()
    return tmp_path


def stored(run: Run, paper: Path) -> dict[str, tuple[str, str]]:
    """Title and text by the last part of the address."""
    assert run("archive", "export", "out.jsonl", "--force", folder=paper).returncode == 0
    rows = map(json.loads, (paper / "out.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["url"].rstrip("/").rpartition("/")[2]: (row["title"], row["text"]) for row in rows}


def test_markdown_in_thirteen_encodings_comes_in_as_it_was_written(run: Run, paper: Path) -> None:
    for name, (story, encoding) in FILES.items():
        (paper / "posts" / f"{name}.md").write_bytes(markdown(story).encode(encoding))
    done = run("archive", "add", "posts", folder=paper)
    assert done.returncode == 0 and done.stdout.startswith("13 added"), done.stdout + done.stderr
    assert "1 file read as gb18030, for example posts/chinese-gb.md. If that is wrong, add --encoding" in done.stderr
    assert "utf-8" not in done.stderr.lower()
    assert stored(run, paper) == {name: story for name, (story, _) in FILES.items()}


def test_what_could_be_of_two_encodings_is_named_and_read_when_the_user_says_which(run: Run, paper: Path) -> None:
    told = "Это наш дом. The rest is in English."
    (paper / "posts" / "short.md").write_bytes(markdown(("Our house", told)).encode("cp866"))
    done = run("archive", "add", "posts", folder=paper)
    assert done.returncode == 1
    assert "posts/short.md: not UTF-8, and its encoding isn't certain" in done.stdout
    assert "add --encoding NAME" in done.stdout
    done = run("archive", "add", "posts", "--encoding", "ibm866", folder=paper)
    assert done.returncode == 0 and "1 added" in done.stdout, done.stdout + done.stderr
    assert stored(run, paper)["short"][1] == told
    done = run("archive", "add", "posts", "--encoding", "klingon", folder=paper)
    assert done.returncode == 2 and "There is no encoding 'klingon'" in done.stderr


def test_a_wrong_byte_in_utf8_stays_one_wrong_byte(run: Run, paper: Path) -> None:
    (paper / "posts" / "one.md").write_bytes(markdown(CHINESE).encode() + b"\nCaf\xe9.\n")
    done = run("archive", "add", "posts", folder=paper)
    assert done.returncode == 0 and "UTF-8 with a few wrong bytes, for example posts/one.md" in done.stderr
    assert stored(run, paper)["one"] == (CHINESE[0], f"{CHINESE[1]}\n\nCafé.")


@pytest.mark.parametrize("name", ["lines.jsonl", "feed.json", "feed.xml"])
def test_lines_and_feeds_that_name_no_encoding(run: Run, paper: Path, name: str) -> None:
    title, text = RUSSIAN[0], " ".join([RUSSIAN[1]] * 3)
    entry = {"id": "1", "url": "https://gazette.example/ferry", "title": title}
    whole = {
        "lines.jsonl": json.dumps(entry | {"text": text}, ensure_ascii=False),
        "feed.json": json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "items": [entry | {"content_text": text}]},
            ensure_ascii=False,
        ),
        "feed.xml": f"<rss version='2.0'><channel><item><title>{title}</title><link>{entry['url']}</link>"
        f"<description>{text}</description></item></channel></rss>",
    }[name]
    (paper / name).write_bytes(whole.encode("cp1251"))
    done = run("archive", "add", name, folder=paper)
    assert done.returncode == 0 and f"1 file read as cp1251, for example {name}." in done.stderr, (
        done.stdout + done.stderr
    )
    assert stored(run, paper)["ferry"] == (title, text)
