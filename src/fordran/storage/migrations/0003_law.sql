-- The law as rows of the installation: reference rates and statutory costs, in versions. No table
-- has an account: the law is the same for everyone.

-- A version adds rows to the ones before it; version 0 is the law as shipped.
CREATE TABLE law_versions (
    version integer NOT NULL,
    imported_at timestamptz NOT NULL,
    -- Where its rows came from: the program, or the name of a file.
    source text NOT NULL,
    note text,
    -- Of every row up to this version: equal digests are equal laws.
    digest bytea NOT NULL,
    CONSTRAINT law_versions_pk PRIMARY KEY (version),
    CONSTRAINT law_versions_counted CHECK (version >= 0)
);
CREATE TRIGGER law_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON law_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The rate of a half-year. Of several rows for one half-year the last, by version and row, is in
-- force; the ones before it are superseded. Units: percent a year.
CREATE TABLE reference_rates (
    version integer NOT NULL,
    row_number integer NOT NULL,
    valid_from date NOT NULL,
    percent numeric NOT NULL,
    published_on date,
    source text NOT NULL,
    read_on date NOT NULL,
    -- The source of the row that this one supersedes.
    supersedes text,
    CONSTRAINT reference_rates_pk PRIMARY KEY (version, row_number),
    CONSTRAINT reference_rates_version_fk FOREIGN KEY (version) REFERENCES law_versions,
    CONSTRAINT reference_rates_half_year CHECK (
        extract(day FROM valid_from) = 1 AND extract(month FROM valid_from) IN (1, 7)
    )
);
CREATE TRIGGER reference_rates_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reference_rates
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The amount of a kind of cost from a day on; rows supersede each other as reference rates do.
-- Units: öre.
CREATE TABLE statutory_costs (
    version integer NOT NULL,
    row_number integer NOT NULL,
    kind text NOT NULL,
    valid_from date NOT NULL,
    amount_minor bigint NOT NULL,
    paragraph text NOT NULL,
    published_on date,
    source text NOT NULL,
    read_on date NOT NULL,
    supersedes text,
    CONSTRAINT statutory_costs_pk PRIMARY KEY (version, row_number),
    CONSTRAINT statutory_costs_version_fk FOREIGN KEY (version) REFERENCES law_versions,
    CONSTRAINT statutory_costs_positive CHECK (amount_minor > 0)
);
CREATE TRIGGER statutory_costs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statutory_costs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON law_versions, reference_rates, statutory_costs TO fordran_app;
