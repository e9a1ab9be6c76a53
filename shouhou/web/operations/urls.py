"""The addresses of operations: policy, calendars, people, audit, jobs; and the notice centre of all staff."""

from django.urls import URLPattern, path

from shouhou.web.operations import audit, books, calendar, carriers, jobs, overview, people, sign_in_rules, stuck, texts
from shouhou.web.shared import notices

urlpatterns: list[URLPattern] = [
    path("staff/notices/", notices.staff_notices, name="staff_notices"),
    path("staff/notices/read/", notices.staff_read, name="staff_notices_read"),
    path("staff/notices/<int:number>/", notices.staff_notice, name="staff_notice"),
    path("operations/", overview.overview, name="operations"),
    path("operations/stuck/", stuck.stuck, name="ops_stuck"),
    path("operations/stuck/<slug:kind>/<int:number>/again/", stuck.again, name="ops_again"),
    path("operations/jobs/", jobs.jobs, name="ops_jobs"),
    path("operations/jobs/<int:number>/retry/", jobs.retry, name="ops_job_retry"),
    path("operations/audit/", audit.audit, name="ops_audit"),
    path("operations/audit.<slug:form>", audit.audit_export, name="ops_audit_export"),
    path("operations/people/", people.people, name="ops_people"),
    path("operations/people.<slug:form>", people.people_export, name="ops_people_export"),
    path("operations/people/new/", people.new_person, name="ops_new_person"),
    path("operations/people/<int:number>/", people.person, name="ops_person"),
    path("operations/people/<int:number>/<slug:deed>/", people.change, name="ops_person_change"),
    path("operations/sign-in/", sign_in_rules.rules, name="ops_sign_in"),
    path("operations/sign-in/<slug:role>/", sign_in_rules.change, name="ops_sign_in_change"),
    path("operations/lockouts/<int:number>/lift/", people.lift, name="ops_lift"),
    path("operations/books/", books.books, name="ops_books"),
    path("operations/books/<str:book>/compare/", books.compare, name="ops_compare"),
    path("operations/books/<str:book>/<str:version>/", books.book, name="ops_book"),
    path("operations/calendar/", calendar.calendar, name="ops_calendar"),
    path("operations/calendar/<int:number>/drop/", calendar.drop, name="ops_override_drop"),
    path("operations/texts/", texts.texts, name="ops_texts"),
    path("operations/texts/<slug:name>/", texts.text, name="ops_text"),
    path("operations/texts/<slug:name>/<str:spoken>.eml", texts.text_mail, name="ops_text_mail"),
    path("operations/carriers/", carriers.carriers, name="ops_carriers"),
    path("operations/carriers/areas/", carriers.area, name="ops_area"),
    path("operations/carriers/suspensions/", carriers.suspend, name="ops_suspend"),
    path("operations/carriers/suspensions/<int:number>/resume/", carriers.resume, name="ops_resume"),
]
