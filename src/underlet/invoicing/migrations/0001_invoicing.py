from django.db import migrations

from underlet.foundation.database.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("rating", "0001_rating")]
    operations = [migrations.RunSQL(read_sql("underlet.invoicing", "0001_invoicing"))]
