"""The attack corpus: hostile submissions, what each must come to, and the page that shows it.

`python -m tests.attacks` grades all of them on the engine that answers and writes docs/validation/attacks.md.
"""
