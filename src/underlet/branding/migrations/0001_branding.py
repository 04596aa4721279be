from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("organization", "0001_organization"), ("access", "0001_access")]
    operations = [migrations.RunSQL(read_sql("underlet.branding", "0001_branding"))]
