"""Where in a text do the words stand that answer a query? Only the written forms that may hold them are looked at.

The memory knows these forms by the terms. A text is met as a set of forms, and where one stands is asked of few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from searchkit.documents import Span, Token
from searchkit.persian.forms.form import tokens_of
from searchkit.persian.forms.memory import KEY, FormInfo, FormWords, KnownForms, Memory, places, units
from searchkit.persian.terms import Wanted


class Finder:
    """Finds what is wanted, in one text after another. Not safe to share between threads.

    Attributes:
        wanted: What is looked for.
    """

    def __init__(self, memory: Memory, wanted: Wanted) -> None:
        self._memory = memory
        self.wanted = wanted
        self._known = KnownForms()
        self._size = 0  # of what was known when these were all the forms that hold a wanted term:
        self._holders: set[str] = set()

    def find(self, text: str) -> list[Token]:
        """Return those tokens of `Analyzer.analyze(text)` whose terms are wanted.

        Of a form longer than `LONGEST_LOOKED_AT` those in the rest of it are left out, and counted as no positions.
        """
        written = text.split()
        forms = set(written)
        known = self._memory.learn(forms)
        infos, binding = known.infos, known.binding
        holding = self._holding(forms, known)
        heeded = places(written, holding | forms & known.special)
        joined = units(written, infos, [at for at in heeded if written[at] in binding])
        begins = _begins(text, written, [at for at in heeded if written[at] in holding])
        found: list[Token] = []
        done = more = 0  # more words than written forms so far
        near = stop = 0  # a form, and where it is the next one
        for at in heeded:
            if at < done:
                continue
            if at in joined:
                first, done = joined[at]
                words = self._memory.together(" ".join(written[first:done]))
                if any(self.wanted.meets(word.terms) for word in words):
                    start, stop = _span(text, stop, written[near:first], written[first:done])
                    near = done
                    found += self._tokens(text, start, first + more, self._memory.together(text[start:stop]))
                more += len(words) - (done - first)
                continue
            form = written[at]
            terms, _, _, start, end, key, lemma, words = infos[form]
            if at in begins:
                near, stop = at, begins[at]
                if key:
                    found.append(Token(form[start:end], stop + start, stop + end, at + more, key, lemma, terms))
                else:
                    found += self._tokens(text, stop, at + more, words)
            more += 0 if key else len(words) - 1
        return found

    def _tokens(self, text: str, begin: int, position: int, words: FormWords) -> list[Token]:
        """Return the tokens that are wanted of words written from `begin` on."""
        return [token for token in tokens_of(words, text, begin, position) if self.wanted.meets(token.terms)]

    def _holding(self, forms: set[str], known: KnownForms) -> set[str]:
        """Return the forms that may hold something wanted."""
        if known is not self._known or len(known.infos) > self._size:
            self._known, self._size = known, len(known.infos)
            self._holders = set().union(*[known.forms_by_term.get(term, ()) for term in self.wanted.terms])
            for sought, _, _ in self.wanted.placed:
                forms_with = set().union(*[known.forms_by_term.get(term, ()) for term in sought])
                self._holders |= {form for form in forms_with if self._may_meet(known.infos[form])}
        holding = forms & self._holders
        if prefixes := self.wanted.prefixes:
            infos = known.infos
            holding |= {form for form in forms if not infos[form][KEY] or infos[form][KEY].startswith(prefixes)}
        return holding

    def _may_meet(self, info: FormInfo) -> bool:
        """Tell whether a form holds something wanted, if it is one word; of others each word is looked at."""
        return not info[KEY] or self.wanted.meets(info[0])


def _begins(text: str, written: Sequence[str], heeded: Iterable[int]) -> dict[int, int]:
    """Return where the forms at some places begin.

    The places must be all those of each form that is at one of them: from where it would begin if there were one blank
    between each two forms, the next time that it stands alone is the right one.
    """
    begins: dict[int, int] = {}
    padded = f"{text} "
    last = begin = 0
    for at in heeded:
        form = written[at]
        begin += len(" ".join(written[last:at])) + (at > last)
        begin = padded.index(form, begin)
        while not (padded[begin - 1].isspace() and padded[begin + len(form)].isspace()):  # -1 is a blank as well
            begin = padded.index(form, begin + 1)
        begins[at] = begin
        last = at
    return begins


def _span(text: str, begin: int, passed: Iterable[str], written: Sequence[str]) -> Span:
    """Return the span of written forms in a row that follow those to be passed, the first of which is next."""
    for form in passed:
        begin = text.index(form, begin) + len(form)
    start = end = text.index(written[0], begin)
    for form in written:
        end = text.index(form, end) + len(form)
    return start, end
