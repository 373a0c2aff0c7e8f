#!/usr/bin/env python3
"""Every provider at once, with a page that shows what would have been sent.

    tools/inbox.py --stay --config callboard.toml --port 9000
    callboard serve --config callboard.toml --public-url http://127.0.0.1:8080 ...

It starts the fakes of tools/fakes, writes the sections for a configuration file that leads to them, and prints
{"port": N, "url": ADDRESS}. Messages that a provider could say more of, or somebody answer from there, have buttons for that.
The page names the addresses that contact methods of Teams, Mattermost and webhooks need to be shown there; the server must be
started with --private-webhooks then. Nothing leaves the machine.
"""

import argparse
import base64
import collections
import email
import email.policy
import hashlib
import hmac
import html
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fakes"
MESSAGES_MAX = 500
SECRET = "token-of-the-fakes"
FAKES = {
    "mail": ["smtp.py"],
    "sms": ["http.py", "--kind", "twilio"],
    "phone": ["http.py", "--kind", "twilio"],
    "push": ["http.py", "--kind", "ntfy"],
    "slack": ["http.py", "--kind", "slack"],
    "telegram": ["http.py", "--kind", "telegram"],
    "gateway": ["http.py", "--kind", "gateway"],
    "teams": ["http.py", "--kind", "teams"],
    "mattermost": ["http.py", "--kind", "mattermost"],
    "webhook": ["http.py"],
}
# What contact methods are given as an address.
TYPED = ("teams", "mattermost", "webhook")
CONFIG = """\
# Written by tools/inbox.py: messages go to its page instead of to people.
[email]
smtp-url = "smtp://127.0.0.1:{mail}"
from = "Callboard <pages@example.com>"
starttls = "none"

[[sms]]
kind = "twilio"
account-sid = "ACfake"
from = "+15550100000"
token = "{secret}"
url = "http://127.0.0.1:{sms}"

[[sms]]
kind = "gateway"
url = "http://127.0.0.1:{gateway}/send"
secret = "{secret}"

[[phone]]
kind = "twilio"
account-sid = "ACfake"
from = "+15550100000"
token = "{secret}"
url = "http://127.0.0.1:{phone}"

[push]
server = "http://127.0.0.1:{push}"

[slack]
token = "{secret}"
url = "http://127.0.0.1:{slack}"

[telegram]
token = "{secret}"
url = "http://127.0.0.1:{telegram}"
"""
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
article { border: 1px solid #8884; border-radius: 8px; padding: .75rem 1rem; margin: 1rem 0 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .5rem 0 }
.dim { opacity: .7 } form { display: inline } button { font: inherit; margin-right: .5rem }
"""


def of_mail(received):
    message = email.message_from_string(received["message"], policy=email.policy.default)
    return {"to": message["To"], "subject": message["Subject"], "text": message.get_body(("plain",)).get_content()}


def of_twilio(received):
    form = {name: values[0] for name, values in urllib.parse.parse_qs(received["body"]).items()}
    spoken = form.get("Twiml", "")
    keys = re.search(r'action="([^"]+)"', spoken)
    text = form.get("Body") or html.unescape(re.sub(r"<[^>]+>", " ", spoken)).strip()
    return {"to": form["To"], "subject": "", "text": text, "status_url": form.get("StatusCallback"),
            "keys_url": html.unescape(keys.group(1)) if keys else None, "from": form.get("From")}


def of_json(received):
    body = json.loads(received["body"])
    to = body.get("topic") or body.get("channel") or body.get("chat_id") or ""
    texts = [block["text"]["text"] for block in body.get("blocks", []) if "text" in block]
    links = re.findall(r'"url": ?"([^"]+)"', received["body"])
    text = body.get("message") or "\n".join(texts) or body.get("text", "")
    return {"to": to, "subject": body.get("title", ""), "text": "\n".join([text, *dict.fromkeys(links)])}


def of_gateway(received):
    body = json.loads(received["body"])
    return {"to": body["to"], "subject": "", "text": body["text"], "id": body["id"], "callback_url": body.get("callback_url")}


def of_teams(received):
    card = json.loads(received["body"])["attachments"][0]["content"]
    subject, *texts = [block["text"] for block in card["body"]]
    return {"to": received["path"], "subject": subject, "text": "\n".join([*texts, *(one["url"] for one in card["actions"])])}


def of_mattermost(received):
    body = json.loads(received["body"])
    attachment = body["attachments"][0]
    return {"to": received["path"], "subject": body["text"], "text": attachment["text"],
            "presses": {one["name"]: one["integration"]["url"] for one in attachment["actions"]}}


def of_webhook(received):
    body = json.loads(received["body"])
    if "subject" not in body:
        subject = body.get("event", {}).get("event_type", "")
        return {"to": received["path"], "subject": subject, "text": json.dumps(body, indent=2, ensure_ascii=False)}
    text = "\n".join([body["text"], *(one["url"] for one in body["actions"])])
    return {"to": received["path"], "subject": body["subject"], "text": text}


READERS = {"mail": of_mail, "sms": of_twilio, "phone": of_twilio, "gateway": of_gateway, "teams": of_teams,
           "mattermost": of_mattermost, "webhook": of_webhook}
SIDS = {"phone": "CA{:032x}", "gateway": "gateway-{}"}


class Inbox:
    """What came, newest last; each with a number for the buttons."""

    def __init__(self):
        self.lock = threading.Lock()
        self.messages = collections.deque(maxlen=MESSAGES_MAX)
        self.count = collections.Counter()
        self.processes = {}
        self.ports = {}

    def start(self, way):
        process = subprocess.Popen([sys.executable, str(FOLDER / FAKES[way][0]), *FAKES[way][1:]],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.processes[way] = process
        self.ports[way] = json.loads(process.stdout.readline())["port"]
        threading.Thread(target=self.collect, args=(way, process.stdout), daemon=True).start()

    def addresses(self):
        return {way: f"http://127.0.0.1:{self.ports[way]}/{way}" for way in TYPED}

    def collect(self, way, lines):
        for line in lines:
            received = json.loads(line)
            if "problem" in received:
                continue
            with self.lock:
                # The fakes name their messages in the order in which they come.
                self.count[way] += 1
                self.messages.append({"number": sum(self.count.values()), "way": way, "at": time.strftime("%H:%M:%S"),
                                      "sid": SIDS.get(way, "SM{:032x}").format(self.count[way]), **READERS.get(way, of_json)(received)})

    def all(self):
        with self.lock:
            return list(self.messages)

    def find(self, number):
        return next((one for one in self.all() if one["number"] == number), None)


def sign_and_call(url, fields):
    """Calls as Twilio does; returns the status and what was answered."""
    text = url + "".join(name + value for name, value in sorted(fields.items()))
    signature = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return post(url, urllib.parse.urlencode(fields).encode(), {"X-Twilio-Signature": signature})


def call_as_gateway(url, **members):
    """Calls as a gateway does."""
    body = json.dumps(members).encode()
    signature = "v1=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return post(url, body, {"X-Callboard-Signature": signature, "Content-Type": "application/json"})


def post(url, body, headers):
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError as problem:
        return 0, str(problem)


def act(message, action):
    """Does what a person or a carrier would do with a message."""
    if message["way"] == "mattermost":
        return post(message["presses"][action], b"{}", {"Content-Type": "application/json"})
    if message["way"] == "gateway":
        return act_at_gateway(message, action)
    return act_at_twilio(message, action)


def reply_of(message, action):
    number = re.search(r"Reply 4 (\d+)", message["text"])
    return f"{action} {number.group(1) if number else ''}"


def act_at_gateway(message, action):
    url = message["callback_url"]
    if action in ("4", "6"):
        return call_as_gateway(url, event="reply", id=f"reply-{time.time_ns():x}", text=reply_of(message, action),
                               **{"from": message["to"]})
    return call_as_gateway(url, event="status", message=message["id"], id=message["sid"], status=action)


def act_at_twilio(message, action):
    call = message["way"] == "phone"
    named = {"AccountSid": "ACfake", "CallSid" if call else "MessageSid": message["sid"]}
    if action in ("4", "6") and call:
        return sign_and_call(message["keys_url"], {**named, "Digits": action})
    if action in ("4", "6"):
        reply = {"AccountSid": "ACfake", "MessageSid": f"SMreply{time.time_ns():x}", "From": message["to"],
                 "To": message["from"], "Body": reply_of(message, action)}
        return sign_and_call(message["status_url"].split("/twilio/")[0] + "/twilio/message", reply)
    name = "CallStatus" if call else "MessageStatus"
    return sign_and_call(message["status_url"], {**named, name: action})


def offers(message):
    """The buttons of a message: action and label."""
    if message.get("presses"):
        return [(name, name) for name in message["presses"]]
    if not message.get("status_url") and not message.get("callback_url"):
        return []
    if message["way"] == "phone":
        keys = [("4", "Press 4"), ("6", "Press 6")] if message.get("keys_url") else []
        return [*keys, ("completed", "Picked up"), ("busy", "Busy"), ("no-answer", "Not picked up")]
    replies = [("4", "Reply 4"), ("6", "Reply 6")] if "Reply 4" in message["text"] else []
    return [*replies, ("delivered", "Delivered"), ("undelivered", "Not delivered")]


def linked(text):
    """Escaped, with addresses as links."""
    parts = re.split(r"(https?://[^\s<>\"]+)", text)
    return "".join(f'<a href="{html.escape(part)}">{html.escape(part)}</a>' if index % 2 else html.escape(part)
                   for index, part in enumerate(parts))


def page(inbox, notice):
    articles = []
    for message in reversed(inbox.all()):
        buttons = "".join(f'<form method="post"><input type="hidden" name="number" value="{message["number"]}">'
                          f'<button name="action" value="{html.escape(action)}">{html.escape(label)}</button></form>'
                          for action, label in offers(message))
        subject = f'<strong>{html.escape(message["subject"])}</strong>' if message["subject"] else ""
        articles.append(f'<article><span class="dim">{message["at"]} · {message["way"]} to {html.escape(str(message["to"]))}'
                        f'</span><br>{subject}<pre>{linked(message["text"])}</pre>{buttons}</article>')
    empty = "<p>Nothing yet. Trigger an incident.</p>"
    typed = "; ".join(f"{way} {linked(url)}" for way, url in inbox.addresses().items())
    said = f'<p role="status">{html.escape(notice)}</p>' if notice else ""
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<meta http-equiv="refresh" content="3;url=/"><title>What would have been sent</title><style>{STYLE}</style>'
            f'<h1>What would have been sent</h1>{said}'
            f'<p class="dim">Addresses for contact methods that are shown here: {typed}</p>{"".join(articles) or empty}</html>')


class Handler(http.server.BaseHTTPRequestHandler):
    inbox = None

    def log_message(self, *_):
        pass

    def reply(self, body, content_type, status=200):
        payload = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def do_GET(self):
        if self.path == "/messages":
            self.reply(json.dumps(self.inbox.all()), "application/json")
        elif self.path == "/addresses":
            self.reply(json.dumps(self.inbox.addresses()), "application/json")
        elif self.path == "/":
            self.reply(page(self.inbox, ""), "text/html; charset=utf-8")
        else:
            self.reply("Not found\n", "text/plain", 404)

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        form = urllib.parse.parse_qs(self.rfile.read(min(length, 4096)).decode())
        number, action = form.get("number", [""])[0], form.get("action", [""])[0]
        message = self.inbox.find(int(number)) if number.isdigit() else None
        if not message or action not in dict(offers(message)):
            self.reply("There is no such message or button\n", "text/plain", 400)
            return
        status, said = act(message, action)
        words = html.unescape(re.sub(r"<[^>]+>", " ", said)).strip()
        self.reply(page(self.inbox, f"The server answered {status} {words}"), "text/html; charset=utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="of the page; 0: one that is free")
    parser.add_argument("--config", required=True, help="the file to write")
    parser.add_argument("--stay", action="store_true", help="go on when standard input ends")
    arguments = parser.parse_args()
    if arguments.stay:
        # Who started it ends it; an interrupt of the terminal is meant for the server.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox = Handler.inbox = Inbox()
    for way in FAKES:
        inbox.start(way)
    with open(os.open(arguments.config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(CONFIG.format(secret=SECRET, **inbox.ports))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    print(json.dumps({"port": port, "url": f"http://127.0.0.1:{port}/"}), flush=True)
    if arguments.stay:
        threading.Event().wait()
    while sys.stdin.buffer.read(4096):
        pass


if __name__ == "__main__":
    main()
