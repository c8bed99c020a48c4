package outbound

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
)

func TestConfirmedFinding(t *testing.T) {
	greeted := "Dear Kit,\n\nThank you.\n"
	b := newBench(t, nil)
	l := b.reply(greeted, mother)
	v, digest, err := b.d.Review(t.Context(), l, start())
	if err != nil || v.Decision != guard.Confirm || !slices.Contains(v.Rules(guard.Confirm), guard.RuleSalutation) {
		t.Fatalf("%+v %v", v, err)
	}
	yes := tickets.Confirmation{Rule: guard.RuleSalutation, Mailbox: mother, At: start()}
	l.Letter.Digest, l.Letter.Confirmed = digest, []tickets.Confirmation{yes}
	b.once(t)
	b.expect(t, l, tickets.Accepted)

	for name, change := range map[string]func(*tickets.Outgoing){
		"nothing confirmed": func(o *tickets.Outgoing) { o.Confirmed = nil },
		"another mailbox":   func(o *tickets.Outgoing) { o.Confirmed[0].Mailbox = school },
		"another rule":      func(o *tickets.Outgoing) { o.Confirmed[0].Rule = guard.RuleNoPRAck },
		"no digest":         func(o *tickets.Outgoing) { o.Digest = "" },
		"another letter":    func(o *tickets.Outgoing) { o.Body += "PS" },
		"long ago":          func(o *tickets.Outgoing) { o.Confirmed[0].At = start().Add(-72 * time.Hour) },
	} {
		b := newBench(t, nil)
		l := b.reply(greeted, mother)
		l.Letter.Digest, l.Letter.Confirmed = Digest(l.Letter), []tickets.Confirmation{yes}
		change(&l.Letter)
		b.once(t)
		if b.states(l)[0] != tickets.Held {
			t.Errorf("%s: %v", name, b.states(l))
		}
	}
}

func TestReviewRevealsAndSendsNothing(t *testing.T) {
	b := newBench(t, nil)
	l := b.reply(plain, mother)
	l.Letter.Deliveries[0].Token, l.Letter.Deliveries[0].MessageID = "", ""
	v, digest, err := b.d.Review(t.Context(), l, start())
	if err != nil || v.Decision != guard.Allow || digest != Digest(l.Letter) {
		t.Fatalf("%+v %q %v", v, digest, err)
	}
	raw, err := b.d.Preview(l, start())
	if err != nil || !bytes.Contains(raw, []byte("Panel meets on Thursday")) {
		t.Fatalf("%s %v", raw, err)
	}
	b.failFacts = func(context.Context) error { return errors.New("down") }
	if v, digest, err := b.d.Review(t.Context(), l, start()); err == nil || digest != "" || v.Decision != guard.Block {
		t.Fatalf("%+v %q %v", v, digest, err)
	}
	b.expect(t, l, tickets.Queued)
	if len(b.smtp.Events()) != 0 {
		t.Error("the mail server was reached")
	}
}

// A letter of which one copy has left is recognised by the others, and its
// recipients cannot be exchanged.
func TestDigest(t *testing.T) {
	o := newFake().reply(plain, mother, school).Letter
	o.Digest = Digest(o)
	turned := o
	turned.Deliveries = []tickets.Delivery{o.Deliveries[1], o.Deliveries[0]}
	if Digest(turned) != o.Digest {
		t.Error("the order of recipients matters")
	}
	rest := o
	rest.Deliveries = o.Deliveries[1:]
	if !Matches(o) || !Matches(rest) {
		t.Error("a letter does not match itself")
	}
	for name, change := range map[string]func(*tickets.Outgoing){
		"case":      func(o *tickets.Outgoing) { o.CaseID++ },
		"ticket":    func(o *tickets.Outgoing) { o.TicketID++ },
		"author":    func(o *tickets.Outgoing) { o.AuthorID++ },
		"mailbox":   func(o *tickets.Outgoing) { o.MailboxID++ },
		"answered":  func(o *tickets.Outgoing) { o.AnswersID++ },
		"subject":   func(o *tickets.Outgoing) { o.Subject += " " },
		"body":      func(o *tickets.Outgoing) { o.Body = strings.ToUpper(o.Body) },
		"quote":     func(o *tickets.Outgoing) { o.QuoteAnswer = !o.QuoteAnswer },
		"recipient": func(o *tickets.Outgoing) { o.Deliveries[0].Email = barred },
		"one more":  func(o *tickets.Outgoing) { o.Deliveries = append(o.Deliveries, tickets.Delivery{Email: barred}) },
		"nobody":    func(o *tickets.Outgoing) { o.Deliveries = nil },
		"no digest": func(o *tickets.Outgoing) { o.Digest = "" },
	} {
		x := o
		x.Deliveries = slices.Clone(o.Deliveries)
		change(&x)
		if Matches(x) {
			t.Errorf("%s: still the same letter", name)
		}
	}
}
