from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    """Policies for the tables of allauth, which its own migrations make."""

    dependencies = [
        ("access", "0004_identity_providers"),
        ("foundation", "0002_jobs"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("usersessions", "0001_initial"),
    ]
    operations = [migrations.RunSQL(read_sql("underlet.access", "0005_sign_in"))]
