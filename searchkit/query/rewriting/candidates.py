"""What is offered instead of what was typed?"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

RewritingStep: TypeAlias = Literal["keyboard", "script", "spelling", "number", "spacing"]
"""What was changed: the layout of the keyboard, the script, the spelling, how a number is written, or the blanks."""


class Candidate(NamedTuple):
    """Something that the user may have meant.

    Attributes:
        text: What would be searched instead, as it is written; several words are parted by blanks.
        cost: How far that is from what was typed: 0 is the same, 1 is about one plain edit.
        step: What was changed.
    """

    text: str
    cost: float
    step: RewritingStep
