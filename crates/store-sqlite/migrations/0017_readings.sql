-- How a document is read where its source alone does not say: the map of a table and what a person told of its files.

CREATE TABLE document_readings (
    document_id INTEGER PRIMARY KEY CONSTRAINT fk_document_readings_document REFERENCES raw_documents (id),
    reading     TEXT    NOT NULL CONSTRAINT ck_document_readings_reading CHECK (length(reading) BETWEEN 1 AND 1048576)
) STRICT;
