"""What tokens cost, to the millionth of a US dollar."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from ourtake.config import Price, Settings
from ourtake.config_file import load_settings
from ourtake.documents import Usage
from ourtake.errors import ConfigError
from ourtake.providers.budget import check_priced
from ourtake.providers.pricing import in_words, micros_of, most, tariff_of
from ourtake.providers.registry import _BUILT_IN
from ourtake.store.calls import Ceiling

OWN = Settings(
    prices={
        "local:a": Price(input=Decimal("0.15"), output=Decimal("0.6"), cached_input=Decimal("0.03")),
        "local:b": Price(input=Decimal(3), output=Decimal(15)),
        "openai:gpt-4o": Price(input=Decimal(1), output=Decimal(1)),
    }
)
CASES = {
    "input and output": ("local:b", Usage(input_tokens=1200, output_tokens=900), 17_100),
    "cached input": ("local:a", Usage(input_tokens=1000, cached_tokens=800, output_tokens=100), 114),
    "a fraction is rounded up": ("local:a", Usage(input_tokens=1), 1),
    "cached input without a price of its own": ("local:b", Usage(input_tokens=10, cached_tokens=10), 30),
    "written to the cache": ("local:b", Usage(input_tokens=100, cache_write_tokens=100), 375),
    "through a batch endpoint": ("local:b", Usage(input_tokens=100, output_tokens=10, batch=True), 225),
    "our own price before the package's": ("openai:gpt-4o", Usage(input_tokens=7, output_tokens=7), 14),
    "the package's price": ("openai:gpt-4o-mini", Usage(input_tokens=1_000_000), 150_000),
    "the baseline": ("baseline", Usage(input_tokens=1_000_000, output_tokens=1_000_000), 0),
    "nothing": ("local:b", Usage(), 0),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_call_costs(name: str) -> None:
    spec, usage, micros = CASES[name]
    provider, _, model = spec.partition(":")
    tariff = tariff_of(provider, model, OWN)
    assert tariff is not None and tariff(usage) == micros


@pytest.mark.parametrize("spec", ["openai:no-such-model", "anthropic:no-such-model", "local:c", "local:gpt-4o"])
def test_a_price_that_nobody_knows_is_none(spec: str) -> None:
    provider, _, model = spec.partition(":")
    assert tariff_of(provider, model, OWN) is None


@pytest.mark.parametrize("model", ["claude-sonnet-4-5", "claude-haiku-4-5"])
def test_the_most_is_more_than_any_answer_within_it(model: str) -> None:
    tariff = tariff_of("anthropic", model, Settings())
    assert tariff is not None
    bound = most(tariff, sent=5000, received=800)
    for cached, written in [(0, 0), (5000, 0), (0, 5000), (2000, 3000)]:
        assert (
            tariff(Usage(input_tokens=5000, cached_tokens=cached, cache_write_tokens=written, output_tokens=800))
            <= bound
        )


def test_amounts_in_words() -> None:
    assert [in_words(micros) for micros in (0, 1, 17_100, 1_250_000, 12_000_000)] == [
        "0.00 USD",
        "0.000001 USD",
        "0.0171 USD",
        "1.25 USD",
        "12.00 USD",
    ]
    assert micros_of(Decimal("0.0000019")) == 1


def test_the_models_that_a_newcomer_is_shown_have_a_price() -> None:
    root = Path(__file__).resolve().parents[2]
    pages = [root / "README.md", *(root / "src/ourtake/cli").glob("*.py"), root / "src/ourtake/config_file.py"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    shown = set(re.findall(r"\b(openai|anthropic):((?:gpt|claude)-[\w.-]*\w)", text))
    shown |= {(row.name, row.newest) for row in _BUILT_IN if row.prices}
    assert len(shown) >= 2
    assert [row for row in sorted(shown) if tariff_of(row[0], row[1], Settings()) is None] == []


def test_what_a_model_without_a_price_is_told_to_write_is_read(tmp_path: Path) -> None:
    spec = "openai:brand-new"
    with pytest.raises(ConfigError) as refused:
        check_priced([spec], Settings(), ceilings=[Ceiling("run", 1_000_000)])
    lines = re.findall(r"\[prices.*?\]|\w+ = \d[\d.]*\b", str(refused.value))
    (tmp_path / "ourtake.toml").write_text("\n".join(lines))
    settings = load_settings(str(tmp_path / "ourtake.toml"))
    check_priced([spec], settings, ceilings=[Ceiling("run", 1_000_000)])
