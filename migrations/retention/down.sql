DROP FUNCTION keep_versions, keep_file, keep_letter, keep_subject, keep_salt, keep_answer, keep_custodians, keep_person, keep_content, keep_record CASCADE
----
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is added to, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
----
DROP FUNCTION retention_dispose, retention_drop_file, check_disposal CASCADE
----
DROP VIEW retained_due, retained, retained_record, retention_rule
----
DROP FUNCTION retention_holds, retention_below, retention_end, retention_today
