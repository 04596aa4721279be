from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("organization", "0004_history")]
    operations = [migrations.RunSQL(read_sql("underlet.organization", "0005_life"))]
