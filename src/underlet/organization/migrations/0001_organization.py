from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("foundation", "0001_foundation")]
    operations = [migrations.RunSQL(read_sql("underlet.organization", "0001_organization"))]
