"""The addresses of the pages, door by door."""

from django.urls import path
from django.views.i18n import set_language

from shouhou.web.consumer import urls as consumer
from shouhou.web.inspect import urls as inspect
from shouhou.web.merchant import urls as merchant
from shouhou.web.operations import urls as operations
from shouhou.web.shared import again, design, files, policies, theme
from shouhou.web.staff import urls as staff

app_name = "web"
urlpatterns = [
    path("language/", set_language, name="language"),
    path("theme/", theme.theme, name="theme"),
    path("design/", design.design, name="design"),
    path("again/<str:token>/", again.again, name="again"),
    path("policy/", policies.policies, name="policies"),
    path("policy/<str:book>/<str:version>/", policies.policy, name="policy"),
    path("files/<str:token>/", files.file, name="file"),
    *consumer.urlpatterns,
    *staff.urlpatterns,
    *merchant.urlpatterns,
    *inspect.urlpatterns,
    *operations.urlpatterns,
]
