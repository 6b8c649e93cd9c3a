"""A Django project as it is ordinarily written: `startproject`'s middleware, views after the libraries' examples."""
