"""The texts of our own letters: alerts to leads, notices and delivery reports to senders.

Pure: facts about an incident go in, the bytes of a whole mail come out.  No letter carries a word of the mail
it is about: no subject, no text, no figure, no file name.
"""
