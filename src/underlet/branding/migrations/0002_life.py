from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("branding", "0001_branding"), ("organization", "0005_life")]
    operations = [migrations.RunSQL(read_sql("underlet.branding", "0002_life"))]
