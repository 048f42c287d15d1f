"""The corpus: honest and forged photos made by code, and the real ones of the samples.

`python -m tests.corpus` measures every check on it. A kind is declared once (`kinds.py`), each of
its cases follows from the kind's name and a number, so that a case that fails fails again.
"""
