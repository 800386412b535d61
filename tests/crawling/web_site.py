"""A web site on this machine for a crawl to go through: pages by their paths, and a note of what was asked for."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Reply(NamedTuple):
    """What is answered: a status, headers, and a body or the parts of one, which may come slowly."""

    body: bytes | str | Callable[[], Iterator[bytes]] = b""
    status: int = 200
    headers: Mapping[str, str] = {}


class Site:
    """A server and its pages.

    Args:
        pages: What is answered, by path and query; or a function of these and the headers of the request.
        certificate: A file with a certificate and its key, for a server that speaks TLS.
    """

    def __init__(self, pages, certificate=None):
        self.pages = pages
        self.asked = []
        self.seen = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # which holds a body back until the headers are acknowledged

            def do_GET(self):
                site.asked.append(self.path)
                site.seen.append(dict(self.headers))
                reply = site.reply(self.path, self.headers)
                if reply is None:
                    self.close_connection = True
                    return
                self.send_response_only(reply.status)
                body = reply.body.encode() if isinstance(reply.body, str) else reply.body
                headers = {"Content-Type": "text/html; charset=utf-8", **reply.headers}
                if not callable(body):
                    headers.setdefault("Content-Length", str(len(body)))
                else:
                    headers["Connection"] = "close"
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for part in body() if callable(body) else [body]:
                    self.wfile.write(part)
                    self.wfile.flush()

            def handle(self):
                try:
                    super().handle()
                except OSError:  # whoever asked has seen enough
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_port
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"

    def reply(self, path, headers):
        found = self.pages(path, headers) if callable(self.pages) else self.pages.get(path)
        if found is None:
            return Reply("not here", 404)
        return found if isinstance(found, Reply) else Reply(found)

    def counts(self):
        """How often each path was asked for, but for robots.txt."""
        return Counter(path for path in self.asked if path != "/robots.txt")

    @contextmanager
    def served(self):
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def page(text, *links, head=""):
    """A page with a text, and links in a menu."""
    menu = "".join(f'<a href="{link}">x</a> ' for link in links)
    return f"<!DOCTYPE html><html><head>{head}</head><body><nav>{menu}</nav><main><p>{text}</p></main></body></html>"
