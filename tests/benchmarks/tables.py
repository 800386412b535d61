"""How is a table printed? As Markdown, so that it reads in a terminal and pastes into a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import floor, log10

Cell = str | int | float | None

_FIGURE = re.compile(r"[\d.,%/× -]*")


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Return a table with numbers to the right, three significant digits of each float and blanks for None.

    >>> print(table(["engine", "ms"], [["a", 1.5], ["b", None]]))
    | engine |   ms |
    |--------|-----:|
    | a      | 1.50 |
    | b      |      |
    """
    cells = [[_text(cell) for cell in row] for row in rows]
    right = [all(_FIGURE.fullmatch(row[i]) for row in cells) for i in range(len(columns))]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    rule = [("-" * (width + 1)) + (":" if to_right else "-") for width, to_right in zip(widths, right, strict=True)]

    def line(texts: Sequence[str]) -> str:
        padded = (
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(texts, widths, right, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    return "\n".join([line(columns), f"|{'|'.join(rule)}|", *map(line, cells)])


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:,.{max(0, 2 - floor(log10(abs(cell)))) if cell else 2}f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
