-- At which level of the escalation policy an incident went to somebody.
ALTER TABLE log_entries ADD COLUMN level BIGINT;
