from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_jobs")]
    operations = [migrations.RunSQL(read_sql("underlet.foundation", "0003_limits"))]
