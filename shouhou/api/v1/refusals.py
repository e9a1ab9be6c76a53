"""What the API itself refuses, before or around the domain."""

from shouhou.foundation.refusals import refusal

UNAUTHENTICATED = refusal(
    "UNAUTHENTICATED", "unauthenticated",
    zh="需要有效的 API 密钥：Authorization: Bearer <key>。",
    en="A valid API key is needed: Authorization: Bearer <key>.",
)
KEY_EXPIRED = refusal(
    "KEY_EXPIRED", "unauthenticated", zh="该 API 密钥已过期，请更换。", en="This API key has expired. Use a new one."
)
SCOPE_MISSING = refusal(
    "SCOPE_MISSING", "forbidden",
    zh="该密钥缺少权限范围 {scope}。", en="This key lacks the scope {scope}.",
)
KEY_UNBOUND = refusal(
    "KEY_UNBOUND", "forbidden",
    zh="该密钥的角色 {role} 必须绑定商家或消费者，请联系运营重新签发。",
    en="A key of role {role} must belong to one shop or one buyer. Ask operations for a new key.",
)
MALFORMED_JSON = refusal(
    "MALFORMED_JSON", "malformed", zh="请求体不是有效的 JSON：{reason}", en="The body is not valid JSON: {reason}"
)
MALFORMED_REQUEST = refusal(
    "MALFORMED_REQUEST", "malformed", zh="请求无法读取：{reason}", en="The request cannot be read: {reason}"
)
BODY_TOO_LARGE = refusal(
    "BODY_TOO_LARGE", "too_large",
    zh="请求体超过上限 {limit_bytes} 字节。", en="The body is larger than {limit_bytes} bytes.",
)
LENGTH_REQUIRED = refusal(
    "LENGTH_REQUIRED", "malformed",
    zh="上传文件须带 Content-Length，不支持分块传输。", en="An upload needs a Content-Length; chunks are not taken.",
)
METHOD_NOT_ALLOWED = refusal(
    "METHOD_NOT_ALLOWED", "not_allowed", zh="此地址不支持 {method}。", en="{method} is not possible at this address."
)
INVALID_KEY = refusal(
    "INVALID_IDEMPOTENCY_KEY", "invalid",
    zh="Idempotency-Key 须为 1 至 200 个可见 ASCII 字符。",
    en="Idempotency-Key must be 1 to 200 visible ASCII characters.",
)
KEY_REUSED = refusal(
    "IDEMPOTENCY_KEY_REUSED", "invalid",
    zh="该 Idempotency-Key 已用于内容不同的请求，请换一个键。",
    en="This Idempotency-Key was used with another body. Use a fresh key.",
)
IN_PROGRESS = refusal(
    "IN_PROGRESS", "conflict",
    zh="相同的请求或同一对象的操作正在进行，请稍后用同一个键重试。",
    en="The same request, or another one on the same thing, is still running. Retry soon with the same key.",
)
BAD_IF_MATCH = refusal(
    "INVALID_IF_MATCH", "invalid",
    zh="If-Match 须为版本号，例如 \"3\"，且与请求体中的 version 一致。",
    en='If-Match must be a version such as "3" and agree with version in the body.',
)
UNAVAILABLE = refusal(
    "UNAVAILABLE", "unavailable", zh="服务暂不可用，请稍后重试。", en="The service is not available. Retry soon."
)
INTERNAL_ERROR = refusal(
    "INTERNAL_ERROR", "broken",
    zh="系统内部错误，已记录（编号 {request_id}）。", en="An internal error; it is recorded ({request_id}).",
)
