from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0003_directory"), ("branding", "0001_branding")]
    operations = [migrations.RunSQL(read_sql("underlet.access", "0004_identity_providers"))]
