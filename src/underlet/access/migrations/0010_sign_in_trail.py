from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0009_acting")]
    operations = [migrations.RunSQL(read_sql("underlet.access", "0010_sign_in_trail"))]
