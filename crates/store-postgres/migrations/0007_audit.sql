-- Who changed what, noted by the database itself: one record per statement, by the user who connected.

CREATE FUNCTION audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO audit_logs (actor, action, subject, details, created_at)
    VALUES (session_user, lower(TG_OP), TG_TABLE_NAME,
        nullif(current_setting('application_name', true), ''), date_trunc('second', now()));
    RETURN NULL;
END
$$;

CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON leagues
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON teams
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON team_aliases
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON matches
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON odds
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON predictions
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON model_versions
FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- The latest first.
CREATE VIEW audit_trail AS
SELECT created_at, actor, action, subject, details AS program, id FROM audit_logs ORDER BY id DESC;
