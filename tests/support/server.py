"""Start, stop and kill a real Callboard daemon in a directory of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Callable, List, Optional, Sequence

import requests

from . import postgres

REPOSITORY = Path(__file__).resolve().parents[2]
READY_WITHIN_SECONDS = 20.0
STOP_WITHIN_SECONDS = 15.0

OWNER_NAME = "Olga Owner"
OWNER_EMAIL = "olga.owner@callboard.test"
OWNER_PASSWORD = "correct horse battery staple"


class ServerError(Exception):
    """The daemon did not do what its command line promises."""


def binary() -> Path:
    """The program under test: CALLBOARD_BIN, or the development build of this repository."""
    path = Path(os.environ.get("CALLBOARD_BIN", REPOSITORY / "build/dev/callboard"))
    if not path.exists():
        raise ServerError(f"there is no program at {path}: build it, or name one in CALLBOARD_BIN")
    return path.resolve()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], object], seconds: float, what: str, every: float = 0.02):
    """Returns the first true value of the condition; raises when the deadline passes before that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for: {what}")
        time.sleep(every)


class Server:
    """One daemon process on one data directory; the directory outlives restarts of the process. With
    CALLBOARD_TEST_STORE=postgresql each has a database of its own as well."""

    def __init__(
        self,
        data: Optional[Path] = None,
        flags: Sequence[str] = ("--clock-control",),
        preexec: Optional[Callable[[], None]] = None,
        store: Optional[str] = None,
    ):
        self.root = Path(tempfile.mkdtemp(prefix="callboard-test-"))
        self.data = Path(data) if data else self.root / "data"
        self.data.parent.mkdir(parents=True, exist_ok=True)  # the program makes its own directory
        self.log_path = self.root / "server.log"
        self.flags = list(flags)
        on_postgres = os.environ.get("CALLBOARD_TEST_STORE") == "postgresql"
        self.store = store or (postgres.shared_cluster().fresh_database() if on_postgres else None)
        self.preexec = preexec
        self.port = free_port()
        self.process: Optional[subprocess.Popen] = None
        self.restore_signals = True

    # ---- the process -----------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def account_options(self) -> List[str]:
        """How commands are told where the account is."""
        return ["--store", self.store] if self.store else ["--data", str(self.data)]

    @property
    def pid(self) -> int:
        assert self.process is not None, "the server was not started"
        return self.process.pid

    def start(self, wait: bool = True) -> "Server":
        """Starts the daemon; returns when it says that it is ready, or at once."""
        command = [str(binary()), "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}",
                   "--public-url", self.url, *(["--store", self.store] if self.store else []), *self.flags]
        with open(self.log_path, "ab") as log:
            log.write(f"\n==== {' '.join(command)}\n".encode())
            log.flush()
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=self.preexec, cwd=self.root,
                restore_signals=self.restore_signals,
            )
        try:
            if wait:
                self.wait_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def wait_ready(self, seconds: float = READY_WITHIN_SECONDS) -> None:
        """Waits for a 200 of /readyz, and fails at once when the process has ended instead."""

        def ready() -> bool:
            if self.process is not None and self.process.poll() is not None:
                raise ServerError(f"the server ended with {self.process.returncode} at start\n{self.log_tail()}")
            try:
                return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
            except requests.RequestException:
                return False

        try:
            wait_until(ready, seconds, "GET /readyz = 200")
        except AssertionError as error:
            raise ServerError(f"{error}\n{self.log_tail()}") from None

    def stop(self) -> int:
        """Asks the daemon to end (SIGTERM) and returns its exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerError(f"SIGTERM did not end the server in {STOP_WITHIN_SECONDS:g} s\n{self.log_tail()}") from None
        self.process = None
        return status

    def kill(self) -> None:
        """Ends the daemon as a power cut would (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    def is_stopped(self) -> bool:
        """True when the process stands still, as at a step of POST /test/stop."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "T"

    def discard(self, keep: bool = False) -> None:
        """Ends the process; removes the directory unless somebody will want to read the logs."""
        self.kill()
        if keep:
            print(f"\nkept for inspection: {self.root}")
        else:
            shutil.rmtree(self.root, ignore_errors=True)

    def log_tail(self, lines: int = 40) -> str:
        """The last lines that the server wrote."""
        try:
            return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"

    def resident_kilobytes(self) -> int:
        """How much memory the process holds (VmRSS)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise ServerError("no VmRSS in /proc")

    # ---- the administrator's commands --------------------------------------------------------

    def admin(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess:
        """Runs `callboard admin …` on this data directory."""
        verb, *rest = arguments
        done = subprocess.run(
            [str(binary()), "admin", verb, *self.account_options, *rest],
            input=stdin, capture_output=True, text=True, timeout=30, cwd=self.root,
        )
        if done.returncode != 0:
            raise ServerError(f"admin {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def create_owner(self, name: str = OWNER_NAME, email: str = OWNER_EMAIL, password: str = OWNER_PASSWORD) -> str:
        """Makes the account's owner and returns the owner's e-mail address."""
        self.admin("create-owner", "--name", name, "--email", email, "--password-stdin", stdin=password + "\n")
        return email

    def create_api_key(self, description: str = "tests", read_only: bool = False) -> str:
        """Makes an account key and returns it."""
        options = ["--read-only"] if read_only else []
        return self.admin("create-api-key", "--description", description, *options).stdout.strip()

    def create_user_key(self, email: str) -> str:
        """Makes a key that acts as one person and returns it."""
        return self.admin("create-api-key", "--description", "personal", "--user", email).stdout.strip()

    # ---- the clock ---------------------------------------------------------------------------

    def advance(self, seconds: int, jump: bool = False) -> None:
        """Moves the server's clock and returns when everything that came due has been done: each thing at its time, or,
        in a jump, all of it at the end."""
        reply = requests.post(f"{self.url}/test/clock", json={"advance_seconds": seconds, "jump": jump}, timeout=60)
        assert reply.status_code == 200, f"POST /test/clock answered {reply.status_code}: {reply.text[:300]}"
