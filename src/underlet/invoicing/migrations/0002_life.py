from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_invoicing"), ("contracts", "0004_life")]
    operations = [migrations.RunSQL(read_sql("underlet.invoicing", "0002_life"))]
