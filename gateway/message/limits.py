"""Every limit on reading one mail, in one place, each with its reason.

A limit that is reached never hides anything in silence: the place is named as unreadable, `too-deep` or `too-large`.
"""

from __future__ import annotations

from typing import Final

DEPTH: Final = 30
"""Parts within parts.  Forwards of forwards reach about 10; every level costs one look-up a boundary line."""

PARTS: Final = 1_000
"""Parts of one mail.  A digest of a busy list has some 200; readers of mail slow down well before 1,000."""

BOUNDARIES: Final = 8
"""Boundaries that contradicting headers may name for one multipart; readers take one of the first two."""

HEADER_BYTES: Final = 262_144
"""One header block.  Exchange refuses more than 256 KiB, so no ordinary mail has more."""

LATE_FIELDS: Final = 16_384
"""Bytes below a first line that is no header in which fields are looked for: a few lines of junk are far shorter."""

ENCODED_WORDS: Final = 20_000
"""RFC 2047 words of one header block; 256 KiB of the shortest ones would still be decoded in well under a second."""

PARAMETERS: Final = 1_000
"""Parameters of one header field: RFC 2231 pieces of a long file name come to some tens."""

COMMENTS: Final = 5_000
"""Opening brackets of one header block.  A long way through many servers leaves some hundred."""

FOUND: Final = 10_000
"""Files in texts, and files in those, which are read once each.  A page with its pictures in it has some hundreds."""

FOUND_WITHIN: Final = 33_554_432
"""Bytes of files in texts that stand in such files themselves: a page in a page, a mail pasted into a mail."""

LINKS: Final = 20_000
"""Addresses behind what a mail or a document shows.  A large index page has some 5,000."""

STRAY_SIGNS: Final = 100_000
"""Equals signs in quoted-printable that encode nothing.  A table drawn with them has some thousands; each is read in
four ways, at half a microsecond."""

TRANSFER_SEGMENTS: Final = 10_000
"""Pieces of one base64 text that padding cuts apart; an encoder that pads every line of a 700 KB file makes as many."""

ARCHIVES: Final = 8
"""Archives within one another, compressed files among them; backups of backups people mail come to three."""

MEMBERS: Final = 5_000
"""Members of one archive or package.  A workbook with 300 sheets and their drawings has about 1,500."""

FILES: Final = 5_000
"""Files in all that one document may hold at any depth: each takes about 30 microseconds, however small it is."""

ARCHIVES_IN_ALL: Final = 500
"""Archives in one document at any depth; a folder of compressed logs has some hundred.  Each may take a millisecond."""

EXPANDED_BYTES: Final = 268_435_456
"""Bytes that all members of one document may inflate to: ten times the largest mail most servers take."""

EXPANSION: Final = 1_000
"""Inflated by packed size of one member.  Deflate reaches 1,032; sheets of zeros that people make stay below 300."""

EXPANSION_FREE_BYTES: Final = 4_194_304
"""Members up to this size may have any ratio: they cost nothing, and a small empty bitmap is no bomb."""

DICTIONARY: Final = 134_217_728
"""Bytes of memory that one stream of lzma may ask for: 7-Zip takes 64 MiB at its best setting, xz as much."""

LOOSE_BYTES: Final = 65_536
"""Of bytes that belong to nothing in a file, how many are looked at to see whether they say something."""

NESTED_DOCUMENTS: Final = 4
"""Documents within documents, archives not counted: a workbook in a slide in a report in a mail."""

TEXT_CHARACTERS: Final = 67_108_864
"""Characters of text taken from one mail, and from one document; a novel has one million."""

TEXT_BYTES: Final = 2 * TEXT_CHARACTERS
"""Bytes of one text that are decoded: two for each character that may be taken of it."""

XML_DEPTH: Final = 512
"""Elements within elements of one XML part; Word stays below 60."""

HTML_WORK: Final = 100_000_000
"""Tags of one HTML text times how deep they nest.  The parser walks the open tags for each new one: this is 0.4 s."""

HTML_TAGS: Final = 2_000_000
"""Tags of one page, closing ones counted.  A workbook of 300,000 cells saved as a page has some 700,000."""

STYLE_RULES: Final = 20_000
"""Rules of the style sheets of one page that are looked at.  Newsletters have some hundreds."""

HIDDEN_NODES: Final = 50_000
"""Elements of a page that its styles may hide or write around: a tenth of a second; long threads have thousands."""

STYLE_WORK: Final = 20_000_000
"""Selectors of one page times its tags: half a second.  A newsletter of 500 rules and 3,000 tags comes to 1,500,000."""

SALTED_CHARACTERS: Final = 500_000
"""Characters of a page in which words that elements interrupt are looked for: a second where it is nothing else."""

ARRANGED: Final = 8_000_000
"""Characters of elements that are put into another order, those around one another counted each; a page has 100,000."""

TURNED_LINES: Final = 20_000
"""Lines of a page that are also read from the last to the first, where it is turned around."""

CHAIN_SECTORS: Final = 1_048_576
"""Sectors of one stream of a compound file: 512 MiB of 512 byte sectors, and the end of chains that run in circles."""

SPINS: Final = 1_000_000
"""How often a password may be hashed for one file: Office does it 100,000 times, which takes a tenth of a second."""

FIRST_RECORDS: Final = 200
"""Records of an old workbook among which its lock is looked for: it stands behind the first, or a few later."""

SETTINGS: Final = 4_096
"""Bytes of an object that may be of any form: buttons and fields keep their settings in some hundred."""

PIXELS: Final = 120_000_000
"""Pixels of one picture, or of all its layers at once.  The best camera of a telephone makes 108 million; unpacked in
colour this many take 360 MB."""

FRAMES_IN_ALL: Final = 5_000
"""Pictures in one moving picture, pages of one fax: a minute of the fastest that browsers play has 3,000."""

FRAMES: Final = 10
"""Pictures of a moving one, or pages, whose words are read; a second each.  The rest is named."""

READ_PIXELS: Final = 8_000_000
"""Pixels of what is given to whoever reads words: a page at 300 dots to the inch has as many; more tells no more."""

WORD_WIDTH: Final = 64
"""Pixels.  A figure with a word beside it, in the smallest type of a screen, is wider; icons and dots are not."""

WORD_HEIGHT: Final = 14
"""Pixels.  A line of the smallest type of a screen; rules and spacers are lower."""

REUSED: Final = 100_000
"""Characters that a drawing shows by using parts of itself again, and pieces it is made of; a page has some 3,000."""

PDF_PICTURES: Final = 200
"""Pictures of one PDF file that are taken up: a scan of a report has one or two to a page."""

PDF_STREAMS: Final = 50_000
"""Streams of one PDF file that are looked through, at 20 microseconds each.  A book of 5,000 pages has some 20,000."""

PDF_REVISIONS: Final = 12
"""Earlier states of a PDF file that are read: forms and signatures add one or two, a circulated draft ten."""

NAMED_CHARSET: Final = 262_144
"""Bytes of a page in which the charset that it names is looked for.  Browsers look at 1,024 bytes; some look on."""

IWORK_DEPTH: Final = 24
"""Messages within messages of one record of Pages, Numbers or Keynote: a table in a page in a section comes to ten."""
