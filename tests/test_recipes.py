"""The README's recipes for web applications, in real servers: two processes each, asked by eight clients at once."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"(?ms)^```python\n# (FastAPI|Flask|Django)\n(.*?)^```$", README)

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(sys.platform == "win32", reason="gunicorn, and sockets that are handed down, need POSIX"),
]

# What an application has besides the recipe: it saves and deletes what it is sent. Whatever becomes of the tests, each
# process ends by itself (LAUNCH, and `alarm` in what the workers import).

LAUNCH = """
import runpy, signal, sys
signal.alarm(60)
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""

FASTAPI = """
import signal
from fastapi import Body
from searchkit import Document

signal.alarm(60)

@app.put("/articles/{key}")
def save(key: str, text: str = Body(media_type="text/plain")):
    index.add([Document(id=key, body=text)])

@app.delete("/articles/{key}")
def delete(key: str):
    index.delete([key])
"""

FLASK = """
import signal
from searchkit import Document

signal.alarm(60)

@app.put("/articles/<key>")
def save(key):
    index.add([Document(id=key, body=request.get_data(as_text=True))])
    return {}

@app.delete("/articles/<key>")
def delete(key):
    index.delete([key])
    return {}
"""

SETTINGS = """
import logging, signal
from pathlib import Path

signal.alarm(60)
logging.getLogger("django.request").setLevel("ERROR")

ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).with_name("articles.sqlite3"),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["news"]
LOGGING_CONFIG = None
ROOT_URLCONF = "news.urls"
USE_TZ = True
"""

MODELS = """
from django.db import models

class Article(models.Model):
    title = models.TextField()
    text = models.TextField()

    def get_absolute_url(self):
        return f"/articles/{self.pk}"
"""

URLS = """
from django.http import JsonResponse
from django.urls import path
from .models import Article
from .recipe import index, search, to_document, transaction

def article(request, key):
    if request.method == "GET":
        return JsonResponse({"texts": list(Article.objects.filter(pk=key).values_list("text", flat=True))})
    with transaction.atomic():
        if request.method == "PUT":
            Article(pk=key, text=request.body.decode()).save()
        else:
            Article.objects.get(pk=key).delete()
    return JsonResponse({})

def rolled_back(request, key):
    try:
        with transaction.atomic():
            Article(pk=key, text=request.body.decode()).save()
            raise KeyError
    except KeyError:
        return JsonResponse({})

def several(request, key):
    # `key` and the next but one are kept; one between them, and the delete of `key`, are taken back
    text, before = request.body.decode(), index.info().generation
    with transaction.atomic():
        Article(pk=key, text=text).save()
        try:
            with transaction.atomic():
                Article(pk=key + 1, text=text).save()
                Article.objects.get(pk=key).delete()
                raise KeyError
        except KeyError:
            pass
        with transaction.atomic():
            Article(pk=key + 2, text=text).save()
    return JsonResponse({"commits": index.info().generation - before})

def missed(request, key):
    # changes that send no signals; then what the README has done at night
    Article.objects.bulk_create([Article(pk=key, text=request.body.decode())])
    Article.objects.filter(pk=key + 1)._raw_delete("default")
    report = index.add(map(to_document, Article.objects.iterator()), prune="articles")
    return JsonResponse({"added": report.added, "removed": report.removed})

urlpatterns = [
    path("search", search),
    path("articles/<str:key>", article),
    path("rolled-back/<int:key>", rolled_back),
    path("several/<int:key>", several),
    path("missed/<int:key>", missed),
]
"""

GUNICORN = ["gunicorn", "--workers=2", "--threads=4", "--worker-tmp-dir=.", "--no-control-socket", "--bind=fd://{fd}"]
SERVERS = {
    "FastAPI": ["uvicorn", "--workers=2", "--fd={fd}", "--log-level=warning", "app:app"],
    "Flask": [*GUNICORN, "app:app"],
    "Django": [*GUNICORN, "app:app"],
}


def project(folder, framework):
    """Write the README's recipe, and what an application has besides."""
    [recipe] = [code for name, code in RECIPES if name == framework]
    files = {"app.py": recipe + (FASTAPI if framework == "FastAPI" else FLASK)}
    if framework == "Django":
        files = {
            "app.py": "from django.core.wsgi import get_wsgi_application\napp = get_wsgi_application()\n",
            "settings.py": SETTINGS,
            "news/__init__.py": "",
            "news/models.py": MODELS,
            "news/recipe.py": recipe,
            "news/urls.py": URLS,
        }
        (folder / "news").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


class Site:
    """A server that runs: its address, and what can be asked of it."""

    def __init__(self, port):
        self.port = port

    def ask(self, method, path, text=""):
        """Return the status and what the answer holds. Every question opens a connection, so any process may answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})
            answer = connection.getresponse()
            told = answer.read().decode()
        finally:
            connection.close()
        return answer.status, json.loads(told) if answer.getheader("Content-Type", "").endswith("/json") else told

    def found(self, query):
        """Return the ids that answer a word as it is, and no other that is near to it."""
        status, results = self.ask("GET", "/search?q=" + quote(f'"{query}"'))
        assert status == 200, results
        return {hit["id"] for hit in results["hits"]}

    def do(self, method, path, text=""):
        status, told = self.ask(method, path, text)
        assert status == 200, told
        return told


@pytest.fixture(scope="module", params=SERVERS)
def site(request, tmp_path_factory):
    framework = request.param
    for needed in (framework.lower(), SERVERS[framework][0]):
        pytest.importorskip(needed, reason=f"{needed} is not installed; `pip install -e '.[dev]'` brings it")
    folder = tmp_path_factory.mktemp(framework)
    project(folder, framework)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": "settings",
    }
    if framework == "Django":
        migrate = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0", "--skip-checks"]
        subprocess.run(migrate, cwd=folder, env=environment, check=True, timeout=60)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening, (folder / "log").open("w+") as log:
        fd = listening.fileno()
        command = [part.format(fd=fd) for part in SERVERS[framework]]
        server = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *command],
            cwd=folder,
            env=environment,
            pass_fds=[fd],
            stdout=log,
            stderr=log,
        )
        site = Site(listening.getsockname()[1])
        listening.close()  # now only the server has it: clients wait until it is up, and are refused when it is gone
        try:
            yield site
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            finally:
                server.kill()
        log.seek(0)
        assert "Traceback" not in (told := log.read()), told


of_django = pytest.mark.parametrize("site", ["Django"], indirect=True)


def word(number):
    """Return a word that no other number has, and that no lexicon shortens."""
    return "باغ" + "".join("ابپتثجچحخد"[int(digit)] for digit in f"{number:03}") + "ژ"


def test_what_clients_save_at_once_is_found_as_soon_as_that_is_answered(site):
    def save(number):
        key = str(number)
        site.do("PUT", f"/articles/{key}", word(number))
        assert site.found(word(number)) == {key}
        if number % 4 == 0:
            site.do("DELETE", f"/articles/{key}")
            assert site.found(word(number)) == set()
        return number

    with ThreadPoolExecutor(8) as clients:
        assert list(clients.map(save, range(100, 164))) == list(range(100, 164))
    assert {n for n in range(100, 164) if site.found(word(n))} == {n for n in range(100, 164) if n % 4}


def test_what_is_saved_again_replaces(site):
    site.do("PUT", "/articles/7", word(200))
    site.do("PUT", "/articles/7", word(201))
    assert (site.found(word(200)), site.found(word(201))) == (set(), {"7"})


@pytest.mark.parametrize("question", ["q=a&page=0", "q=a&page=-1", "q=a&page=9999", f"q=a&page={'9' * 4300}", "page=1"])
def test_a_question_that_cannot_be_answered_is_an_error_of_the_client(site, question):
    status, told = site.ask("GET", f"/search?{question}")
    assert status in {400, 414, 422}, told


@pytest.mark.parametrize("question", ["q=", "q=%00", "q=%ff", "q=a&page=1000", f"q={'a' * 4000}"])
def test_any_other_is_answered(site, question):
    assert site.do("GET", f"/search?{question}")["hits"] == []


@of_django
def test_what_a_transaction_takes_back_is_not_found(site):
    site.do("POST", "/rolled-back/300", word(300))
    assert site.found(word(300)) == set()
    site.do("PUT", "/articles/301", word(301))  # a later commit of the same thread does not bring it
    assert site.found(word(300)) == set()


@of_django
def test_of_saves_of_one_article_at_once_the_last_is_found(site):
    words = [word(number) for number in range(800, 808)]

    def save(text):
        site.do("PUT", f"/articles/{key}", text)

    with ThreadPoolExecutor(len(words)) as clients:
        for key in map(str, range(600, 612)):
            assert list(clients.map(save, words)) == [None] * len(words)
            (text,) = site.do("GET", f"/articles/{key}")["texts"]
            assert {each for each in words if key in site.found(each)} == {text}


@of_django
def test_a_transaction_is_one_commit_of_what_it_has_kept(site):
    assert site.do("POST", "/several/400", word(400)) == {"commits": 1}
    assert site.found(word(400)) == {"400", "402"}


@of_django
def test_what_sends_no_signals_is_mended_at_night(site):
    site.do("PUT", "/articles/501", word(501))
    assert site.do("POST", "/missed/500", word(500)) == {"added": 1, "removed": 1}
    assert (site.found(word(500)), site.found(word(501))) == ({"500"}, set())
