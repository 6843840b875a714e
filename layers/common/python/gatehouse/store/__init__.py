"""The one table, on DynamoDB: the only place that knows what a key or an item looks like."""
