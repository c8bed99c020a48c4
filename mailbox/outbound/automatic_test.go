package outbound

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/register"
)

func helpFields() map[string]string {
	return map[string]string{
		tickets.FieldCouncil: "Westmere Council", tickets.FieldPhone: "01234 000100", tickets.FieldEDT: "01234 000111",
		tickets.FieldSENDIASS: "Westmere SENDIASS", tickets.FieldSENDIASSPhone: "01234 000222",
		tickets.FieldFormat: "Want this in large print? Reply and tell us.", tickets.FieldPrivacy: "https://council.example/privacy",
	}
}

// ack queues the acknowledgement that intake would queue.
func (f *fake) ack(to string) *tickets.Claim {
	c := f.reply("", to)
	o := &c.Letter
	o.Purpose, o.Template, o.AuthorID, o.Subject = tickets.PurposeAck, tickets.TemplateAck, 0, "[SEN-104233] We have your email"
	c.Author = nil
	o.Fields = helpFields()
	maps.Copy(o.Fields, map[string]string{
		tickets.FieldRef: "SEN-104233", tickets.FieldOwner: "Jo Bell", tickets.FieldDue: "Monday 30 November 2026",
		tickets.FieldLead: "Ask for the team manager. They can see this email.", tickets.FieldOpens: "Monday 23 November at 8:45am",
	})
	c.Answers.FromMailbox = register.FoldMailbox(to)
	return c
}

func (f *fake) receipt(to string) *tickets.Claim {
	c := f.ack(to)
	o := &c.Letter
	o.Purpose, o.Template, o.Subject, o.CaseID, o.Fields = tickets.PurposeReceipt, tickets.TemplateReceipt, "We have your email", 0, helpFields()
	o.Deliveries[0].Name = ""
	c.Ticket.CaseID, c.Case = 0, nil
	return c
}

func (f *fake) notice(template string) *tickets.Claim {
	c := f.reply("", officer)
	o := &c.Letter
	o.Purpose, o.Template, o.AuthorID, o.Subject = tickets.PurposeNotice, template, 0, "Due Mon 30 Nov, 17:15: SEN-104233 (M.O.)"
	o.Deliveries[0].Name = "Jo Bell"
	c.Author, c.Answers, o.AnswersID = nil, nil, 0
	o.Fields = map[string]string{
		tickets.FieldRef: "SEN-104233", tickets.FieldInitials: "M.O.", tickets.FieldLink: "https://hearback.council.example/e/SEN-104233",
		tickets.FieldCouncil: "Westmere Council", tickets.FieldSince: "Mon 23 Nov, 09:10", tickets.FieldDue: "Mon 30 Nov, 17:15",
	}
	return c
}

func TestAcknowledgement(t *testing.T) {
	b := newBench(t, nil)
	l := b.ack(mother)
	b.once(t)
	b.expect(t, l, tickets.Accepted)
	m := b.accepted(t, 1)[0]
	if m.From != "" {
		t.Errorf("envelope sender %q, want the null sender", m.From)
	}
	text := string(m.Raw)
	for _, want := range []string{
		"Auto-Submitted: auto-replied\r\n", "X-Auto-Response-Suppress: All\r\n", "Subject: [SEN-104233] We have your email\r\n",
		"In-Reply-To: <asked@mail.example>\r\n", "To: \"Tamsin Orchard\" <" + mother + ">\r\n",
		"Your number is SEN-104233", "Jo Bell will look after this", "Monday 30 November 2026", "01234 000100", "01234 000111",
		"01234 000222", "call 999", "closed now", "Ask for the team manager.", "large print", "https://council.example/privacy",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "=\r\n", ""), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, never := range []string{"Precedence", "Milo", "Tam <3", "WM-2201", "When is panel"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is in\n%s", never, text)
		}
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 78 {
			t.Errorf("a line of %d octets: %s", len(line), line)
		}
	}
}

func TestAcknowledgementIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench, *tickets.Claim)
		rule   string
	}{
		"to somebody else": {func(_ *bench, c *tickets.Claim) { c.Answers.FromMailbox = school }, guard.RulePurposeRecipient},
		"to nobody's mail": {func(_ *bench, c *tickets.Claim) { c.Answers = nil }, guard.RulePurposeRecipient},
		"to a stranger": {func(_ *bench, c *tickets.Claim) {
			c.Letter.Deliveries[0].Email, c.Answers.FromMailbox = "who@nowhere.example", "who@nowhere.example"
		}, guard.RulePurposeRecipient},
		"to somebody barred": {func(_ *bench, c *tickets.Claim) { c.Letter.Deliveries[0].Email, c.Answers.FromMailbox = barred, barred }, guard.RuleNoContact},
		"to two": {func(b *bench, c *tickets.Claim) {
			c.Letter.Deliveries = append(c.Letter.Deliveries, b.reply(plain, school).Letter.Deliveries...)
		}, guard.RulePurposeRecipient},
		"names the child":     {func(_ *bench, c *tickets.Claim) { c.Letter.Fields[tickets.FieldDue] = "Milo's review" }, guard.RulePurposeContent},
		"names another child": {func(_ *bench, c *tickets.Claim) { c.Letter.Fields[tickets.FieldDue] = "when Elin Pell is seen" }, guard.RuleOtherChild},
		"the sender's words": {func(_ *bench, c *tickets.Claim) {
			c.Answers.ReplyText = "you useless lot never ever reply"
			c.Letter.Fields[tickets.FieldDue] = "you useless lot never ever reply"
		}, guard.RulePurposeContent},
		"the sender's subject": {func(_ *bench, c *tickets.Claim) {
			c.Answers.Subject = "buy your cheap watches here now"
			c.Letter.Subject = "[SEN-104233] buy your cheap watches here now"
		}, guard.RulePurposeContent},
		"the sender's name": {func(_ *bench, c *tickets.Claim) {
			c.Answers.FromName = "Win Money"
			c.Letter.Fields[tickets.FieldOwner] = "Win Money"
		}, guard.RulePurposeContent},
		"a private word":          {func(_ *bench, c *tickets.Claim) { c.Letter.Fields[tickets.FieldLead] = secret }, guard.RuleNote},
		"a field is missing":      {func(_ *bench, c *tickets.Claim) { delete(c.Letter.Fields, tickets.FieldDue) }, guard.RuleUnmerged},
		"a field is empty":        {func(_ *bench, c *tickets.Claim) { c.Letter.Fields[tickets.FieldEDT] = " " }, guard.RuleUnmerged},
		"a field nobody knows":    {func(_ *bench, c *tickets.Claim) { c.Letter.Fields["child"] = "x" }, guard.RuleUnmerged},
		"a field with a line end": {func(_ *bench, c *tickets.Claim) { c.Letter.Fields[tickets.FieldOwner] = "x\n\ny" }, guard.RuleUnmerged},
		"text of its own":         {func(_ *bench, c *tickets.Claim) { c.Letter.Body = "hello" }, guard.RuleUnmerged},
		"a notice's template":     {func(_ *bench, c *tickets.Claim) { c.Letter.Template = tickets.TemplateBreach }, guard.RuleUnmerged},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			l := b.ack(mother)
			c.change(b, l)
			b.once(t)
			if got := b.states(l)[0]; got != tickets.Held || !slices.Contains(b.rules[l.Letter.ID], c.rule) {
				t.Fatalf("%s by %v, want %s; %s", got, b.rules[l.Letter.ID], c.rule, b.log)
			}
			if len(b.smtp.Events()) != 0 {
				t.Error("the mail server was reached")
			}
		})
	}
}

// A child called May does not keep the family from a date in May.
func TestAcknowledgementInMay(t *testing.T) {
	b := newBench(t, nil)
	b.facts.Case.ChildName = "May Orchard"
	l := b.ack(mother)
	l.Letter.Fields[tickets.FieldDue] = "Tuesday 4 May 2027"
	b.once(t)
	b.expect(t, l, tickets.Accepted)
	b = newBench(t, nil)
	b.facts.Case.ChildName = "May Orchard"
	l = b.ack(mother)
	l.Letter.Fields[tickets.FieldDue] = "when May has been seen"
	b.once(t)
	b.expect(t, l, tickets.Held)
}

// Who quotes our last acknowledgement back to us still gets the next one.
func TestAcknowledgementQuotedBack(t *testing.T) {
	b := newBench(t, nil)
	l := b.ack(mother)
	l.Answers.ReplyText = "You said: Thank you for your email. We have it. Your number is SEN-104233. If you do not hear from us in time, call 01234 000100. Nobody did."
	b.once(t)
	b.expect(t, l, tickets.Accepted)
}

func TestReceipt(t *testing.T) {
	b := newBench(t, nil)
	l := b.receipt("who@nowhere.example")
	b.once(t)
	b.expect(t, l, tickets.Accepted)
	text := string(b.accepted(t, 1)[0].Raw)
	for _, never := range []string{"SEN-", "104233", "http", "Jo Bell", "Milo", "Reply-To: \"SEN team\" <sen+"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is in\n%s", never, text)
		}
	}
	if !strings.Contains(text, "To: <who@nowhere.example>\r\n") || !strings.Contains(text, "Auto-Submitted: auto-replied\r\n") {
		t.Errorf("header of\n%s", text)
	}
	for name, change := range map[string]func(*tickets.Claim){
		"a reference":   func(c *tickets.Claim) { c.Letter.Subject = "[SEN-104233] We have your email" },
		"a case":        func(c *tickets.Claim) { c.Letter.Subject = "WM-3310" },
		"a child":       func(c *tickets.Claim) { c.Letter.Subject = "Elin Pell" },
		"somebody else": func(c *tickets.Claim) { c.Letter.Deliveries[0].Email = mother },
		"the sender's text": func(c *tickets.Claim) {
			c.Answers.Subject = "one two three four five six"
			c.Letter.Subject = "one two three four five six"
		},
	} {
		b := newBench(t, nil)
		l := b.receipt("who@nowhere.example")
		change(l)
		b.once(t)
		if got := b.states(l)[0]; got != tickets.Held {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestNotices(t *testing.T) {
	for _, template := range []string{
		tickets.TemplateWarning, tickets.TemplateBreach, tickets.TemplateLead, tickets.TemplateTriage, tickets.TemplateUndelivered,
		tickets.TemplateUncertain, tickets.TemplateStopped, tickets.TemplateAlert, tickets.TemplateDoubtful,
		tickets.TemplateSecond, tickets.TemplateSecondDone, tickets.TemplateIncident, tickets.TemplateCopied,
	} {
		b := newBench(t, nil)
		l := b.notice(template)
		b.once(t)
		b.expect(t, l, tickets.Accepted)
		text := strings.ReplaceAll(string(b.accepted(t, 1)[0].Raw), "=\r\n", "")
		for _, want := range []string{
			"Auto-Submitted: auto-generated\r\n", "Replies to this become an internal note. They never go to the family.",
			"https://hearback.council.example/e/SEN-104233", "SEN-104233", "Reply-To: \"SEN team\" <sen+" + l.Letter.Deliveries[0].Token + "@",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", template, want, text)
			}
		}
		if strings.Contains(text, "In-Reply-To") || strings.Contains(text, "References") || strings.Contains(text, "{{") {
			t.Errorf("%s:\n%s", template, text)
		}
	}
	for name, change := range map[string]func(*bench, *tickets.Claim){
		"to a parent":     func(_ *bench, c *tickets.Claim) { c.Letter.Deliveries[0].Email = mother },
		"to the school":   func(_ *bench, c *tickets.Claim) { c.Letter.Deliveries[0].Email = school },
		"account shut":    func(b *bench, _ *tickets.Claim) { b.facts.Staff[0].Active = false },
		"another team":    func(b *bench, _ *tickets.Claim) { b.facts.Staff[0].TeamID, b.facts.Staff[0].ID = 8, 8 },
		"names the child": func(_ *bench, c *tickets.Claim) { c.Letter.Subject = "Late: Milo" },
		"names the parent": func(_ *bench, c *tickets.Claim) {
			c.Letter.Fields[tickets.FieldTier] = "Tamsin"
			c.Letter.Template = tickets.TemplateAlert
		},
		"a word of a note": func(_ *bench, c *tickets.Claim) {
			c.Letter.Fields[tickets.FieldDue] = "head says that the place has gone"
		},
		"a word of a mail": func(b *bench, c *tickets.Claim) {
			b.facts.Seen = []tickets.SeenFact{{Mailbox: mother, Text: "please could you ring me back"}}
			c.Letter.Fields[tickets.FieldDue] = "could you ring me back"
		},
		"she works here too": func(b *bench, c *tickets.Claim) {
			b.facts.Parties[0].Addresses[0].Email, b.facts.Parties[0].Addresses[0].Mailbox = officer, officer
		},
	} {
		b := newBench(t, nil)
		l := b.notice(tickets.TemplateBreach)
		change(b, l)
		b.once(t)
		if got := b.states(l)[0]; got != tickets.Held {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Mail that is on no case yet can be answered to whoever wrote, and to nobody else.
func TestAnswerInTriage(t *testing.T) {
	for to, want := range map[string]tickets.DeliveryState{
		"who@nowhere.example": tickets.Accepted, mother: tickets.Held,
	} {
		b := newBench(t, nil)
		l := b.reply("Hello,\n\nWhich school is it, please?\n\nJo Bell", to)
		l.Letter.CaseID, l.Ticket.CaseID, l.Case, l.Answers.FromMailbox = 0, 0, nil, "who@nowhere.example"
		b.once(t)
		b.expect(t, l, want)
		if want == tickets.Accepted && strings.Contains(string(b.accepted(t, 1)[0].Raw), "SEN-104233") {
			t.Error("a stranger got a reference")
		}
	}
}

func TestQuotedAnswer(t *testing.T) {
	b := newBench(t, nil)
	l := b.reply(plain, mother)
	l.Letter.QuoteAnswer = true
	l.Answers.ReplyText = "Elin Pell told him that panel is moved.\nIs that so?"
	l.Answers.Text = l.Answers.ReplyText + "\n> an older mail"
	b.once(t)
	b.expect(t, l, tickets.Accepted)
	text := string(b.accepted(t, 1)[0].Raw)
	if !strings.Contains(text, "On Monday 23 November 2026 at 09:00, you wrote:\r\n> Elin Pell told him that panel is moved.\r\n> Is that so?\r\n") || strings.Contains(text, "older mail") {
		t.Errorf("quoted as\n%s", text)
	}
	b = newBench(t, nil)
	l = b.reply(plain, mother)
	l.Letter.QuoteAnswer, l.Answers.Unconfirmed = true, true
	b.once(t)
	if text := string(b.accepted(t, 1)[0].Raw); strings.Contains(text, "> When is panel") {
		t.Error("a message of an unconfirmed sender was quoted")
	}
}
