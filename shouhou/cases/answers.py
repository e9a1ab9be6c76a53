"""What was answered, held against what the move asks for; pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from shouhou.cases.refusals import ANSWERS_INVALID
from shouhou.foundation.refusals import FieldError, Refused, refused
from shouhou.foundation.workflow import Ask

TEXT_MOST = 2000
ITEMS_MOST = 200
MONEY_MOST = 10**12
DEPTH_MOST = 8


def take_answers(asks: Sequence[Ask], answers: Mapping[str, object]) -> dict[str, object]:
    """The answers, cleaned. Raises ANSWERS_INVALID with one error per field; unknown fields are refused too."""
    errors: list[FieldError] = []
    taken: dict[str, object] = {}
    known = {ask.field: ask for ask in asks}
    for name in answers:
        if name not in known:
            errors.append(FieldError(name, "没有这一项。", "There is no such field."))
    for ask in asks:
        value = answers.get(ask.field)
        if value is None or value == "" or value == []:
            if ask.required:
                errors.append(FieldError(ask.field, f"请填写{ask.label.zh}。", f"Give: {ask.label.en}."))
            continue
        try:
            taken[ask.field] = _take(ask, value)
        except _Wrong as wrong:
            errors.append(FieldError(ask.field, wrong.zh, wrong.en))
    if errors:
        raise invalid(*errors)
    return taken


def storable(value: object, depth: int = 0) -> bool:
    """Whether the database can hold every text inside: no NUL, no half of a surrogate pair, not nested without end."""
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, dict):
        return depth < DEPTH_MOST and all(storable(key, depth + 1) and storable(value[key], depth + 1) for key in value)
    if isinstance(value, list | tuple):
        return depth < DEPTH_MOST and all(storable(each, depth + 1) for each in value)
    return True


def invalid(*errors: FieldError) -> Refused:
    return refused(ANSWERS_INVALID, *errors)


class _Wrong(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def _is_text(value: str) -> bool:
    if value.isascii():
        return "\x00" not in value
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _take(ask: Ask, value: object) -> object:
    if not storable(value):
        raise _Wrong("含有无法保存的字符或层级过深。", "It holds a character that cannot be kept, or is nested too deep.")
    match ask.type:
        case "text":
            most = ask.most or TEXT_MOST
            if not isinstance(value, str) or "\x00" in value:
                raise _Wrong("应为文字。", "It must be text.")
            if len(value.strip()) > most:
                raise _Wrong(f"最多 {most} 字。", f"At most {most} characters.")
            if ask.required and not value.strip():
                raise _Wrong(f"请填写{ask.label.zh}。", f"Give: {ask.label.en}.")
            return value.strip()
        case "choice":
            if not isinstance(value, str) or len(value) > 120 or (ask.choices and value not in ask.choices):
                raise _Wrong("请从选项中选择。", "Choose one of: " + ", ".join(ask.choices) + ".")
            return value
        case "number" | "money":
            most = ask.most or MONEY_MOST
            number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 else value
            if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= most:
                raise _Wrong(f"应为 0 到 {most} 的整数。", f"It must be a whole number from 0 to {most}.")
            return number
        case "boolean":
            if not isinstance(value, bool):
                raise _Wrong("应为是或否。", "It must be true or false.")
            return value
        case "date" | "instant":
            try:
                day = date.fromisoformat(str(value)) if ask.type == "date" else datetime.fromisoformat(str(value))
            except ValueError:
                raise _Wrong("日期或时间不存在。", "There is no such date or time.") from None
            if isinstance(day, datetime) and day.tzinfo is None:
                raise _Wrong("时间须带时区。", "An instant needs an offset.")
            return day.isoformat()
        case "files":
            if not isinstance(value, list | tuple) or not all(isinstance(each, str) and len(each) <= 60 for each in value):
                raise _Wrong("应为上传文件的编号。", "It must be tokens of uploaded files.")
            if len(value) > (ask.most or 9):
                raise _Wrong(f"最多 {ask.most or 9} 个文件。", f"At most {ask.most or 9} files.")
            return list(value)
        case "items":
            if not isinstance(value, list | tuple) or len(value) > ITEMS_MOST or not all(isinstance(i, dict) for i in value):
                raise _Wrong("应为逐件列表。", "It must be a list of items.")
            return list(value)
        case "address" | "checklist":
            if not isinstance(value, dict) or len(value) > 40 or len(str(value)) > 4000:
                raise _Wrong("格式不对。", "It must be an object.")
            if ask.choices and set(value) - set(ask.choices):
                raise _Wrong("清单里没有这一项。", "It is not on the list: " + ", ".join(ask.choices) + ".")
            return {str(key): str(each)[:240] for key, each in value.items()}
    raise _Wrong("不支持的类型。", "Unknown type.")
