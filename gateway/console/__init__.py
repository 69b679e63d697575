"""The console: pages for leads, deputies and heads of profession, for operators and auditors.

`desk` is what every page works with, `guard` says who asks and whether a form may be believed, `rendering` makes the
answer, `app` puts the pages together and `server` serves them inside the office process.  No page needs a script.
"""
