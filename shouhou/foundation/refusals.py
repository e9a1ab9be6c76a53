"""A refusal is an anticipated no: a code, the facts, and a sentence in both languages."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "invalid", "unauthenticated", "forbidden", "not_found", "conflict", "too_many", "too_large",
    "malformed", "not_allowed", "unavailable", "broken",
]  # fmt: skip
HTTP_STATUS: dict[Kind, int] = {
    "invalid": 422, "unauthenticated": 401, "forbidden": 403, "not_found": 404, "conflict": 409, "too_many": 429,
    "too_large": 413, "malformed": 400, "not_allowed": 405, "unavailable": 503, "broken": 500,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What can be refused: `zh` and `en` say what is wrong and what to do; `{name}` is filled from the facts."""

    code: str
    kind: Kind
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: `field` is a dotted path in the caller's own input."""

    field: str
    zh: str
    en: str


REFUSALS: dict[str, Refusal] = {}


def refusal(code: str, kind: Kind, *, zh: str, en: str) -> Refusal:
    """Declare a refusal beside its raiser. Raises ValueError when the code is taken by another sentence."""
    new = Refusal(code, kind, zh, en)
    if REFUSALS.setdefault(code, new) != new:
        raise ValueError(f"refusal {code} is declared twice")
    return new


@dataclass(eq=False)
class Refused(Exception):
    """Raised for every anticipated failure; doors map it to problem+json or to a sentence on the page."""

    refusal: Refusal
    facts: dict[str, object] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()

    @property
    def code(self) -> str:
        return self.refusal.code

    @property
    def status(self) -> int:
        return HTTP_STATUS[self.refusal.kind]

    def sentence(self, language: str) -> str:
        """The sentence in `language` ("en…", anything else is Chinese)."""
        text = self.refusal.en if language.lower().startswith("en") else self.refusal.zh
        return text.format_map(_Facts(self.facts))

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence('en')}"


def refused(what: Refusal, /, *errors: FieldError, **facts: object) -> Refused:
    """Build the exception: `raise refused(CASE_NOT_FOUND, number=number)`."""
    return Refused(what, facts, errors)


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


NOT_FOUND = refusal("NOT_FOUND", "not_found", zh="没有找到，请核对编号。", en="Not found. Check the number.")
FORBIDDEN = refusal("FORBIDDEN", "forbidden", zh="您的角色不允许此操作。", en="Your role does not allow this.")
OVERTAKEN = refusal(
    "OVERTAKEN", "conflict",
    zh="已被其他操作更新（当前版本 {version}），请刷新后重试。",
    en="Somebody else changed this first (now version {version}). Reload and try again.",
)
INVALID_INPUT = refusal(
    "INVALID_INPUT", "invalid",
    zh="提交的内容有误：{reason}", en="The input is not valid: {reason}",
)
