SELECT pg_get_userbyid(relowner) = 'football_admin' FROM pg_class WHERE oid = 'public.matches'::regclass
