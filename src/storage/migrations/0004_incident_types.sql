-- Types of incidents beside the one that every account has, and the fields that belong to them.
CREATE TABLE incident_types(
    id {pk}, name TEXT NOT NULL, display_name TEXT NOT NULL, description TEXT, enabled BIGINT NOT NULL, parent BIGINT,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE UNIQUE INDEX incident_types_name ON incident_types(name);
ALTER TABLE custom_fields ADD COLUMN incident_type BIGINT;
