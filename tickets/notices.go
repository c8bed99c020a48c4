package tickets

import (
	"maps"

	"hearback/tickets/register"
)

// Notice is what is known of one kind of letter to staff, for whoever looks at what
// hearback writes by itself. Its words are the program's: what it may say is a
// reference, initials, times, who has it and a link.
type Notice struct {
	Template string
	Title    string
	Goes     string            // when it goes, and to whom
	Subject  string            // of the example
	Fields   map[string]string // of the example
}

// Notices lists every kind, in the order in which an enquiry could meet them; each
// call returns a new slice.
func Notices() []Notice {
	page := func(path string) string { return "https://hearback.example/" + path }
	all := map[string]string{FieldRef: "SEN-104233", FieldInitials: "M.B.", FieldCouncil: "Westmarsh Council", FieldLink: page("e/SEN-104233")}
	with := func(pairs ...string) map[string]string {
		f := maps.Clone(all)
		for i := 0; i+1 < len(pairs); i += 2 {
			f[pairs[i]] = pairs[i+1]
		}
		return f
	}
	of := func(template, title, goes string, fields map[string]string) Notice {
		return Notice{template, title, goes, noticeSubject(template, fields), fields}
	}
	child := func(template, title, goes string, fields map[string]string) Notice {
		c := register.Case{Ref: fields[FieldRef], ChildName: "M B"}
		return Notice{template, title, goes, caseNotice{template: template}.subject(&c), fields}
	}
	machine := func(template, title, goes, subject string, fields map[string]string) Notice {
		fields[FieldCouncil] = all[FieldCouncil]
		return Notice{template, title, goes, subject, fields}
	}
	const since, due, day = "Tue 17 Nov, 09:10", "Thu 26 Nov, 17:15", "Thursday 26 November 2026"
	return []Notice{
		of(TemplateTriage, "Mail waits to be sorted", "To the duty desk, when nobody has placed an email in time.", with(FieldInitials, "", FieldSince, since, FieldDue, due)),
		of(TemplateAlert, "Safety alert", "To the officer, the team lead and the duty desk, at once, when an email holds words about safety.", with(FieldTier, "immediate danger", FieldSince, since)),
		of(TemplateWarning, "An answer is due soon", "To the officer, when most of the time for an answer is gone.", with(FieldDue, due, FieldSince, since)),
		of(TemplateBreach, "An answer is late", "To the officer and whoever stands in, when the time for an answer has run out.", with(FieldDue, due, FieldSince, since)),
		of(TemplateLead, "A late enquiry has reached you", "To the team lead, and later to those above.", with(FieldDue, due, FieldSince, since, FieldOwner, "Dean Foss")),
		of(TemplateStopped, "Your message was stopped", "To whoever wrote it, when the check stops a message on its way out.", with(FieldSince, since)),
		of(TemplateSecond, "Please check a message", "To the colleague who was asked.", with(FieldLink, page("release/7"))),
		of(TemplateSecondDone, "A second person answered", "To whoever asked.", with(FieldLink, page("release/7"))),
		of(TemplateUndelivered, "A message did not arrive", "To the officer at once; to the team lead after a working hour in which nobody acted.", with(FieldSince, since, FieldOwner, "Dean Foss")),
		of(TemplateDoubtful, "A message may not have arrived", "To the officer, when a report of that kind proves nothing.", with(FieldSince, since)),
		of(TemplateUncertain, "Not known whether a message arrived", "To the officer, when the connection broke while a message was handed over.", with(FieldSince, since)),
		of(TemplateCopied, "Somebody outside was on copy", "To the officer and the team lead, when a colleague's answer to a notice also went outside.", with(FieldSince, since)),
		of(TemplateIncident, "Misdirected message", "To the team lead, data protection and the heads of service.", with(FieldDue, due, FieldLink, page("incidents/3"))),
		child(TemplateReview, "A restriction is to be looked at", "To the officer and the team lead.", with(FieldRef, "WM-2201", FieldDue, day, FieldLink, page("c/WM-2201"))),
		child(TemplateAuthority, "A written authority ends", "To the officer and the team lead.", with(FieldRef, "WM-2201", FieldDue, day, FieldLink, page("c/WM-2201"))),
		child(TemplateYoung, "A young person is to be asked", "To the officer and the team lead.", with(FieldRef, "WM-2201", FieldDue, day, FieldLink, page("c/WM-2201"))),
		machine(TemplateAccess, "A restricted case was opened in an emergency", "To whoever may let people in.", "A restricted case was opened in an emergency", map[string]string{FieldLink: page("access")}),
		machine(TemplateMailing, "Letters to many families are to be approved", "To the leads of the team who can open every case on the list, or to heads of service.", mailingSubject("Mailing 12"), map[string]string{FieldRef: "Mailing 12", FieldLink: page("mailings/12")}),
		machine(TemplateNoLead, "A team has no lead", "To heads of service and administrators.", "A team has no lead: North team", map[string]string{FieldTeam: "North team", FieldLink: page("admin/teams")}),
		machine(TemplateMailboxDown, "A mailbox cannot be read", "To administrators.", "Mailbox sen cannot be read", map[string]string{FieldMailbox: "sen", FieldSince: since, FieldLink: page("admin/mailboxes")}),
		machine(TemplateMailboxBack, "A mailbox is read again", "To administrators.", "Mailbox sen is read again", map[string]string{FieldMailbox: "sen", FieldSince: since, FieldLink: page("admin/mailboxes")}),
		machine(TemplateSecretEnds, "A sign-in secret runs out", "To administrators.", "Sign-in secret runs out: sen", map[string]string{FieldMailbox: "sen", FieldDue: day, FieldLink: page("admin/mailboxes")}),
	}
}
