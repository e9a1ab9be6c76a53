"""The addresses of staff's own account, under the names by which allauth looks for them; what is not here is off."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from django.urls import path
from django.views.generic import RedirectView

from shouhou.web.staff import oidc, signin
from shouhou.web.staff.account import end_session, framed, overview, sessions
from shouhou.web.staff.first_password import own_password

urlpatterns = [
    path("", overview, name="mfa_index"),
    path("sign-in/", RedirectView.as_view(pattern_name="web:staff_sign_in", query_string=True), name="account_login"),
    path("sign-out/", signin.sign_out, name="account_logout"),
    path("inactive/", framed(account.account_inactive), name="account_inactive"),
    path("confirm/", framed(account.reauthenticate), name="account_reauthenticate"),
    path("confirm/code/", framed(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("password/", framed(account.password_change), name="account_change_password"),
    path("password/own/", own_password, name="account_own_password"),
    path("password/first/", framed(account.password_set), name="account_set_password"),
    path("reset/", framed(account.password_reset), name="account_reset_password"),
    path("reset/sent/", framed(account.password_reset_done), name="account_reset_password_done"),
    path("reset/done/", framed(account.password_reset_from_key_done), name="account_reset_password_from_key_done"),
    path("reset/<str:uidb36>/<str:key>/", framed(account.password_reset_from_key), name="account_reset_password_from_key"),
    path("code/", framed(mfa.authenticate), name="mfa_authenticate"),
    path("app/", framed(totp.activate_totp), name="mfa_activate_totp"),
    path("app/remove/", framed(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes/", framed(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/new/", framed(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("codes/file/", framed(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("sessions/", sessions, name="usersessions_list"),
    path("sessions/<int:key>/", end_session, name="staff_session_end"),
    path("sso/<slug:provider_id>/", framed(oidc.start), name="openid_connect_login"),
    path("sso/<slug:provider_id>/back/", framed(oidc.callback), name="openid_connect_callback"),
    path("sso-cancelled/", framed(social.login_cancelled), name="socialaccount_login_cancelled"),
]
