"""Users with tokens: `python -m bench.floors.ordinary.seed COUNT`. Prints the tokens as JSON."""

import json
import sys

import django


def main(count):
    django.setup()
    from django.contrib.auth.models import User
    from rest_framework.authtoken.models import Token

    users = User.objects.bulk_create(User(username=f"user{number}") for number in range(count))
    print(json.dumps([Token.objects.create(user=user).key for user in users]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
