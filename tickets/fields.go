package tickets

import "hearback/tickets/wording"

// The templates of letters that hearback writes by itself (Outgoing.Template).
// tickets/wording holds the words for families, which a council may change, and
// outbound/internal/compose those for staff; a template that neither knows is
// refused.
const (
	TemplateAck         = wording.Ack            // PurposeAck
	TemplateAckAgain    = wording.AckAgain       // they asked again
	TemplateAckRequest  = wording.AckRequest     // a person confirmed a request for an assessment
	TemplateAckYoung    = wording.AckYoung       // to a young person
	TemplateAckSchool   = wording.AckSchool      // to a school, a professional, an MP
	TemplateReceipt     = wording.Receipt        // PurposeReceipt: to a stranger
	TemplateNeutral     = wording.ReceiptNeutral // PurposeReceipt: says nothing to somebody whom we know
	TemplateWarning     = "notice_warning"       // PurposeNotice from here on: the answer is due soon
	TemplateBreach      = "notice_breach"        // it is late
	TemplateLead        = "notice_lead"          // it is late and has reached the team lead
	TemplateTriage      = "notice_triage"        // mail waits to be sorted
	TemplateUndelivered = "notice_undelivered"   // a letter did not arrive; the clock runs again
	TemplateUncertain   = "notice_uncertain"     // a letter may or may not have arrived; somebody has to say
	TemplateDoubtful    = "notice_doubtful"      // somebody claims that a letter did not arrive, and nothing proves it
	TemplateStopped     = "notice_stopped"       // the guard stopped a letter of yours
	TemplateSecond      = "notice_second"        // a colleague asks you to look at a letter that was stopped
	TemplateSecondDone  = "notice_second_done"   // somebody answered that
	TemplateCopied      = "notice_copied"        // a colleague answered a notice with somebody outside on copy
	TemplateIncident    = "notice_incident"      // a message went to the wrong person
	TemplateAlert       = "notice_alert"         // a mail holds safeguarding words
)

// The keys of Outgoing.Fields. Values are plain text in British English and
// London time; a key that does not apply is absent. Nothing of them is ever
// text that the sender of a mail supplied, a child's name or private text.
const (
	FieldRef           = "ref"            // SEN-104233; not in a receipt
	FieldCouncil       = "council"        // the council's name
	FieldOwner         = "owner"          // who answers: an officer's or a team's name
	FieldDue           = "due"            // ack: "Tuesday 1 December 2026"; notice: "Tue 1 Dec, 17:15"
	FieldPhone         = "phone"          // the team's number
	FieldLead          = "lead"           // whom to ask for when nothing was heard
	FieldEDT           = "edt"            // emergency duty team: the number for out of hours
	FieldSENDIASS      = "sendiass"       // name of the free independent advice service
	FieldSENDIASSPhone = "sendiass_phone" //
	FieldFormat        = "format"         // how to get large print, another language, a call
	FieldPrivacy       = "privacy"        // link to the privacy notice
	FieldOpens         = "opens"          // ack, only when the office is closed: "Monday 23 November at 8:45am"
	FieldInitials      = "initials"       // notices: "M.B."
	FieldSince         = "since"          // notices: waiting since, "Tue 24 Nov, 09:10"
	FieldLink          = "link"           // notices: where to look
	FieldLate          = "late"           // notices: "yes" when it was caught up after downtime
	FieldTier          = "tier"           // alerts: "immediate danger" or "serious concern"
	FieldWasDue        = "was_due"        // ack, instead of FieldDue once that day is past
	FieldTopic         = "topic"          // ack: what it is about, from a list of ours
	FieldReceived      = "received"       // ack of a request for an assessment: "Thursday 19 November 2026"
	FieldLawDue        = "law_due"        // the last day in law for yes or no
	FieldClosedUntil   = "closed_until"   // as FieldOpens, while the office is closed for days
	// FieldWording is the version of the council's words that the letter was queued
	// with; absent for those that hearback comes with. It is never shown.
	FieldWording = "wording"
)
