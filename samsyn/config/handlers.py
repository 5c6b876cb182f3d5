"""Which pages answer what went wrong before a view did; every site's addresses import them."""

handler400 = "samsyn.ui.views.bad_request"
handler403 = "samsyn.ui.views.forbidden"
handler404 = "samsyn.ui.views.not_found"
handler500 = "samsyn.ui.views.server_error"
