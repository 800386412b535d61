"""What is stored of a document is no more than can be read again without taking memory without bound."""

import pytest

from searchkit.engines.whoosh.format.stored import Line, _unpack, pack
from searchkit.errors import DocumentError

MANY = 1 << 21
TOO_MUCH = {
    "a text": "x" * (1 << 26),
    "values": [0] * MANY,
    "lists": Line(b"[" + b"[]," * MANY + b"0]"),
    "objects": Line(b"[" + b'{"a":0},' * (MANY // 2) + b"0]"),
}


@pytest.mark.parametrize("value", TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much_for_one_document_is_refused_where_it_is_written_and_read(value):
    with pytest.raises(DocumentError, match="divide it"):
        pack({"value": value})
    if isinstance(value, Line):
        with pytest.raises(ValueError):  # noqa: PT011 (who reads the file says what is wrong)
            _unpack(b'{"value":' + value + b"}")


@pytest.mark.parametrize("value", ["x" * (1 << 22), ',[{"\\' * MANY, [0] * (MANY // 2)], ids=["long", "marks", "many"])
def test_a_long_text_is_none_of_these_whatever_stands_in_it(value):
    assert _unpack(pack({"value": value})) == {"value": value}
