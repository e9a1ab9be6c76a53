"""What satisfaction announces; the subject is the case."""

from shouhou.plumbing.events import event_type

_CASE = {"number": "the case's number", "service": "the service"}
SURVEY_SENT = event_type(
    "survey.sent", zh="邀请评价", en="the consumer is asked to rate", until="until when it can be rated, RFC 3339", **_CASE
)  # fmt: skip
FOLLOW_UP_ASKED = event_type(
    "follow_up.asked", zh="需要回访", en="a call is owed after a poor rating", grade="1–5", due_at="until when, RFC 3339", **_CASE
)  # fmt: skip
FOLLOW_UP_DONE = event_type(
    "follow_up.done", zh="已回访", en="the call was made", outcome="code", led_to="the case it led to, or empty", **_CASE
)  # fmt: skip
RATING_ANSWERED = event_type("rating.answered", zh="评价有了回复", en="the rating was answered", **_CASE)
