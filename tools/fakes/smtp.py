#!/usr/bin/env python3
"""A mail server that records what it is given and misbehaves on demand.

    tools/fakes/smtp.py --stay --port 2525 --tls starttls --user pages --password secret rcpt=550_no_such_user ok

Behaviours, one for each session in turn: "ok", or STAGE=WHAT. Stages are connect, ehlo, starttls, auth, mail, rcpt,
data, message, quit. WHAT is "slow" (nothing for a minute), "drop" (closes the connection), "garbage", or the reply
with underscores for blanks.
"""

import base64
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import common  # noqa: E402

STAGES = {"EHLO": "ehlo", "HELO": "ehlo", "STARTTLS": "starttls", "AUTH": "auth", "MAIL": "mail", "RCPT": "rcpt",
          "DATA": "data", "QUIT": "quit"}


class Dropped(EOFError):
    """The script wants the connection closed."""


class Session:
    def __init__(self, connection, context, arguments, behaviour):
        self.connection, self.context, self.arguments = connection, context, arguments
        self.stage, _, self.what = behaviour.partition("=")
        self.stream = connection.makefile("rb")
        self.encrypted = arguments.tls == "wrapped"
        self.user, self.sender, self.recipients = "", "", []

    def say(self, reply):
        self.connection.sendall(reply.encode() + b"\r\n")

    def line(self):
        line = self.stream.readline()
        if not line:
            raise Dropped("the client closed the connection")
        return line.decode("utf-8", "replace").rstrip("\r\n")

    def misbehaves(self, stage):
        """Does what the script wants at this stage; True when that was the whole reply."""
        if stage != self.stage:
            return False
        if self.what == "slow":
            time.sleep(common.SLOW_SECONDS)
            raise Dropped("slow")
        if self.what == "drop":
            raise Dropped("dropped")
        self.say("what is a protocol?" if self.what == "garbage" else self.what.replace("_", " "))
        return True

    def offer(self):
        lines = ["fake.test", "8BITMIME"]
        if self.arguments.tls == "starttls" and not self.encrypted:
            lines.append("STARTTLS")
        if self.arguments.user:
            lines.append("AUTH PLAIN LOGIN")
        for line in lines[:-1]:
            self.say("250-" + line)
        self.say("250 " + lines[-1])

    def encrypt(self):
        self.say("220 go ahead")
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.stream = self.connection.makefile("rb")
        self.encrypted = True

    def authenticate(self, words):
        def ask(prompt):
            self.say("334 " + base64.b64encode(prompt.encode()).decode())
            return base64.b64decode(self.line()).decode()

        if words[1].upper() == "PLAIN":
            if len(words) < 3:
                self.say("334 ")
                words.append(self.line())
            _, user, password = base64.b64decode(words[2]).decode().split("\0")
        else:
            user, password = ask("Username:"), ask("Password:")
        good = (user, password) == (self.arguments.user, self.arguments.password)
        self.user = user if good else ""
        self.say("235 welcome" if good else "535 5.7.8 wrong user or password")

    def take_message(self):
        self.say("354 go on")
        lines = []
        while (line := self.stream.readline().decode("utf-8", "replace")) != ".\r\n":
            if not line:
                raise Dropped("the client closed the connection")
            lines.append(line[1:] if line.startswith(".") else line)
        common.record(sender=self.sender, recipients=self.recipients, user=self.user, encrypted=self.encrypted,
                      message="".join(lines))
        if not self.misbehaves("message"):
            self.say("250 2.0.0 queued as FAKE1")

    def obey(self, words):
        verb = words[0].upper()
        if self.misbehaves(STAGES.get(verb, "")):
            return verb != "QUIT"
        if verb in ("EHLO", "HELO"):
            self.offer()
        elif verb == "STARTTLS":
            self.encrypt()
        elif verb == "AUTH":
            self.authenticate(words)
        elif verb == "MAIL":
            if self.arguments.user and not self.user:
                self.say("530 5.7.0 authenticate first")
            else:
                self.sender = " ".join(words[1:])
                self.say("250 ok")
        elif verb == "RCPT":
            self.recipients.append(" ".join(words[1:]))
            self.say("250 ok")
        elif verb == "DATA":
            self.take_message()
        elif verb == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("502 no such command")
        return True

    def run(self):
        if not self.misbehaves("connect"):
            self.say("220 fake.test ESMTP")
        while self.obey(self.line().split(" ") or [""]):
            pass


def main():
    parser = common.options(__doc__)
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    arguments = parser.parse_args()
    script = common.Script(arguments.script, "ok")

    def talk(connection, context):
        try:
            Session(connection, context, arguments, script.next()).run()
        except Dropped:
            pass

    common.serve(arguments, talk)


if __name__ == "__main__":
    main()
