"""Which text do the paragraphs, cells, boxes and notes of an office file make? Lines, in the order of a reader."""

from __future__ import annotations

from searchkit.documents import Json


class Prose:
    """A text that is put together from pieces.

    A paragraph ends a line, or in a cell of a table a word: a row is a line. A box stands after the paragraph that it
    hangs on, a note at the end.

    Attributes:
        headings: The texts of headings, in order, the first hundred.
        pages: Where in the text, as `text` gives it, each page begins.
    """

    def __init__(self) -> None:
        self.headings: list[str] = []
        self.pages: list[Json] = []
        self._whole: list[str] = []  # the lines of the pages before
        self._size = 0  # of them, in characters
        self._open: list[list[str]] = [[]]  # the text, and the boxes and notes in it that have begun
        self._marks: list[int] = []
        self._cells: list[int] = [0]
        self._boxes: list[str] = []
        self._notes: list[str] = []

    def add(self, text: str) -> None:
        """Add to the line."""
        self._open[-1].append(text)

    def begin_paragraph(self) -> None:
        """Begin a paragraph."""
        self._marks.append(len(self._open[-1]))

    def end_paragraph(self, *, heading: bool = False) -> None:
        """End a paragraph, and say whether it is a heading."""
        now = self._open[-1]
        mark = self._marks.pop() if self._marks else 0
        if heading and len(self.headings) < 100:
            words = " ".join("".join(now[mark:]).split())
            self.headings += [words] if words else []
        now.append(" " if self._cells[-1] else "\n")
        if self._boxes and len(self._open) == 1 and not self._cells[-1]:
            now += self._boxes
            self._boxes = []

    def begin_cell(self) -> None:
        """Begin a cell."""
        self._cells[-1] += 1

    def end_cell(self) -> None:
        """End a cell."""
        self._cells[-1] = max(self._cells[-1] - 1, 0)
        self.add(" ")

    def end_row(self) -> None:
        """End a row of a table."""
        self.add("\n")

    def begin_aside(self) -> None:
        """Begin a box or a note."""
        self._open.append([])
        self._cells.append(0)

    def end_aside(self, *, note: bool = False) -> None:
        """End a box or a note."""
        if len(self._open) > 1:
            text = "".join(self._open.pop()) + "\n"
            self._cells.pop()
            (self._notes if note else self._boxes).append(text)

    def begin_page(self) -> None:
        """Begin a page, behind what has been added."""
        if self.pages or any(self._open[0]):
            self._end_page()
        self.pages.append(self._size)

    def _end_page(self) -> None:
        """Take what has been added as lines without empty ones, words with one blank between them."""
        whole = "".join([*self._open[0], "\n", *self._boxes, "\n", *self._notes])
        for line in whole.split("\n"):
            words = " ".join(line.split())
            if words:
                self._whole.append(words)
                self._size += len(words) + 1
        self._open, self._boxes, self._notes = [[]], [], []
        self._marks, self._cells = [], [0]

    def text(self) -> str:
        """End it, and return all of it."""
        self._end_page()
        return "\n".join(self._whole)
