"""A learner's progress, made by hand: some exercises done, one tried, and some of a newer version."""

from etcdlearn.teach.exercises import EXERCISES
from etcdlearn.teach.progress import Progress

FIRST, SECOND, _, FOURTH = list(EXERCISES)[:4]
SOME = Progress(frozenset({FIRST, FOURTH, "42.1"}), frozenset({SECOND, "42.2"}))
