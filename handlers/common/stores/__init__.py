"""The stores of the system: tables, buckets, queues and parameters."""
