-- Flows have versions; a case keeps the version that it began with (docs/decisions/0037).

ALTER TABLE flow_configs
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN saved_at timestamptz,
    DROP CONSTRAINT flow_configs_pk,
    ADD CONSTRAINT flow_configs_pk PRIMARY KEY (flow_config_id, version);
ALTER TABLE flow_configs ALTER COLUMN version DROP DEFAULT;
