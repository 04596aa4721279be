from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0006_roles")]
    operations = [migrations.RunSQL(read_sql("underlet.access", "0007_people"))]
