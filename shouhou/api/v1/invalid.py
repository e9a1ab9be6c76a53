"""Pydantic's findings as fields and sentences in both languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from shouhou.foundation.refusals import FieldError

MOST_ERRORS = 50
# Pydantic's error type → what a person is told; {name} comes from the error's own context.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("必填。", "This is required."),
    "extra_forbidden": ("未知字段。", "This field is not known."),
    "string_type": ("应为文本。", "This must be text."),
    "string_too_short": ("至少 {min_length} 个字符。", "At least {min_length} characters."),
    "string_too_long": ("最多 {max_length} 个字符。", "At most {max_length} characters."),
    "string_pattern_mismatch": ("格式不符。", "The format is not right."),
    "string_unicode": ("含有无效字符。", "This has invalid characters."),
    "int_type": ("应为整数。", "This must be a whole number."),
    "int_parsing": ("应为整数。", "This must be a whole number."),
    "int_parsing_size": ("数值过大。", "The number is too large."),
    "int_from_float": ("应为整数。", "This must be a whole number."),
    "bool_type": ("应为 true 或 false。", "This must be true or false."),
    "bool_parsing": ("应为 true 或 false。", "This must be true or false."),
    "float_type": ("应为数字。", "This must be a number."),
    "finite_number": ("应为有限的数字。", "This must be a finite number."),
    "greater_than": ("必须大于 {gt}。", "This must be greater than {gt}."),
    "greater_than_equal": ("不得小于 {ge}。", "This must not be less than {ge}."),
    "less_than": ("必须小于 {lt}。", "This must be less than {lt}."),
    "less_than_equal": ("不得大于 {le}。", "This must not be more than {le}."),
    "list_type": ("应为数组。", "This must be a list."),
    "dict_type": ("应为对象。", "This must be an object."),
    "mapping_type": ("应为对象。", "This must be an object."),
    "model_type": ("应为对象。", "This must be an object."),
    "model_attributes_type": ("应为对象。", "This must be an object."),
    "too_short": ("至少 {min_length} 项。", "At least {min_length} items."),
    "too_long": ("最多 {max_length} 项。", "At most {max_length} items."),
    "literal_error": ("可选值：{expected}。", "Possible values: {expected}."),
    "enum": ("可选值：{expected}。", "Possible values: {expected}."),
    "datetime_type": ("应为带时区偏移的 RFC 3339 时刻。", "This must be an RFC 3339 instant with offset."),
    "datetime_parsing": ("不是有效的 RFC 3339 时刻。", "This is not a valid RFC 3339 instant."),
    "datetime_from_date_parsing": ("不是有效的 RFC 3339 时刻。", "This is not a valid RFC 3339 instant."),
    "datetime_object_invalid": ("不是有效的时刻。", "This is not a valid instant."),
    "timezone_aware": ("时刻必须带时区偏移。", "The instant needs an offset."),
    "date_type": ("应为日期（YYYY-MM-DD）。", "This must be a day (YYYY-MM-DD)."),
    "date_parsing": ("不是有效的日期（YYYY-MM-DD）。", "This is not a valid day (YYYY-MM-DD)."),
    "date_from_datetime_parsing": ("不是有效的日期（YYYY-MM-DD）。", "This is not a valid day (YYYY-MM-DD)."),
    "date_from_datetime_inexact": ("不是有效的日期（YYYY-MM-DD）。", "This is not a valid day (YYYY-MM-DD)."),
    "url_parsing": ("不是有效的网址。", "This is not a valid address."),
    "recursion_loop": ("嵌套过深。", "This is nested too deeply."),
}


def field_errors(errors: Sequence[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """Each error with its dotted path in the caller's own input; the first fifty."""
    return tuple(_field_error(error) for error in errors[:MOST_ERRORS])


def _field_error(error: Mapping[str, Any]) -> FieldError:
    path = _path(error.get("loc", ()))
    context = error.get("ctx") or {}
    sentence = SENTENCES.get(str(error.get("type")))
    if sentence is None:
        reason = str(context.get("error") or error.get("msg") or "")[:200]
        # Our own validators say both languages, parted by " / ".
        zh, _, en = reason.partition(" / ")
        return FieldError(path, zh if en else f"值不正确：{reason}", en or reason)
    zh, en = sentence
    return FieldError(path, zh.format_map(_Context(context)), en.format_map(_Context(context)))


def _path(loc: Sequence[str | int]) -> str:
    """("body", "input", "lines", 0, "quantity") → lines[0].quantity; the source and the parameter's name are ours."""
    source, *rest = loc or ("",)
    parts = rest[1:] if source == "body" and rest else rest
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return (text or str(rest[0] if rest and source != "body" else source))[:200]


class _Context(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
