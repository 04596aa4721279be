from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("contracts", "0001_contracts"), ("usage", "0001_usage")]
    operations = [migrations.RunSQL(read_sql("underlet.rating", "0001_rating"))]
