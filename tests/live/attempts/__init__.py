"""What learners try: for every exercise and every finding but "right", code that follows the situation and earns it.

"right" is the stored solution; where it is listed here too, it is another way to do the exercise. A finding that begins
with "cannot: " may be listed: then the check must say that it cannot judge.
"""

from tests.live.attempts import _01, _02, _03, _04, _07

ATTEMPTS: dict[str, dict[str, str]] = _01.ATTEMPTS | _02.ATTEMPTS | _03.ATTEMPTS | _04.ATTEMPTS | _07.ATTEMPTS
