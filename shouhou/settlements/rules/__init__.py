"""What follows from numbers alone."""

from shouhou.settlements.rules.parts import PARTS, Line, part_of, summed, to_draw, to_pay

__all__ = ["PARTS", "Line", "part_of", "summed", "to_draw", "to_pay"]
