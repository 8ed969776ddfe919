"""An HTTP proxy on loopback that leads every request to one server, and a server's certificate, for tests."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Proxy:
    """`asked`: the first lines of the requests; `authorizations`: what they gave as a password; `refuses`: the status
    that CONNECT gets instead of a connection.
    """

    def __init__(self, target: int, refuses: int = 0) -> None:
        self.target = target
        self.refuses = refuses
        self.asked: list[str] = []
        self.authorizations: list[str] = []
        self.port = 0

    def serve(self, client: socket.socket) -> None:
        """One connection: a tunnel for CONNECT, else the request with its path alone."""
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(65536)
                if not piece:
                    return
                head += piece
            first, _, rest = head.partition(b"\r\n")
            self.asked.append(first.decode())
            lines = rest.partition(b"\r\n\r\n")[0].decode("latin-1").splitlines()
            self.authorizations += [line[21:] for line in lines if line.lower().startswith("proxy-authorization: ")]
            method, where, _ = first.decode().split(" ")
            if self.refuses:
                client.sendall(f"HTTP/1.1 {self.refuses} No\r\ncontent-length: 0\r\n\r\n".encode())
                return
            with socket.create_connection(("127.0.0.1", self.target)) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    path = "/" + where.split("/", 3)[3]
                    server.sendall(f"{method} {path} HTTP/1.1\r\n".encode() + rest)
                back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                back.start()
                _copy(client, server)
                back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def proxy_to(target: int, *, refuses: int = 0) -> Iterator[Proxy]:
    """A proxy whose every connection ends at a port of this machine."""
    proxy, listener = Proxy(target, refuses), socket.create_server(("127.0.0.1", 0))
    proxy.port = listener.getsockname()[1]

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=proxy.serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield proxy
    finally:
        listener.close()


def certificate(folder: Path, *names: str) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate's file for these names, and the context of its server."""
    key, file = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    command += ["-addext", "subjectAltName=" + ",".join(names), "-keyout", str(key), "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return file, context
