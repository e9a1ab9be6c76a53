"""What the rules of conduct announce."""

from shouhou.plumbing.events import event_type

_TEXT = {
    "number": "the record's key", "about": "the case or conversation the text was for", "verdict": "block | flag",
    "codes": "the rules it was held to", "text": "the text, masked",
}  # fmt: skip
CONDUCT_APPEALED = event_type(
    "conduct.appealed", zh="对拦截或标记提出申诉", en="a blocked or flagged text was appealed", author="who", **_TEXT
)
CONDUCT_DECIDED = event_type(
    "conduct.appeal_decided", zh="拦截或标记的申诉有结果", en="the appeal of a text was decided", user="its author, their key",
    outcome="granted | refused", reasons="why", **_TEXT,
)  # fmt: skip
