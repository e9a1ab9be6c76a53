"""What reconciliation refuses."""

from shouhou.foundation.refusals import refusal

STATEMENT_UNREADABLE = refusal(
    "STATEMENT_UNREADABLE", "invalid",
    zh="这不是该渠道的对账单，或文件不完整：{reason}", en="This is no statement of that channel, or it is cut off: {reason}",
)  # fmt: skip
STATEMENT_CHANNEL = refusal(
    "STATEMENT_CHANNEL", "invalid",
    zh="渠道 {channel} 没有可读取的对账单，或尚未设置；可用：{known}。",
    en="Channel {channel} has no statements that can be read, or is not set up; there are: {known}.",
)  # fmt: skip
STATEMENT_DAY = refusal(
    "STATEMENT_DAY", "invalid",
    zh="对账单没有任何明细，请注明日期。", en="The statement has no lines; say which day it is of.",
)  # fmt: skip
STATEMENT_TOO_LARGE = refusal(
    "STATEMENT_TOO_LARGE", "too_large",
    zh="文件过大，最多 {most_megabytes} MB；更大的请用命令行导入。",
    en="The file is too large; at most {most_megabytes} MB. Larger ones are taken by the command.",
)  # fmt: skip
DIFFERENCE_NOT_FOUND = refusal(
    "DIFFERENCE_NOT_FOUND", "not_found", zh="没有找到差异 {id}。", en="There is no difference {id}."
)
DIFFERENCE_OVER = refusal(
    "DIFFERENCE_OVER", "conflict",
    zh="该差异已不在可处理的状态（当前：{state}），请刷新。",
    en="This difference is not to be worked any more (now {state}); reload the page.",
)  # fmt: skip
DIFFERENCE_WAY = refusal(
    "DIFFERENCE_WAY", "invalid",
    zh="这种差异不能这样了结。可选：{ways}。", en="A difference of this kind cannot be settled like that. Possible: {ways}.",
)  # fmt: skip
DIFFERENCE_PROOF = refusal(
    "DIFFERENCE_PROOF", "invalid",
    zh="请写明原因和凭证（如流水号），各不超过 500 字。", en="Say why, and give the proof (a reference); at most 500 characters each.",
)  # fmt: skip
DIFFERENCE_NOT_ASKABLE = refusal(
    "DIFFERENCE_NOT_ASKABLE", "conflict",
    zh="这笔差异没有可向渠道查询的编号。", en="There is no key under which the channel could be asked about this.",
)  # fmt: skip
DIFFERENCE_SECOND_PERSON = refusal(
    "DIFFERENCE_SECOND_PERSON", "forbidden",
    zh="须由另一人复核：提出了结方案的人不能复核。", en="A second person must approve: not the one who proposed it.",
)  # fmt: skip
PROOF_DAY = refusal(
    "PROOF_DAY", "invalid",
    zh="{day} 还没有结束，不能日结。", en="{day} is not over yet and cannot be proven.",
)  # fmt: skip
