r"""How is a number written? Grouped digits are one number, and there are three decimal marks.

>>> [fold_number(match) for match in re.finditer(NUMBER, "12,000 3/14 1402/1403 3.11.2")]
['12000', '3.14', '1402', '1403', '3.11.2']
"""

from __future__ import annotations

import re

_GROUP = ",\u066c\u060c\uff0c"  # COMMA, ARABIC THOUSANDS SEPARATOR, ARABIC COMMA (typed for it), full width
_POINT = ".\u066b\uff0e"  # FULL STOP, ARABIC DECIMAL SEPARATOR, full width
_SLASH = "/\uff0f"  # SOLIDUS: the decimal mark of Iranian handwriting; between longer numbers it parts them

NUMBER = (
    rf"\d{{1,3}}(?:[{_GROUP}]\d{{3}})+(?![{_GROUP}]?\d)(?:[{_POINT}]\d+)?"
    rf"|(?<![\d{_SLASH}])\d{{1,3}}[{_SLASH}]\d+(?![{_SLASH}{_POINT}]?\d)"
    rf"|\d+(?:[{_POINT}]\d+)*"
)
"""A pattern for one number, in digits of any script."""

_MARKS = str.maketrans({**dict.fromkeys(_GROUP, ""), **dict.fromkeys(_POINT + _SLASH, ".")})


def fold_number(match: re.Match[str]) -> str:
    """Return a number without grouping, with a point as its decimal mark. Its digits are ASCII already."""
    return match[0].translate(_MARKS)
