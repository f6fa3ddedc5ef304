-- Nobody, not even the owner by a plain INSERT, notes a disposal that is not approved, due and free of holds.
CREATE FUNCTION check_disposal() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    kept record;
    item record;
BEGIN
    SELECT t.review_id, v.why, v.reviewed_by_id, v.approved_by_id INTO item
    FROM retention_item t JOIN retention_review v ON v.id = t.review_id
    WHERE t.id = NEW.item_id AND t.kind = NEW.kind AND t.record_id = NEW.record_id
        AND t.state = 'approved' AND v.status = 'approved' AND v.approved_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% %: no review approved its disposal', NEW.kind, NEW.record_id USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO kept FROM retained_due r WHERE r.kind = NEW.kind AND r.record_id = NEW.record_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% %: there is no such record', NEW.kind, NEW.record_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF kept.ends_on > retention_today() THEN
        RAISE EXCEPTION '% % is to be kept until %', NEW.kind, NEW.record_id, kept.ends_on USING ERRCODE = 'restrict_violation';
    END IF;
    IF retention_holds(NEW.kind, kept.employee_id, kept.course_id, kept.type_ids, kept.made_on) IS NOT NULL THEN
        RAISE EXCEPTION '% % is under legal hold', NEW.kind, NEW.record_id USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.why := CASE WHEN item.why = 'erasure' THEN 'erased' ELSE 'disposed' END;
    NEW.reviewed_by_id := item.reviewed_by_id;
    NEW.approved_by_id := item.approved_by_id;
    NEW.policy_id := kept.policy_id;
    NEW.law := coalesce(kept.law, '');
    NEW.due_on := kept.ends_on;
    NEW.subject := coalesce((SELECT s.commitment FROM ledger_subject s WHERE s.employee_id = kept.employee_id), '');
    NEW.disposed_at := now();
    NEW.txid := pg_current_xact_id()::text;
    RETURN NEW;
END $$
----
CREATE TRIGGER disposal_checked BEFORE INSERT ON disposal FOR EACH ROW EXECUTE FUNCTION check_disposal()
----
-- Drops the row of a file that nothing names any more and marks its bytes for removal; whether it did.
CREATE FUNCTION retention_drop_file(file bigint) RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    digest text;
BEGIN
    DELETE FROM stored_file WHERE id = file RETURNING sha256 INTO digest;
    IF digest IS NOT NULL AND NOT EXISTS (SELECT FROM stored_file WHERE sha256 = digest) THEN
        INSERT INTO file_going (sha256) VALUES (digest) ON CONFLICT (sha256) DO UPDATE SET since = now();
    END IF;
    RETURN digest IS NOT NULL;
EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
    RETURN false;
END $$
----
-- The one door: exactly the listed item goes, or an error says why not. Answers the id of the disposal.
CREATE FUNCTION retention_dispose(item bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_kind text;
    v_id bigint;
    v_row text;
    v_user int;
    v_files bigint[] := '{}';
    v_digests jsonb := '[]';
    noted bigint;
    v_file bigint;
BEGIN
    -- Whoever sets a hold, a rule or a longer date just now goes first, and is seen by what follows.
    LOCK TABLE legal_hold, legal_hold_custodian, retention_policy, retention_longer IN SHARE MODE;
    SELECT t.kind, t.record_id INTO v_kind, v_id FROM retention_item t WHERE t.id = item FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such item' USING ERRCODE = 'restrict_violation';
    END IF;
    IF v_kind NOT IN ('completion_record', 'certificate', 'sealed_file', 'quiz_submission', 'scorm_attempt', 'hand_in',
        'signature', 'employee_document', 'employee_compliance', 'training_assignment', 'notice', 'sign_in',
        'transcript', 'certificate_group', 'report_request', 'roster_run', 'employee')
    THEN
        RAISE EXCEPTION 'nothing of kind % is ever disposed of', v_kind USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('SELECT t::text FROM %I t WHERE t.id = $1 FOR UPDATE', v_kind) INTO v_row USING v_id;
    v_files := CASE v_kind
        WHEN 'sealed_file' THEN ARRAY(SELECT f.file_id FROM sealed_file f WHERE f.id = v_id)
        WHEN 'employee_document' THEN ARRAY(SELECT d.file_id FROM employee_document d WHERE d.id = v_id
            UNION SELECT v.file_id FROM document_version v WHERE v.document_id = v_id)
        WHEN 'roster_run' THEN ARRAY(SELECT r.file_id FROM roster_run r WHERE r.id = v_id)
        WHEN 'notice' THEN ARRAY(SELECT n.attachment_id FROM notice n WHERE n.id = v_id AND n.attachment_id IS NOT NULL)
        WHEN 'certificate_group' THEN ARRAY(SELECT x FROM certificate_group g, unnest(ARRAY[g.zip_id, g.print_id]) x
            WHERE g.id = v_id AND x IS NOT NULL)
        WHEN 'hand_in' THEN ARRAY(SELECT (f ->> 'id')::bigint FROM hand_in h, jsonb_array_elements(h.files) f WHERE h.id = v_id)
        ELSE '{}' END;
    SELECT coalesce(jsonb_agg(DISTINCT s.sha256), '[]') INTO v_digests FROM stored_file s WHERE s.id = ANY(v_files);
    INSERT INTO disposal (kind, record_id, subject, why, law, due_on, item_id, sha256, files, txid)
    VALUES (v_kind, v_id, '', '', '', 'infinity', item, encode(sha256(convert_to(v_row, 'UTF8')), 'hex'), v_digests, '')
    RETURNING id INTO noted;
    DELETE FROM ledger_salt s USING ledger_event e WHERE e.id = s.event_id AND e.record_kind = v_kind AND e.record_id = v_id;
    CASE v_kind
    WHEN 'completion_record' THEN
        UPDATE completion_record SET employee_id = NULL, employee_number = '', employee_name = '', job_role = '',
            department = '', actor_name = '', reason = '', approved_by_name = NULL WHERE id = v_id;
    WHEN 'certificate' THEN
        UPDATE certificate SET replaces_id = NULL WHERE replaces_id = v_id;
        DELETE FROM certificate WHERE id = v_id;
    WHEN 'sealed_file' THEN
        UPDATE employee_document SET sealed_file_id = NULL WHERE sealed_file_id = v_id;
        UPDATE compliance_batch_line SET sealed_id = NULL WHERE sealed_id = v_id;
        DELETE FROM sealed_file WHERE id = v_id;
    WHEN 'quiz_submission' THEN
        DELETE FROM quiz_claim WHERE submission_id = v_id;
        DELETE FROM quiz_mark WHERE submission_id = v_id;
        DELETE FROM quiz_answer WHERE submission_id = v_id;
        DELETE FROM quiz_regrade_line WHERE submission_id = v_id;
        UPDATE quiz_regrade SET submission_id = NULL WHERE submission_id = v_id;
        DELETE FROM quiz_grading WHERE submission_id = v_id;
        DELETE FROM quiz_submission WHERE id = v_id;
    WHEN 'scorm_attempt' THEN
        DELETE FROM scorm_commit c USING scorm_launch l WHERE l.id = c.launch_id AND l.attempt_id = v_id;
        DELETE FROM scorm_launch WHERE attempt_id = v_id;
        DELETE FROM scorm_sco WHERE attempt_id = v_id;
        DELETE FROM scorm_attempt WHERE id = v_id;
    WHEN 'hand_in' THEN
        DELETE FROM grading WHERE hand_in_id = v_id;
        DELETE FROM hand_in_claim WHERE hand_in_id = v_id;
        DELETE FROM hand_in WHERE id = v_id;
    WHEN 'signature' THEN
        UPDATE signature_request SET signature_id = NULL, withdrawn_at = coalesce(withdrawn_at, now()) WHERE signature_id = v_id;
        DELETE FROM signature WHERE id = v_id;
    WHEN 'employee_document' THEN
        UPDATE employee_compliance SET evidence_id = NULL WHERE evidence_id = v_id;
        UPDATE onboarding_task SET document_id = NULL WHERE document_id = v_id;
        UPDATE waiver_request SET evidence_id = NULL WHERE evidence_id = v_id;
        UPDATE compliance_batch_line SET document_id = NULL WHERE document_id = v_id;
        UPDATE employee_document SET replaced_by_id = NULL WHERE replaced_by_id = v_id;
        DELETE FROM employee_document WHERE id = v_id;
    WHEN 'employee_compliance' THEN
        DELETE FROM compliance_look WHERE decision_id = v_id;
        UPDATE waiver_request SET decision_id = NULL WHERE decision_id = v_id;
        UPDATE employee_compliance SET undoes_id = NULL WHERE undoes_id = v_id;
        DELETE FROM employee_compliance WHERE id = v_id;
    WHEN 'training_assignment' THEN
        DELETE FROM extension_request WHERE assignment_id = v_id;
        DELETE FROM assignment_pause WHERE assignment_id = v_id;
        UPDATE compliance_look SET assignment_id = NULL WHERE assignment_id = v_id;
        UPDATE onboarding_course SET assignment_id = NULL WHERE assignment_id = v_id;
        DELETE FROM training_assignment WHERE id = v_id;
    WHEN 'notice' THEN
        UPDATE notice SET carried_by_id = NULL WHERE carried_by_id = v_id;
        DELETE FROM notice WHERE id = v_id;
    WHEN 'sign_in' THEN DELETE FROM sign_in WHERE id = v_id;
    WHEN 'transcript' THEN DELETE FROM transcript WHERE id = v_id;
    WHEN 'certificate_group' THEN DELETE FROM certificate_group WHERE id = v_id;
    WHEN 'report_request' THEN DELETE FROM report_request WHERE id = v_id;
    WHEN 'roster_run' THEN
        DELETE FROM roster_line WHERE run_id = v_id;
        UPDATE roster_sighting SET run_id = NULL WHERE run_id = v_id;
        UPDATE roster_run SET columns_of_id = NULL WHERE columns_of_id = v_id;
        UPDATE roster_run SET after_id = NULL WHERE after_id = v_id;
        DELETE FROM roster_run WHERE id = v_id;
    WHEN 'employee' THEN
        SELECT e.user_id INTO v_user FROM employee e WHERE e.id = v_id;
        UPDATE employee SET number = 'erased-' || id, name = 'Erased person', sort_name = 'erased person', email = NULL,
            mobile = NULL, job_role = '', location = '', region = '', cohort = '', hire_date = NULL, leave_reason = '',
            erased_at = now() WHERE id = v_id;
        UPDATE app_user SET email = 'erased-' || id || '@erased.invalid', name = 'Erased person', password_hash = NULL,
            active = false, session_epoch = session_epoch + 1, last_sign_in_at = NULL WHERE id = v_user;
        UPDATE ledger_subject SET salt = NULL WHERE employee_id = v_id;
    END CASE;
    -- Former rows, which answer for the past, go with it; of a person they keep where they worked, and not who it was.
    IF v_kind = 'employee' THEN
        PERFORM past.forget(v_id::int);
    ELSIF to_regclass('past.' || v_kind || '_was') IS NOT NULL THEN
        EXECUTE format('DELETE FROM past.%I WHERE id = $1', v_kind || '_was') USING v_id;
    END IF;
    FOREACH v_file IN ARRAY v_files LOOP
        PERFORM retention_drop_file(v_file);
    END LOOP;
    UPDATE retention_item SET state = 'done', employee_id = NULL, words = '' WHERE id = item;
    -- Other lists name the person no more either.
    UPDATE retention_item SET employee_id = NULL WHERE kind = v_kind AND record_id = v_id AND id <> item;
    RETURN noted;
END $$
----
REVOKE ALL ON FUNCTION retention_drop_file(bigint) FROM PUBLIC
