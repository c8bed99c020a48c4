package tickets

// ExportSet is one file of an export.
type ExportSet struct {
	File   string   // name; .csv, or .jsonl with one JSON object a line
	About  string   // what it holds, for README.txt
	Tables []string // of the database
}

// ExportOriginals names the set of the originals of mails, which are files each.
const ExportOriginals = "originals"

// ExportSets lists every file of an export, in the order in which it is written.
func ExportSets() []ExportSet {
	return []ExportSet{
		{"teams.csv", "The SEN teams, with the number of the colleague who leads each.", []string{"teams"}},
		{"staff.csv", "Accounts of staff. No passwords, hashes or second factors.", []string{"staff"}},
		{"cases.csv", "One line a child: reference, name, date of birth, UPN, NHS number, school, stage, team, officers.", []string{"cases"}},
		{"aliases.csv", "Other names by which a child is known.", []string{"aliases"}},
		{"siblings.csv", "Cases of brothers and sisters.", []string{"siblings"}},
		{"case_dates.csv", "Dates of events of a case: request, decision, draft, final, review.", []string{"case_dates"}},
		{"people.csv", "People outside the council: parents, schools, professionals and others.", []string{"people"}},
		{"person_numbers.csv", "The case system's numbers of people.", []string{"person_refs"}},
		{"links.csv", "Who is on which case, as what, with parental responsibility and what they may be told.", []string{"links"}},
		{"addresses.csv", "E-mail addresses of people.", []string{"addresses"}},
		{"phones.csv", "Telephone numbers of people.", []string{"phones"}},
		{"postal_addresses.csv", "Postal addresses of people.", []string{"postal_addresses"}},
		{"preferences.csv", "How people want to be written to or rung.", []string{"preferences"}},
		{"restrictions.csv", "Court orders and other limits, ended ones too, with who entered and who ended them. For staff alone.", []string{"restrictions"}},
		{"reasons.csv", "Why something was made less strict. For staff alone.", []string{"register_reasons"}},
		{"representations.csv", "Who may act for whom, on which authority.", []string{"representations"}},
		{"arrangements.csv", "Who decides once the child is a young person.", []string{"arrangements"}},
		{"protected_facts.csv", "Facts that are kept from somebody on the case. For staff alone.", []string{"protected_facts"}},
		{"access_grants.csv", "Who was let into which restricted case, by whom and until when.", []string{"case_grants"}},
		{"mailboxes.csv", "The council's own mailboxes.", []string{"mailboxes"}},
		{"enquiries.csv", "One line an enquiry: whose, on which case, its state and when it was due.", []string{"tickets"}},
		{"messages.csv", "Every message in and out, with its text and the path of the original in mail/. Calls are here too, with more in calls.jsonl.", []string{"messages", "bodies"}},
		{"calls.jsonl", "Telephone calls: who rang, what was said and promised. For staff alone.", []string{"calls"}},
		{"notes.jsonl", "Notes that colleagues wrote for each other. For staff alone: they were never sent to anybody.", []string{"notes"}},
		{"letters.csv", "What hearback was asked to send: text, author, what the guard held and why. deliveries.csv says what became of each copy.", []string{"outgoings"}},
		{"deliveries.csv", "One line a copy of a letter: to whom, and whether it arrived. No reply tokens.", []string{"deliveries"}},
		{"letter_files.csv", "Files that went with letters, or wait to. The bytes of each are under the number raw_id in mail/.", []string{"outgoing_files"}},
		{"letterheads.csv", "Signature and logo of each team's letters. The bytes of the logo are under the number logo_id in mail/.", []string{"letterheads"}},
		{"second_looks.csv", "Letters that the guard stopped and a second person was asked to release, and what was decided. For staff alone.", []string{"second_looks"}},
		{"incidents.csv", "Letters that went to the wrong person, and what was done. For staff alone.", []string{"incidents"}},
		{"guard_reports.csv", "What colleagues said of checks that they found wrong. For staff alone.", []string{"guard_reports"}},
		{"guard_changes.csv", "Wishes that a rule of the check be less or more strict, and who approved. For staff alone.", []string{"guard_changes"}},
		{"mailings.csv", "Letters to many families: text, choice of families, who wrote and who approved them.", []string{"mailings"}},
		{"mailing_letters.csv", "One line a family of a mailing: the letter that they got, or why they got none. For staff alone.", []string{"mailing_letters"}},
		{"undelivered.csv", "Letters that did not arrive, and whether somebody acted before the lead was told.", []string{"undelivered"}},
		{"clocks.csv", "The clocks of enquiries.", []string{"clocks"}},
		{"clock_steps.csv", "What the clocks have done: reminders and escalations.", []string{"clock_steps"}},
		{"events.jsonl", "The history of every enquiry, append-only.", []string{"events"}},
		{"audit.csv", "Who did or saw what. hearback audit verify checks that nothing was changed.", []string{"audit_records", "audit_sealed"}},
		{"audit_seals.csv", "The hashes that close the audit in batches.", []string{"audit_seals"}},
		{"ledger.csv", "What became of every mail on the server, also of those that could not be read.", []string{"ledger"}},
		{"scans.csv", "What the virus scanner said of parts of mails.", []string{"part_scans"}},
		{"rules.csv", "Rules about new mail, removed ones too.", []string{"intake_rules"}},
		{"staff_domains.csv", "Domains whose addresses are staff.", []string{"staff_domains"}},
		{"staff_domain_changes.csv", "Who asked for a change of them, and who approved it.", []string{"staff_domain_changes"}},
		{"directory_groups.csv", "Distribution lists of the council.", []string{"directory_groups"}},
		{"directory_forwards.csv", "Who is forwarded where.", []string{"directory_forwards"}},
		{"imports.csv", "Extracts of the case system that were taken in.", []string{"imports"}},
		{"import_waiting.csv", "Changes of an import that waited for a person, and what was decided.", []string{"import_waiting"}},
		{"import_mappings.csv", "Mappings of the extract's columns.", []string{"import_mappings"}},
		{"settings.csv", "What was set on the administration pages, every version.", []string{"setting_versions"}},
	}
}

// NotExported are tables that are left out, and why.
func NotExported() map[string]string {
	return map[string]string{
		"raw_mail":         "each original is a file in mail/",
		"settings":         "of this installation",
		"register_version": "of this installation",
		"register_alarms":  "of this installation",
		"cursors":          "of this installation",
		"folders":          "of this installation",
		"leases":           "of this installation",
		"counters":         "of this installation",
		"sessions":         "secret",
		"api_tokens":       "secret",
		"recovery_codes":   "secret",
		"hook_events":      "what endpoints outside were told: kinds and references, kept for 30 days",
		"sent_copies":      "copies for the mailbox's own Sent folder; the letters are in letters.csv",
		"drafts":           "a colleague's own until it is sent",
		"draft_files":      "a colleague's own until it is sent",
		"note_drafts":      "a colleague's own until it is kept",
	}
}
