"""Evaluation: labelled publications and mails in, how much is found and how much is held for nothing out.

A folder holds what a department knows of its own past: publications with their documents, mails that leaked them, and
mails that did not.  Everything is registered and decided by the code that serves; nothing of it is kept.
"""
