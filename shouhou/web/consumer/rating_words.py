"""A rating's form and its words: five grades, reasons to tick, and what else there is to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from shouhou.cases.models import Rating
from shouhou.foundation.workflow import Text
from shouhou.web.page import said

GRADES = [("5", gettext_lazy("非常满意")), ("4", gettext_lazy("满意")), ("3", gettext_lazy("一般")),
          ("2", gettext_lazy("不满意")), ("1", gettext_lazy("非常不满意"))]  # fmt: skip
REASONS: dict[str, Text] = {
    "fast": Text("处理快", "quick"), "clear": Text("说得清楚", "well explained"), "easy": Text("退货方便", "easy to send back"),
    "paid": Text("退款及时", "money came in time"), "slow": Text("处理慢", "slow"), "unclear": Text("说不清楚", "badly explained"),
    "hard": Text("退货麻烦", "hard to send back"), "late": Text("退款慢", "money came late"),
    "rude": Text("态度不好", "unfriendly"),
}  # fmt: skip
TEXT_MAX = 900
BETWEEN = "、"


class RateForm(forms.Form):
    grade = forms.ChoiceField(label=gettext_lazy("满意度"), choices=GRADES, widget=forms.RadioSelect)
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("为什么（可多选）"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=gettext_lazy("想说的话"), required=False, max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reasons"].choices = [(code, said(text)) for code, text in REASONS.items()]  # type: ignore[attr-defined]

    def words(self) -> str:
        """What is kept: the reasons as a first line that a person can read, then the text. Call when valid."""
        first = BETWEEN.join(REASONS[code].zh for code in self.cleaned_data["reasons"])
        return "\n".join(part for part in (f"【{first}】" if first else "", self.cleaned_data["text"].strip()) if part)


def started_from(rating: Rating | None) -> dict[str, Any]:
    """The form's beginning: a rating given before can be amended."""
    if rating is None:
        return {}
    first, _line, rest = rating.text.partition("\n")
    codes = {text.zh: code for code, text in REASONS.items()}
    named = first.removeprefix("【").removesuffix("】").split(BETWEEN) if first.startswith("【") and first.endswith("】") else []
    if named and all(name in codes for name in named):
        return {"grade": str(rating.grade), "reasons": [codes[name] for name in named], "text": rest}
    return {"grade": str(rating.grade), "text": rating.text}
