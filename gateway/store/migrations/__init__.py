"""Migrations: one revision after the other, each written out in full and never edited once released."""
