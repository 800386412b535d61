"""Do 2,000 words still have the terms that they had when the fingerprint was this one?

An index is searched with the analyzer that made it, which its fingerprint tells. So other terms need another one.
"""

from __future__ import annotations

import pytest
from make_golden import changed, escaped, read, unescaped

from searchkit.persian import Analyzer

REMAKE = "run python tests/persian/make_golden.py"


def test_terms_change_with_the_fingerprint_alone():
    fingerprint, known = read()
    analyzer = Analyzer()
    if fingerprint != analyzer.fingerprint:
        pytest.fail(f"the analyzer's fingerprint is no longer {fingerprint} but {analyzer.fingerprint}: {REMAKE}")
    if wrong := changed(known, analyzer):
        some = "\n".join(f"{form}\t{was}\tnow {now}" for form, (was, now) in list(wrong.items())[:10])
        pytest.fail(f"terms changed: raise _RULES (analyzer.py) and {REMAKE}\n{len(wrong)} words:\n{some}")


def test_the_file_holds_what_it_should():
    _, known = read()
    assert len(known) == 2000
    assert all(unescaped(escaped(form)) == form for form in known)
