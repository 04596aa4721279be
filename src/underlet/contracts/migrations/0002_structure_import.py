from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_contracts"), ("organization", "0006_bulk")]
    operations = [migrations.RunSQL(read_sql("underlet.contracts", "0002_structure_import"))]
