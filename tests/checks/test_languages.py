"""`check --batch` as a process, on honest takes in six languages and on the same with one fault each."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ourtake.checks.registry import RULES
from ourtake.text.language import language_of
from tests.checks.takes_in_languages import TAKES
from tests.conftest import Run

SHORT = (
    "[take]\nsummary_words = {low = 40, high = 90, floor = 30, ceiling = 120}\n"
    "body_words = {low = 150, high = 720, floor = 100, ceiling = 950}\n"
    "paragraph_words = {low = 25, high = 200, floor = 20, ceiling = 260}\n"
    "tags = {low = 2, high = 12, floor = 1, ceiling = 20}\n"
)
IDS = [take["id"] for take in TAKES]
ENGLISH_ONLY = {code for code, rule in RULES.items() if rule.languages}
FAULTS = {
    "number": ("12,5", "14,5", {"FCT001", "FCT003"}),
    "date": ("12", "17", {"FCT003", "FCT004", "FCT001"}),
    "link": ("(https://", "(ftp://", {"LNK016"}),
}
QUOTED = {"de": "fünfzig", "fr": "cinquante", "es": "cincuenta", "it": "cinquant'", "pt": "cinquenta", "nl": "vijftig"}


def reports(run: Run, folder: Path, takes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    (folder / "ourtake.toml").write_text(SHORT)
    (folder / "t.jsonl").write_text("".join(json.dumps(take) + "\n" for take in takes))
    done = run("check", "--batch", "t.jsonl", "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def changed(take: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    other = copy.deepcopy(take)
    body = other["take"]["body"]
    assert old in body
    other["take"]["body"] = body.replace(old, new, 1)
    return other


def test_an_honest_take_has_no_error_and_no_warning(run: Run, tmp_path: Path) -> None:
    for take, report in zip(TAKES, reports(run, tmp_path, list(TAKES)), strict=True):
        found = [(item["code"], item["severity"], item["text"][:60]) for item in report["findings"]]
        assert [one for one in found if one[1] != "info"] == [], take["id"]
        assert {code for code, _, _ in found} == ENGLISH_ONLY and report["verdict"] == "pass"
        assert all("could not check" in item["message"].lower() for item in report["findings"])
        kinds = {claim["kind"] for claim in report["claims"] if claim["status"] == "verified"}
        assert {"quotation", "number", "date"} <= kinds, (take["id"], kinds)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_in_every_language(run: Run, tmp_path: Path, fault: str) -> None:
    old, new, codes = FAULTS[fault]
    for take, report in zip(TAKES, reports(run, tmp_path, [changed(t, old, new) for t in TAKES]), strict=True):
        found = {item["code"] for item in report["findings"] if item["severity"] != "info"}
        assert found & codes, (take["id"], found)


def test_a_changed_quotation_is_found_in_every_language(run: Run, tmp_path: Path) -> None:
    takes = [changed(take, QUOTED[take["id"]], "100") for take in TAKES]
    for take, report in zip(TAKES, reports(run, tmp_path, takes), strict=True):
        found = {item["code"] for item in report["findings"] if item["severity"] != "info"}
        assert found & {"QUO001", "QUO003"}, (take["id"], found)


def test_a_translated_quotation_is_not_called_wrong(run: Run, tmp_path: Path) -> None:
    take = copy.deepcopy(TAKES[0])
    take["related"] = []
    take["take"] = {
        "headline": "A berth is not a timetable",
        "summary": "The port board will build a second berth, and nobody has promised that the ships will come.",
        "body": "The Hafenbote reports that the port board in Warnow has decided to build a second berth. "
        "\u201cWe are building for the next fifty years\u201d, the chairwoman Anke Brandt said. It is a fine aim, but "
        "a berth does not sail.",
        "tags": ["ferry"],
    }
    (report,) = reports(run, tmp_path, [take])
    found = {item["code"]: item for item in report["findings"] if item["code"].startswith("QUO")}
    assert set(found) == {"QUO001"} and found["QUO001"]["severity"] == "info"
    assert "may be a translation" in found["QUO001"]["message"]


ENGLISH_TAKE = {
    "headline": "A berth is not a timetable",
    "summary": "The port board will build a second berth, and nobody has promised that the ships will come to it.",
    "body": "The paper reports that the board put the cost at 47.5 million euros, and that it met on 3 March 2024 with "
    "61 members. Carla Winterbourne, who was in the room, opened the first berth in 1987. It is a fine aim, but a "
    "berth does not sail, and the town has paid for the last one for 30 years.",
    "tags": ["ferry"],
}


@pytest.mark.parametrize("short", [False, True], ids=["as long as it is", "too short to tell"])
def test_what_an_english_take_has_of_a_foreign_source_is_not_called_wrong(
    run: Run, tmp_path: Path, *, short: bool
) -> None:
    takes = []
    for take in copy.deepcopy(list(TAKES)):
        take |= {"take": ENGLISH_TAKE, "related": []}
        if short:
            take["source"] |= {"title": "Zweite", "blurb": "12,5.", "text": "", "language": take["id"]}
        takes.append(take)
    for take, report in zip(takes, reports(run, tmp_path, takes), strict=True):
        facts = [item for item in report["findings"] if item["code"].startswith(("FCT", "SUP", "TOP"))]
        assert facts and {item["severity"] for item in facts} == {"info"}, (take["id"], facts)
        assert any("may be a translation" in item["message"] for item in facts)
        assert report["claim_counts"]["not-found"] == report["claim_counts"]["differs"] == 0


SHORT_SOURCES = {
    "de": "Der Hafen hat 1.438 Poller an seinen Kais.",
    "es": "El pueblo cuenta 1.438 farolas viejas.",
    "it": "Il comune conta 1.438 lampioni vecchi.",
    "nl": "De haven heeft 1.438 bolders.",
}


def test_a_number_of_a_short_source_is_read_as_its_language_writes_it(run: Run, tmp_path: Path) -> None:
    said = "The port has {} of them, and that is not few for a town of this size; nobody there has ever counted twice."
    take = {
        **ENGLISH_TAKE,
        "summary": said.format("1,438"),
        "body": said.format("1,438"),
        "headline": "The port counts",
    }
    source = {"title": "Liegeplatz", "outlet": "Blatt", "url": "https://blatt.example/1"}
    rows = [{"take": take, "source": source | {"blurb": blurb}, "related": []} for blurb in SHORT_SOURCES.values()]
    wrong = {**take, "summary": said.format("1,483"), "body": said.format("1,483")}
    rows.append({"take": wrong, "source": source | {"blurb": SHORT_SOURCES["de"]}, "related": []})
    rows.append({"take": take, "source": source | {"blurb": "The port has 1.438 bollards to the yard."}, "related": []})
    numbers = [
        {item["severity"] for item in report["findings"] if item["code"] in ("FCT001", "FCT003")}
        for report in reports(run, tmp_path, rows)
    ]
    assert numbers == [*[set()] * len(SHORT_SOURCES), {"info"}, {"error"}]


def test_a_german_take_may_part_its_groups_otherwise_than_its_source(run: Run, tmp_path: Path) -> None:
    body = (
        "Der Hafen hat {} Poller an seinen Kais, und das ist für eine Stadt dieser Größe gar nicht so wenig, wie man "
        "meint."
    )
    pairs = [("1.438", "1438"), ("1438", "1.438"), ("1 438", "1.438"), ("1.438", "1.483")]
    rows = [
        {
            "take": {
                "headline": "Der Hafen zählt",
                "summary": body.format(ours),
                "body": body.format(ours),
                "tags": [],
            },
            "source": {
                "title": "Poller",
                "outlet": "Blatt",
                "url": "https://blatt.example/1",
                "blurb": body.format(real),
            },
            "related": [],
        }
        for ours, real in pairs
    ]
    wrong = [
        any(item["code"] in ("FCT001", "FCT003") and item["severity"] == "error" for item in report["findings"])
        for report in reports(run, tmp_path, rows)
    ]
    assert wrong == [False, False, False, True]


@pytest.mark.parametrize("take", TAKES, ids=IDS)
def test_the_language_of_a_text(take: dict[str, Any]) -> None:
    assert language_of(take["take"]["body"]) == take["id"]
    assert language_of(take["source"]["blurb"]) == take["id"]


def test_english_and_texts_too_short_to_tell() -> None:
    assert (
        language_of(
            "In the end the port board has said that it will build a second berth for the ferry and the fishing boats."
        )
        == "en"
    )
    assert language_of("Zweiter Liegeplatz") == ""


SAID = {
    "de": ("Das zahlen wir nie", "Das zahlen wir gern", "„{}“, sagte die Vorsitzende Anke Brandt der Zeitung"),
    "fr": ("Nous ne paierons jamais", "Nous ne paierons plus", "« {} », a déclaré la présidente au journal"),
    "es": ("Eso no lo pagamos", "Eso ya lo pagamos", "«{}», dijo la presidenta del consejo al diario de la ciudad"),
    "it": ("Questo non lo paghiamo", "Questo poi lo paghiamo", "«{}», ha detto la presidente al giornale della città"),
    "pt": ("Isso nunca pagamos", "Isso sempre pagamos", "«{}», disse a presidente ao jornal da cidade naquela noite"),
    "nl": ("Dat betalen we nooit", "Dat betalen we graag", "„{}”, zei de voorzitter tegen de krant van de stad"),
}  # fmt: skip
"""What a source quotes, the same with a word changed, and a sentence for it."""


@pytest.mark.parametrize("language", SAID)
def test_a_short_quotation_that_was_changed_is_an_error(run: Run, tmp_path: Path, language: str) -> None:
    said, altered, sentence = SAID[language]
    take = copy.deepcopy(next(take for take in TAKES if take["id"] == language))
    take["source"]["blurb"] += f" {sentence.format(said)}."
    honest, other = copy.deepcopy(take), copy.deepcopy(take)
    honest["take"]["body"] += f" {sentence.format(said)}."
    other["take"]["body"] += f" {sentence.format(altered)}."
    found = [
        {(item["code"], item["text"]) for item in report["findings"] if item["severity"] == "error"}
        for report in reports(run, tmp_path, [honest, other])
    ]
    assert found[0] == set() and found[1] and found[1] <= {("QUO001", altered), ("QUO003", altered)}


SAME = {
    "de": [("30 Prozent der Boote", "30 % der Boote"), ("1,4 Mio. Euro", "1,4 Millionen Euro")],
    "fr": [("40 pour cent des bateaux", "40 % des bateaux"), ("le 1er mars 2024", "le 1/03/2024")],
    "es": [("el 30 por ciento de los barcos", "el 30 % de los barcos"), ("doce grúas", "12 grúas")],
    "it": [("due miliardi di lire", "2 miliardi di lire"), ("da 8,40 a 11,90 euro", "11,90 euro contro 8,40 euro")],
    "pt": [("a 2 de abril de 2024", "a 2/4/2024"), ("de 3,20 para 3,60 euros", "3,60 euros em vez de 3,20 euros")],
    "nl": [("1,7 miljoen reizigers", "1.700.000 reizigers"), ("om 18.30 uur", "om 18:30 uur")],
}
"""What a source says, and the same in another form."""
WORKED_OUT = {
    "de": ("4.120 Poller, im Vorjahr 3.870", "Das sind bei 4.120 Pollern 250 mehr als im Vorjahr, und nicht 3.870"),
    "fr": (
        "48 places par bateau et neuf traversées",
        "Avec 48 places et neuf traversées, on a 432 sièges par jour",
    ),
    "es": ("el 45 % de los 132.000 euros", "Fueron el 45 % de los 132.000 euros, o sea 59.400 euros para la obra"),
    "it": ("27.500 euro per undici scuole", "Con 27.500 euro per undici scuole sono 2.500 euro per ciascuna"),
    "pt": ("78 por cento dos barcos", "Se 78 por cento dos barcos usam o cais, os outros 22 por cento não o usam"),
    "nl": ("van 288.000 naar 312.000 euro", "Van 288.000 naar 312.000 euro is een plus van 24.000 euro in een jaar"),
}
"""What a source says, and a sentence with a number that its writer worked out."""


def numbers_found(run: Run, folder: Path, rows: list[tuple[str, str, str]]) -> list[set[str]]:
    """Of (language, a source's words, a take's sentence): the severities of what is found of the sentence's numbers."""
    takes = []
    for language, said, sentence in rows:
        take = copy.deepcopy(next(take for take in TAKES if take["id"] == language))
        take["source"]["blurb"] += f" {said}."
        take["take"]["body"] += f"\n\n{sentence}."
        takes.append(take)
    return [
        {
            item["severity"]
            for item in report["findings"]
            if item["code"].startswith("FCT") and item["start"] > take["take"]["body"].rindex("\n\n")
        }
        for take, report in zip(takes, reports(run, folder, takes), strict=True)
    ]


def test_a_number_in_another_form_is_the_same(run: Run, tmp_path: Path) -> None:
    rows = [(language, said, f"Es {ours}") for language, pairs in SAME.items() for said, ours in pairs]
    assert dict(zip(rows, numbers_found(run, tmp_path, rows), strict=True)) == {row: set() for row in rows}


OTHERWISE = [
    ("de", "Die Miete steigt um fünf Prozent", "Das kostet 5 Millionen Euro"),
    ("de", "Eine Schraube hat hier sechs Millimeter", "Das kostet 6 Millionen Euro"),
    ("de", "Eine Pille hat hier sieben Milligramm", "Das kostet 7 Millionen Euro"),
    ("de", "am 3. Mai 2025 um 14 Uhr", "Das war am 14/05/2025"),
    ("de", "am 3. Mai 2025 um 14 Uhr", "Das war am 5/3/2025"),
    ("fr", "le 4 mars 2024 à 7 heures", "Ce fut le 7/03/2024"),
    ("es", "el 2 de mayo de 2021 a las 7", "Abre a las 2:07"),
]
"""What a source says, and another thing with the same figures."""
ALSO_SAME = [
    ("de", "zwischen 17 und 19 Millionen Euro", "Das sind 17 Millionen Euro"),
    ("de", "eine Million Euro", "Das ist 1 Million Euro"),
    ("de", "5 Mio. Euro", "Das sind 5000000 Euro"),
    ("es", "2 mil millones de euros", "Son 2.000 millones de euros"),
    ("fr", "le 3 et le 4 mai 2024", "Ce fut le 3/05/2024"),
    ("fr", "ce fut à 18 h 30", "C'est à 18:30"),
    ("de", "am 3.5. um 14 Uhr", "Das war am 3/05/2025"),
]


def test_other_things_with_the_same_figures_are_found(run: Run, tmp_path: Path) -> None:
    found = dict(zip(OTHERWISE, numbers_found(run, tmp_path, OTHERWISE), strict=True))
    assert {row for row, severities in found.items() if not severities & {"error", "warning"}} == set()
    assert numbers_found(run, tmp_path, ALSO_SAME) == [set()] * len(ALSO_SAME)


def test_a_number_that_may_be_worked_out_could_not_be_checked(run: Run, tmp_path: Path) -> None:
    rows = [(language, *pair) for language, pair in WORKED_OUT.items()]
    assert numbers_found(run, tmp_path, rows) == [{"info"}] * len(rows)
    wrong = [(one, said, re.sub(r"\d+$", "7.919", sentence + " 1")) for one, said, sentence in rows]
    assert numbers_found(run, tmp_path, wrong) == [{"info", "error"}] * len(rows)


def test_an_average_in_its_own_sentence_could_not_be_checked(run: Run, tmp_path: Path) -> None:
    said = "64 Boote mit 1.150 Kilogramm Fisch"
    rows = [("de", said, f"Die 64 Boote brachten 1150 Kilogramm Fisch, fast {many} Kilo je Boot") for many in (18, 23)]
    assert numbers_found(run, tmp_path, rows) == [{"info"}, {"error"}]


def test_no_number_of_another_language_is_offered_as_a_fix(run: Run, tmp_path: Path) -> None:
    take = copy.deepcopy(TAKES[0])
    take["source"]["blurb"] += " Die Karte für die Fähre kostet die Pendler im Jahr 5,20 Euro."
    take["take"]["body"] += "\n\nDie Karte für die Fähre kostet die Pendler im Jahr 7,35 Euro."
    (report,) = reports(run, tmp_path, [take])
    found = [item for item in report["findings"] if item["text"] == "7,35 Euro"]
    assert [(item["code"], item["severity"], item["fix"]) for item in found] == [("FCT003", "error", None)]
