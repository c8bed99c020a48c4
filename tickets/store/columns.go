package store

// Class says whether the words of a text column may reach a letter.
type Class string

// The classes.
const (
	// Shareable words may stand in a letter to whom they concern, when the guard
	// has cleared it: a name, a subject, what the family wrote.
	Shareable Class = "shareable"
	// Private words never leave: what staff wrote for staff, what signs somebody
	// in, and what operators read.
	Private Class = "private"
	// Technical is no language: references, keys, codes, dates, hashes.
	Technical Class = "technical"
)

// Columns declares every text column of the schema. A column that is missing
// here fails a test, so that nobody adds private words without saying so; the
// guard's fingerprints and the markers of the leak tests start from this list.
func Columns() map[string]map[string]Class {
	return map[string]map[string]Class{
		"teams": {"name": Shareable},
		"staff": {
			"email": Shareable, "mailbox": Technical, "name": Shareable, "name_fold": Technical, "role": Technical,
			"password_hash": Private, "away_until": Technical, "issuer": Technical, "subject": Private, "totp_sealed": Private,
			"invite_hash": Private,
		},
		"staff_domains":    {"domain": Technical},
		"settings":         {"key": Technical, "value": Private},
		"setting_versions": {"name": Technical, "content": Private},
		"mailboxes":        {"name": Technical, "address": Shareable, "folded": Technical},
		"cases": {
			"ref": Technical, "ref_fold": Technical, "child_name": Shareable, "child_fold": Technical, "dob": Technical,
			"upn": Technical, "nhs": Technical, "school": Shareable, "stage": Shareable,
		},
		"people": {"name": Shareable, "name_fold": Technical, "kind": Technical},
		// Who checked somebody's rights, and what they may be told, is for staff.
		"links": {
			"relation": Shareable, "pr": Technical, "pr_source": Private, "pr_checked_on": Technical, "may_be_told": Private,
		},
		"addresses": {"email": Shareable, "mailbox": Technical, "loose": Technical},
		"phones":    {"number": Shareable, "digits": Technical},
		"cursors":   {"folder": Technical},
		"raw_mail":  {"sha256": Technical},
		"tickets": {
			"ref": Technical, "state": Technical, "category": Technical, "requester_mailbox": Technical,
			"requester_email": Shareable, "subject": Shareable, "ask": Private, "reason": Private, "alert": Private,
			"suggested_sender": Private,
		},
		"messages": {
			"direction": Technical, "channel": Technical, "kind": Technical, "from_name": Shareable, "from_email": Shareable,
			"from_mailbox": Technical, "to_text": Shareable, "subject": Shareable, "message_id": Technical,
			"content_hash": Technical, "parts": Shareable, "auth": Technical, "reason": Private, "evidence": Private,
			"problems": Private, "machine": Shareable, "answers_mail": Technical,
		},
		"bodies": {"words": Shareable, "reply": Shareable},
		"calls": {
			"direction": Technical, "number": Shareable, "summary": Private, "promise": Private, "promise_by": Technical,
			"stops_reason": Private,
		},
		"notes":      {"words": Private, "source": Technical, "content_hash": Technical},
		"ledger":     {"folder": Technical, "fate": Technical, "reason": Private},
		"folders":    {"folder": Technical},
		"part_scans": {"path": Technical, "verdict": Technical, "signature": Private},
		// Why somebody's mail is kept away is for staff.
		"intake_rules": {"kind": Technical, "pattern": Private, "category": Technical, "note": Private},
		"outgoings": {
			"purpose": Technical, "subject": Shareable, "body": Shareable, "template": Technical, "fields": Shareable,
			"confirmed": Private, "digest": Technical, "after_send": Technical, "held_reason": Private,
			"held_rules": Technical, "queued_mode": Technical, "hold_reasons": Private,
		},
		"deliveries": {
			"name": Shareable, "email": Shareable, "mailbox": Technical, "message_id": Technical, "token": Technical,
			"state": Technical, "claimed_by": Technical, "reply": Private, "why": Private, "sha256": Technical,
		},
		"drafts":         {"subject": Shareable, "words": Shareable, "to_people": Technical, "after_send": Technical},
		"note_drafts":    {"words": Private},
		"draft_files":    {"name": Shareable, "type": Technical, "sha256": Technical, "source": Technical, "removed": Private, "state": Technical},
		"outgoing_files": {"name": Shareable, "type": Technical, "sha256": Technical},
		"letterheads":    {"signature": Shareable, "logo_type": Technical, "logo_alt": Shareable},
		"clocks":         {"kind": Technical, "policy": Technical, "start_day": Technical, "due_day": Technical, "stop_by": Technical},
		"clock_steps":    {"step": Technical},
		"events":         {"kind": Technical, "system": Technical, "data": Technical},
		"leases":         {"name": Technical, "holder": Technical},
		"sessions":       {"token_hash": Technical, "from_net": Private, "agent": Private},
		"recovery_codes": {"hash": Private},
		"api_tokens":     {"hash": Private, "name": Private, "scopes": Technical},
		"counters":       {"name": Technical},
		// Why somebody may not be told or written to is for staff alone.
		"restrictions": {
			"kind": Technical, "source": Technical, "document": Private, "reason": Private, "starts_on": Technical,
			"review_by": Technical, "end_reason": Private,
		},
		"representations":      {"kind": Technical, "document": Private, "given_on": Technical, "expires_on": Technical},
		"arrangements":         {"value": Technical, "source": Private, "asked_on": Technical},
		"preferences":          {"channel": Technical, "times": Private, "language": Technical, "words": Private},
		"aliases":              {"name": Shareable, "name_fold": Technical},
		"case_dates":           {"kind": Technical, "on_date": Technical, "source": Private},
		"postal_addresses":     {"lines": Shareable, "postcode": Shareable, "from_on": Technical, "to_on": Technical},
		"protected_facts":      {"kind": Technical, "value": Private},
		"person_refs":          {"ref": Technical},
		"directory_groups":     {"address": Shareable, "mailbox": Technical, "name": Shareable, "members": Private},
		"directory_forwards":   {"mailbox": Technical, "target": Private},
		"staff_domain_changes": {"domain": Technical},
		"imports":              {"file_name": Private, "sha256": Technical, "mapping": Technical},
		// What a second person was asked, what went to the wrong person, and what staff say
		// of the check, is for staff.
		"guard_reports":    {"rules": Technical, "words": Private, "outcome": Technical, "answer": Private},
		"guard_changes":    {"rule": Technical, "level": Technical, "until": Technical, "reason": Private, "state": Technical, "answer": Private},
		"incidents":        {"assessment": Private, "got_by": Private, "ico_ref": Private, "lessons": Private, "risk": Technical, "steps": Technical, "what": Private},
		"second_looks":     {"answer": Private, "basis": Technical, "digest": Technical, "findings": Technical, "letter": Private, "reason": Private, "state": Technical},
		"register_reasons": {"what": Technical, "words": Private},
		"register_alarms":  {"key": Technical},
		"import_waiting":   {"change": Private, "change_key": Technical, "why": Private},
		"audit_records": {
			"system": Technical, "role": Technical, "action": Technical, "object": Technical, "from_net": Private, "detail": Private,
		},
		"hook_events": {"endpoint": Technical, "kind": Technical, "ref": Shareable, "state": Technical, "answer": Technical},
		// Why a family gets no letter, and what the check found, is for staff.
		"mailings": {
			"title": Private, "state": Technical, "filter": Private, "subject": Shareable, "body": Shareable, "files": Shareable,
			"digest": Technical, "answer": Private,
		},
		"mailing_letters": {
			"name": Shareable, "email": Shareable, "also": Technical, "state": Technical, "why": Private, "decision": Technical,
			"findings": Private, "confirmed": Private, "digest": Technical,
		},
		"undelivered":     {"outcome": Technical},
		"sent_copies":     {"state": Technical, "folder": Technical, "why": Private},
		"audit_seals":     {"prev": Technical, "hash": Technical},
		"case_grants":     {"reason": Private},
		"import_mappings": {"name": Private, "mapping": Private},
	}
}
