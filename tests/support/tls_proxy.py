"""A proxy that ends TLS and hands everything to one local port, for programs with a fixed address built in."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from pathlib import Path


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server context with a certificate that was made a moment ago."""
    key, certificate = folder / "proxy.key", folder / "proxy.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=proxy.callboard.test", "-addext", "subjectAltName=DNS:proxy.callboard.test,DNS:*.callboard.test", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class TlsProxy:
    """Answers CONNECT for any host and connects it to the target port in clear text."""

    def __init__(self, folder: Path, target_port: int):
        self.context = self_signed(folder)
        self.target_port = target_port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.asked_for: list = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(4096)
                if not part:
                    return
                head += part
            self.asked_for.append(head.split(b" ")[1].decode())
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            inner = self.context.wrap_socket(connection, server_side=True)
            outer = socket.create_connection(("127.0.0.1", self.target_port))
            threading.Thread(target=self._copy, args=(outer, inner), daemon=True).start()
            self._copy(inner, outer)
        except OSError:
            connection.close()

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.close()
            except OSError:
                pass
