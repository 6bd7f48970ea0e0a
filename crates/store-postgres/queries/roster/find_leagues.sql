SELECT l.id FROM unnest($1::text[]) WITH ORDINALITY g (code, place) JOIN leagues l USING (code) ORDER BY g.place
