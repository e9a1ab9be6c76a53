"""The help centre: articles in two languages with versions, printed with the policy's live values, and their search."""
