"""What a team announces."""

from shouhou.plumbing.events import event_type

TRAINING_LAPSED = event_type(
    "training.lapsed", zh="培训证书已过期", en="a certificate has lapsed", user="who noted it, their key",
    person="whose", course="which course", course_en="its English title", expired_on="its last day, YYYY-MM-DD",
)  # fmt: skip
SWAP_ASKED = event_type(
    "swap.asked", zh="申请换班", en="a swap of shifts was asked for", user="who is asked, their key", person="who asks",
    day="which day, YYYY-MM-DD", reasons="why",
)  # fmt: skip
SWAP_ENDED = event_type(
    "swap.ended", zh="换班有结果", en="a swap of shifts was settled", user="who asked, their key", day="which day, YYYY-MM-DD",
    state="approved | declined | refused", reasons="why",
)  # fmt: skip
CHECK_DONE = event_type(
    "check.done", zh="质检有结果", en="a quality check has its result", user="whose work it was, their key",
    number="the case or conversation", mean="the mean of the scores",
)  # fmt: skip
