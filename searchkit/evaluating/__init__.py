"""How well does an index answer topics with judgments?

`read_topics` and `read_qrels` read the forms of TREC, TSV and JSON Lines. `evaluate` asks an index and measures its
answers; `evaluate_run` measures those that another program has given (`read_run`).
"""

from searchkit.evaluating.evaluation import Evaluation, evaluate, evaluate_run
from searchkit.evaluating.files import read_qrels, read_run, read_topics
from searchkit.evaluating.measures import MEASURES, Measures, Qrels, Run
from searchkit.evaluating.runs import DEPTH, Topics, answers, trec_lines

__all__ = [
    "DEPTH",
    "MEASURES",
    "Evaluation",
    "Measures",
    "Qrels",
    "Run",
    "Topics",
    "answers",
    "evaluate",
    "evaluate_run",
    "read_qrels",
    "read_run",
    "read_topics",
    "trec_lines",
]
