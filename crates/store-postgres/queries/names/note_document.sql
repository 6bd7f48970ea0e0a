INSERT INTO name_review_documents (review_id, document_id)
SELECT id, $5 FROM name_reviews WHERE kind = $1 AND source = $2 AND country = $3 AND name = $4
ON CONFLICT DO NOTHING
