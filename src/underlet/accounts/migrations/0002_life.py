from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_accounts"), ("organization", "0005_life")]
    operations = [migrations.RunSQL(read_sql("underlet.accounts", "0002_life"))]
