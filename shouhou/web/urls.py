"""The addresses of the pages, door by door."""

from django.urls import path
from django.views.i18n import set_language

from shouhou.web.consumer import urls as consumer
from shouhou.web.desk import urls as desk
from shouhou.web.finance import urls as finance
from shouhou.web.inspect import urls as inspect
from shouhou.web.insurer import urls as insurer
from shouhou.web.merchant import urls as merchant
from shouhou.web.operations import urls as operations
from shouhou.web.shared import (
    again,
    design,
    files,
    help_centre,
    measures,
    papers,
    policies,
    processes,
    ratings,
    repairers,
    theme,
)
from shouhou.web.staff import urls as staff
from shouhou.web.technician import urls as technician

app_name = "web"
urlpatterns = [
    path("language/", set_language, name="language"),
    path("theme/", theme.theme, name="theme"),
    path("design/", design.design, name="design"),
    path("again/<str:token>/", again.again, name="again"),
    path("measures/", measures.measures, name="measures"),
    path("ratings/", ratings.ratings, name="ratings_public"),
    path("help/", help_centre.centre, name="help"),
    path("help/rules/", help_centre.rules, name="help_rules"),
    path("help/<slug:slug>/", help_centre.article, name="help_article"),
    path("help/<slug:slug>/useful/", help_centre.useful, name="help_useful"),
    path("help/<slug:slug>/<int:number>/", help_centre.old, name="help_version"),
    path("policy/", policies.policies, name="policies"),
    path("policy/<str:book>/<str:version>/", policies.policy, name="policy"),
    path("forms/", papers.forms, name="forms"),
    path("forms/<slug:form>.pdf", papers.form, name="form"),
    path("process/", processes.processes, name="processes"),
    path("repairers/", repairers.repairers, name="repairers"),
    path("process/<slug:service>/", processes.process, name="process"),
    path("process/<slug:service>/<slug:spoken>.svg", processes.picture, name="process_picture"),
    path("files/<str:token>/", files.file, name="file"),
    *consumer.urlpatterns,
    *staff.urlpatterns,
    *merchant.urlpatterns,
    *inspect.urlpatterns,
    *insurer.urlpatterns,
    *technician.urlpatterns,
    *desk.urlpatterns,
    *finance.urlpatterns,
    *operations.urlpatterns,
]
