"""Errors of ourtake.toml: one plain sentence for every key and every kind of wrong value."""

from __future__ import annotations

import datetime
import json
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from ourtake.config import Settings
from ourtake.config_file import load_settings
from ourtake.errors import ConfigError

SENTENCES = {
    "[publication]\nname = 7": 'publication.name must be text, such as "text".',
    '[models]\nnext_on_refusal = "perhaps"': "models.next_on_refusal must be true or false.",
    "[models]\nnext_on_refusal = 3.5": "models.next_on_refusal must be true or false.",
    '[models]\ntries = "many"': "models.tries must be a whole number, such as 3.",
    "[models]\ntries = 2.5": "models.tries must be a whole number, such as 3.",
    "[models]\ntries = []": "models.tries must be a whole number, such as 3.",
    '[models]\ndeadline_seconds = "long"': "models.deadline_seconds must be a number, such as 2.5.",
    "[models]\ndeadline_seconds = [1]": "models.deadline_seconds must be a number, such as 2.5.",
    '[budget]\nusd_per_run = "much"': "budget.usd_per_run must be a number, such as 2.5.",
    "[budget]\nusd_per_run = nan": "budget.usd_per_run must be a number, such as 2.5.",
    "[budget]\nusd_per_run = []": "budget.usd_per_run must be a number, such as 2.5.",
    '[checks]\nignore = "LNK008"': 'checks.ignore must be a list, such as ["LNK008"].',
    '[checks]\nignore = ["LNK008", 8]': 'item 2 of checks.ignore must be text, such as "text".',
    "checks = 3": "checks must be a table, such as [checks] or checks = { ... }.",
    "[checks]\nseverity = 3": "checks.severity must be a table, such as [checks.severity] or ",
    '[checks.severity]\nLNK001 = "fatal"': 'checks.severity.LNK001 must be "error", "warning" or "info".',
    "[models]\ndeadline_seconds = 0": "models.deadline_seconds must be more than 0.",
    "[models]\ntries = 0": "models.tries must be at least 1.",
    "[models]\ntemperature = 2.5": "models.temperature must be at most 2.",
    "[models]\ndefault = 3": "models.default must be the name of a model or a list of names, such as "
    '"openai:gpt-6.1-sol" or ["openai:gpt-6.1-sol", "baseline"].',
    "[models]\ndefault = []": "models.default must be the name of a model or a list of names, such as "
    '"openai:gpt-6.1-sol" or ["openai:gpt-6.1-sol", "baseline"].',
    '[models.x]\nbase_url = "nowhere"': "models.x.base_url must be the address of a server, such as "
    "http://HOST:PORT/v1, without ? and #.",
    '[models]\ndefault = "openai"': 'models.default: "openai" is not a model; write provider:model, such as "openai:',
    '[models]\ndefault = ["baseline", "baseline:x"]': 'models.default: "baseline:x" is not a model; write ',
    '[checks]\nverifier = "openai:"': 'checks.verifier: "openai:" is not a model; write provider:model, such as ',
    '[models.x]\napi_key_env = "KEY"': "models.x.base_url is missing.",
    "[take]\nlinks = { low = 3, high = 2, floor = 1, ceiling = 4 }": "take.links: must satisfy floor <= low <= high <= "
    "ceiling.",
    '[style]\nrules = [{ pattern = "(" }]': "item 1 of style.rules: the pattern is not a regular expression: ",
    "[checks]\nignored = []": "unknown key checks.ignored; did you mean ignore?",
    '[publication]\nlanguage = "English"': "publication.language: must be the code of a language",
    "[intake]\nzzz = 1": "unknown key intake.zzz; known here: ",
}


def error_of(text: str, tmp_path: Path) -> str | None:
    file = tmp_path / "ourtake.toml"
    file.write_text(text, encoding="utf-8")
    try:
        load_settings(str(file))
    except ConfigError as error:
        assert str(error).startswith(f"{file}: ")
        return str(error).removeprefix(f"{file}: ")
    return None


@pytest.mark.parametrize("text", SENTENCES)
def test_each_kind_of_error_has_a_plain_sentence(text: str, tmp_path: Path) -> None:
    found = error_of(text, tmp_path)
    assert found is not None and found.startswith(SENTENCES[text]) and found.endswith("Fix that key.")


def test_a_file_in_another_encoding_is_called_that(tmp_path: Path) -> None:
    file = tmp_path / "ourtake.toml"
    file.write_bytes('[publication]\nname = "Café"'.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"is not in UTF-8: byte 26 can't be read\. Save it as UTF-8\."):
        load_settings(str(file))


DAY = datetime.date(2026, 1, 2)
VALUES: tuple[Any, ...] = (7, -(10**9), 2.5, float("nan"), float("inf"), True, "\x01", [], ["a"], [7], {"a": 1}, DAY)


def keys(model: type[BaseModel], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of the settings; a name is made up for those in tables of tables."""
    for name, field in model.model_fields.items():
        if name == "folder":
            continue
        path = (*before, *(() if name == "servers" else (name,)))
        annotation = field.annotation
        if typing.get_origin(annotation) is dict:
            path, annotation = (*path, "x"), typing.get_args(annotation)[1]
        elif name != "servers":
            yield path
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from keys(annotation, path)
        elif isinstance(annotation, types.GenericAlias | type) or typing.get_origin(annotation) is not None:
            yield path


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{ a = 1 }"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, float) else json.dumps(value)


@pytest.mark.parametrize("key", sorted({".".join(key) for key in keys(Settings)}))
def test_no_wrong_value_brings_a_sentence_of_the_library(key: str, tmp_path: Path) -> None:
    refused = 0
    for value in VALUES:
        found = error_of(f"{key} = {written(value)}\n", tmp_path)
        if found is not None:
            refused += 1
            assert "nput should" not in found and "valid" not in found and key.split(".")[0] in found, (value, found)
    assert refused
