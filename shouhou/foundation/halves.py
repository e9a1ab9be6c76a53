"""Words that the house itself writes in both languages at once, "中文 / English": the half that the reader reads."""


def half(words: str, language: str) -> str:
    """The English half for who reads English, else the Chinese one; words without halves as they stand."""
    zh, cut, en = words.partition(" / ")
    if not cut:
        return words
    return en if language.lower().startswith("en") else zh
