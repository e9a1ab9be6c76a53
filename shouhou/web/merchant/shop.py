"""What the shop may set for itself."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.merchants.actions import change_shop
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import console, is_manager, manager_of, shop_of
from shouhou.web.shared.once import new_key, once


class ShopForm(forms.Form):
    """The shop's switches. Saving the same twice is the same."""

    auto_review = forms.BooleanField(
        label=gettext_lazy("政策明确允许的申请自动通过"), required=False,
        help_text=gettext_lazy("关闭后每一份申请都由人审核，审核时限照常计算。法律和平台政策规定的权利不受影响。"),
    )  # fmt: skip


@staff_door
def settings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Seen by all of the shop, changed by its managers."""
    shop = Merchant.objects.get(pk=shop_of(actor))
    form = ShopForm(request.POST if request.method == "POST" else None, initial={"auto_review": shop.auto_review})
    if request.method == "POST":
        manager_of(actor)
        if form.is_valid():
            now = clock.now()

            def act() -> str:
                change_shop(auto_review=form.cleaned_data["auto_review"], actor=actor, now=now)
                return "saved"

            once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
            messages.success(request, _("店铺设置已保存。"))
            return redirect("web:merchant_settings")
    form.fields["auto_review"].disabled = not is_manager(actor)
    return console(request, actor, "settings", {"shop": shop, "form": form, "once": new_key()}, tab="merchant_settings")
