from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0001_access")]
    operations = [migrations.RunSQL(read_sql("underlet.accounts", "0001_accounts"))]
