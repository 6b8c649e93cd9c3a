"""Texts of Django and REST framework whose German we write ourselves: there is none, or it says "du".

Nothing imports this. `make messages` reads it, and what stands in our catalogue goes before theirs.
"""

from django.utils.translation import gettext_noop as _

_ADMIN = (
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _("This action will <strong>enable</strong> password-based authentication for this user."),
    _("Disable password-based authentication"),
    _("Enable password-based authentication"),
    _("In case you’ve forgotten, you are:"),
    # Shorter than theirs: it stands in the menu's field.
    _("Start typing to filter…"),
)
_AUTH = (
    _("Conflicting form data submitted. Please try again."),
    _("Password-based authentication was disabled."),
    _("Set password: %s"),
    _("Reset password"),
    _("Set password"),
    _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able "
        "to authenticate using other backends, such as Single Sign-On or LDAP."
    ),
    _("Password-based authentication"),
    _("Enabled"),
    _("Disabled"),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
    _("Enable password-based authentication for this user by setting a password."),
)
_REST_FRAMEWORK = (
    _("Date has wrong format. Use one of these formats instead: {format}."),
    _("Datetime has wrong format. Use one of these formats instead: {format}."),
    _("Duration has wrong format. Use one of these formats instead: {format}."),
    _("Time has wrong format. Use one of these formats instead: {format}."),
    _("Ensure that there are no more than {max_decimal_places} decimal places."),
    _("Ensure that there are no more than {max_digits} digits in total."),
    _("Ensure that there are no more than {max_whole_digits} digits before the decimal point."),
    _("Ensure this field has at least {min_length} characters."),
    _("Ensure this field has no more than {max_length} characters."),
    _("Ensure this filename has at most {max_length} characters (it has {length})."),
    _("Ensure this value is greater than or equal to {min_value}."),
    _("Ensure this value is less than or equal to {max_value}."),
    _('Enter a valid "slug" consisting of Unicode letters, numbers, underscores, or hyphens.'),
    _('Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'),
    _("Enter a valid URL."),
    _("Enter a valid email address."),
    _("The submitted data was not a file. Check the encoding type on the form."),
    _("Upload a valid image. The file you uploaded was either not an image or a corrupted image."),
)
