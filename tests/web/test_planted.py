"""Wrong facts that are not marked as errors are still seen: on the claim sheet each has the words beside it that
contradict it.
"""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

from ourtake.config import Settings
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk
from ourtake.store import Store
from tests.web.conftest import Serve
from tests.web.drafts import FAULTY, add_draft
from tests.web.test_loop import NAMED
from tests.web.test_security import ask

SOUND = {"57 megawatts": "47 megawatts", "eight diesel engines": "eight gas engines", NAMED: ""}
PLANTED = {
    "who has lived in Caulker's Row since 1988": ("worked", "who has lived in the Row since 1988"),
    "The nearest houses are 140 metres": ("school is", "The nearest houses, in Caulker's Row, are 140 metres"),
    "the planning manager of Ravelin Networks": ("finance", "Judith Amery, Ravelin's planning manager, expects"),
}
REPLACED = {"worked": "lived", "school is": "houses are", "finance": "planning"}
OPEN = re.compile(
    r'<details><summary>More passages close to it.*?</details>|<div class="passage words">.*?</div>', re.S
)


def test_three_planted_facts_among_twenty_claims_are_each_contradicted_on_screen(
    faulty: Path, tmp_path: Path, serve: Serve
) -> None:
    folder = Path(shutil.copytree(faulty, tmp_path / "desk", symlinks=True))
    body = FAULTY.body
    for old, new in SOUND.items():
        body = body.replace(old, new)
    for words, (wrong, _) in PLANTED.items():
        assert words in body
        body = body.replace(words, words.replace(REPLACED[wrong], wrong))
    name = "f00d5eed0003"
    add_draft(folder, FAULTY.model_copy(update={"body": body}), name=name)
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        view = Desk(store, rechecker(Settings(), None)).open(name).view()
    rows = [row for row in view.claims if row.needed and row.claim.kind == "statement"]
    assert len(rows) >= 20
    desk = serve("--as", "Ines Calloway", folder=folder, draft=name)
    for words, (wrong, contradiction) in PLANTED.items():
        planted = words.replace(REPLACED[wrong], wrong)
        row = next(row for row in rows if planted in row.claim.text)
        status, _, page = ask(desk, path=f"/drafts/{name}/claims?row={row.id}")
        # What is on the screen without opening anything, and without the diff, which also has the take's words.
        evidence = OPEN.sub("", page[page.index('id="evidence"') :])
        shown = " ".join(html.unescape(re.sub(r"<[^>]+>", "", evidence)).split())
        assert status == 200 and contradiction in shown, (planted, shown[:800])
