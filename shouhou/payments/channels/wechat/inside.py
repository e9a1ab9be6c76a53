"""Paying inside WeChat (JSAPI): who the consumer is to the merchant's official account, and the words that open the cashier.

Sources: developers.weixin.qq.com 网页授权 (snsapi_base), pay.weixin.qq.com/doc/v3 JSAPI下单, JSAPI调起支付.
"""

import secrets
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

import requests

from shouhou.payments.channels.base import ChannelDown, ChannelSilent
from shouhou.payments.channels.wechat.account import WeChatAccount, client_of

# What a page keeps of an order that is paid inside: good for two hours, paid by whom it was made out for.
PREPAID = "prepay_id="
OPENID_MOST, CODE_MOST = 128, 128


def authorize_address(account: WeChatAccount, *, back: str, state: str) -> str:
    """Where WeChat's own browser is sent: it comes back with a code, without asking anything (snsapi_base)."""
    told = urlencode({"appid": account.app, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base", "state": state})
    return f"{account.open_url.rstrip('/')}/connect/oauth2/authorize?{told}#wechat_redirect"


def openid_of(account: WeChatAccount, code: str) -> str | None:
    """Who has come back, to this official account; None for a code that is wrong, old or used. Raises ChannelSilent, ChannelDown."""
    if not code or len(code) > CODE_MOST:
        return None
    told = {"appid": account.app, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
    try:
        answer = requests.get(f"{account.api_url.rstrip('/')}/sns/oauth2/access_token", params=told, timeout=account.timeout)
        said = answer.json()
    except requests.ConnectionError as error:
        # The address carries the secret: of the error only its kind is told.
        raise ChannelDown(type(error).__name__) from None
    except (requests.RequestException, ValueError) as error:
        raise ChannelSilent(type(error).__name__) from None
    if answer.status_code != HTTPStatus.OK or not isinstance(said, dict):
        raise ChannelSilent(f"HTTP {answer.status_code}")
    if said.get("errcode"):
        if said["errcode"] in WRONG_CODES:
            return None
        raise ChannelSilent(f"errcode {said['errcode']}")
    openid = str(said.get("openid") or "")
    if not openid or len(openid) > OPENID_MOST:
        raise ChannelSilent("no openid")
    return openid


def invocation(account: WeChatAccount, prepaid: str, *, now: datetime) -> dict[str, str]:
    """What the page hands to WeixinJSBridge (getBrandWCPayRequest): four lines signed with the merchant's key."""
    moment, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    signed = client_of(account).sign([account.app, moment, nonce, prepaid])
    return {"appId": account.app, "timeStamp": moment, "nonceStr": nonce, "package": prepaid, "signType": "RSA", "paySign": signed}


# invalid code, code used before, code expired
WRONG_CODES = frozenset({40029, 40163, 41008, 42003})
