"""Bytes to a message: everything that can be read of a mail, and a mark wherever something cannot."""

from __future__ import annotations

from gateway.message.documents import extract, prepare
from gateway.message.gathered import Reading
from gateway.message.leaves import Collector
from gateway.message.reader import read
from gateway.model import Document

__all__ = ["Collector", "Document", "Reading", "extract", "prepare", "read"]
