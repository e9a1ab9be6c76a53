"""The rules of conduct: a text and its facts in, a verdict with codes and spans out. Pure."""

from shouhou.conduct.rules.lexicon import Detector, Lexicon
from shouhou.conduct.rules.screening import ACTIONS, CODES, Hit, Screening, screen

__all__ = ["ACTIONS", "CODES", "Detector", "Hit", "Lexicon", "Screening", "screen"]
