SELECT d.review_id, d.document_id
FROM name_review_documents d
JOIN name_reviews r ON r.id = d.review_id
WHERE ?1 = 0 OR r.status = 'open'
ORDER BY d.review_id, d.document_id
