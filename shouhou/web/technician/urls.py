"""The addresses of the technician's bench."""

from django.urls import path

from shouhou.web.technician import board, day, moving, order

urlpatterns = [
    path("technician/", board.the_board, name="technician"),
    path("technician/list/", board.the_list, name="technician_list"),
    path("technician/orders.<str:form>", board.export, name="technician_export"),
    path("technician/day/", day.day, name="technician_day"),
    path("technician/<str:number>/", order.order, name="technician_order"),
    path("technician/<str:number>/moves/<slug:move>/", moving.move, name="technician_move"),
]
