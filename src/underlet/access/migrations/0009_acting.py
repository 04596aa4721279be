from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0008_groups"), ("organization", "0006_bulk")]
    operations = [migrations.RunSQL(read_sql("underlet.access", "0009_acting"))]
