-- How a document is read where its source alone does not say: the map of a table and what a person told of its files.

CREATE TABLE document_readings (
    document_id bigint NOT NULL,
    reading     text   COLLATE "C" NOT NULL CONSTRAINT ck_document_readings_reading
                       CHECK (length(reading) BETWEEN 1 AND 1048576),
    CONSTRAINT pk_document_readings PRIMARY KEY (document_id),
    CONSTRAINT fk_document_readings_document FOREIGN KEY (document_id) REFERENCES raw_documents (id)
);

-- Where roles exist, they have it at once, and who owns the rest owns this.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE document_readings OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON document_readings TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT, UPDATE (reading) ON document_readings TO football_writer;
        GRANT UPDATE (name) ON raw_documents TO football_writer;
    END IF;
END
$$;
