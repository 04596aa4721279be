from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("accounts", "0001_accounts")]
    operations = [
        migrations.RunSQL(read_sql("underlet.contracts", "0001_contracts")),
        migrations.RunSQL(read_sql("underlet.contracts", "0001_raw_cost")),
    ]
