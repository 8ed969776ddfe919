"""`archive add` as a process, on files that are not UTF-8: they come in as they were written, or are named."""

from __future__ import annotations

import html
import io
import json
from pathlib import Path

import pytest

from ourtake.intake.lines import _recoded
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


SNIPPET = "<meta charset=iso-8859-1>"


def whole_file(name: str, title: str, text: str) -> str:
    """A file with one article at /ferry, or at a name of its own for a Markdown file."""
    entry = {"id": "1", "url": "https://gazette.example/ferry", "title": title}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [entry | {"content_text": text}]}
    return {
        "lines.jsonl": json.dumps(entry | {"text": text}, ensure_ascii=False),
        "feed.json": json.dumps(feed, ensure_ascii=False),
        "feed.xml": f"<rss version='2.0'><channel><item><title>{title}</title><link>{entry['url']}</link>"
        f"<description>{html.escape(text)}</description></item></channel></rss>",
        "ferry.md": markdown((title, text)),
    }[name]


@pytest.mark.parametrize("name", ["lines.jsonl", "feed.json", "ferry.md"])
def test_a_text_about_an_encoding_does_not_name_that_of_its_file(run: Run, paper: Path, name: str) -> None:
    text = f"Write `{SNIPPET}` into the head. {GERMAN[1]}"
    (paper / "posts" / name).write_text(whole_file(name, GERMAN[0], text), encoding="utf-8")
    done = run("archive", "add", "posts" if name.endswith(".md") else f"posts/{name}", folder=paper)
    assert done.returncode == 0 and " read as " not in done.stderr, done.stdout + done.stderr
    assert stored(run, paper)["ferry"] == (GERMAN[0], text)


@pytest.mark.parametrize("setting", ["flag", "file"])
def test_the_encoding_that_a_user_names_is_for_files_that_are_not_utf8(run: Run, paper: Path, setting: str) -> None:
    told = " ".join([RUSSIAN[1]] * 3)
    names = ("lines.jsonl", "feed.json", "feed.xml")
    if setting == "file":
        with (paper / "ourtake.toml").open("a", encoding="utf-8") as file:
            file.write('[intake]\nencoding = "cp1251"\n')
    for encoding in ("utf-8", "cp1251"):
        for name in names:
            (paper / name).write_bytes(whole_file(name, RUSSIAN[0], told).encode(encoding))
            flags = ["--encoding", "cp1251"] if setting == "flag" else []
            done = run("archive", "add", name, "--again", *flags, folder=paper)
            assert done.returncode == 0, done.stdout + done.stderr
            assert stored(run, paper)["ferry"] == (RUSSIAN[0], told), (name, encoding)


@pytest.mark.parametrize(("name", "said"), [("base64", "no encoding 'base64'"), ("klingon", "no encoding 'klingon'")])
def test_a_setting_that_is_not_an_encoding_of_text(run: Run, paper: Path, name: str, said: str) -> None:
    with (paper / "ourtake.toml").open("a", encoding="utf-8") as file:
        file.write(f'[intake]\nencoding = "{name}"\n')
    (paper / "posts" / "one.md").write_bytes(markdown(GERMAN).encode("cp1252"))
    done = run("archive", "add", "posts", folder=paper)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_narrow_encoding_in_the_settings_is_read_as_the_wider_one(run: Run, paper: Path) -> None:
    with (paper / "ourtake.toml").open("a", encoding="utf-8") as file:
        file.write('[intake]\nencoding = "latin1"\n')
    (paper / "posts" / "one.md").write_bytes(markdown(GERMAN).encode("cp1252"))
    assert run("archive", "add", "posts", folder=paper).returncode == 0
    assert stored(run, paper)["one"] == GERMAN


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso2022_jp", "gb18030"])
def test_lines_whose_letters_hold_the_byte_of_a_line_end(encoding: str) -> None:
    texts = [f"{title} {'' if encoding == 'iso2022_jp' else 'Ċ'}" for title in (*JAPANESE, *JAPANESE)]
    rows = [json.dumps({"title": text}, ensure_ascii=False) for text in texts]
    file = io.BufferedReader(io.BytesIO("\n".join(rows).encode(encoding)))
    assert [json.loads(line)["title"] for line in _recoded(file, "x.jsonl", None)] == texts


def test_the_first_letters_beyond_ascii_may_come_late(run: Run, paper: Path) -> None:
    plain = [
        {"url": f"https://gazette.example/{number}", "title": f"Story {number}", "text": "The ferry runs. " * 40}
        for number in range(150)
    ]
    last = {"url": "https://gazette.example/ferry", "title": RUSSIAN[0], "text": RUSSIAN[1] * 2}
    for encoding in ("cp1251", "utf-8"):
        rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [*plain, last])
        (paper / "late.jsonl").write_bytes(rows.encode(encoding))
        done = run("archive", "add", "late.jsonl", folder=paper)
        assert done.returncode == 0, done.stdout + done.stderr
        assert ("read as cp1251" in done.stderr) == (encoding == "cp1251")
        assert stored(run, paper)["ferry"] == (RUSSIAN[0], RUSSIAN[1] * 2)
