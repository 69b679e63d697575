"""The letter with a sign-in link, to somebody who asked for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.letters.form import Heading, compose, paragraph


def sign_in(sender: str, to: str, url: str, lasts: timedelta, now: datetime) -> bytes:
    """A whole mail to `to` with the link `url` on a line of its own; `lasts` is how long it is good."""
    minutes = max(1, round(lasts / timedelta(minutes=1)))
    within = f"{minutes} minutes" if minutes > 1 else "a minute"
    lines = [
        *paragraph("Open this link to sign in to the embargo gateway:"),
        url,
        "",
        *paragraph(
            f"It works once, within {within}. Opening it changes nothing; a button on the page signs you in."
        ),
        *paragraph("If you did not ask for it, there is nothing to do. Do not forward this mail."),
    ]
    subject = "[embargo-gateway] Your sign-in link"
    # The Message-ID must not be derived from what signs in.
    return compose(Heading(sender, to, subject, ("sign-in", to), now), lines)
