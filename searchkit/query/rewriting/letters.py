"""How do many words lie as columns of numbers, and which of them can be near a word?

A letter is a number below 64; a word is a row of them, and a signature: which sounds are in it, and which more than
once. An edit changes few bits of a signature, so that most words are ruled out without a look at their letters.

>>> alphabet = Alphabet(["ا", "ب", "ت", "ث"], ["ت ث"])
>>> matrix = LetterMatrix.of(["اب", "باب", "ثاب"], alphabet)
>>> matrix.near(alphabet.encode(["تاب"]), most_bits=0, most_letters=1).tolist()
[2]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

LONGEST_WORD = 24
"""Letters of the longest word that is compared."""

MOST_LETTERS = 63
"""Letters that an alphabet may have."""

_POINTS = 0x800
"""Code points that letters are looked for among: all of the Latin, Greek, Cyrillic and Arabic alphabets."""
_AT_ONCE = 1 << 14
"""Words that are made numbers at once."""
_TWICE = 32
"""The bit of a sound that a word has more than once stands so many places above that of one it has."""

Codes: TypeAlias = npt.NDArray[np.uint8]
Rows: TypeAlias = npt.NDArray[np.intp]


class Alphabet:
    """The letters of words, numbered from 1 in the order given; 0 stands after the end of a word.

    Args:
        letters: Single characters below U+0800, `MOST_LETTERS` at most.
        same: Groups of letters, parted by blanks, that are one sound: putting one for another changes no signature.

    Raises:
        ValueError: There are too many letters, or one that is no such character.
    """

    def __init__(self, letters: Sequence[str], same: Iterable[str] = ()) -> None:
        if len(letters) > MOST_LETTERS or any(len(letter) != 1 or ord(letter) >= _POINTS for letter in letters):
            raise ValueError("an alphabet has at most 63 letters, each a character below U+0800")
        self.letters = tuple(letters)
        self.codes = {letter: code for code, letter in enumerate(self.letters, 1)}
        self._table = np.full(_POINTS + 1, MOST_LETTERS + 1, np.uint8)
        self._table[0] = 0
        self._table[[ord(letter) for letter in letters]] = np.arange(1, len(letters) + 1)
        sound = {letter: letter for letter in letters}
        for group in same:
            first, *others = group.split()
            sound |= dict.fromkeys(others, sound[first])
        bits = {each: np.uint64(1 << at % _TWICE) for at, each in enumerate(dict.fromkeys(sound.values()))}
        self._bits = np.zeros(MOST_LETTERS + 2, np.uint64)
        self._bits[1 : len(letters) + 1] = [bits[sound[letter]] for letter in letters]

    def encode(self, words: Sequence[str]) -> Codes:
        """Return the numbers of the letters of words, a row each of `LONGEST_WORD`.

        The row of a word that is longer, or has a character that is none of the letters, is empty: all 0.
        """
        parts = [self._encode(words[at : at + _AT_ONCE]) for at in range(0, len(words), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, LONGEST_WORD), np.uint8)

    def _encode(self, words: Sequence[str]) -> Codes:
        width = LONGEST_WORD + 1
        text = "".join([word[:width].ljust(width, "\0") for word in words])
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        codes: Codes = self._table[np.minimum(points, _POINTS)].reshape(-1, width)
        ends = codes == 0
        known = (codes <= MOST_LETTERS).all(axis=1) & ends[:, -1]
        known &= ~(ends[:, :-1] & ~ends[:, 1:]).any(axis=1)  # a NUL inside a word is not its end
        codes[~known] = 0
        return codes[:, :-1]

    def signatures(self, codes: Codes) -> npt.NDArray[np.uint64]:
        """Return which sounds each row has, a bit each, and, in the upper half, which it has more than once."""
        once, twice = np.zeros((2, len(codes)), np.uint64)
        for column in codes.T:
            bits = self._bits[column]
            twice |= once & bits
            once |= bits
        return once | twice << np.uint64(_TWICE)


class LetterMatrix(NamedTuple):
    """The letters of many words.

    Attributes:
        alphabet: What the numbers mean.
        codes: The numbers of the letters of each word, a row each.
        lengths: How many letters each word has: 0 for one that is not compared.
        signatures: What `Alphabet.signatures` says of each word.
    """

    alphabet: Alphabet
    codes: Codes
    lengths: Codes
    signatures: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, words: Sequence[str], alphabet: Alphabet) -> LetterMatrix:
        """Return the letters of words, in their order."""
        codes = alphabet.encode(words)
        return cls(alphabet, codes, np.count_nonzero(codes, axis=1).astype(np.uint8), alphabet.signatures(codes))

    def followed_by(self, more: LetterMatrix, words: int) -> LetterMatrix:  # noqa: ARG002 (there is a row a word)
        """Return these with those of other words after them."""
        return LetterMatrix(
            self.alphabet,
            np.concatenate([self.codes, more.codes]),
            np.concatenate([self.lengths, more.lengths]),
            np.concatenate([self.signatures, more.signatures]),
        )

    def near(self, typed: Codes, most_bits: int, most_letters: int) -> Rows:
        """Return the rows of words whose signature and length differ by no more from those of the one typed row."""
        length = np.count_nonzero(typed)
        bits = np.bitwise_count(self.signatures ^ self.alphabet.signatures(typed))
        near = bits <= most_bits
        near &= np.abs(self.lengths.astype(np.int8) - np.int8(length)) <= most_letters
        near &= self.lengths > 0
        return np.flatnonzero(near)
