"""Stems of content words: what of a word makes a label, and the words that say nothing about a figure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from gateway.text import words

STOP: Final = frozenset(
    words("""
    about above after again against all also although among and any are around because been before being below between
    both but can compared could did does down during each either estimated few fewer for found from further had has
    have having her here him his how however into its itself just latest less lower made main many may means might more
    most much must near nearly new not now number numbers off once one only other our out over overall own per cent
    percent percentage percentages points point same she should show showed shown shows since some such than that the
    their them then there these they this those through thus too total two three four five six seven eight nine ten
    under until upon was way well were what when where whether which while who whose why will with within without would
    year years month months quarter quarterly annual yearly period periods previous last first second third half
    million billion thousand thousands trillion figure figures table note notes source office national statistics
    statistic statistical data increase increased increases decrease decreased decreases rise rose risen rises fall fell
    fallen falls grew growth grow change changed changes higher high low highest lowest up drop dropped dropping
    remained average level levels rate rates very according including include includes proportion share amount value
    values accounted estimate estimates against approximately almost around said says say year's yet you your
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec http https www com org html mail email subject
    """)
)
"""Words that stand beside figures of every kind; months stand in every table."""
EVERYDAY: Final = frozenset(
    words("""
    able access account accounts act action add address ago agree answer area areas ask asked away back bad base based
    become begin best better big bit book break bring build business busy buy call called calls car care case cases
    chance check city class clear close code come comes coming comment comments common company complete contact
    content control copy correct cost costs could country course cover create current customer date day days deal
    dear decide design detail details development different difficult directly discuss document does doing done door
    draft early easy effect email end ended ending enough error event every everyone everything example expect
    experience explain fact family far feel field file files fill final find fine five follow following form found
    free friend friends full further game gave general get gets getting give given giving goes going gone good got
    government great group groups guess half hand hands happen happy hard head health hear heard hello help here
    high hold home hope hour hours house however idea image important improve information instead interest internet
    issue issues job join just keep key kind knew know known language large late later law lead learn least leave
    left legal less let letter level life like line link list lists little live local long look looking looks lost
    lot love machine made main make makes making man manage management manager many market matter mean means meet
    meeting member members men message method mind minute minutes miss model money morning move much name names
    national need needed needs net never news next nice night none normal note nothing office offer old ones online
    open option options order others page paid paper part parts party past pay people perhaps person phone place
    plan play please plus point points policy political position possible post power present press pretty price
    private probably problem problems process product program project provide public purpose put question questions
    quick quite rather read reading ready real really reason receive received recent record regards related release
    remember reply report reported request require required research response rest result results return right room
    rule run running safe say search second section see seem seems seen send sent series server service services set
    several share short show side similar simple simply since single site size small social software someone
    something soon sorry sort sound source speak special specific staff stand start started state states step still
    stop story street strong study stuff subject such support sure system systems take taken takes taking talk team
    technology tell term terms test text thank thanks thing things think thinking third thought ticket time times
    title today together told tomorrow tonight took top town travel tried true try trying turn type understand
    university unless update upon use used useful user users uses using usual value various version view visit wait
    walk want wanted wants watch way ways week weeks welcome went whatever white whole wife wish woman women wonder
    word words work worked working works world worth write writing written wrong wrote yes yesterday young
    """)
)
"""Content words of ordinary letters about anything: as labels they tell less than others."""
SUFFIXES: Final = (
    "isations", "isation", "izations", "ization", "ational", "fulness", "ousness", "iveness", "ations", "ation",
    "ements", "ement", "ments", "ment", "ities", "ings", "ances", "ences", "ance", "ence", "ists", "ness", "ated",
    "ates", "ate", "ions", "ion", "ity", "ing", "ies", "ied", "ers", "ors", "est", "ist", "ive", "able", "ible", "als",
    "al", "ed", "er", "or", "es", "ly", "ic", "s", "e", "y",
)  # fmt: skip
"""Longest first; what is left must keep four letters, three for a plural."""


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a lower-case word, empty for one that says nothing about a figure; a year stands for itself."""
    if word in STOP:
        return ""
    for suffix in _BY_LETTER.get(word[-1:], ()):
        if word.endswith(suffix) and len(word) - len(suffix) >= least_left(suffix):
            return word[: -len(suffix)]
    return word


def least_left(suffix: str) -> int:
    """How many letters must be left of a word without a suffix."""
    return 3 if suffix == "s" else 4


_BY_LETTER: Final = {
    letter: tuple(suffix for suffix in SUFFIXES if suffix[-1] == letter)
    for letter in {suffix[-1] for suffix in SUFFIXES}
}
"""The suffixes by their last letter, in their order."""
