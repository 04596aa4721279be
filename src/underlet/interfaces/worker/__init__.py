"""The worker: takes queued jobs, and takes up again what a dead worker left."""
