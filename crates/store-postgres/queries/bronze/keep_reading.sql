INSERT INTO document_readings (document_id, reading) VALUES ($1, $2)
ON CONFLICT (document_id) DO UPDATE SET reading = excluded.reading
WHERE document_readings.reading <> excluded.reading
