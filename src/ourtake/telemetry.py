"""Traces and metrics by OpenTelemetry. They are sent if the extra `ourtake[otel]` is installed and
OTEL_EXPORTER_OTLP_ENDPOINT (or a related variable) says where to. Otherwise nothing is loaded.

Calls of models follow the conventions for generative AI. No prompt, answer or address of a source is ever recorded.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from ourtake.plugins import warn

Value = str | int | float | bool | tuple[str, ...]
Kind = Literal["INTERNAL", "CLIENT", "CONSUMER", "SERVER"]

_ENDPOINTS = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)
_DURATION, _TOKENS = "gen_ai.client.operation.duration", "gen_ai.client.token.usage"
_JOBS = "ourtake.job.duration"
_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_COUNTS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576)
"""The buckets that the conventions give."""


class Span:
    """What is being done. This one is for when nobody listens."""

    def set(self, **attributes: Value | None) -> None:
        """Add attributes; `__` in a name stands for a dot. None is left out."""

    def answered(self, response_id: str | None, stop_reason: str | None, tokens_in: int, tokens_out: int) -> None:
        """A model answered, with this many tokens."""


class _Sdk:
    """The SDK, loaded and connected."""

    def __init__(self) -> None:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        named = {"service.name": os.environ.get("OTEL_SERVICE_NAME") or "ourtake"}
        resource = Resource.create(named)
        self.trace = trace
        self._spans = TracerProvider(resource=resource)
        self._spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        buckets = {_DURATION: _SECONDS, _TOKENS: _COUNTS}
        views = [
            View(instrument_name=name, aggregation=ExplicitBucketHistogramAggregation(boundaries))
            for name, boundaries in buckets.items()
        ]
        readers = [PeriodicExportingMetricReader(OTLPMetricExporter())]
        self._metrics = MeterProvider(metric_readers=readers, resource=resource, views=views)
        self.tracer = self._spans.get_tracer("ourtake")
        meter = self._metrics.get_meter("ourtake")
        self.histograms = {
            _DURATION: meter.create_histogram(_DURATION, unit="s", description="Duration of a model's call."),
            _TOKENS: meter.create_histogram(_TOKENS, unit="{token}", description="Tokens of a call, in and out."),
            _JOBS: meter.create_histogram(_JOBS, unit="s", description="Duration of a worker's job."),
        }
        atexit.register(self.close)

    def close(self) -> None:
        """Send what is left."""
        self._spans.shutdown()
        self._metrics.shutdown()


class _SdkSpan(Span):
    """`common`: the attributes that its measurements have, too."""

    def __init__(self, sdk: _Sdk, span: Any, common: dict[str, Value]) -> None:
        self._sdk, self._span, self._common = sdk, span, common

    def set(self, **attributes: Value | None) -> None:
        self._span.set_attributes(_dotted(attributes))

    def answered(self, response_id: str | None, stop_reason: str | None, tokens_in: int, tokens_out: int) -> None:
        self.set(
            gen_ai__response__id=response_id,
            gen_ai__response__finish_reasons=(stop_reason,) if stop_reason else None,
            gen_ai__usage__input_tokens=tokens_in,
            gen_ai__usage__output_tokens=tokens_out,
        )
        for kind, count in (("input", tokens_in), ("output", tokens_out)):
            self._sdk.histograms[_TOKENS].record(count, {**self._common, "gen_ai.token.type": kind})


_sdk: _Sdk | None = None
_asked = False


def _wanted() -> _Sdk | None:
    """The SDK, where it is wanted and installed; found out once."""
    global _sdk, _asked
    if not _asked:
        _asked = True
        wanted = any(os.environ.get(name) for name in _ENDPOINTS)
        if wanted and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true":
            if _installed():
                _sdk = _Sdk()
            else:
                warn("No traces and metrics: OpenTelemetry is not installed. Run pip install 'ourtake[otel]'.")
    return _sdk


def _installed() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("opentelemetry", "opentelemetry.exporter"))


@contextmanager
def span(name: str, kind: Kind = "INTERNAL", **attributes: Value | None) -> Iterator[Span]:
    """What runs in the block, as a span below the one around it. `attributes`: see Span.set."""
    with _measured(name, kind, "", _dotted(attributes), {}) as made:
        yield made


@contextmanager
def model_call(provider: str, model: str, *, max_tokens: int, temperature: float | None, task: str) -> Iterator[Span]:
    """A call of a model."""
    common = {"operation__name": "chat", "provider__name": provider, "request__model": model}
    more = {"gen_ai__request__max_tokens": max_tokens, "gen_ai__request__temperature": temperature}
    named = _dotted({f"gen_ai__{name}": value for name, value in common.items()})
    with _measured(f"chat {model}", "CLIENT", _DURATION, named, _dotted({**more, "ourtake__task": task})) as made:
        yield made


@contextmanager
def job(task: str, number: int) -> Iterator[Span]:
    """A job of a worker."""
    with _measured(f"job {task}", "CONSUMER", _JOBS, {"ourtake.job.task": task}, {"ourtake.job.id": number}) as made:
        yield made


@contextmanager
def _measured(
    name: str, kind: Kind, histogram: str, common: dict[str, Value], more: Mapping[str, Value]
) -> Iterator[Span]:
    """A span, and a measurement of its seconds with its `common` attributes. An exception marks both as failed."""
    sdk, begun = _wanted(), time.monotonic()
    if sdk is None:
        yield Span()
        return
    failed: dict[str, Value] = {}
    with sdk.tracer.start_as_current_span(
        name,
        kind=sdk.trace.SpanKind[kind],
        attributes={**common, **more},
        record_exception=False,  # its message may hold what must not be recorded
        set_status_on_exception=False,
    ) as made:
        try:
            yield _SdkSpan(sdk, made, common)
        except BaseException as error:
            failed = {"error.type": type(error).__name__}
            made.set_attributes(failed)
            made.set_status(sdk.trace.StatusCode.ERROR)
            raise
        finally:
            if histogram:
                sdk.histograms[histogram].record(time.monotonic() - begun, {**common, **failed})


def _dotted(attributes: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name.replace("__", "."): value for name, value in attributes.items() if value is not None}
