r"""How is a number written? Grouped digits are one number, and there are three decimal marks, which group digits, too.

>>> [fold_number(match) for match in re.finditer(NUMBER, "12,000 3/14 1402/1403 3.11.2")]
['12000', '3.14', '1402', '1403', '3.11.2']
"""

from __future__ import annotations

import re

_GROUP = ",\u066c\u060c\uff0c"  # COMMA, ARABIC THOUSANDS SEPARATOR, ARABIC COMMA (typed for it), full width
_POINT = ".\u066b\uff0e"  # FULL STOP, ARABIC DECIMAL SEPARATOR, full width
_SLASH = "/\uff0f"  # SOLIDUS: the decimal mark of Iranian handwriting; between longer numbers it parts them

# Three digits after one to three others and a mark are no first group: had those begun a number, these would be in it.
# So a row of groups that ends as no number does is run through at most twice, not from each of its groups anew. What is
# matched as a whole (++) could not end sooner: a digit, or a mark and a digit, would follow.
_BEFORE = rf"(?<![\d{_POINT}{_SLASH}-])"  # what begins here is not the end of a date or a decimal
_FIRST = "".join(rf"(?<!{_BEFORE}{digits}[{_GROUP}]\d{{3}})" for digits in (r"\d", r"\d\d", r"\d\d\d"))

NUMBER = (
    rf"\d{{1,3}}(?=[{_GROUP}]\d){_FIRST}(?:[{_GROUP}]\d{{3}})++(?![{_GROUP}]?\d)(?:[{_POINT}]\d+)?"
    rf"|(?<![\d{_SLASH}])\d{{1,3}}(?:[{_SLASH}]\d++|(?:[{_SLASH}]\d{{3}}){{2,}}+)(?![{_SLASH}{_POINT}]?\d)"
    rf"|\d++(?:[{_POINT}]\d++)*+"
)
"""A pattern for one number, in digits of any script."""

_MARKS = str.maketrans({**dict.fromkeys(_GROUP, ""), **dict.fromkeys(_POINT + _SLASH, ".")})


def fold_number(match: re.Match[str]) -> str:
    """Return a number without grouping, with a point as its decimal mark. Its digits are ASCII already."""
    return match[0].translate(_MARKS)
