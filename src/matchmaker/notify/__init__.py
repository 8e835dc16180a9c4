"""What leaves the program: mail and webhooks, written to the outbox with the change they tell of, sent by a worker."""
