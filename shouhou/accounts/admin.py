"""Master data of people and programs in the admin; tokens and codes are never shown."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.http import HttpRequest

from shouhou.accounts.models import ApiKey, Buyer, Organisation, SignInRule, User
from shouhou.accounts.staff_sessions import end_staff_sessions
from shouhou.plumbing.masking import mask_name, mask_phone


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin[Organisation]):
    """Organisations are made and renamed; none that something belongs to can go."""

    list_display = ("code", "name", "kind")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    ordering = ("code",)


class OneTimePassword(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """What an administrator sets for somebody is theirs to change at the next sign-in."""

    def save(self, commit: bool = True) -> User:
        self.user.password_temporary = True
        saved: User = super().save(commit)
        return saved


@admin.register(User)
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]
    """Staff with their role and organisation."""

    change_password_form = OneTimePassword
    list_display = ("username", "first_name", "last_name", "role", "organisation", "is_active")
    list_filter = ("role", "is_active", "organisation__kind")
    list_select_related = ("organisation",)
    fieldsets = (*(UserAdmin.fieldsets or ()), ("售后 After-sales", {"fields": ("role", "organisation", "language")}))
    add_fieldsets = (
        *UserAdmin.add_fieldsets,
        ("售后 After-sales", {"fields": ("role", "organisation", "language")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Made, or given another role or switched off, here: the same as on the pages of operations."""
        if not change:
            obj.password_temporary = obj.has_usable_password()
        super().save_model(request, obj, form, change)
        if change and {"role", "organisation", "is_active"} & set(form.changed_data):
            end_staff_sessions(obj)


@admin.register(Buyer)
class BuyerAdmin(admin.ModelAdmin[Buyer]):
    """Buyers come from orders: looked at, never made or changed here. Personal data is masked in the list."""

    list_display = ("external_id", "masked_name", "masked_phone", "tier", "erased_at")
    list_filter = ("tier",)
    search_fields = ("external_id", "=phone")
    fields = ("external_id", "masked_name", "masked_phone", "tier", "language", "erased_at")

    @admin.display(description="姓名 name")
    def masked_name(self, buyer: Buyer) -> str:
        return mask_name(buyer.name)

    @admin.display(description="电话 phone")
    def masked_phone(self, buyer: Buyer) -> str:
        return mask_phone(buyer.phone)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Keys are made by `shouhou key create`, which shows the token once; here they are narrowed and switched off."""

    list_display = ("name", "prefix", "role", "organisation", "active", "expires_at")
    list_filter = ("role", "active")
    search_fields = ("name", "prefix")
    fields = ("name", "organisation", "role", "prefix", "scopes", "active", "expires_at", "created_at")
    readonly_fields = ("organisation", "role", "prefix", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SignInRule)
class SignInRuleAdmin(admin.ModelAdmin[SignInRule]):
    """Looked at here; operations change them (accounts/second_factor.py)."""

    list_display = ("role", "totp_required", "changed_by", "changed_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# What allauth would show and let be changed: addresses, tokens, authenticators. Their owners see to them themselves.
for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
