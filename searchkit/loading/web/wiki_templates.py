"""Which text does a template of a wiki leave? None but the few whose text stands in them, as no other is at hand.

Names are compared in lower case, with blanks for half-spaces and underlines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SIGN_TEMPLATES = {
    "نیم فاصله": "\u200c", "zwnj": "\u200c", "فاصله مجازی": "\u200c", "!": "|", "=": "=", "nbsp": " ", "space": " ",
    "ndash": "–", "mdash": "—", "dot": " · ", "•": " • ", "·": " · ", "سخ": "\n", "br": "\n",
}  # fmt: skip
_TEXT_TEMPLATES = {
    "lang": (2,), "زبان": (2,), "transl": (2,), "transliteration": (2,), "color": (2,), "رنگ": (2,),
    "nowrap": (1,), "small": (1,), "smaller": (1,), "big": (1,), "larger": (1,), "unicode": (1,), "abbr": (1,),
    "کوچک": (1,), "بزرگ": (1,), "quote": (1,), "blockquote": (1,), "cquote": (1,), "نقل قول": (1,), "گفتاورد": (1,),
    "متن عربی": (1,), "نستعلیق": (1,), "ill": (1,), "پم": (1,), "پیوند میان ویکی": (1,),
    "convert": (1, 2), "تبدیل": (1, 2), "ب": (1, 2),
}  # fmt: skip
_LANGUAGE_TEMPLATE = re.compile(r"lang-[a-z-]{2,12}|به (?:انگلیسی|عربی|فرانسوی|آلمانی|روسی|ترکی|اسپانیایی|لاتین)")


def template_text(name: str, *arguments: str) -> str:
    """Return the text that a template leaves, nothing for all but a few.

    >>> template_text("lang", "en", "Tehran"), template_text("Infobox", "name=Tehran")
    ('Tehran', '')
    """
    name = " ".join(re.sub("[_\u200c\\s]+", " ", name[:200]).split()).lower()
    name = name.removeprefix("الگو:").removeprefix("template:").strip()
    if name in _SIGN_TEMPLATES:
        return _SIGN_TEMPLATES[name]
    if name.startswith("formatnum:"):
        return name.partition(":")[2]
    places = (1,) if _LANGUAGE_TEMPLATE.fullmatch(name) else _TEXT_TEMPLATES.get(name, ())
    texts = _placed(arguments) if places else []
    shown = [texts[place - 1].strip() for place in places if place <= len(texts)]
    return "\n".join(["", *shown, ""]) if name == "ب" else " ".join(shown)  # which is a verse, in two halves


def _placed(arguments: Sequence[str]) -> list[str]:
    """Return the arguments that have no name but their place."""
    found: list[str] = []
    for argument in arguments:
        key, sign, value = argument.partition("=")
        if not sign or not re.fullmatch(r"[\w\s-]{1,40}", key):
            found.append(argument)
        elif key.strip() == str(len(found) + 1):
            found.append(value)
    return found
