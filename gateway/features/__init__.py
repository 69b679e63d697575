"""Features: what of a text is compared with what is registered (runs of words, figures with their labels, links).

Pure: text in, arrays of keyed 64-bit numbers out; and the indexes in which a mail's features are looked up.
"""
