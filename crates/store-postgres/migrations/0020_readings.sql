-- How a document is read where its source alone does not say: the map of a table and what a person told of its files.

CREATE TABLE document_readings (
    document_id bigint NOT NULL,
    reading     text   COLLATE "C" NOT NULL CONSTRAINT ck_document_readings_reading
                       CHECK (length(reading) BETWEEN 1 AND 1048576),
    CONSTRAINT pk_document_readings PRIMARY KEY (document_id),
    CONSTRAINT fk_document_readings_document FOREIGN KEY (document_id) REFERENCES raw_documents (id)
);
