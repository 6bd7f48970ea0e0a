SELECT reading FROM document_readings WHERE document_id = $1
