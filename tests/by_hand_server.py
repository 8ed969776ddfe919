"""A server on loopback that gives a story's replies, written by hand (tests/writing/by_hand/dishonest-*.json).

It answers a take, its verification and its repair. An answer of the verifier is found by the opening words of its
sentence and given under the number that the prompt has for it, so that a claim which code comes to settle needs no
other file. @name in a reply becomes the handle that the prompt has for that article.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.completions_server import CompletionsServer, completion

FOLDER = Path(__file__).parent / "writing" / "by_hand"
SETTINGS = """
[models]
default = "hand:writer"

[models.hand]
base_url = "{url}"

[prices."hand:writer"]
input = 1
output = 2
"""


class ByHand:
    """The server. `asked`: the task and the prompt of each request, in order; `sentences`: what each verification asked
    about.
    """

    def __init__(self, name: str) -> None:
        self.story: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        self.asked: list[tuple[str, str]] = []
        self.sentences: list[list[str]] = []
        self.refuse: set[str] = set()
        self._server = CompletionsServer(self._answer)
        self.url, self.close = self._server.url, self._server.close

    @property
    def settings(self) -> str:
        """The lines of ourtake.toml that name this server."""
        return SETTINGS.format(url=self.url)

    def tasks(self) -> list[str]:
        """What was asked for, in order."""
        return [task for task, _ in self.asked]

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        task, prompt = body["response_format"]["json_schema"]["name"], body["messages"][-1]["content"]
        self.asked.append((task, prompt))
        made = "I can't help with that." if task in self.refuse else json.dumps(self._content(task, prompt))
        found = re.findall(r"^(?:Document|Handle): (\w+)\nTitle: (.*)$", prompt, re.MULTILINE)
        titles = {title: handle for handle, title in found}
        for name, title in self.story["articles"].items():
            made = made.replace(f"@{name}", titles.get(title, "a99"))
        return completion("writer", made, prompt_tokens=len(prompt) // 4, completion_tokens=len(made) // 4)

    def _content(self, task: str, prompt: str) -> dict[str, Any]:
        if task == "take":
            return dict(self.story["take"])
        if task == "repair":
            names = re.findall(r"^((?:paragraph \d+|headline|summary|tags))$", prompt, re.MULTILINE)
            given = self.story["repair"]
            return {"passages": [{"name": name, "text": given[name]} for name in dict.fromkeys(names) if name in given]}
        items = dict(re.findall(r"^(c\d+): (.*)$", prompt, re.MULTILINE))
        self.sentences.append(list(items.values()))
        again = self.story["again"] if "repair" in self.tasks() else []
        rows = [*again, *self.story["verify"]]
        claims, findings = [], []
        for number, text in items.items():
            row = next((one for one in rows if _plain(text).startswith(_plain(one["sentence"]))), None)
            if row is not None:
                said = {"id": number, "document": row["document"], "words": row["words"]}
                take_words = row.get("take_words", "")
                claims.append(said | {"answer": row["answer"], "take_words": take_words})
                if row["answer"] == "contradicted":
                    findings.append(
                        said | {"kind": row["kind"], "take_words": take_words, "why": row["why"], "instead": ""}
                    )
        return {"claims": claims, "findings": findings}


def _plain(text: str) -> str:
    """A sentence without the marks of links."""
    return " ".join(re.sub(r"\]\([^)]*\)", "", text).replace("[", "").split())
