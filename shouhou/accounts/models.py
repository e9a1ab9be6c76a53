"""People and programs: organisations, staff, buyers, API keys, and how they come in."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac

ROLES = {
    "merchant_operator": ("商家客服", "merchant operator"),
    "merchant_manager": ("商家主管", "merchant manager"),
    "agent": ("客服", "agent"),
    "reviewer": ("审核员", "reviewer"),
    "supervisor": ("主管", "supervisor"),
    "inspector": ("质检员", "warehouse inspector"),
    "technician": ("维修技师", "technician"),
    "clerk": ("网点店员", "service-point clerk"),
    "finance": ("财务", "finance"),
    "insurer": ("保险", "insurer"),
    "arbitrator": ("仲裁员", "arbitrator"),
    "operations": ("运营", "operations"),
    "auditor": ("审计", "auditor"),
}
ROLE_CHOICES = [(code, f"{zh} {en}") for code, (zh, en) in ROLES.items()]
KEY_ROLES = {**ROLES, "shop": ("商城后端", "shop backend"), "consumer": ("消费者", "consumer")}


class Organisation(models.Model):
    """Who people and keys belong to: the operator of the platform, or a merchant."""

    KINDS = [("operator", "平台 operator"), ("merchant", "商家 merchant"), ("partner", "伙伴 partner")]
    id = models.BigAutoField(primary_key=True)
    code = models.CharField("编码 code", max_length=40, db_collation="C")
    name = models.CharField("名称 name", max_length=120)
    kind = models.CharField("类型 kind", max_length=10, choices=KINDS)

    class Meta:
        verbose_name = verbose_name_plural = "组织 Organisations"
        constraints = [models.UniqueConstraint(fields=["code"], name="organisation_code")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class User(AbstractUser):
    """A member of staff; one role in one organisation."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    role = models.CharField("角色 role", max_length=20, choices=ROLE_CHOICES, default="agent")
    language = models.CharField("语言 language", max_length=10, default="zh-hans")
    # Somebody else made the password: its owner sets their own before anything else.
    password_temporary = models.BooleanField("一次性密码 one-time password", default=False)
    # Part of what a session proves: one more, and every session of this person has ended.
    session_round = models.IntegerField(default=0, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = "员工 Staff"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, and the round: sessions end at once whether anybody has noted them or not."""
        proof = f"{self.password}\n{self.session_round}"
        return salted_hmac("shouhou.accounts.session", proof, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """秦岚, but Lan Qin: Chinese names are written family name first, without a blank."""
        if self.last_name and not self.last_name.isascii():
            return f"{self.last_name}{self.first_name}".strip()
        return super().get_full_name()


class Invitation(models.Model):
    """Somebody asked by mail to become a member of staff. Its link is signed, not stored; a new `round` ends the old one."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    role = models.CharField("角色 role", max_length=20, choices=ROLE_CHOICES)
    email = models.EmailField("邮箱 e-mail")
    name = models.CharField("姓名 name", max_length=80, blank=True)
    language = models.CharField("语言 language", max_length=10, default="zh-hans")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    round = models.IntegerField(default=1)
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "邀请 Invitations"
        indexes = [models.Index(fields=["organisation", "-invited_at"], name="invitation_organisation")]
        constraints = [
            models.UniqueConstraint(
                "organisation", Lower("email"), condition=Q(revoked_at=None, accepted_at=None), name="invitation_open_once"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(accepted_at=None), name="invitation_ends_one_way"
            ),
        ]  # fmt: skip


class Buyer(models.Model):
    """A consumer as the shop knows them; personal data can be erased, the row stays."""

    id = models.BigAutoField(primary_key=True)
    external_id = models.CharField("商城账号 id at the shop", max_length=80, db_collation="C")
    name = models.CharField("姓名 name", max_length=80, blank=True)
    phone = models.CharField("电话 phone", max_length=32, blank=True, db_collation="C")
    email = models.EmailField("邮箱 e-mail", blank=True)
    tier = models.CharField("会员 tier", max_length=10, default="none")
    language = models.CharField("语言 language", max_length=10, default="zh-hans")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消费者 Buyers"
        constraints = [models.UniqueConstraint(fields=["external_id"], name="buyer_external")]
        indexes = [models.Index(fields=["phone"], name="buyer_phone")]

    def __str__(self) -> str:
        return self.external_id


class ApiKey(models.Model):
    """A program's key: stored hashed, with a role and scopes; `merchant_id` scopes a merchant's key to one shop."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    name = models.CharField("名称 name", max_length=80)
    prefix = models.CharField(max_length=12, db_collation="C")
    token_hash = models.BinaryField(max_length=32)
    role = models.CharField("角色 role", max_length=20, choices=[(c, f"{z} {e}") for c, (z, e) in KEY_ROLES.items()])
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    merchant_id = models.BigIntegerField(null=True, blank=True)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, null=True, blank=True)
    active = models.BooleanField("启用 active", default=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "API 密钥 API keys"
        constraints = [models.UniqueConstraint(fields=["token_hash"], name="api_key_hash")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SignInCode(models.Model):
    """A code sent to a buyer's phone: hashed, short-lived, few tries, used once."""

    id = models.BigAutoField(primary_key=True)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT)
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["buyer", "-created_at"], name="sign_in_code_buyer")]


class BuyerSession(models.Model):
    """Where a buyer is signed in; ending it removes the browser's session. `guest_order` limits it to one order."""

    id = models.BigAutoField(primary_key=True)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT)
    session_key = models.CharField(max_length=40, db_collation="C")
    guest_order = models.CharField(max_length=80, blank=True, db_collation="C")
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session_key"], name="buyer_session_key")]
        indexes = [models.Index(fields=["buyer", "-seen_at"], name="buyer_session_buyer")]


class FailedSignIn(models.Model):
    """How often signing in failed of late: by the name that was typed (known or not), its second factor, or an address."""

    KINDS = [("name", "账号 name"), ("code", "动态码 second factor"), ("address", "地址 address")]
    id = models.BigAutoField(primary_key=True)
    kind = models.CharField("类型 kind", max_length=8, choices=KINDS)
    value = models.CharField("内容 value", max_length=150)
    failures = models.IntegerField("次数 failures", default=1)
    last_at = models.DateTimeField("最近一次 last")

    class Meta:
        verbose_name = verbose_name_plural = "登录失败 Failed sign-ins"
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="failed_sign_in_once")]
        indexes = [models.Index(fields=["last_at"], name="failed_sign_in_last")]


class SignInRule(models.Model):
    """What a role must do to come in; a role without a rule may do without a second factor."""

    role = models.CharField("角色 role", max_length=20, primary_key=True, choices=ROLE_CHOICES)
    totp_required = models.BooleanField("必须使用动态码 second factor required", default=False)
    changed_by = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "登录规则 Sign-in rules"
