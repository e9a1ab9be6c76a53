"""The company's own sign-in (OpenID Connect): whoever is known here comes in, nobody registers, every token is verified."""

import secrets
from typing import Any
from urllib.parse import urlencode

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from shouhou.accounts.adapters import NoSelfRegistration
from shouhou.accounts.models import User
from shouhou.foundation.refusals import Refusal, refusal, refused
from shouhou.web.page import language, page

SECONDS = 10.0
LEEWAY_SECONDS = 30
# One per tab in which somebody is on their way; each is good once.
NONCES, NONCES_MOST = "oidc_nonces", 5
# What a provider may sign with; never what the token says of itself alone.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
SSO_UNKNOWN = refusal(
    "SSO_UNKNOWN", "forbidden",
    zh="您已通过公司账号验证，但这里没有与之对应的员工账号。请联系运营人员开通，或确认公司账号的邮箱已验证。",
    en="The company account is yours, but no staff account here belongs to it. Ask operations for one, or have the company "
    "account's e-mail verified.",
)  # fmt: skip
SSO_FAILED = refusal(
    "SSO_FAILED", "forbidden",
    zh="公司账号登录没有成功，没有登录任何人。请重试；如果一直失败，请用密码登录或联系运营人员。",
    en="Signing in with the company account failed; nobody was signed in. Try again, or use your password, or ask operations.",
)  # fmt: skip


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Like allauth's, but the id_token's signature is always checked, it must be of this browser's own sign-in (nonce) and
    about the same person as the rest.
    """

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("no id_token")
        claims = self._decode_id_token(app, id_token)
        _spend_nonce(request, claims.get("nonce"))
        userinfo = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else None
        if userinfo is not None and userinfo.get("sub") != claims["sub"]:
            raise OAuth2Error("userinfo is about somebody else")
        data = {"id_token": claims, **({"userinfo": userinfo} if userinfo else {})}
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """The claims. Raises OAuth2Error: unsigned, wrong key, wrong issuer or audience, expired."""
        try:
            keys = jwt.PyJWKClient(self.openid_config["jwks_uri"], timeout=SECONDS)
            key = keys.get_signing_key_from_jwt(id_token)
            claims: dict[str, Any] = jwt.decode(
                id_token, key.key, algorithms=list(ALGORITHMS), audience=app.client_id,
                issuer=self.openid_config["issuer"], leeway=LEEWAY_SECONDS, options={"require": ["exp", "iss", "aud", "sub"]},
            )  # fmt: skip
        except (jwt.PyJWTError, KeyError) as wrong:
            raise OAuth2Error("the id_token is not valid") from wrong
        return claims


class CompanySignIn(NoSelfRegistration):
    """Knows people by the subject linked before, or links a staff account by an e-mail that the provider has verified.

    Accounts of shops are never linked: their addresses are what a shop's manager typed, not what the company vouches for.
    """

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if request.user.is_authenticated:
            raise ImmediateHttpResponse(refused_page(request, SSO_FAILED))
        if sociallogin.is_existing:
            if not sociallogin.user.is_active:
                raise ImmediateHttpResponse(refused_page(request, SSO_UNKNOWN))
            return
        emails = {each.email.lower() for each in sociallogin.email_addresses if each.verified is True}
        known = User.objects.annotate(lowered=Lower("email")).filter(lowered__in=emails, is_active=True)
        known = known.exclude(organisation__kind="merchant")
        found = list(known[:2]) if emails else []
        if len(found) != 1:
            raise ImmediateHttpResponse(refused_page(request, SSO_UNKNOWN))
        sociallogin.connect(request, found[0])

    def on_authentication_error(self, request: HttpRequest, provider: Any, **about: Any) -> None:
        raise ImmediateHttpResponse(refused_page(request, SSO_FAILED))


def refused_page(request: HttpRequest, no: Refusal) -> HttpResponseBase:
    return page(request, "staff/sso_refused.html", {"sentence": refused(no).sentence(language()), "code": no.code}, status=403)


def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Off to the company's page (POST; a GET asks first). What the page asks for there is never the address's to say."""
    if request.method == "POST":
        nonce = secrets.token_urlsafe(24)
        request.session[NONCES] = [*request.session.get(NONCES, []), nonce][-NONCES_MOST:]
        request.GET = QueryDict(urlencode({"auth_params": urlencode({"nonce": nonce})}))
    return _with(OAuth2LoginView, request, provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the company's page."""
    return _with(OAuth2CallbackView, request, provider_id)


def _spend_nonce(request: HttpRequest, nonce: object) -> None:
    """Raises OAuth2Error: a token of another browser's sign-in, or one that was used."""
    waiting = request.session.get(NONCES, [])
    if nonce not in waiting:
        raise OAuth2Error("the id_token is not of this sign-in")
    request.session[NONCES] = [each for each in waiting if each != nonce]


def _with(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    try:
        answer: HttpResponseBase = view.adapter_view(VerifyingAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as none:
        raise Http404 from none
    return answer
