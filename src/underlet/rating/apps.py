"""Django app of the rating context."""

from django.apps import AppConfig


class RatingConfig(AppConfig):
    name = "underlet.rating"
    label = "rating"
