-- Deliveries of webhooks that are sent again by hand, and the log of each subscription.
ALTER TABLE webhook_deliveries ADD COLUMN repeats BIGINT;
CREATE INDEX webhook_deliveries_subscription ON webhook_deliveries(subscription, id);
