from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0007_people")]
    operations = [migrations.RunSQL(read_sql("underlet.access", "0008_groups"))]
