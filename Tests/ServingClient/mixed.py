#!/usr/bin/env python3
"""Mixed load on `weft serve`: texts of all forms, chats, streams that are dropped, wrong and too large bodies. What is asked
with a seed gives the same text every time; memory stays flat.

Usage: mixed.py [--clients 12] [--minutes 60]
"""
import argparse
import json
import random
import socket
import statistics
import sys
import threading
import time

from server import Server
from client import get, post

# Asked again and again; the answers must never change.
FIXED = [
    ("/v1/completions", {"prompt": "A plan is", "max_tokens": 24, "temperature": 0}),
    ("/v1/completions", {"prompt": "What is", "max_tokens": 16, "temperature": 0.9, "seed": 7, "n": 2}),
    ("/v1/completions", {"prompt": ["kernel", "graph"], "max_tokens": 8, "temperature": 1, "seed": 3, "logprobs": 2}),
    ("/v1/completions", {"prompt": [[5, 6, 7], [8]], "max_tokens": 8, "temperature": 0, "ignore_eos": True}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "What is kernel?"}], "temperature": 0}),
]
WRONG = [
    (400, b"{"), (400, b'{"prompt": 1}'), (400, b'{"prompt": "a", "n": 0}'), (400, b'{"prompt": "a", "what": 1}'),
    (400, b'{"prompt": [1, "a"]}'), (400, b"[" * 100), (400, b'{"prompt": "a", "temperature": -1}'), (404, b'{"model": "x"}'),
]


class Load:
    def __init__(self, server, minutes):
        self.server, self.end = server, time.monotonic() + 60 * minutes
        self.lock = threading.Lock()
        self.answers, self.counts, self.errors = {}, {}, []

    def note(self, kind, error=None):
        with self.lock:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            if error:
                self.errors.append(f"{kind}: {error}"[:300])

    def fixed(self, i):
        path, body = FIXED[i]
        status, answer = post(self.server, path, body)
        if status == 429:
            return self.note("queue full")
        texts = [choice.get("text") or choice.get("message") for choice in answer.get("choices", [])]
        with self.lock:
            same = self.answers.setdefault(i, texts) == texts
        self.note("answered", None if status == 200 and same else f"{status} {answer}")

    def dropped(self, draw):
        """A stream of which only a part is read."""
        body = json.dumps({"prompt": "What", "max_tokens": 60, "ignore_eos": True, "stream": True}).encode()
        head = f"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=60) as connection:
            connection.sendall((head + body)[:draw.choice([10, len(head), len(head) + 9, 100_000])])
            connection.settimeout(draw.uniform(0.01, 0.3))
            try:
                connection.recv(200)
            except TimeoutError:
                pass
        self.note("dropped")

    def wrong(self, draw):
        expected, body = draw.choice(WRONG)
        status, answer = post(self.server, "/v1/completions", body)
        self.note("refused", None if status == expected else f"{status} instead of {expected} for {body}: {answer}")

    def large(self):
        status, _ = post(self.server, "/v1/completions", b'{"prompt": "' + b"a" * (5 << 20) + b'"}')
        self.note("too large", None if status == 413 else str(status))

    def work(self, seed):
        draw = random.Random(seed)
        while time.monotonic() < self.end:
            kind = draw.random()
            try:
                if kind < 0.70:
                    self.fixed(draw.randrange(len(FIXED)))
                elif kind < 0.82:
                    self.dropped(draw)
                elif kind < 0.96:
                    self.wrong(draw)
                elif kind < 0.97:
                    self.large()
                else:
                    status, text = get(self.server, draw.choice(["/metrics", "/health", "/v1/models"]))
                    self.note("looked", None if status == 200 else text)
            except (ConnectionError, OSError) as error:
                # A server that answers 413 closes before all of the body is sent.
                self.note("closed" if 0.96 <= kind < 0.97 else "failed", None if 0.96 <= kind < 0.97 else repr(error))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=60)
    options = parser.parse_args()
    memory = []
    with Server("--slots", "8", "--context", "128") as server:
        load = Load(server, options.minutes)
        threads = [threading.Thread(target=load.work, args=(i,)) for i in range(options.clients)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            memory.append(server.resident())
            time.sleep(0.5)
        status = server.stop()
    quarter = statistics.median(memory[len(memory) // 4:len(memory) // 2])
    last = statistics.median(memory[-len(memory) // 4:])
    print(json.dumps({
        "minutes": options.minutes, "clients": options.clients, **load.counts, "errors": len(load.errors),
        "first_errors": load.errors[:3], "resident_mib_second_quarter": round(quarter / 2**20, 1),
        "resident_mib_last_quarter": round(last / 2**20, 1), "exit_status": status}))
    grown = last - quarter
    sys.exit(1 if load.errors or status or grown > 16 << 20 else 0)


if __name__ == "__main__":
    main()
