"""Pure rules of the help centre: words to search by, what an article prints, what may be published."""
