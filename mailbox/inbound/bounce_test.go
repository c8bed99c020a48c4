package inbound_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// correspondence is a world in which families were answered and letters come back.
type correspondence struct {
	*world
	now      time.Time
	uid      uint32
	lead     access.Actor
	families []mailtest.Family
	people   [][2]int64 // of each family: who writes, and somebody else on the case
	next     int
	bytes    func(d tickets.Delivery) []byte // what was sent; nil: nobody kept it
}

// answeredLetter is a letter to two people of a case that the mail server took.
type answeredLetter struct {
	ticket     int64
	asked      tickets.Delivery // of whoever asked
	other      tickets.Delivery
	outgoingID int64
}

func newCorrespondence(t *testing.T) *correspondence {
	t.Helper()
	w := newWorld(t)
	c := &correspondence{world: w, now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), families: mailtest.Families(1, 20)}
	w.must(w.db.Write(w.ctx, func(tx tickets.Tx) error {
		for i := range c.families {
			cases, err := tx.Cases(w.ctx, access.System("test"), tickets.CaseQuery{Limit: 50})
			if err != nil {
				return err
			}
			ref := fmt.Sprintf("WM-%05d", i+1)
			at := slices.IndexFunc(cases.Items, func(v tickets.CaseView) bool { return v.Ref == ref })
			id := cases.Items[at].ID
			p := register.Person{Name: fmt.Sprintf("Robin Ames-%d", i), Kind: register.KindParent, CreatedAt: c.now}
			if err := tx.InsertPerson(w.ctx, &p); err != nil {
				return err
			}
			email := fmt.Sprintf("robin.ames%d@homemail.example", i)
			if err := tx.InsertAddress(w.ctx, &register.Address{PersonID: p.ID, Email: email, Mailbox: email, CreatedAt: c.now}); err != nil {
				return err
			}
			if err := tx.InsertLink(w.ctx, &register.Link{CaseID: id, PersonID: p.ID, Relation: "father", PR: register.PRYes, MayBeTold: "all"}); err != nil {
				return err
			}
			parties, err := tx.Parties(w.ctx, id)
			if err != nil {
				return err
			}
			pair := [2]int64{0, p.ID}
			for _, x := range parties {
				if x.Person.ID != p.ID {
					pair[0] = x.Person.ID
				}
			}
			c.people = append(c.people, pair)
		}
		s, err := tx.StaffByMailbox(w.ctx, "ola@westmarsh.example")
		if err == nil {
			c.lead = access.Actor{StaffID: s.ID, Name: s.Name, Role: access.RoleLead, TeamIDs: []int64{s.TeamID}}
		}
		return err
	}))
	return c
}

// take gives the bytes to the intake as the poller does.
func (c *correspondence) take(raw []byte) tickets.IntakeResult {
	c.t.Helper()
	c.uid++
	p, err := c.db.PrepareRaw(c.ctx, raw)
	c.must(err)
	res, err := c.desk.Intake(c.ctx, []tickets.Received{{
		MailboxID: c.box.ID, Folder: "INBOX", UIDValidity: 1, UID: c.uid, ReceivedAt: c.now, Raw: p, Mail: parse.Message(raw, parse.Options{}),
	}}, c.now)
	c.must(err)
	if res[0].Err != nil {
		c.t.Fatal(res[0].Err)
	}
	return res[0]
}

// answer has the next family ask and be answered.
func (c *correspondence) answer() answeredLetter {
	c.t.Helper()
	i := c.next % len(c.families)
	c.next++
	f := c.families[i]
	r := c.take(fmt.Appendf(nil, "From: <%s>\r\nTo: <%s>\r\nSubject: Question %d\r\nMessage-ID: <question-%d@%s>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\n\r\nWhen is the review of number %d?\r\n",
		f.Address, team, c.next, c.next, "familynet.example", c.next))
	if r.TicketID == 0 || !r.Opened {
		c.t.Fatalf("the question: %+v", r)
	}
	t, err := c.db.TicketByID(c.ctx, r.TicketID)
	c.must(err)
	o, err := c.desk.Reply(c.ctx, c.lead, tickets.ReplyRequest{Ref: t.Ref, To: c.people[i][:], Body: "It is in December.", SeenVersion: t.Version}, c.now)
	c.must(err)
	c.now = c.now.Add(11 * time.Minute)
	for sent := false; !sent; {
		claim := c.claim()
		for _, d := range claim.Letter.Deliveries {
			facts, err := c.db.GuardFacts(c.ctx, claim.Asks([]string{d.Mailbox}))
			c.must(err)
			sum := "aa"
			if c.bytes != nil {
				raw := c.bytes(d)
				h := sha256.Sum256(raw)
				sum = hex.EncodeToString(h[:])
				c.must(c.db.KeepLetter(c.ctx, raw, sum))
			}
			ok, err := c.db.BeginData(c.ctx, claim, d.ID, sum, facts.Basis(), c.now)
			c.must(err)
			if !ok {
				c.t.Fatal("the claim was lost")
			}
			c.must(c.desk.RecordOutcome(c.ctx, claim, tickets.Outcome{DeliveryID: d.ID, State: tickets.Accepted, Reply: "250 ok"}, c.now))
		}
		sent = claim.Letter.ID == o.ID
	}
	out := answeredLetter{ticket: r.TicketID, outgoingID: o.ID}
	for _, d := range o.Deliveries {
		if d.PersonID == c.people[i][0] {
			out.asked = d
		} else {
			out.other = d
		}
	}
	if t, err = c.db.TicketByID(c.ctx, r.TicketID); err != nil || t.State != tickets.StateAnswered {
		c.t.Fatalf("not answered: %+v %v", t, err)
	}
	return out
}

func (c *correspondence) claim() *tickets.Claim {
	c.t.Helper()
	claim, err := c.db.ClaimDue(c.ctx, "tester", c.now, tickets.ModeSend)
	c.must(err)
	if claim == nil {
		c.t.Fatal("nothing is due")
	}
	return claim
}

// after says in words what a report did to a letter; "" when that is what it should:
// it is on the right enquiry, the copy of whoever asked is the one that failed, and
// the enquiry is open again; of a delay, that it is on the enquiry and nothing else.
func (c *correspondence) after(l answeredLetter, res tickets.IntakeResult, delayed bool) string {
	c.t.Helper()
	var bad []string
	if res.TicketID != l.ticket {
		bad = append(bad, fmt.Sprintf("it is on enquiry %d, not %d (%s)", res.TicketID, l.ticket, res.Reason))
	}
	o, err := c.db.OutgoingByID(c.ctx, l.outgoingID)
	c.must(err)
	want := map[int64]tickets.DeliveryState{l.asked.ID: tickets.Bounced, l.other.ID: tickets.Accepted}
	state := tickets.StateOpen
	if delayed {
		want[l.asked.ID], state = tickets.Accepted, tickets.StateAnswered
	}
	for _, d := range o.Deliveries {
		if d.State != want[d.ID] {
			bad = append(bad, fmt.Sprintf("the copy to %s is %s, not %s", d.Email, d.State, want[d.ID]))
		}
	}
	t, err := c.db.TicketByID(c.ctx, l.ticket)
	c.must(err)
	if t.State != state {
		bad = append(bad, fmt.Sprintf("the enquiry is %s, not %s", t.State, state))
	}
	if res.AckID != 0 {
		bad = append(bad, "it was acknowledged")
	}
	return strings.Join(bad, "; ")
}
