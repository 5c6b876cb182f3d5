"""What we use of allauth, and nothing else; each with its declared access. Mounted under ``account/``."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.urls import path

from samsyn.people import views
from samsyn.people.access import during_set_up, open_to_everyone, while_locked

urlpatterns = [
    path("sign-in/", open_to_everyone(account.login), name="account_login"),
    path("sign-out/", open_to_everyone(account.logout), name="account_logout"),
    path("closed/", open_to_everyone(account.account_inactive), name="account_inactive"),
    path("no-sign-up/", open_to_everyone(views.no_sign_up), name="account_signup"),
    path("password/", during_set_up(views.change_password), name="account_change_password"),
    path("again/", while_locked(account.reauthenticate), name="account_reauthenticate"),
    path("second/", open_to_everyone(mfa.authenticate), name="mfa_authenticate"),
    path("second/again/", while_locked(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second/factors/", during_set_up(mfa.index), name="mfa_index"),
    path("totp/", during_set_up(totp.activate_totp), name="mfa_activate_totp"),
    path("totp/remove/", during_set_up(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("passkeys/", during_set_up(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("passkeys/add/", during_set_up(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/again/", while_locked(views.PasskeyAgain.as_view()), name="mfa_reauthenticate_webauthn"),
    path("passkeys/sign-in/", open_to_everyone(views.SignInWithPasskey.as_view()), name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/remove/", during_set_up(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", during_set_up(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("recovery/", during_set_up(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "recovery/generate/",
        during_set_up(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery/download/",
        during_set_up(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
if settings.SAMSYN_OIDC:
    from allauth.socialaccount import views as social
    from allauth.socialaccount.providers.openid_connect import views as oidc

    urlpatterns += [
        path("oidc/<str:provider_id>/sign-in/", open_to_everyone(oidc.login), name="openid_connect_login"),
        path("oidc/<str:provider_id>/answer/", open_to_everyone(oidc.callback), name="openid_connect_callback"),
        path("oidc/failed/", open_to_everyone(social.login_error), name="socialaccount_login_error"),
        path("oidc/cancelled/", open_to_everyone(social.login_cancelled), name="socialaccount_login_cancelled"),
        path("oidc/unknown/", open_to_everyone(views.no_sign_up), name="socialaccount_signup"),
        path("oidc/", during_set_up(social.connections), name="socialaccount_connections"),
    ]
