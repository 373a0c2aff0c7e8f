"""Helpers that start a real server and talk to it as a stranger would: over HTTP, with nothing but the public contract."""
