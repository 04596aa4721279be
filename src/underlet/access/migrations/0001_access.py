from django.db import migrations, models

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    """The tables come from SQL; only the sign-in model is in Django's state, for apps that refer to it."""

    initial = True
    dependencies = [("organization", "0001_organization")]
    operations = [
        migrations.RunSQL(read_sql("underlet.access", "0001_rights")),
        migrations.RunSQL(
            read_sql("underlet.access", "0001_access"),
            state_operations=[
                migrations.CreateModel(
                    name="User",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True)),
                        ("email", models.TextField()),
                        ("email_key", models.TextField(unique=True)),
                    ],
                    options={"db_table": "app_user", "managed": False},
                )
            ],
        ),
    ]
