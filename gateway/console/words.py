"""The words of pages: what a state, a detector or a kind of incident is called in plain English."""

from __future__ import annotations

from gateway.incident import Standing

STANDINGS = {
    Standing.HELD: "Waiting for a decision",
    Standing.RELEASING: "Being sent",
    Standing.REJECTED: "Refused",
    Standing.DISCARDED: "Not sent",
    Standing.RELEASED: "Sent after a decision",
    Standing.RELAYED: "Sent",
    Standing.OBSERVED: "Sent, only observed",
}
"""What became of a mail or of one recipient."""

COLOURS = {
    Standing.HELD: "yellow",
    Standing.RELEASING: "blue",
    Standing.REJECTED: "red",
    Standing.DISCARDED: "red",
    Standing.RELEASED: "green",
    Standing.RELAYED: "green",
    Standing.OBSERVED: "orange",
}
"""The colour of the tag; the words alone say the same."""
