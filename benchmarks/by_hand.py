"""Drafts the stories of tests/writing/by_hand/ that are of other publications, with their replies, and counts what
holds.

    python benchmarks/by_hand.py DATA_FOLDER

DATA_FOLDER/NAME/{archive.jsonl, sources.jsonl} for each publication (as for benchmarks/lookup.py). Their texts are not
part of this project, so that no test can draft these stories. The replies of a source are STORIES/ID.plan.json, ID.json
(the take), ID.reread.json, ID.repair1.json and ID.reread1.json, with ID the source's id.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STORIES = Path(__file__).parent.parent / "tests" / "writing" / "by_hand"


def ourtake(folder: Path, *words: str) -> str:
    """What a command prints. Raises CalledProcessError, except for a draft that needs work (exit code 1)."""
    done = subprocess.run([sys.executable, "-m", "ourtake", *words], cwd=folder, capture_output=True, text=True)
    if done.returncode > 1:
        raise subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
    return done.stdout


def told(draft: dict[str, Any], facts: int) -> str:
    """A draft in a line. `facts`: how many its plan's reply has."""
    first, last = draft["revisions"][0], draft["revisions"][-1]
    plan = draft["plan"] or {"facts": []}
    cited = {name for one in last.get("handles", ()) for name in one["handles"]}
    errors = [revision["report"]["counts"]["error"] for revision in (first, last)]
    return (
        f"{draft['status']}; {len(plan['facts'])} of {facts} facts found; {len(cited)} documents and facts cited; "
        f"{handles(last)}; errors {errors[0]} in the first take, {errors[1]} in the last; "
        f"{len(draft['revisions'])} revisions; notes: {'; '.join(draft['notes']) or 'none'}"
    )


def handles(revision: dict[str, Any]) -> str:
    """How many of the sentences that the second reading supports have a handle, and of whom."""
    given = {(one["field"], one["start"]): one.get("by", "writer") for one in revision.get("handles", ())}
    supported = [
        given.get((claim["field"], claim["start"]), "nobody")
        for claim in revision["report"]["claims"]
        if (claim["kind"], claim["status"], claim["by"]) == ("statement", "verified", "model")
    ]
    return f"{len(supported)} sentences supported, {supported.count('writer')} with handles of the writer and " + (
        f"{supported.count('reader')} of the reading"
    )


def stories(data: Path) -> dict[Path, list[dict[str, Any]]]:
    """The sources that have replies, by their publication's folder."""
    found: dict[Path, list[dict[str, Any]]] = {}
    for sources in sorted(data.glob("*/sources.jsonl")):
        for line in sources.read_text(encoding="utf-8").splitlines():
            source = json.loads(line)
            if (STORIES / f"{source['id']}.plan.json").is_file():
                found.setdefault(sources.parent, []).append(source)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Draft every story that has replies; 1 if a plan's fact was not found or a draft has errors left, or nothing was
    drafted.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    wrong, drafted = 0, 0
    for publication, sources in stories(parser.parse_args(arguments).data.resolve()).items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "paper"
            ourtake(Path(temporary), "init", "paper", "--empty", "--name", publication.name)
            ourtake(folder, "archive", "add", str(publication / "archive.jsonl"))
            for source in sources:
                (folder / "story.json").write_text(json.dumps(source), encoding="utf-8")
                said = ourtake(folder, "draft", "story.json", "--model", f"replay:{STORIES}", "--json")
                draft = json.loads(said)
                facts = len(json.loads((STORIES / f"{source['id']}.plan.json").read_text(encoding="utf-8"))["facts"])
                print(f"{source['id']}: {told(draft, facts)}")
                drafted += 1
                wrong += draft["status"] != "ready" or len((draft["plan"] or {"facts": []})["facts"]) < facts
    print(f"{drafted} stories; wrong: {wrong or 'none'}")
    return 1 if wrong or not drafted else 0


if __name__ == "__main__":
    raise SystemExit(main())
