-- Deliveries of webhooks that may arrive twice or are sent again by hand, and the log of each subscription.
ALTER TABLE webhook_deliveries ADD COLUMN may_be_a_repeat BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhook_deliveries ADD COLUMN repeats BIGINT;
CREATE INDEX webhook_deliveries_subscription ON webhook_deliveries(subscription, id);
-- Codes and tests, which people ask for.
CREATE INDEX notifications_asked ON notifications(lower(address), id) WHERE purpose = 1 OR purpose = 2;
