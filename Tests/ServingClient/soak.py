#!/usr/bin/env python3
"""Many clients that stream at once: errors, memory, fairness, and tokens a second against one client's.

Usage: soak.py [--clients 64] [--seconds 120] [--large]
"""
import argparse
import json
import socket
import statistics
import threading
import time

from server import LARGE, SMALL, Server

TOKENS = 64


def stream(port, seed):
    """The number of tokens of one text, streamed."""
    body = json.dumps({"prompt": "What is", "max_tokens": TOKENS, "ignore_eos": True, "stream": True, "seed": seed,
                       "temperature": 1, "logprobs": 0}).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(f"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        data = b""
        while part := connection.recv(65536):
            data += part
    if b" 200 OK" not in data[:20] or b"[DONE]" not in data:
        raise RuntimeError(data[:300])
    return data.count(b'"token_logprobs":[') - data.count(b'"token_logprobs":[]')


def load(server, clients, seconds):
    """Tokens of each client in that time, errors, and resident bytes on the way."""
    end = time.monotonic() + seconds
    tokens, errors, memory = [0] * clients, [], []

    def work(i):
        seed = i * 100_000
        while time.monotonic() < end:
            try:
                tokens[i] += stream(server.port, seed)
            except Exception as error:
                errors.append(repr(error))
            seed += 1

    threads = [threading.Thread(target=work, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        memory.append(server.resident())
        time.sleep(0.5)
    return tokens, errors, memory


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--large", action="store_true", help="a model of 60 million random weights")
    options = parser.parse_args()
    model = LARGE if options.large else SMALL
    with Server("--slots", str(options.clients), "--context", "128", model=model) as server:
        one, errors, _ = load(server, 1, min(10, options.seconds))
        alone = one[0] / min(10, options.seconds)
        tokens, more, memory = load(server, options.clients, options.seconds)
        errors += more
        middle = memory[len(memory) // 3: 2 * len(memory) // 3] or memory
        last = memory[2 * len(memory) // 3:] or memory
        total = sum(tokens) / options.seconds
        print(json.dumps({
            "clients": options.clients, "errors": len(errors), "first_error": errors[:1],
            "tokens_per_second_alone": round(alone, 1), "tokens_per_second": round(total, 1),
            "times_one": round(total / alone, 2), "least_client": min(tokens), "most_client": max(tokens),
            "resident_mib_middle": round(statistics.median(middle) / 2**20, 1),
            "resident_mib_last": round(statistics.median(last) / 2**20, 1),
        }))


if __name__ == "__main__":
    main()
