"""`weft serve` as clients meet it: the openai package, plain HTTP, and sockets that misbehave."""
import base64
import json
import signal
import socket
import struct
import subprocess
import threading
import time
import unittest

import openai

from client import get, post
from server import ROOT, Server

QUESTION = [{"role": "user", "content": "What is kernel?"}]
ANSWER = "a computation on concrete shapes, split into tiles."


def raw(server, body, path="/v1/completions"):
    """A socket on which a request was sent, and nothing read."""
    data = json.dumps(body).encode()
    stream = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    stream.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
    return stream


class OpenAI(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--slots", "4", "--context", "256")
        cls.client = openai.OpenAI(base_url=cls.server.url + "/v1", api_key="none", max_retries=0)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.stop()

    def test_models(self):
        self.assertEqual([m.id for m in self.client.models.list()], ["Llama"])
        self.assertEqual(self.client.models.retrieve("Llama").object, "model")

    def test_chat(self):
        answer = self.client.chat.completions.create(model="Llama", messages=QUESTION, temperature=0)
        self.assertEqual(answer.choices[0].message.content, ANSWER)
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)

    def test_chat_stream(self):
        stream = self.client.chat.completions.create(
            model="Llama", messages=QUESTION, temperature=0, stream=True, stream_options={"include_usage": True},
            logprobs=True, top_logprobs=2)
        text, tokens, finish, usage = "", [], None, None
        for part in stream:
            usage = part.usage or usage
            for choice in part.choices:
                text += choice.delta.content or ""
                finish = choice.finish_reason or finish
                tokens += choice.logprobs.content if choice.logprobs else []
        self.assertEqual((text, finish), (ANSWER, "stop"))
        self.assertEqual(usage.completion_tokens, len(tokens) + 1)
        self.assertTrue(all(t.logprob <= 0 and len(t.top_logprobs) == 2 for t in tokens))

    def test_texts_of_any_form(self):
        ids = self.client.completions.create(model="Llama", prompt=[67, 355], max_tokens=4, temperature=0)
        text = self.client.completions.create(model="Llama", prompt=["a graph", "What"], max_tokens=4, temperature=0)
        self.assertEqual([c.index for c in text.choices], [0, 1])
        self.assertEqual(ids.choices[0].text, text.choices[0].text)

    def test_seeds(self):
        def texts(seed, count=1):
            made = self.client.completions.create(
                model="Llama", prompt="What is", max_tokens=12, temperature=5, seed=seed, n=count)
            return [c.text for c in made.choices]
        self.assertEqual(texts(5), texts(5))
        self.assertEqual(texts(5, 3), texts(5) + texts(6) + texts(7))
        self.assertGreater(len(set(texts(5, 8))), 1)

    def test_stop_and_length(self):
        made = self.client.chat.completions.create(model="Llama", messages=QUESTION, temperature=0, stop=["shapes"])
        self.assertEqual(made.choices[0].message.content, "a computation on concrete ")
        made = self.client.chat.completions.create(model="Llama", messages=QUESTION, temperature=0, max_tokens=2)
        self.assertEqual(made.choices[0].finish_reason, "length")

    def test_errors_have_their_class(self):
        with self.assertRaises(openai.BadRequestError):
            self.client.completions.create(model="Llama", prompt="a", temperature=-1)
        with self.assertRaises(openai.NotFoundError):
            self.client.completions.create(model="other", prompt="a")
        with self.assertRaises(openai.NotFoundError):
            self.client.embeddings.create(model="other", input="a")


class Embeddings(unittest.TestCase):
    """MiniLM's vectors, against sentence-transformers' as recorded: Tests/WeftTests/Reference/minilm."""

    @classmethod
    def setUpClass(cls):
        folder = subprocess.run(
            [ROOT / "Scripts/fetch-minilm"], check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        cls.options = ["--embedder", "Graphs/minilm.weft", "--embedder-weights", folder]
        cls.server = Server(*cls.options)
        cls.client = openai.OpenAI(base_url=cls.server.url + "/v1", api_key="none", max_retries=0)
        reference = ROOT / "Tests/WeftTests/Reference/minilm"
        cls.sentences = json.loads((reference / "sentences.json").read_text())["sentences"]
        data = (reference / "expected.safetensors").read_bytes()
        size, = struct.unpack("<Q", data[:8])
        begin, end = json.loads(data[8:8 + size])["out.embedding"]["data_offsets"]
        cls.expected = list(struct.iter_unpack("<384f", data[8 + size + begin:8 + size + end]))

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.stop()

    def same(self, vectors, expected):
        self.assertEqual(len(vectors), len(expected))
        # As Tests/WeftTests asks of the model itself.
        for a, b in zip(vectors, expected):
            self.assertLessEqual(max(abs(x - y) for x, y in zip(a, b, strict=True)), 2e-5)

    def test_sentences(self):
        for form in ("float", "base64"):
            made = self.client.embeddings.create(model="MiniLM", input=self.sentences, encoding_format=form)
            self.assertEqual([one.index for one in made.data], list(range(len(self.sentences))))
            vectors = [struct.unpack("<384f", base64.b64decode(one.embedding)) if form == "base64"
                       else one.embedding for one in made.data]
            self.same(vectors, self.expected)
            self.assertEqual(made.usage.prompt_tokens, made.usage.total_tokens)
        self.same([self.client.embeddings.create(model="MiniLM", input=self.sentences[0]).data[0].embedding],
                  self.expected[:1])

    def test_beside_texts(self):
        """Each model answers to its own name, and neither to the other's."""
        self.assertEqual([m.id for m in self.client.models.list()], ["Llama", "MiniLM"])
        with self.assertRaises(openai.NotFoundError):
            self.client.embeddings.create(model="Llama", input="a")
        with self.assertRaises(openai.NotFoundError):
            self.client.completions.create(model="MiniLM", prompt="a")

    def test_wrong_inputs(self):
        for body in ({}, {"input": []}, {"input": 1}, {"input": ["a", 1]}, {"input": [[1, 2]]}, {"input": ["a"] * 3000},
                     {"input": "a", "encoding_format": "hex"}, {"input": "a", "dimensions": 12}):
            self.assertEqual(post(self.server, "/v1/embeddings", body)[0], 400, str(body)[:80])
        self.assertEqual(post(self.server, "/v1/embeddings", {"input": "word " * 2000})[0], 200)

    def test_limits(self):
        texts = {"input": ["word " * 200] * 2000}
        with Server(*self.options, "--queue", "1") as server:
            held = [raw(server, texts, "/v1/embeddings") for _ in range(6)]
            held[0].settimeout(60)
            status = [0]
            deadline = time.monotonic() + 60
            while status[0] != 429 and time.monotonic() < deadline:
                status = post(server, "/v1/embeddings", {"input": "a"})
            self.assertEqual(status[0], 429)
            # Those that left are given up, and there is room again.
            for stream in held:
                stream.close()
            while status[0] != 200 and time.monotonic() < deadline:
                status = post(server, "/v1/embeddings", {"input": "a"})
            self.assertEqual(status[0], 200)
        with Server(*self.options, "--time-limit", "1") as server:
            self.assertEqual(post(server, "/v1/embeddings", {"input": ["word " * 400] * 2000})[0], 504)
            self.assertEqual(post(server, "/v1/embeddings", {"input": "a"})[0], 200)


class Limits(unittest.TestCase):
    def test_key(self):
        with Server("--api-key", "secret") as server:
            self.assertEqual(get(server, "/health")[0], 200)
            self.assertEqual(get(server, "/v1/models")[0], 401)
            self.assertEqual(get(server, "/v1/models", {"Authorization": "Bearer secre"})[0], 401)
            self.assertEqual(get(server, "/v1/models", {"Authorization": "Bearer secret"})[0], 200)
        with Server(env={"WEFT_API_KEY": "other"}) as server:
            self.assertEqual(get(server, "/metrics")[0], 401)

    def test_bodies(self):
        with Server("--max-body", "10KB") as server:
            for body in (b"", b"{", b"[]", b"\xff", b'{"prompt": 1}', b'{"prompt": "a", "foo": 1}', b'{}',
                         b'{"prompt": "a", "n": 1000}', b'{"prompt": [99999]}', b'{"prompt": ""}', b"[" * 5000,
                         b'{"prompt": "a", "max_tokens": 0}', b'{"prompt": "a", "logit_bias": {"x": 1}}'):
                status, answer = post(server, "/v1/completions", body)
                self.assertEqual(status, 400, body)
                self.assertIn("message", answer["error"])
            for body in ({"messages": []}, {"messages": [{"content": "a"}]}, {"messages": "a"}, {}):
                self.assertEqual(post(server, "/v1/chat/completions", body)[0], 400)
            self.assertEqual(post(server, "/v1/completions", b"a" * 20_000)[0], 413)
            chunked = socket.create_connection(("127.0.0.1", server.port), timeout=60)
            chunked.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                for _ in range(200):
                    chunked.sendall(b"400\r\n" + b"a" * 1024 + b"\r\n")
            except OSError:
                pass
            self.assertIn(b" 413 ", chunked.recv(100))
            chunked.close()
            self.assertEqual(get(server, "/nothing")[0], 404)
            self.assertEqual(get(server, "/v1/completions")[0], 405)
            self.assertEqual(post(server, "/v1/completions", {"prompt": "a", "max_tokens": 1})[0], 200)

    def test_bodies_that_nobody_reads(self):
        """Who sends all before he reads gets his answer, too."""
        body = b'{"prompt": "' + b"a" * (8 << 20) + b'"}'
        pieces = b"".join(b"10000\r\n" + b"a" * 65536 + b"\r\n" for _ in range(128)) + b"0\r\n\r\n"
        with Server("--api-key", "secret", "--max-body", "1MB") as server:
            for expected, path, key, ending in (
                    ("413", "/v1/completions", "secret", "close"), ("413", "/v1/completions", "secret", "keep-alive"),
                    ("401", "/v1/completions", "wrong", "close"), ("404", "/nothing", "secret", "close"),
                    ("405", "/metrics", "secret", "close")):
                for form, sent in ((f"Content-Length: {len(body)}", body), ("Transfer-Encoding: chunked", pieces)):
                    for _ in range(4):
                        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
                            client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: {ending}\r\n"
                                           f"Authorization: Bearer {key}\r\n{form}\r\n\r\n".encode() + sent)
                            self.assertEqual(client.recv(100).split()[1].decode(), expected, (path, form))
            # Sixteen times what is read is all that is dropped.
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
                client.sendall(b"POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                with self.assertRaises(ConnectionError):
                    for _ in range(100):
                        client.sendall(pieces[:-5])
            self.assertEqual(get(server, "/health")[0], 200)

    def test_a_body_of_any_size(self):
        with Server("--max-body", "999999TB") as server:
            self.assertEqual(post(server, "/v1/completions", {"prompt": "a", "max_tokens": 1})[0], 200)

    def test_a_full_queue(self):
        with Server("--slots", "1", "--queue", "2", "--context", "4000") as server:
            long = {"prompt": "a", "max_tokens": 3000, "ignore_eos": True, "stream": True}
            held = [raw(server, long) for _ in range(3)]
            deadline = time.monotonic() + 60
            while "weft_texts_waiting 2\n" not in get(server, "/metrics")[1]:
                self.assertLess(time.monotonic(), deadline)
            self.assertEqual(post(server, "/v1/completions", {"prompt": "a", "max_tokens": 1})[0], 429)
            for stream in held:
                stream.close()
            # Those that left are ended, and there is room again.
            while post(server, "/v1/completions", {"prompt": "a", "max_tokens": 1})[0] != 200:
                self.assertLess(time.monotonic(), deadline)
            metrics = get(server, "/metrics")[1]
            self.assertIn('weft_texts_total{reason="cancelled"}', metrics)
            self.assertNotIn('weft_texts_total{reason="cancelled"} 0\n', metrics)

    def test_time(self):
        with Server("--context", "4000", "--time-limit", "0.2") as server:
            body = {"prompt": "a", "max_tokens": 3900, "ignore_eos": True}
            self.assertEqual(post(server, "/v1/completions", body)[0], 504)

    def test_slow_and_dropped_readers_hold_nobody_up(self):
        with Server("--slots", "8", "--context", "1000") as server:
            body = {"prompt": "a", "max_tokens": 900, "ignore_eos": True, "stream": True}
            slow = [raw(server, body) for _ in range(3)]
            for _ in range(5):
                raw(server, body).close()
            for _ in range(5):
                status, answer = post(server, "/v1/chat/completions", {"messages": QUESTION, "temperature": 0})
                self.assertEqual(status, 200)
                self.assertEqual(answer["choices"][0]["message"]["content"], ANSWER)
            for stream in slow:
                data = b""
                while part := stream.recv(65536):
                    data += part
                self.assertTrue(data.rstrip(b"0\r\n").endswith(b"data: [DONE]"))
                stream.close()

    def test_stopping_ends_what_was_begun(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            server = Server("--context", "600")
            stream = raw(server, {"prompt": "a", "max_tokens": 500, "ignore_eos": True, "stream": True})
            data = stream.recv(1000)
            status = []
            stopping = threading.Thread(target=lambda: status.append(server.stop(how)))
            stopping.start()
            while part := stream.recv(65536):
                data += part
            stopping.join()
            self.assertIn(b"[DONE]", data)
            self.assertEqual(status, [0])
            stream.close()


if __name__ == "__main__":
    unittest.main()
