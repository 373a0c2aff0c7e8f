"""A PostgreSQL of our own for as long as the tests run: Debian's program, a directory that goes away, one socket."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Optional
from urllib.parse import quote

USER = "postgres"


def programs() -> Path:
    """Where initdb and pg_ctl are; Debian keeps one folder a version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: ./dev setup does it")
    return found[-1].parent


class Cluster:
    """One server with as many databases as are asked for."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="callboard-postgres-"))
        self.data = self.folder / "data"
        self._numbers = count(1)
        # The program refuses to run as root.
        self._as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []
        if self._as_user:
            person = pwd.getpwnam(USER)
            os.chown(self.folder, person.pw_uid, person.pw_gid)
        self._run("initdb", "--pgdata", self.data, "--username", USER, "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C.UTF-8", "--no-sync")
        self.start()

    def _run(self, program: str, *arguments) -> None:
        done = subprocess.run([*self._as_user, programs() / program, *arguments], cwd=self.folder,
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"{program} ended with {done.returncode}\n{done.stdout}{done.stderr}")

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=200"
        with open(self.folder / "start.log", "a") as log:
            subprocess.run([*self._as_user, programs() / "pg_ctl", "start", "--wait", "--pgdata", self.data,
                            "--log", self.data / "log.txt", "--options", options],
                           cwd=self.folder, stdout=log, stderr=log, check=True, timeout=60)

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "stop", "--wait", "--pgdata", self.data, "--mode", mode)

    def sql(self, database: str, text: str) -> str:
        done = subprocess.run(["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--host", self.folder,
                               "--username", USER, "--dbname", database, "--command", text],
                              capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def fresh_database(self) -> str:
        """The address of an empty database."""
        name = f"callboard_{next(self._numbers)}"
        self.sql("postgres", f"CREATE DATABASE {name}")
        return f"postgresql://{USER}@/{name}?host={quote(str(self.folder), safe='')}"

    def discard(self) -> None:
        try:
            self.stop("immediate")
        except (RuntimeError, subprocess.SubprocessError):
            pass  # It was stopped by a test.
        shutil.rmtree(self.folder, ignore_errors=True)


_shared: Optional[Cluster] = None


def shared_cluster() -> Cluster:
    """The one of this session."""
    global _shared
    if _shared is None:
        _shared = Cluster()
        atexit.register(_shared.discard)
    return _shared
