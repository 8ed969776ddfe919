"""Faults of meaning put into clean takes: found by code alone, with a verifier that knows the answers, and with one
that guesses; false alarms on the clean takes; whether the nearest passages hold the evidence (nearest.py).
`make bench-claims` writes the table in docs/checks.md.

The sets are evals/faults/claims-development.jsonl, which the comparators were written against, and
claims-held-out.jsonl, which was written before them and never read for them, and claims-second.jsonl, whose writer
had not read them. The verifier that knows the answers bounds
what the plumbing loses; the one that guesses must not change what code verified.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import nearest
from clean_takes import ROOT, CleanTake, load

from checks import settings
from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Claim, FieldName, Report, Take, Usage, handle_map
from ourtake.providers.base import OnText, Reply, Request
from ourtake.writing.prompts import Prompts
from ourtake.writing.verify import Story, Verifier, asking, unsettled, verify

FOLDER = ROOT / "evals" / "faults"
SETS = ("claims-development", "claims-held-out", "claims-second")
FAMILIES = ("FCT", "QUO", "SUP", "LNK")
ANSWERS = ("supported", "contradicted", "absent")
BY_COMPARATORS = ("FCT005", "FCT006", "FCT007", "FCT008", "SUP003")
DOC = ROOT / "docs" / "checks.md"
BEGIN, END = "<!-- bench-claims: begin -->", "<!-- bench-claims: end -->"


class Planted(NamedTuple):
    """A take with a fault in field[start:end]."""

    case: CleanTake
    kind: str
    take: Take
    field: FieldName
    start: int
    end: int


def planted(name: str, cases: dict[str, CleanTake]) -> list[Planted]:
    """The faults of a set whose takes are there. Raises SystemExit for one whose words a take does not have once."""
    found = []
    for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        case = cases.get(row["take"])
        if case is None:
            continue
        fields: tuple[FieldName, ...] = ("headline", "summary", "body")
        field = next((one for one in fields if getattr(case.take, one).count(row["old"]) == 1), None)
        if field is None:
            raise SystemExit(f"{name}: {case.name} does not hold {row['old']!r} once")
        text, old, new = getattr(case.take, field), row["old"], row["new"]
        same = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
        start = text.index(old) + same
        take = case.take.model_copy(update={field: text.replace(old, new)})
        found.append(Planted(case, row["kind"], take, field, start, text.index(old) + len(new)))
    return found


Answer = Callable[[Claim], tuple[str, str]]


class Stub:
    """A verifier: `answer` says what it says of a claim, and which of its words; it quotes the first passage."""

    name, model = "stub", "stub"

    def __init__(self, report: Report, handles: dict[str, str], answer: Answer) -> None:
        self._claims, self._handles, self._answer = unsettled(report), handles, answer
        self.asked: list[int] = []

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Claims that have no passage get no answer."""
        self.asked.append(len((request.system + request.prompt).encode()))
        rows: list[dict[str, Any]] = []
        shown = [line for line in request.prompt.splitlines() if re.match(r"c\d+: ", line)]
        for number in (line.split(": ", 1)[0] for line in shown):
            claim = self._claims[int(number[1:]) - 1]
            if claim.evidence:
                first = claim.evidence[0]
                answer, words = self._answer(claim)
                said = {"document": self._handles[first.document], "words": first.text, "take_words": words}
                rows.append({"id": number, "answer": answer, **said})
        text = json.dumps({"claims": rows, "findings": []})
        usage = Usage(calls=1, input_tokens=len((request.system + request.prompt).encode()) // 4)
        return Reply(status="complete", text=text, stop_reason="stop", usage=usage, model=self.model)

    async def close(self) -> None:
        """Nothing is open."""


def with_stub(context: CheckContext, take: Take, report: Report, answer: Answer) -> tuple[Report, list[int]]:
    """The report after a stub has answered, and the bytes of each of its prompts."""
    ids = {item.id: handle for handle, item in handle_map(list(context.related)).items()} | {"source": "source"}
    stub = Stub(report, ids, answer)
    given = context.settings
    story = Story(context.source, context.related)
    verifier = Verifier(stub, Prompts(given), given)
    found = asyncio.run(verify(report, take, story, verifier=verifier, ask=asking(verifier, story)))
    return check(take, context._replace(read=found.findings, answers=found.answers)), stub.asked


def is_found(report: Report, fault: Planted, known: set[tuple[str, str]]) -> bool:
    """Whether an error or warning that the clean take does not have overlaps the faulty words."""
    return any(
        one.code[:3] in FAMILIES
        and one.severity != "info"
        and one.field == fault.field
        and one.start < fault.end
        and fault.start < one.end
        and (one.code, one.text) not in known
        for one in report.findings
    )


def measure(name: str, cases: dict[str, CleanTake], asked: list[list[int]], *, show: bool = False) -> list[str]:
    """The rows of the table for a set; adds to `asked` the bytes of each prompt of each take. `show`: print what a
    verifier that knows the answers does not find.
    """
    found: dict[str, Counter[str]] = {"code": Counter(), "labels": Counter()}
    seeded: Counter[str] = Counter()
    kept = True
    choice = random.Random(5)
    for fault in planted(name, cases):
        context = CheckContext(fault.case.source, fault.case.related, settings())
        known = {(one.code, one.text) for one in check(fault.case.take, context).findings}
        report = check(fault.take, context)
        seeded[fault.kind] += 1
        found["code"][fault.kind] += is_found(report, fault, known)

        def labelled(claim: Claim, fault: Planted = fault) -> tuple[str, str]:
            start, end = max(claim.start, fault.start), min(claim.end, fault.end)
            if claim.field != fault.field or start >= end:
                return "supported", ""
            return "contradicted", getattr(fault.take, fault.field)[start:end]

        told, sizes = with_stub(context, fault.take, report, labelled)
        asked.append(sizes)
        hit = is_found(told, fault, known)
        found["labels"][fault.kind] += hit
        if show and not hit:
            print(
                f"missed: {fault.case.name} {fault.kind}: {getattr(fault.take, fault.field)[fault.start : fault.end]!r}"
            )
        guessed, _ = with_stub(context, fault.take, report, lambda one: (choice.choice(ANSWERS), one.text))
        kept = kept and _verified(report) <= _verified(guessed)
    rows = [
        f"| {name} | {kind} | {seeded[kind]} | {found['code'][kind] / seeded[kind]:.2f} | "
        f"{found['labels'][kind] / seeded[kind]:.2f} |"
        for kind in sorted(seeded)
    ]
    total = seeded.total()
    shares = [found[way].total() / total for way in ("code", "labels")]
    rows.append(f"| {name} | all | {total} | {shares[0]:.2f} | {shares[1]:.2f} |")
    rows.append("" if kept else f"A verifier that guesses changed what code verified in {name}.")
    return [row for row in rows if row]


def _verified(report: Report) -> set[str]:
    return {one.id for one in report.claims if (one.status, one.by) == ("verified", "code")}


def main() -> None:
    """Measure, print, and with --write put the table into docs/checks.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    cases = {case.name: case for case in load(given.data)}
    table = [
        "| set | kind | faults | code alone | verifier that knows the answers |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    asked: list[list[int]] = []
    for name in SETS:
        table += measure(name, cases, asked, show=given.show)
    alarms: Counter[str] = Counter()
    for case in cases.values():
        findings = check(case.take, CheckContext(case.source, case.related, settings())).findings
        alarms.update(one.code for one in findings if one.code in BY_COMPARATORS and one.severity != "info")
    listed = ", ".join(f"{code} {count}" for code, count in sorted(alarms.items())) or "none"
    calls, largest = max(map(len, asked)), max(map(sum, asked))
    mean = sum(map(sum, asked)) / len(asked)
    cost = (
        f"The verifier was asked at most {calls} times a take, with {mean / 4:,.0f} tokens on average and at most "
        f"{largest / 4:,.0f} (4 bytes a token)."
    )
    passages = [
        "| evidence known from | sentences | among three passages | in their paragraphs |",
        "| --- | ---: | ---: | ---: |",
        *nearest.rows(list(cases.values())),
    ]
    alarm = f"False warnings of the comparators on {len(cases)} clean takes: {listed}."
    text = "\n".join([*table, "", cost, "", alarm, "", *passages])
    print(text)
    if given.write:
        page = DOC.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        DOC.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
