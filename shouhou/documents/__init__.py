"""Paper: forms to print, filled or blank, and scanned forms waiting to be keyed in."""
