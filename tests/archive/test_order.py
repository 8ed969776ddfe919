"""The order of what `related` prints: round-ups below pieces, and rows below a lower number say why."""

from __future__ import annotations

import json
from pathlib import Path

from ourtake.archive.order import why_lower
from ourtake.archive.rank import GROUPS
from ourtake.archive.views import view
from ourtake.documents import Article, Related
from tests.conftest import Run

ROUND_UP = "What we read this week.\n\n" + "\n".join(
    f"- [{words}](https://other.example/{number})"
    for number, words in enumerate(
        ["The harbour bridge is closed for repairs", "Rust in the cables of the bridge", "Ferries run at night",
         "The mayor on the harbour bridge", "Engineers and the bridge", "A toll on the harbour bridge"]
    )
)  # fmt: skip
PIECE = (
    "The harbour bridge is closed for repairs. Engineers found rust in its cables, and ferries run at night. The mayor "
    "wants a toll on the harbour bridge, which nobody else on the council supports."
)


def article(id_: str, text: str, **more: object) -> Article:
    values = {
        "id": id_,
        "url": f"https://p.example/{id_}",
        "title": "Harbour bridge",
        "text": text,
        "published": "2025-01-02",
    }
    return Article.model_validate(values | more)


def test_how_much_of_a_text_is_a_list_of_links() -> None:
    assert view(article("a", ROUND_UP)).listed > 0.8
    assert view(article("b", PIECE)).listed == 0 == view(article("c", ROUND_UP.replace("](", "] ("))).listed
    mixed = view(article("d", ROUND_UP + "\n\n" + f"{PIECE}\n\n" * 4)).listed
    assert mixed == 0


def test_a_round_up_stands_below_a_piece_on_the_story(run: Run, tmp_path: Path) -> None:
    rows = [
        article("list", ROUND_UP, title="Harbour bridge news"),
        article("piece", PIECE, title="Harbour bridge notes"),
    ]
    (tmp_path / "a.jsonl").write_text("".join(row.model_dump_json() + "\n" for row in rows))
    assert run("archive", "add", "a.jsonl").returncode == 0
    blurb = "The harbour bridge is closed for repairs after engineers found rust in its cables."
    source = {"title": "Harbour bridge closed", "outlet": "O", "url": "https://o.example/1", "blurb": blurb}
    (tmp_path / "s.json").write_text(json.dumps(source | {"published": "2025-02-01"}))
    found = json.loads(run("related", "s.json", "--json").stdout)["related"]
    assert [row["id"] for row in found] == ["piece", "list"]


def related(id_: str, score: float) -> Related:
    return Related(id=id_, url="https://p.example", title=f"Piece {id_}", score=score, handle=f"a{id_}")


def test_a_row_below_a_lower_number_says_what_put_it_there() -> None:
    zero: dict[str, float] = dict.fromkeys(GROUPS, 0.0)
    rows = [
        (related("1", 0.5), zero | {"recency": 3.0, "similar": 1.0, "words": 1.0}),
        (related("2", 0.9), zero | {"words": 2.0}),
        (related("3", 0.4), zero | {"words": 1.0}),
        (related("4", 0.41), zero | {"words": 1.5}),
    ]
    assert why_lower(rows) == {
        "2": "below “Piece 1” because of its date and links of similar articles",
        "4": "below “Piece 3” because of its similarity to an article above it",
    }
    assert why_lower([rows[1], rows[0], rows[2]]) == {}
