from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0005_sign_in")]
    operations = [migrations.RunSQL(read_sql("underlet.access", "0006_roles"))]
