"""How many searches a second does `searchkit serve` answer, and how long does each take?

`wrk` asks with so many connections at once for so long, with the queries of a collection, while another process adds a
document twice a second. Beside it stands a handler of the same server that does nothing but answer.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import click
from collections_data import DATA, open_collection, sample
from tables import Cell, table

from searchkit import SearchIndex

PORT = 8765
ADDING = """
import sys, time
from searchkit import Document, SearchIndex
with SearchIndex.open(sys.argv[1], create=False) as index:
    for number in range(10_000_000):
        index.add([Document(f"added/{number}", "سندی که در میان آزمون افزوده می شود")])
        time.sleep(0.5)
"""
BARE = """
import sys, uvicorn, socket
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})
config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
uvicorn.Server(config).run(sockets=[socket.create_server(("127.0.0.1", int(sys.argv[1])))])
"""
ASKING = """
local paths = {{ {paths} }}
local number = 0
request = function()
  number = number % #paths + 1
  return wrk.format("GET", paths[number])
end
done = function(summary, latency, requests)
  local wrong = summary.errors
  io.write(string.format('{{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "wrong": %d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
"""


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of the data.")
@click.option("--collection", default="pquad", show_default=True)
@click.option("--clients", default=200, show_default=True)
@click.option("--seconds", default=60, show_default=True)
def main(data: Path, collection: str, clients: int, seconds: int) -> None:
    """Measure and print."""
    if shutil.which("wrk") is None:
        raise click.ClickException("wrk is not here: apt-get install wrk")
    opened = open_collection(data, collection)
    queries = sample(opened.queries(), 500).values()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        with SearchIndex.open(path) as index:
            index.add(opened.documents())
            click.echo(f"{len(index):,} documents, {clients} clients for {seconds} s")
        for name, address in (("API", "/api/search?q={}"), ("page", "/?q={}")):
            script = Path(folder) / f"{name}.lua"
            paths = ",".join(f'"{address.format(quote(query))}"' for query in queries)
            script.write_text(ASKING.format(paths=paths), encoding="utf-8")
            for workers in (1, 2):
                served = ["-m", "searchkit", "serve", "--index", str(path), "--workers", str(workers)]
                with running("-c", ADDING, str(path)), running(*served, "--port", str(PORT)):
                    rows.append([name, workers, *asked(script, clients, seconds)])
        with running("-c", BARE, str(PORT)):
            rows.append(["nothing but an answer", 1, *asked(script, clients, seconds)])
    click.echo(table(("asked", "workers", "requests/s", "p50 ms", "p99 ms", "errors"), rows))


@contextmanager
def running(*arguments: str) -> Iterator[None]:
    """Run a Python program beside this one, until the block is left."""
    with subprocess.Popen([sys.executable, *arguments], stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def asked(script: Path, clients: int, seconds: int) -> list[Cell]:
    """Ask for so long, and return requests a second, milliseconds of the half and of 99 in a hundred, and errors."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", PORT)):
            break
        time.sleep(0.1)
    wrk = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
    told = subprocess.run([*wrk, f"http://127.0.0.1:{PORT}"], capture_output=True, text=True, check=True).stdout
    found = json.loads(told.splitlines()[-1])
    return [found["requests"] / found["seconds"], found["p50"], found["p99"], found["wrong"]]


if __name__ == "__main__":
    main()
