"""A rating's form: five grades, reasons to tick that fit the grade, and what else there is to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from shouhou.cases.models import Rating
from shouhou.cases.rating import GRADES, REASONS, RatingReason
from shouhou.foundation.refusals import Refused
from shouhou.web.page import language, said
from shouhou.web.shared.once import KEY_LENGTH_MAX, new_key

TEXT_MAX = 900


class RateForm(forms.Form):
    once = forms.CharField(max_length=KEY_LENGTH_MAX, required=False, widget=forms.HiddenInput)
    grade = forms.TypedChoiceField(label=gettext_lazy("满意度"), coerce=int, widget=forms.RadioSelect)
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("为什么（可多选）"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=gettext_lazy("想说的话"), required=False, max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [(grade, said(words)) for grade, words in GRADES.items()]  # type: ignore[attr-defined]
        self.fields["reasons"].choices = [(each.code, said(each.label)) for each in REASONS]  # type: ignore[attr-defined]

    def groups(self) -> list[list[dict[str, Any]]]:
        """The reasons as the page shows them: what went well, then what did not; each with the grades it fits."""
        ticked = {str(value) for value in self["reasons"].value() or ()}
        return [[_option(each, ticked) for each in REASONS if each.praise is praise] for praise in (True, False)]

    def refuse(self, no: Refused) -> None:
        """A refusal of the domain told at the field it is about. Raises the refusal that is about no field."""
        if not no.errors:
            raise no
        for wrong in no.errors:
            self.add_error(wrong.field if wrong.field in self.fields else None, wrong.en if language() == "en" else wrong.zh)


def started_from(rating: Rating | None) -> dict[str, Any]:
    """The form's beginning: a rating given before can be amended."""
    if rating is None:
        return {"once": new_key()}
    return {"once": new_key(), "grade": rating.grade, "reasons": rating.reasons, "text": rating.text}


def _option(reason: RatingReason, ticked: set[str]) -> dict[str, Any]:
    return {
        "code": reason.code, "label": said(reason.label), "checked": reason.code in ticked,
        "grades": " ".join(str(grade) for grade in sorted(reason.grades)),
    }  # fmt: skip
