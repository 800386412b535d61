"""What the README says is so: its examples and recipes run, its commands and options exist."""

from __future__ import annotations

import doctest
import re
import shlex
from contextlib import chdir
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from searchkit import Document, SearchIndex
from searchkit.cli import main

README_FILE = Path(__file__).parents[1] / "README.md"
README = README_FILE.read_text(encoding="utf-8")
FENCES = re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", README)
RECIPES = [code for language, code in FENCES if language == "python" and ">>>" not in code]
COMMANDS = [
    shlex.split(line.partition("searchkit ")[2], comments=True)
    for language, code in FENCES
    if language == "console"
    for line in code.splitlines()
    if re.search(r"(?:^\$|\|) (?:\.venv/bin/)?searchkit ", line)
]


def run(recipe_with: str, names: dict[str, object]) -> dict[str, object]:
    """Run the one recipe that holds these words, with names for what its framework would bring; return all names."""
    [recipe] = [code for code in RECIPES if recipe_with in code]
    exec(compile(recipe, "README.md", "exec"), names)  # noqa: S102 (our own README)
    return names


class Routes:
    """As much of a FastAPI or Flask application as a recipe needs: a decorator that takes the view."""

    def __init__(self):
        self.views = {}

    def get(self, path):
        return lambda view: self.views.setdefault(path, view)

    route = get


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty folder to run in, since the recipes open their index in the folder they run in."""
    monkeypatch.chdir(tmp_path)
    with SearchIndex.open("my-index") as index:
        index.add([Document(id="1", title="باغ", body="آب و درخت و سایه")])
    return tmp_path


def test_python_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed, attempted = doctest.testfile(str(README_FILE), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert attempted > 5


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("framework", ["FastAPI", "Flask"])
def test_a_web_application_answers_in_json(framework):
    app = Routes()
    request = SimpleNamespace(args={"q": "درخت"})
    names = run(f"# {framework}", {"app": app, "request": request, "SearchIndex": SearchIndex})
    [view] = app.views.values()
    found = view(q="درخت") if framework == "FastAPI" else view()
    names["index"].close()
    assert [hit["id"] for hit in found["hits"]] == ["1"]


@pytest.mark.usefixtures("project")
def test_django_hands_over_what_was_saved_and_what_was_deleted():
    article = SimpleNamespace(pk=7, title="بازار", text="چکش مسگرها", get_absolute_url=lambda: "https://example.org/7")
    with SearchIndex.open("my-index") as index:
        django = {
            "Article": SimpleNamespace,
            "Document": Document,
            "index": index,
            "post_delete": None,
            "post_save": None,
            "receiver": lambda *_signal, **_sender: lambda handler: handler,
            "transaction": SimpleNamespace(on_commit=lambda action: action()),
        }
        names = run("on_commit", django)
        names["index_article"](instance=article, created=True)
        assert [hit.document.url for hit in index.search("مسگرها")] == ["https://example.org/7"]
        names["forget_article"](instance=article)
        assert index.search("مسگرها").total == 0


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_line_of_the_readme_can_be_typed(words):
    name, *arguments = words
    command = main.commands[name]
    command.make_context(name, arguments).close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The folder that `make demo` leaves behind, made by the commands of the Makefile."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "samples").symlink_to(README_FILE.with_name("samples"))
    recipe = README_FILE.with_name("Makefile").read_text(encoding="utf-8")
    lines = re.findall(r"^\t\$\(SEARCHKIT\) (.*)$", recipe, re.MULTILINE)
    assert lines
    with chdir(folder):
        for line in lines:
            assert CliRunner().invoke(main, shlex.split(line)).exit_code == 0
    return folder


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] == "search"], ids=" ".join)
def test_a_search_of_the_readme_answers_after_make_demo(demo, words):
    with chdir(demo):
        told = CliRunner().invoke(main, words)
    assert told.exit_code == 0
    assert "no document answers" not in told.output


def test_every_command_is_in_the_readme():
    assert {words[0] for words in COMMANDS} == set(main.commands)


@pytest.mark.parametrize(
    "flag",
    sorted({flag for line in README.splitlines() for flag in re.findall(r"`[^`]*(--[a-z-]+)[^`]*`", line)}),
)
def test_every_option_named_in_the_readme_exists(flag):
    options = {
        name
        for command in main.commands.values()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert flag in options | {"--help", "--version"}


@pytest.mark.parametrize("name", ["README.md", "SECURITY.md", "ARCHITECTURE.md", "docs/reliability.md"])
def test_every_file_that_a_page_names_exists(name):
    top = README_FILE.parent
    text = (top / name).read_text(encoding="utf-8")
    files = {path.name for folder in ("tests", "searchkit", "docs", "samples") for path in (top / folder).rglob("*")}
    named = set(re.findall(r"`(?:[\w.]+/)*([\w]+\.(?:py|tsv|md))`", text))
    assert named <= files | {path.name for path in top.iterdir()}, named - files
