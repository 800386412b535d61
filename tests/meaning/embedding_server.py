"""A server that makes vectors as that of OpenAI does, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from trigrams import Trigrams


class EmbeddingServer(ThreadingHTTPServer):
    """Answers as it is told to: `answer(server, texts)` returns a status, headers and a body; None for vectors.

    Attributes:
        asked: The texts of each request.
        headers: And its headers.
        pause: Seconds before each answer.
    """

    daemon_threads = True

    def __init__(self, answer=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[list[str]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.pause = 0.0
        self.embedder = Trigrams()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def texts(self):
        return [text for texts in self.asked for text in texts]

    def rows(self, texts):
        vectors = self.embedder.documents(texts).tolist()
        return [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        server.asked.append(asked["input"])
        server.headers.append(dict(self.headers))
        server.paths.append(self.path)
        time.sleep(server.pause)
        answer = server.answer and server.answer(server, asked["input"])
        status, headers, body = answer or (200, {}, json.dumps({"data": server.rows(asked["input"])}).encode())
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def serving(answer=None):
    """Run a server meanwhile."""
    server = EmbeddingServer(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
