"""The page of components: every component once, in the density and direction asked for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from samsyn.people.access import any_signed_in
from samsyn.ui.gallery import examples


@any_signed_in
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components; ``?density=public``, ``?dir=rtl`` and ``?errors`` for looking, nothing is stored."""
    density = "public" if request.GET.get("density") == "public" else "staff"
    rtl = request.GET.get("dir") == "rtl"
    context = examples.everything(rtl=rtl, wrong="errors" in request.GET, now=request.received_at)  # type: ignore[attr-defined]
    context |= {"rtl": rtl, "density": density}
    return render(request, f"ui/gallery/{density}.html", context)
