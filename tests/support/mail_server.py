"""Debian's mail server, exim, as an ordinary user would run it: one mailbox, encryption and a password demanded."""

from __future__ import annotations

import email
import email.policy
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from email.message import EmailMessage
from pathlib import Path
from typing import List

from .server import free_port, wait_until

PROGRAM = shutil.which("exim4", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
USER, PASSWORD = "pages", "correct-horse"

CONFIG = """
primary_hostname = mail.callboard.test
exim_user = {user}
exim_group = {group}
spool_directory = {root}/spool
log_file_path = {root}/log/%slog
pid_file_path = {root}/exim.pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = {root}/certificate.pem
tls_privatekey = {root}/key.pem
host_lookup =
keep_environment =
never_users =
deliver_drop_privilege = true
acl_smtp_rcpt = check
acl_smtp_data = check

begin acl
check:
  accept
    encrypted = *
    authenticated = *
  deny message = encryption and a password are demanded

begin routers
everybody:
  driver = accept
  transport = mailbox

begin transports
mailbox:
  driver = appendfile
  maildir_format
  directory = {root}/mailbox
  envelope_to_add

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = ${{if def:tls_in_cipher}}
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{name}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


class MailServer:
    """Listens when the constructor returns; what was delivered is in `mails`."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="callboard-exim-"))
        self.port = free_port()
        for name in ("spool", "log", "mailbox"):
            (self.root / name).mkdir()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", self.root / "certificate.pem",
             "-keyout", self.root / "key.pem"], check=True, capture_output=True)
        # Root must not receive mail, so it leaves that to the account that the package made.
        user = pwd.getpwnam("Debian-exim") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        config = self.root / "exim.conf"
        config.write_text(CONFIG.format(root=self.root, port=self.port, user=user.pw_name, group=user.pw_gid,
                                        name=USER, password=PASSWORD))
        if os.geteuid() == 0:
            for path in [self.root, *self.root.rglob("*")]:
                if path != config:
                    os.chown(path, user.pw_uid, user.pw_gid)
        self.process = subprocess.Popen([PROGRAM, "-C", config, "-bdf"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        wait_until(lambda: self.process.poll() is not None or "listening for SMTP" in self.log(), 10, "exim to listen")
        assert self.process.poll() is None, self.process.stdout.read()

    def log(self) -> str:
        return "".join(path.read_text() for path in sorted((self.root / "log").iterdir()))

    @property
    def url(self) -> str:
        return f"smtp://localhost:{self.port}"

    @property
    def ca_file(self) -> Path:
        return self.root / "certificate.pem"

    @property
    def mails(self) -> List[EmailMessage]:
        """The oldest first."""
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                for path in sorted(self.root.glob("mailbox/new/*"))]

    def wait(self, wanted, what: str, seconds: float = 15) -> EmailMessage:
        """The first mail that is wanted, once it has been delivered."""
        try:
            return wait_until(lambda: next(filter(wanted, self.mails), None), seconds, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from None

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(10)
        self.process.stdout.close()
        shutil.rmtree(self.root, ignore_errors=True)
