from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_moves"), ("accounts", "0002_life")]
    operations = [migrations.RunSQL(read_sql("underlet.contracts", "0004_life"))]
