"""Traces and metrics go to a collector, with the conventions' names and nothing of what was asked or answered."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from ourtake.intake.files import read_source
from tests.conftest import Run
from tests.providers.conformance import environment
from tests.wire.awkward_server import serving
from tests.wire.test_llmock import SOURCE, good_take


class Collector(ThreadingHTTPServer):
    """An OTLP collector on loopback: what was sent to each path, as it came."""

    def __init__(self) -> None:
        self.sent: dict[str, list[bytes]] = {}
        super().__init__(("127.0.0.1", 0), Receiver)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        assert isinstance(self.server, Collector)
        self.server.sent.setdefault(self.path, []).append(body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def collecting() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def value(given: AnyValue) -> object:
    kind = given.WhichOneof("value")
    if kind == "array_value":
        return [value(one) for one in given.array_value.values]
    return getattr(given, kind or "string_value")


def attributes(given: object) -> dict[str, object]:
    pairs: list[KeyValue] = given.attributes  # type: ignore[attr-defined]
    return {pair.key: value(pair.value) for pair in pairs}


def test_a_call_is_a_span_and_two_measurements(run: Run, paper: Path) -> None:
    with serving(json.dumps(good_take(run, paper))) as (awkward, port), collecting() as collector:
        env = environment(port) | {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}"}
        done = run("draft", SOURCE, "--model", "openai:good", folder=paper, env=env)
        assert done.returncode in (0, 1), done.stderr
        made = sum(awkward.counts.values())
    spans = [
        span
        for body in collector.sent["/v1/traces"]
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    calls = [span for span in spans if span.name == "chat good"]
    assert len(calls) == made > 0
    found = attributes(calls[0])
    assert found["gen_ai.operation.name"] == "chat" and found["gen_ai.provider.name"] == "openai"
    assert found["gen_ai.request.model"] == "good" and found["gen_ai.usage.input_tokens"] > 0  # type: ignore[operator]
    assert found["gen_ai.response.finish_reasons"] and calls[0].kind == calls[0].SPAN_KIND_CLIENT
    metrics = {
        metric.name: metric
        for body in collector.sent["/v1/metrics"]
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert metrics["gen_ai.client.operation.duration"].unit == "s"
    points = metrics["gen_ai.client.token.usage"].histogram.data_points
    assert {attributes(point)["gen_ai.token.type"] for point in points} == {"input", "output"}
    everything = b"".join(body for bodies in collector.sent.values() for body in bodies)
    title = read_source(str(paper / SOURCE)).title
    assert title.encode() not in everything, "what is written about is nobody's business"


def test_a_call_that_fails_says_how(run: Run, paper: Path) -> None:
    with serving("{}") as (_, port), collecting() as collector:
        env = environment(port) | {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}"}
        assert run("draft", SOURCE, "--model", "openai:bad-key", folder=paper, env=env).returncode == 3
    body = b"".join(collector.sent["/v1/traces"])
    (span,) = [
        span
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
        if span.name == "chat bad-key"
    ]
    assert attributes(span)["error.type"] == "PermanentError" and span.status.code == span.status.STATUS_CODE_ERROR


def test_a_collector_that_is_away_ends_nothing(run: Run, paper: Path) -> None:
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        env = environment(port) | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
        }
        done = run("draft", SOURCE, "--model", "openai:good", folder=paper, env=env)
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr


def test_without_an_address_nothing_is_loaded(run: Run, paper: Path) -> None:
    program = (
        "import sys, runpy\nsys.argv = ['ourtake', 'draft', sys.argv[1]]\n"
        "try:\n    runpy.run_module('ourtake', run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, SOURCE], cwd=paper, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == "[]"
