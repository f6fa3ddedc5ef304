-- As before; with the argument 'door', a transaction in which the door noted a disposal may pass: the guard of the row
-- then says which row.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_NARGS > 0 AND TG_OP <> 'TRUNCATE' AND EXISTS (
        SELECT FROM public.disposal d WHERE d.txid = pg_current_xact_id_if_assigned()::text
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is added to, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
----
-- Arguments: kind; column that leads to the record; how, as SQL with $1, or ''; what a blanked row differs in, as JSON.
-- Passes only for a record whose disposal was noted in this transaction.
CREATE FUNCTION keep_record() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    rec bigint := (to_jsonb(OLD) ->> TG_ARGV[1])::bigint;
    changed boolean := TG_OP = 'DELETE';
BEGIN
    IF TG_NARGS > 2 AND TG_ARGV[2] <> '' THEN
        EXECUTE TG_ARGV[2] INTO rec USING rec;
    END IF;
    IF EXISTS (SELECT FROM disposal d WHERE d.kind = TG_ARGV[0] AND d.record_id = rec
        AND d.txid = pg_current_xact_id_if_assigned()::text)
    THEN
        IF TG_NARGS < 4 AND TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF TG_NARGS > 3 AND TG_OP = 'UPDATE' AND to_jsonb(NEW) = to_jsonb(OLD) || TG_ARGV[3]::jsonb THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % % is kept: only a reviewed disposal removes it', TG_TABLE_NAME, TG_ARGV[0], rec
        USING ERRCODE = 'restrict_violation';
END $$
----
-- Arguments: kind, column that leads to the record, then the columns that say what it is. A column 'evidence_id=kind'
-- may be emptied when what it points at is disposed of.
CREATE FUNCTION keep_content() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    place int;
    col text;
    leads text;
BEGIN
    FOR place IN 2 .. TG_NARGS - 1 LOOP
        col := split_part(TG_ARGV[place], '=', 1);
        leads := split_part(TG_ARGV[place], '=', 2);
        IF to_jsonb(NEW) -> col IS DISTINCT FROM to_jsonb(OLD) -> col AND NOT (leads <> '' AND (
            to_jsonb(OLD) ->> col IS NULL OR EXISTS (
                SELECT FROM disposal d WHERE d.kind = leads AND d.record_id = (to_jsonb(OLD) ->> col)::bigint
                    AND d.txid = pg_current_xact_id_if_assigned()::text)))
        THEN
            RAISE EXCEPTION '% of % % is kept as it is', col, TG_ARGV[0], to_jsonb(OLD) ->> TG_ARGV[1]
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$
----
-- People are never deleted, and lose their name by the door only.
CREATE FUNCTION keep_person() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (EXISTS (SELECT FROM disposal d WHERE d.kind = 'employee' AND d.record_id = OLD.id
            AND d.txid = pg_current_xact_id_if_assigned()::text)
        OR btrim(NEW.name) <> '' AND btrim(NEW.number) <> '' AND NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at
            AND NEW.id = OLD.id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'employee % is kept: leavers are deactivated, never deleted', OLD.id USING ERRCODE = 'restrict_violation';
END $$
----
CREATE TRIGGER employee_kept BEFORE DELETE OR UPDATE OF id, name, number, erased_at ON employee
FOR EACH ROW EXECUTE FUNCTION keep_person()
----
-- Whoever leaves a department under hold stays under it.
CREATE FUNCTION keep_custodians() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'employee' THEN
        INSERT INTO legal_hold_custodian (hold_id, employee_id, since)
        SELECT h.id, OLD.id, now() FROM legal_hold h
        WHERE h.scope = 'department' AND OLD.department_id IN (SELECT retention_below(h.target_id))
            AND NOT EXISTS (SELECT FROM legal_hold_lifting l WHERE l.hold_id = h.id)
        ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO legal_hold_custodian (hold_id, employee_id, since)
        SELECT h.id, e.id, now() FROM legal_hold h JOIN employee e ON e.department_id IN (SELECT retention_below(OLD.id))
        WHERE h.scope = 'department' AND OLD.id IN (SELECT retention_below(h.target_id))
            AND NOT EXISTS (SELECT FROM legal_hold_lifting l WHERE l.hold_id = h.id)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
----
CREATE TRIGGER employee_custodians BEFORE UPDATE OF department_id ON employee FOR EACH ROW
WHEN (OLD.department_id IS DISTINCT FROM NEW.department_id) EXECUTE FUNCTION keep_custodians()
----
CREATE TRIGGER department_custodians BEFORE DELETE OR UPDATE OF parent_id ON department FOR EACH ROW
EXECUTE FUNCTION keep_custodians()
----
CREATE TRIGGER completion_record_kept BEFORE UPDATE OR DELETE ON completion_record FOR EACH ROW
EXECUTE FUNCTION keep_record('completion_record', 'id', '', '{"employee_id": null, "employee_number": "", "employee_name": "", "job_role": "", "department": "", "actor_name": "", "reason": "", "approved_by_name": null}')
----
CREATE TRIGGER signature_kept BEFORE UPDATE OR DELETE ON signature FOR EACH ROW EXECUTE FUNCTION keep_record('signature', 'id')
----
CREATE TRIGGER hand_in_kept BEFORE UPDATE OR DELETE ON hand_in FOR EACH ROW EXECUTE FUNCTION keep_record('hand_in', 'id')
----
CREATE TRIGGER grading_kept BEFORE UPDATE OR DELETE ON grading FOR EACH ROW
EXECUTE FUNCTION keep_record('hand_in', 'hand_in_id')
----
CREATE TRIGGER transcript_kept BEFORE UPDATE OR DELETE ON transcript FOR EACH ROW EXECUTE FUNCTION keep_record('transcript', 'id')
----
CREATE TRIGGER quiz_grading_kept BEFORE UPDATE OR DELETE ON quiz_grading FOR EACH ROW
EXECUTE FUNCTION keep_record('quiz_submission', 'submission_id')
----
CREATE TRIGGER scorm_commit_kept BEFORE UPDATE OR DELETE ON scorm_commit FOR EACH ROW
EXECUTE FUNCTION keep_record('scorm_attempt', 'launch_id', 'SELECT l.attempt_id FROM scorm_launch l WHERE l.id = $1')
----
CREATE TRIGGER certificate_kept BEFORE DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION keep_record('certificate', 'id')
----
CREATE TRIGGER certificate_content BEFORE UPDATE OF id, number, record_id, employee_id, course_id, holder_name, title, issued_on, printed ON certificate
FOR EACH ROW EXECUTE FUNCTION keep_content('certificate', 'id', 'id', 'number', 'record_id', 'employee_id', 'course_id', 'holder_name', 'title', 'issued_on', 'printed')
----
CREATE TRIGGER sealed_file_kept BEFORE DELETE ON sealed_file FOR EACH ROW WHEN (OLD.file_id IS NOT NULL)
EXECUTE FUNCTION keep_record('sealed_file', 'id')
----
CREATE TRIGGER sealed_file_content BEFORE UPDATE OF id, file_id, kind, subject_id, employee_id ON sealed_file FOR EACH ROW
WHEN (OLD.file_id IS NOT NULL)
EXECUTE FUNCTION keep_content('sealed_file', 'id', 'id', 'file_id', 'kind', 'subject_id', 'employee_id')
----
CREATE TRIGGER quiz_submission_kept BEFORE DELETE ON quiz_submission FOR EACH ROW
EXECUTE FUNCTION keep_record('quiz_submission', 'id')
----
CREATE TRIGGER quiz_submission_content BEFORE UPDATE OF id, enrollment_id, quiz_id, number, questions, started_at ON quiz_submission
FOR EACH ROW EXECUTE FUNCTION keep_content('quiz_submission', 'id', 'id', 'enrollment_id', 'quiz_id', 'number', 'questions', 'started_at')
----
CREATE TRIGGER quiz_answer_kept BEFORE DELETE ON quiz_answer FOR EACH ROW
EXECUTE FUNCTION keep_record('quiz_submission', 'submission_id')
----
CREATE FUNCTION keep_answer() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.given IS DISTINCT FROM OLD.given AND EXISTS (
        SELECT FROM quiz_submission s WHERE s.id = OLD.submission_id AND s.graded_at IS NOT NULL)
        OR NEW.submission_id <> OLD.submission_id
    THEN
        RAISE EXCEPTION 'the answers of attempt % are kept as they were handed in', OLD.submission_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
----
CREATE TRIGGER quiz_answer_content BEFORE UPDATE OF given, submission_id ON quiz_answer FOR EACH ROW EXECUTE FUNCTION keep_answer()
----
CREATE TRIGGER scorm_attempt_kept BEFORE DELETE ON scorm_attempt FOR EACH ROW EXECUTE FUNCTION keep_record('scorm_attempt', 'id')
----
CREATE TRIGGER scorm_sco_kept BEFORE DELETE ON scorm_sco FOR EACH ROW EXECUTE FUNCTION keep_record('scorm_attempt', 'attempt_id')
----
CREATE TRIGGER scorm_launch_kept BEFORE DELETE ON scorm_launch FOR EACH ROW WHEN (OLD.attempt_id IS NOT NULL)
EXECUTE FUNCTION keep_record('scorm_attempt', 'attempt_id')
----
CREATE TRIGGER employee_document_kept BEFORE DELETE ON employee_document FOR EACH ROW
EXECUTE FUNCTION keep_record('employee_document', 'id')
----
CREATE TRIGGER employee_document_content BEFORE UPDATE OF id, employee_id, filed_at, filed_by_name ON employee_document
FOR EACH ROW EXECUTE FUNCTION keep_content('employee_document', 'id', 'id', 'employee_id', 'filed_at', 'filed_by_name')
----
-- Another file is a new version, and the one before stays as a version of its own, until its document goes.
CREATE FUNCTION keep_versions() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'employee_document' THEN
        IF NEW.version > OLD.version AND EXISTS (SELECT FROM document_version v
            WHERE v.document_id = OLD.id AND v.file_id = OLD.file_id AND v.sha256 = OLD.sha256)
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the file of employee_document % is kept: another one is a new version', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM employee_document d WHERE d.id = OLD.document_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'version % of employee_document % is kept', OLD.id, OLD.document_id USING ERRCODE = 'restrict_violation';
END $$
----
CREATE TRIGGER employee_document_versions BEFORE UPDATE OF file_id, sha256 ON employee_document FOR EACH ROW
WHEN (OLD.file_id <> NEW.file_id OR OLD.sha256 <> NEW.sha256) EXECUTE FUNCTION keep_versions()
----
CREATE TRIGGER document_version_kept BEFORE DELETE OR UPDATE OF document_id, file_id, sha256 ON document_version FOR EACH ROW
EXECUTE FUNCTION keep_versions()
----
CREATE TRIGGER employee_compliance_kept BEFORE DELETE ON employee_compliance FOR EACH ROW
EXECUTE FUNCTION keep_record('employee_compliance', 'id')
----
CREATE TRIGGER employee_compliance_content BEFORE UPDATE OF id, employee_id, type_id, decision, completed_on, decided_at, decided_by_name, reason, evidence_id ON employee_compliance
FOR EACH ROW EXECUTE FUNCTION keep_content('employee_compliance', 'id', 'id', 'employee_id', 'type_id', 'decision', 'completed_on', 'decided_at', 'decided_by_name', 'reason', 'evidence_id=employee_document')
----
CREATE TRIGGER training_assignment_kept BEFORE DELETE ON training_assignment FOR EACH ROW
EXECUTE FUNCTION keep_record('training_assignment', 'id')
----
CREATE TRIGGER training_assignment_content BEFORE UPDATE OF id, employee_id, course_id, assigned_at, assigned_by_name ON training_assignment
FOR EACH ROW EXECUTE FUNCTION keep_content('training_assignment', 'id', 'id', 'employee_id', 'course_id', 'assigned_at', 'assigned_by_name')
----
CREATE TRIGGER extension_request_kept BEFORE DELETE ON extension_request FOR EACH ROW
EXECUTE FUNCTION keep_record('training_assignment', 'assignment_id')
----
CREATE TRIGGER notice_kept BEFORE DELETE ON notice FOR EACH ROW EXECUTE FUNCTION keep_record('notice', 'id')
----
-- What was sent stays as it was sent; but the name of somebody who asked to be erased may go from letters to others.
CREATE FUNCTION keep_letter() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.id = OLD.id AND NEW.employee_id IS NOT DISTINCT FROM OLD.employee_id AND NEW.template = OLD.template AND (
        (NEW.subject, NEW.body_text, NEW.body_html, NEW.to_name)
            IS NOT DISTINCT FROM (OLD.subject, OLD.body_text, OLD.body_html, OLD.to_name)
        OR retention_holds('notice', OLD.employee_id, NULL, NULL, (OLD.queued_at AT TIME ZONE 'UTC')::date) IS NULL
            AND EXISTS (
                SELECT FROM employee e
                WHERE (EXISTS (SELECT FROM erasure x WHERE x.employee_id = e.id) OR EXISTS (
                    SELECT FROM retention_item i WHERE i.kind = 'employee' AND i.record_id = e.id AND i.state = 'approved'))
                AND NEW.subject = replace(OLD.subject, e.name, '…') AND NEW.to_name = replace(OLD.to_name, e.name, '…')
                AND NEW.body_text = replace(OLD.body_text, e.name, '…')
                AND NEW.body_html = replace(OLD.body_html, e.name, '…')))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'notice % is kept as it was sent', OLD.id USING ERRCODE = 'restrict_violation';
END $$
----
CREATE TRIGGER notice_content BEFORE UPDATE OF id, employee_id, to_name, template, subject, body_text, body_html ON notice FOR EACH ROW
WHEN (OLD.sent_at IS NOT NULL) EXECUTE FUNCTION keep_letter()
----
-- A failed try that then succeeded is taken back.
CREATE TRIGGER sign_in_kept BEFORE DELETE ON sign_in FOR EACH ROW
WHEN (OLD.user_id IS NOT NULL AND OLD.how <> 'failed')
EXECUTE FUNCTION keep_record('sign_in', 'id')
----
CREATE TRIGGER sign_in_content BEFORE UPDATE OF id, user_id, at, address ON sign_in FOR EACH ROW
EXECUTE FUNCTION keep_content('sign_in', 'id', 'id', 'user_id', 'at', 'address')
----
CREATE TRIGGER certificate_group_kept BEFORE DELETE ON certificate_group FOR EACH ROW
EXECUTE FUNCTION keep_record('certificate_group', 'id')
----
CREATE TRIGGER report_request_kept BEFORE DELETE ON report_request FOR EACH ROW
EXECUTE FUNCTION keep_record('report_request', 'id')
----
CREATE TRIGGER roster_run_kept BEFORE DELETE ON roster_run FOR EACH ROW EXECUTE FUNCTION keep_record('roster_run', 'id')
----
CREATE FUNCTION keep_salt() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM ledger_event e JOIN disposal d ON d.kind = e.record_kind AND d.record_id = e.record_id
        WHERE e.id = OLD.event_id AND d.txid = pg_current_xact_id_if_assigned()::text)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the salt of event % is kept', OLD.event_id USING ERRCODE = 'restrict_violation';
END $$
----
CREATE TRIGGER ledger_salt_kept BEFORE UPDATE OR DELETE ON ledger_salt FOR EACH ROW EXECUTE FUNCTION keep_salt()
----
CREATE FUNCTION keep_subject() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.salt IS NULL AND NEW.employee_id = OLD.employee_id AND NEW.commitment = OLD.commitment
        AND EXISTS (SELECT FROM disposal d WHERE d.kind = 'employee' AND d.record_id = OLD.employee_id
            AND d.txid = pg_current_xact_id_if_assigned()::text)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the name of employee % in the ledger is kept', OLD.employee_id USING ERRCODE = 'restrict_violation';
END $$
----
CREATE TRIGGER ledger_subject_kept BEFORE UPDATE OR DELETE ON ledger_subject FOR EACH ROW EXECUTE FUNCTION keep_subject()
----
-- Bytes are found by this row. What is handed in names it without a foreign key.
CREATE FUNCTION keep_file() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (
        SELECT FROM hand_in h WHERE h.files @> jsonb_build_array(jsonb_build_object('id', OLD.id)))
    THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.sha256 = OLD.sha256 AND NEW.id = OLD.id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'file % is kept', OLD.id USING ERRCODE = 'restrict_violation';
END $$
----
CREATE TRIGGER stored_file_kept BEFORE DELETE OR UPDATE OF id, sha256 ON stored_file FOR EACH ROW EXECUTE FUNCTION keep_file()
