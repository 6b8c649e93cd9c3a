"""Django admin's frame: the site with its menu, its home page, and what is registered of no capability."""
