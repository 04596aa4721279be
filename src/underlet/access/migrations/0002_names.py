from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0001_access"), ("organization", "0005_life")]
    operations = [migrations.RunSQL(read_sql("underlet.access", "0002_names"))]
