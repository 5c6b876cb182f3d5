"""Addresses of bookings on the public site: Swedish at the root, English under ``en/``; neutral words."""

from django.urls import path, re_path

from samsyn.bookings.views import public

app_name = "booking"
LINK = r"(?P<secret>[A-Za-z0-9_-]{16,64})"
# A link of a mail, or a door that the words of a booking have opened for a while.
OWN = r"(?P<secret>[A-Za-z0-9_.-]{16,120})"
urlpatterns = [re_path(rf"^calendar/{LINK}\.ics$", public.feed, name="feed")]
for prefix, language in (("", ""), ("en/", "_en")):
    urlpatterns += [
        path(f"{prefix}booking/", public.start, name=f"start{language}"),
        re_path(rf"^{prefix}booking/confirm/{LINK}/$", public.confirm, name=f"confirm{language}"),
        re_path(rf"^{prefix}booking/mine/{OWN}/$", public.mine, name=f"mine{language}"),
        re_path(rf"^{prefix}booking/mine/{OWN}/video/$", public.mine_video, name=f"mine_video{language}"),
        re_path(rf"^{prefix}booking/mine/{OWN}/kalender\.ics$", public.mine_file, name=f"mine_file{language}"),
        re_path(rf"^{prefix}booking/waiting/{LINK}/$", public.waiting, name=f"waiting{language}"),
        re_path(rf"^{prefix}booking/offer/{LINK}/$", public.offer, name=f"offer{language}"),
        re_path(rf"^{prefix}booking/(?P<code>[a-z_]{{1,30}})/$", public.kind, name=f"kind{language}"),
    ]
