"""The exercises: each judges a store, and says what it found by the name of a sentence in ``words/``."""

from etcdlearn.teach.exercises import _01_connect, _02_put_and_get, _03_ranges, _04_leases, _07_watch
from etcdlearn.teach.exercises._exercise import Exercise, Finding

LESSONS = (_01_connect, _02_put_and_get, _03_ranges, _04_leases, _07_watch)
EXERCISES: dict[str, Exercise] = {each.id: each for lesson in LESSONS for each in lesson.EXERCISES}

__all__ = ["EXERCISES", "Exercise", "Finding"]
