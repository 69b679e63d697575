"""Fuzzing: entry points that take any bytes, seeds to begin with, and a run that keeps what fails and its account.

`python -m tests.fuzz --help` says how to run it.  An input fails by an exception that leaves what it was given to, by
more than `guard.LONGEST` seconds of CPU, or by more than `guard.LARGEST` bytes of memory.
"""
