"""Whether a text is English, by its commonest words; the judge reads no other language and has to say so."""

import re

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    _WORD.findall(
        "the a of to is are be we if for and or with by it this that not as at when than no our from after before "
        "would will must can has have do which then until over under each every all any only"
    )
)
# Common words of other languages in Latin letters that are no English words.
_FOREIGN = frozenset(
    _WORD.findall(
        "der die und ist das nicht wir ein eine mit von auf den dem des im zu für werden wird nach bei oder wenn "
        "le les et est une nous dans pour sur avec pas du au que qui sont "
        "el los las una con del como más lo nos cuando il di che sono della gli alla ogni "
        "het een van niet wij voor met op zijn wordt uma não com para em dos nas quando "
        "och att är inte vi som på av med nie się jest oraz dla jeśli przez od"
    )
)
FEWEST_WORDS = 8


def looks_english(text: str) -> bool:
    """False where most letters are not Latin, or common words of another language outnumber the English ones.

    A text of fewer than eight words is given the benefit of the doubt unless its letters speak against it.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    letters = "".join(words)
    if letters and sum(letter < "\u0250" for letter in letters) * 2 < len(letters):
        return False
    if len(words) < FEWEST_WORDS:
        return True
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    return foreign * 20 < len(words) or foreign <= english
