package compose

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/register"
)

// notice is a claim of a letter to a colleague, with private words in every place
// that a letter could take words from.
func notice(n tickets.Notice, marker string) *tickets.Claim {
	c := reply()
	c.Letter.Template, c.Letter.Purpose, c.Letter.Subject, c.Letter.Fields, c.Letter.Body = n.Template, tickets.PurposeNotice, n.Subject, maps.Clone(n.Fields), ""
	c.Letter.HeldReason = marker
	c.Letter.Deliveries[0].Name, c.Letter.Deliveries[0].Email, c.Letter.Deliveries[0].PersonID, c.Letter.Deliveries[0].StaffID = "Dean Foss", "dean@westmarsh.example", 0, 4
	c.Case = &register.Case{ID: 5, Ref: "WM-2201", ChildName: marker + " Brandt", School: marker, DOB: "2016-03-04"}
	c.Ticket.Subject, c.Ticket.Alert = marker, marker
	c.Answers = &tickets.Message{
		Direction: tickets.In, MessageID: marker + "@mail.example", FromName: marker, FromEmail: marker + "@mail.example", FromMailbox: marker + "@mail.example",
		Subject: marker, Text: marker, ReplyText: marker, ReceivedAt: now(),
	}
	c.Wording.Subject, c.Wording.Body = marker, marker
	return c
}

// Every notice has an example and every example a template; what a notice says is
// its own words and its fields, whatever stands in the mail, the enquiry and the case.
func TestNoticesSayReferenceAndLinkOnly(t *testing.T) {
	const marker = "qzxprivate"
	c := composer(t, Sender{Name: "SEN team", PlusAddressing: true})
	seen := map[string]bool{}
	for _, n := range tickets.Notices() {
		k, ok := kinds()[n.Template]
		if !ok || seen[n.Template] || n.Title == "" || n.Goes == "" {
			t.Errorf("%s: no such template, told twice, or without words", n.Template)
			continue
		}
		seen[n.Template] = true
		copies, err := c.Copies(notice(n, marker), now())
		if err != nil {
			t.Errorf("%s: %v", n.Template, err)
			continue
		}
		r := readGo(t, n.Template, copies[0].Bytes)
		all := strings.ToLower(string(copies[0].Bytes) + r.Text + r.HTML + r.Subject)
		for _, word := range []string{marker, "brandt", "taxi", "zoë", "mail.example"} {
			if strings.Contains(all, word) {
				t.Errorf("%s says %q:\n%s", n.Template, word, r.Text)
			}
		}
		if len(r.Files) > 0 || strings.Count(r.Text, "https://") != 1 || !strings.Contains(r.Text, n.Fields[tickets.FieldLink]) {
			t.Errorf("%s: one link and no file:\n%s", n.Template, r.Text)
		}
		for _, f := range k.required {
			if !strings.Contains(r.Text, n.Fields[f]) {
				t.Errorf("%s does not say %s:\n%s", n.Template, f, r.Text)
			}
		}
		// Without its fields nothing is left but the standing words.
		for _, f := range fieldNames() {
			if v := n.Fields[f]; v != "" && !constant(f) && strings.Contains(copies[0].Standing, v) {
				t.Errorf("%s: the standing words hold %s", n.Template, f)
			}
		}
		for _, extra := range []string{"child", "subject", "body", "name", tickets.FieldTopic} {
			x := notice(n, marker)
			x.Letter.Fields[extra] = marker
			if _, err := c.Copies(x, now()); err == nil {
				t.Errorf("%s takes a field %q", n.Template, extra)
			}
		}
	}
	for name := range kinds() {
		if !seen[name] {
			t.Errorf("%s has no example", name)
		}
	}
	if allowed := fieldNames(); slices.Contains(allowed, "child") || slices.Contains(allowed, "subject") || len(allowed) != 11 {
		t.Errorf("fields of notices: %v", allowed)
	}
}
