"""What the fakes share: a port, a throw-away certificate, a script of behaviours, and a record on standard output.

The first line a fake prints is {"port": N, "ca_file": PATH}; every further line is one thing it received, as JSON. It
ends when its standard input does, so that it never outlives the test that started it.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

SLOW_SECONDS = 60


def options(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument("--tls", default="none", choices=["none", "starttls", "wrapped"], help="how it is encrypted")
    parser.add_argument("--stay", action="store_true", help="go on when standard input ends, to be used by hand")
    parser.add_argument("script", nargs="*", help="a behaviour for each request in turn; the last one goes on")
    return parser


class Script:
    """Hands out the behaviours in turn; the last one for ever."""

    def __init__(self, behaviours, default):
        self._behaviours = list(behaviours) or [default]
        self._lock = threading.Lock()

    def next(self) -> str:
        with self._lock:
            return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]


_print_lock = threading.Lock()


def record(**received):
    with _print_lock:
        print(json.dumps(received), flush=True)


def certificate():
    """(certificate, key, context): for localhost and 127.0.0.1, self-signed, gone when the fake ends."""
    folder = tempfile.mkdtemp(prefix="callboard-fake-")
    atexit.register(shutil.rmtree, folder, True)
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", cert, "-keyout", key],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def serve(arguments, talk):
    """Listens and gives each connection to talk(connection, tls_context) in a thread of its own."""
    cert, context = certificate() if arguments.tls != "none" else ("", None)
    listener = socket.create_server(("127.0.0.1", arguments.port))
    record(port=listener.getsockname()[1], ca_file=cert)

    def one(connection):
        try:
            if arguments.tls == "wrapped":
                connection = context.wrap_socket(connection, server_side=True)
            talk(connection, context)
        except (OSError, EOFError, ValueError) as problem:
            record(problem=str(problem))
        finally:
            connection.close()

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    if arguments.stay:
        threading.Event().wait()
    while sys.stdin.buffer.read(4096):
        pass
