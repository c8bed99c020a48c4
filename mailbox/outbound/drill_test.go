package outbound

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/register"
)

// drill is one failure at one dependency of sending.
type drill struct {
	at, what  string // dependency and failure
	body      string // of the letter; usual words when empty
	confirmed []tickets.Confirmation
	inject    func(k *kit)
	// want is Held (for a person), Queued (tried again), Refused (the mail server
	// will not have it), Cancelled, or Claimed: given up with an error or a panic,
	// and put back by recovery.
	want tickets.DeliveryState
	// rule is among those of a letter that the guard held.
	rule string
	// data: the server was given DATA, refused it there, and has nothing.
	data bool
	// stopped: what happened makes it a letter that must not leave, ever.
	stopped bool
}

// never marks what cannot happen to a letter that is claimed.
const never tickets.DeliveryState = "never"

var errDown = errors.New("down")

func drills() []drill {
	return slices.Concat(drillsOfFacts(), drillsOfLetter(), drillsOfStore(), drillsOfPeople(), drillsOfServer())
}

// What the decision is made from cannot be read, or cannot be relied on.
func drillsOfFacts() []drill {
	facts := func(fn func(ctx context.Context) (*tickets.GuardFacts, error)) func(k *kit) {
		return func(k *kit) {
			k.onFacts = func(ctx context.Context, _ func() (*tickets.GuardFacts, error)) (*tickets.GuardFacts, error) {
				return fn(ctx)
			}
		}
	}
	version := func(fn func(ctx context.Context) (int64, error)) func(k *kit) {
		return func(k *kit) {
			k.onVersion = func(ctx context.Context, _ func() (int64, error)) (int64, error) { return fn(ctx) }
		}
	}
	return []drill{
		{at: "facts", what: "error", inject: facts(func(context.Context) (*tickets.GuardFacts, error) { return nil, errDown }), want: tickets.Queued},
		{at: "facts", what: "timeout", inject: facts(func(ctx context.Context) (*tickets.GuardFacts, error) { <-ctx.Done(); return nil, ctx.Err() }), want: tickets.Queued},
		{at: "facts", what: "nothing, and no error", inject: facts(func(context.Context) (*tickets.GuardFacts, error) { return nil, nil }), want: tickets.Queued},
		{at: "facts", what: "panic", inject: facts(func(context.Context) (*tickets.GuardFacts, error) { panic(secret) }), want: tickets.Queued},
		{at: "facts", what: "empty", inject: facts(func(context.Context) (*tickets.GuardFacts, error) { return &tickets.GuardFacts{}, nil }), want: tickets.Queued},
		{at: "facts", what: "late, but complete", inject: func(k *kit) {
			k.onFacts = func(ctx context.Context, next func() (*tickets.GuardFacts, error)) (*tickets.GuardFacts, error) {
				gf, err := next()
				<-ctx.Done()
				return gf, err
			}
		}, want: tickets.Queued},
		{at: "facts", what: "partial: no mailbox of ours", inject: func(k *kit) { k.spoilt(func(gf *tickets.GuardFacts) { gf.OwnMailboxes = nil }) }, want: tickets.Queued},
		{at: "facts", what: "partial: no case", inject: func(k *kit) { k.spoilt(func(gf *tickets.GuardFacts) { gf.Case = nil }) }, want: tickets.Queued},
		{at: "facts", what: "of another case", inject: func(k *kit) {
			k.spoilt(func(gf *tickets.GuardFacts) { c := *gf.Case; c.ID += 1000; gf.Case = &c })
		}, want: tickets.Queued},
		{at: "facts", what: "partial: nobody on the case", inject: func(k *kit) {
			k.spoilt(func(gf *tickets.GuardFacts) { gf.Parties, gf.Elsewhere = nil, nil })
		}, want: tickets.Held, rule: guard.RuleNotLinked},
		{at: "facts", what: "stale: of an older register", inject: func(k *kit) { k.spoilt(func(gf *tickets.GuardFacts) { gf.Version-- }) }, want: tickets.Queued},
		{at: "facts", what: "the register changes all the time", inject: func(k *kit) {
			k.afterFacts(func() {
				k.change(func(ctx context.Context, tx tickets.Tx) error {
					return tx.SetStaffDomains(ctx, []string{"council.example"})
				})
			})
		}, want: tickets.Queued},
		{at: "guard", what: "timeout in the decision", inject: func(k *kit) {
			k.onFacts = func(ctx context.Context, next func() (*tickets.GuardFacts, error)) (*tickets.GuardFacts, error) {
				gf, err := next()
				if err != nil {
					return nil, err
				}
				for i := range 20_000 {
					gf.Private = append(gf.Private, tickets.PrivateFact{Source: "note", Author: "Ana Reid", At: start(), Text: tickets.NewPrivateText(strings.Repeat(secret+" ", 5) + strings.Repeat("x", i%40))})
				}
				end, _ := ctx.Deadline()
				// What is left is too little for twenty thousand notes.
				<-time.After(time.Until(end) - 2*time.Millisecond)
				return gf, nil
			}
		}, want: tickets.Queued},
		{at: "register version", what: "error", inject: version(func(context.Context) (int64, error) { return 0, errDown }), want: tickets.Queued},
		{at: "register version", what: "timeout", inject: version(func(ctx context.Context) (int64, error) { <-ctx.Done(); return 0, ctx.Err() }), want: tickets.Queued},
		{at: "register version", what: "late, but right", inject: func(k *kit) {
			k.onVersion = func(ctx context.Context, next func() (int64, error)) (int64, error) {
				v, err := next()
				<-ctx.Done()
				return v, err
			}
		}, want: tickets.Queued},
		{at: "register version", what: "another one", inject: version(func(context.Context) (int64, error) { return -1, nil }), want: tickets.Queued},
		{at: "register version", what: "panic", inject: version(func(context.Context) (int64, error) { panic(secret) }), want: tickets.Claimed},
		{at: "clock", what: "panic", inject: func(k *kit) { k.clock = func() time.Time { panic(secret) } }, want: tickets.Queued},
		{at: "clock", what: "jumps on between decision and sending", inject: func(k *kit) { k.clock = jumping(2 * time.Minute) }, want: tickets.Queued},
		{at: "clock", what: "jumps back between decision and sending", inject: func(k *kit) { k.clock = jumping(-time.Hour) }, want: tickets.Queued},
	}
}

// jumping is a clock that has moved by d whenever it is asked again.
func jumping(d time.Duration) func() time.Time {
	var n atomic.Int64
	return func() time.Time { return start().Add(time.Duration(n.Add(1)) * d) }
}

// The letter cannot be made, cannot be read back, or is not the one that its
// author saw.
func drillsOfLetter() []drill {
	wrong := func(fn func(c *tickets.Claim)) func(k *kit) { return func(k *kit) { k.claimed(fn) } }
	rewritten := func(fn func(o *tickets.Outgoing)) func(k *kit) { return func(k *kit) { k.rewrite(fn) } }
	greeted := "Dear Kit,\n\nIt begins on Monday.\n\nJo Bell"
	yes := func(change func(c *tickets.Confirmation)) []tickets.Confirmation {
		c := tickets.Confirmation{Rule: guard.RuleSalutation, Mailbox: mother, At: start()}
		change(&c)
		return []tickets.Confirmation{c}
	}
	return []drill{
		{at: "compose", what: "template unknown", inject: wrong(func(c *tickets.Claim) { c.Letter.Template, c.Letter.Body, c.Letter.Digest = "x", "", "" }), want: tickets.Held},
		{at: "compose", what: "mailbox without a route", inject: wrong(func(c *tickets.Claim) { c.Mailbox.Address = "other@council.example" }), want: tickets.Held},
		{at: "compose", what: "no Message-ID", inject: wrong(func(c *tickets.Claim) { c.Letter.Deliveries[0].MessageID = "" }), want: tickets.Held},
		{at: "compose", what: "no reply token", inject: wrong(func(c *tickets.Claim) { c.Letter.Deliveries[0].Token = "" }), want: tickets.Held},
		{at: "compose", what: "line end in the subject", inject: wrong(func(c *tickets.Claim) { c.Letter.Subject, c.Letter.Digest = "x\r\nBcc: who@nowhere.example", "" }), want: tickets.Held},
		{at: "compose", what: "line end in the name", inject: wrong(func(c *tickets.Claim) { c.Letter.Deliveries[0].Name = "x\r\nBcc: who@nowhere.example" }), want: tickets.Held},
		{at: "compose", what: "line end in the address", inject: wrong(func(c *tickets.Claim) {
			c.Letter.Deliveries[0].Email, c.Letter.Digest = mother+"\r\nRCPT TO:<who@nowhere.example>", ""
		}), want: tickets.Held},
		{at: "read back", what: "two addresses in one", inject: wrong(func(c *tickets.Claim) {
			c.Letter.Deliveries[0].Email, c.Letter.Digest = mother+", who@nowhere.example", ""
		}), want: tickets.Held},
		{at: "read back", what: "a route in the address", inject: wrong(func(c *tickets.Claim) {
			c.Letter.Deliveries[0].Email, c.Letter.Digest = "@relay.example:"+mother, ""
		}), want: tickets.Held},
		{at: "read back", what: "purpose unknown", inject: wrong(func(c *tickets.Claim) { c.Letter.Purpose = "mailing" }), want: tickets.Held},
		{at: "binding", what: "text rewritten after it was seen", inject: rewritten(func(o *tickets.Outgoing) { o.Body += "\nPS" }), want: tickets.Held, rule: guard.RuleApproval},
		{at: "binding", what: "subject rewritten after it was seen", inject: rewritten(func(o *tickets.Outgoing) { o.Subject += "!" }), want: tickets.Held, rule: guard.RuleApproval},
		{at: "binding", what: "digest of another letter", inject: rewritten(func(o *tickets.Outgoing) { x := *o; x.Body = "Dear Tamsin"; o.Digest = Digest(x) }), want: tickets.Held, rule: guard.RuleApproval},
		{at: "binding", what: "recipient exchanged", inject: wrong(func(c *tickets.Claim) { c.Letter.Deliveries[0].Email = school }), want: tickets.Held, rule: guard.RuleApproval},
		{at: "binding", what: "author exchanged", inject: rewritten(func(o *tickets.Outgoing) { o.CaseID++ }), want: tickets.Held},
		{at: "confirmation", what: "none", body: greeted, inject: func(*kit) {}, want: tickets.Held, rule: guard.RuleSalutation},
		{at: "confirmation", what: "for another mailbox", body: greeted, confirmed: yes(func(c *tickets.Confirmation) { c.Mailbox = school }), inject: func(*kit) {}, want: tickets.Held, rule: guard.RuleSalutation},
		{at: "confirmation", what: "for another rule", body: greeted, confirmed: yes(func(c *tickets.Confirmation) { c.Rule = guard.RuleNoPRAck }), inject: func(*kit) {}, want: tickets.Held, rule: guard.RuleSalutation},
		{at: "confirmation", what: "of three days ago", body: greeted, confirmed: yes(func(c *tickets.Confirmation) { c.At = start().AddDate(0, 0, -3) }), inject: func(*kit) {}, want: tickets.Held, rule: guard.RuleSalutation},
		{at: "confirmation", what: "for another digest", body: greeted, confirmed: yes(func(*tickets.Confirmation) {}), inject: rewritten(func(o *tickets.Outgoing) { o.Body += "\nPS" }), want: tickets.Held, rule: guard.RuleApproval},
		{at: "confirmation", what: "its digest taken away", body: greeted, confirmed: yes(func(*tickets.Confirmation) {}), inject: rewritten(func(o *tickets.Outgoing) { o.Digest = "" }), want: tickets.Held, rule: guard.RuleSalutation},
		{at: "confirmation", what: "of what nobody may confirm", body: "Dear Tamsin,\n\nthe panel has turned it down already but mum must not hear of it.", confirmed: yes(func(c *tickets.Confirmation) { c.Rule = guard.RuleNote }), inject: func(*kit) {}, want: tickets.Held, rule: guard.RuleNote},
		{at: "release", what: "by the author", body: greeted, inject: released(func(k *kit, c *tickets.Confirmation) { c.By = k.officer.ID }), want: tickets.Held, rule: guard.RuleSalutation},
		{at: "release", what: "without a basis", body: greeted, inject: released(func(_ *kit, c *tickets.Confirmation) { c.Basis = "" }), want: tickets.Held, rule: guard.RuleSalutation},
		{at: "release", what: "of yesterday", body: greeted, inject: released(func(_ *kit, c *tickets.Confirmation) { c.At = start().Add(-25 * time.Hour) }), want: tickets.Held, rule: guard.RuleSalutation},
		{at: "release", what: "for another finding", body: greeted, inject: released(func(_ *kit, c *tickets.Confirmation) { c.Seen = "something else" }), want: tickets.Held, rule: guard.RuleSalutation},
		{at: "release", what: "for another digest", body: greeted, inject: func(k *kit) {
			released(func(*kit, *tickets.Confirmation) {})(k)
			k.rewrite(func(o *tickets.Outgoing) { o.Body += "\nPS" })
		}, want: tickets.Held, rule: guard.RuleApproval},
	}
}

// released puts the release of a second person on the letter, as only
// SettleSecond does, and spoils it.
func released(spoil func(k *kit, c *tickets.Confirmation)) func(k *kit) {
	return func(k *kit) {
		k.rewrite(func(o *tickets.Outgoing) {
			c := tickets.Confirmation{Rule: guard.RuleSalutation, Mailbox: mother, At: start(), By: 4711, Basis: "consent", Seen: "greeting"}
			spoil(k, &c)
			o.Confirmed = []tickets.Confirmation{c}
		})
	}
}

// The store fails at a step.
func drillsOfStore() []drill {
	claim := func(fn func(next func() (*tickets.Claim, error)) (*tickets.Claim, error)) func(k *kit) {
		return func(k *kit) { k.onClaim = fn }
	}
	begin := func(fn func(next func() (bool, error)) (bool, error)) func(k *kit) {
		return func(k *kit) { k.onBegin = fn }
	}
	return []drill{
		{at: "recovery", what: "error", inject: func(k *kit) { k.onRecover = func() error { return errDown } }, want: tickets.Queued},
		{at: "claim", what: "error", inject: claim(func(func() (*tickets.Claim, error)) (*tickets.Claim, error) { return nil, errDown }), want: tickets.Queued},
		{at: "claim", what: "error after it was taken", inject: claim(func(next func() (*tickets.Claim, error)) (*tickets.Claim, error) {
			_, err := next()
			return nil, errors.Join(errDown, err)
		}), want: tickets.Claimed},
		{at: "claim", what: "panic", inject: claim(func(func() (*tickets.Claim, error)) (*tickets.Claim, error) { panic(secret) }), want: tickets.Queued},
		{at: "claim", what: "the program is stopped behind it", inject: func(k *kit) { k.claimed(func(*tickets.Claim) { k.stop() }) }, want: tickets.Queued},
		{at: "claim", what: "without its author", inject: func(k *kit) { k.claimed(func(c *tickets.Claim) { c.Author = nil }) }, want: tickets.Held},
		{at: "data_begun", what: "error", inject: begin(func(func() (bool, error)) (bool, error) { return false, errDown }), want: tickets.Claimed},
		{at: "data_begun", what: "error with a yes", inject: begin(func(func() (bool, error)) (bool, error) { return true, errDown }), want: tickets.Claimed},
		{at: "data_begun", what: "not ours any more", inject: begin(func(func() (bool, error)) (bool, error) { return false, nil }), want: tickets.Claimed},
		{at: "data_begun", what: "panic", inject: begin(func(func() (bool, error)) (bool, error) { panic(secret) }), want: tickets.Claimed},
		{at: "hold", what: "error when a stopped letter is put aside", body: "Dear Tamsin,\n\nthe panel has turned it down already but mum must not hear of it.", inject: func(k *kit) {
			k.onHold = func() error { return errDown }
		}, want: tickets.Claimed, rule: guard.RuleNote},
		{at: "record", what: "error when a retry is noted", inject: func(k *kit) {
			k.smtp.SetRules(code(misbehave.Rcpt, 450))
			k.onOutcome = func() error { return errDown }
		}, want: tickets.Claimed},
	}
}

// Somebody does something between the review and the sending, before the letter
// is claimed, or while it is being decided.
func drillsOfPeople() []drill {
	address := func(k *kit, fn func(ctx context.Context, tx tickets.Tx, a register.Address) error) {
		k.change(func(ctx context.Context, tx tickets.Tx) error {
			parties, err := tx.Parties(ctx, k.milo.ID)
			if err != nil {
				return err
			}
			return fn(ctx, tx, k.hers(parties).Addresses[0])
		})
	}
	var out []drill
	for _, x := range []struct {
		what string
		do   func(k *kit)
		want tickets.DeliveryState
		// late: what it becomes when it happens to a letter that is claimed; as want when
		// it is empty.
		late tickets.DeliveryState
	}{
		{"no contact is ordered", func(k *kit) { k.barTamsin() }, tickets.Held, ""},
		{"a restriction is added", func(k *kit) {
			_, err := k.desk.AddRestriction(k.t.Context(), k.actor(), tickets.RestrictionRequest{
				CaseRef: k.milo.Ref, PersonID: k.tamsin.ID, Kind: register.NoContact, Source: "family", Reason: "for staff", StartsOn: "2026-11-23",
			}, k.now)
			if err != nil {
				k.t.Error(err)
			}
		}, tickets.Held, ""},
		{"the author's account is shut", func(k *kit) { k.shutAccount() }, tickets.Held, ""},
		{"the author's case is restricted", func(k *kit) {
			k.change(func(ctx context.Context, tx tickets.Tx) error {
				// Somebody else's case, for those who are let in alone.
				lead := register.Staff{Email: "lead@council.example", Name: "Ines Marr", Role: "officer", TeamID: k.officer.TeamID, Active: true, CreatedAt: k.now}
				if err := tx.InsertStaff(ctx, &lead); err != nil {
					return err
				}
				t, err := tx.TicketByID(ctx, k.in.TicketID)
				if err != nil {
					return err
				}
				if t.OwnerID != 0 {
					t.OwnerID = lead.ID
					if err := tx.UpdateTicket(ctx, t); err != nil {
						return err
					}
				}
				c := k.milo
				c.Restricted, c.OfficerID, c.FallbackID = true, lead.ID, lead.ID
				return tx.UpdateCase(ctx, &c)
			})
		}, tickets.Held, ""},
		{"the author loses the right to write", func(k *kit) {
			k.change(func(ctx context.Context, tx tickets.Tx) error {
				s := k.officer
				s.Role = "auditor"
				return tx.UpdateStaff(ctx, &s)
			})
		}, tickets.Held, ""},
		{"the address is another person's now", func(k *kit) {
			address(k, func(ctx context.Context, tx tickets.Tx, a register.Address) error {
				a.Email, a.Mailbox = "tamsin.new@mail.example", "tamsin.new@mail.example"
				return tx.UpdateAddress(ctx, &a)
			})
		}, tickets.Held, ""},
		{"the address is removed", func(k *kit) {
			address(k, func(ctx context.Context, tx tickets.Tx, a register.Address) error { return tx.DeleteAddress(ctx, a.ID) })
		}, tickets.Held, ""},
		{"the person is taken off the case", func(k *kit) {
			k.change(func(ctx context.Context, tx tickets.Tx) error {
				parties, err := tx.Parties(ctx, k.milo.ID)
				if err != nil {
					return err
				}
				return tx.DeleteLink(ctx, k.hers(parties).Link.ID)
			})
		}, tickets.Held, ""},
		{"the author takes it back", func(k *kit) {
			if err := k.desk.CancelReply(k.t.Context(), k.actor(), k.letter.ID, k.now); err != nil {
				k.t.Log(err)
			}
		}, tickets.Cancelled, never},
		{"the text is rewritten", func(k *kit) { k.rewrite(func(o *tickets.Outgoing) { o.Body += "\nPS" }) }, tickets.Held, tickets.Queued},
		{"the enquiry is put on another case", func(k *kit) {
			k.change(func(ctx context.Context, tx tickets.Tx) error {
				t, err := tx.TicketByID(ctx, k.in.TicketID)
				if err != nil {
					return err
				}
				if err := tx.MoveMessages(ctx, t.ID, t.ID, k.milo.ID+1); err != nil {
					return err
				}
				t.CaseID = k.milo.ID + 1
				return tx.UpdateTicket(ctx, t)
			})
		}, tickets.Held, tickets.Queued},
		{"the words become a private note", func(k *kit) {
			if _, err := k.desk.AddNote(k.t.Context(), k.actor(), tickets.NoteRequest{
				Ref: k.in.TicketRef, Text: tickets.NewPrivateText("Between us: the crimson otter dossier was lost by the finance office in August."),
			}, k.now); err != nil {
				k.t.Error(err)
			}
		}, tickets.Held, ""},
		{"the words become the summary of a call", func(k *kit) {
			k.change(func(ctx context.Context, tx tickets.Tx) error {
				return tx.InsertMessage(ctx, &tickets.Message{
					TicketID: k.in.TicketID, CaseID: k.milo.ID, MailboxID: k.mailbox.ID, Direction: tickets.In, Channel: tickets.ChannelCall,
					Kind: tickets.KindHuman, StaffID: k.officer.ID, ReceivedAt: k.now, CreatedAt: k.now,
					Call: &tickets.Call{Summary: tickets.NewPrivateText("Between us: the crimson otter dossier was lost by the finance office in August.")},
				})
			})
		}, tickets.Held, ""},
	} {
		body := ""
		if strings.HasPrefix(x.what, "the words become") {
			body = "Dear Tamsin,\n\nBetween us: the crimson otter dossier was lost by the finance office in August.\n\nJo Bell"
		}
		out = append(out, drill{at: "between review and claim", what: x.what, body: body, inject: x.do, want: x.want})
		if x.late == never {
			continue
		}
		want := cmp.Or(x.late, x.want)
		out = append(out,
			drill{at: "between claim and facts", what: x.what, body: body, inject: func(k *kit) { k.claimed(func(*tickets.Claim) { x.do(k) }) }, want: want, stopped: true},
			drill{at: "between facts and sending", what: x.what, body: body, inject: func(k *kit) { k.afterFacts(once(func() { x.do(k) })) }, want: want, stopped: true},
			// The mail server has been told for whom it is, and waits for its bytes.
			drill{at: lastInstant, what: x.what, body: body, inject: func(k *kit) {
				act := once(func() { x.do(k) })
				k.onBegin = func(next func() (bool, error)) (bool, error) {
					act()
					return next()
				}
			}, want: want, stopped: true})
	}
	return out
}

// The mail server will not have it.
func drillsOfServer() []drill {
	var out []drill
	for _, x := range []struct {
		what string
		rule misbehave.Rule
		want tickets.DeliveryState
		data bool
	}{
		{"connect 421", code(misbehave.Connect, 421), tickets.Queued, false},
		{"connect 554", code(misbehave.Connect, 554), tickets.Queued, false},
		{"connect drop", drop(misbehave.Connect), tickets.Queued, false},
		{"ehlo 550", code(misbehave.Ehlo, 550), tickets.Queued, false},
		{"ehlo drop", drop(misbehave.Ehlo), tickets.Queued, false},
		{"mail 451", code(misbehave.Mail, 451), tickets.Queued, false},
		{"mail 550", code(misbehave.Mail, 550), tickets.Refused, false},
		{"mail drop", drop(misbehave.Mail), tickets.Queued, false},
		{"rcpt 450", code(misbehave.Rcpt, 450), tickets.Queued, false},
		{"rcpt 550", code(misbehave.Rcpt, 550), tickets.Refused, false},
		{"rcpt drop", drop(misbehave.Rcpt), tickets.Queued, false},
		{"data 451", code(misbehave.Data, 451), tickets.Queued, true},
		{"data 554", code(misbehave.Data, 554), tickets.Refused, true},
		{"data drop", drop(misbehave.Data), tickets.Queued, true},
	} {
		out = append(out, drill{at: "mail server", what: x.what, inject: func(k *kit) { k.smtp.SetRules(x.rule) }, want: x.want, data: x.data})
	}
	for _, p := range []misbehave.Phase{misbehave.Connect, misbehave.Ehlo, misbehave.Mail, misbehave.Rcpt} {
		out = append(out, drill{at: "mail server", what: string(p) + " stalls", inject: func(k *kit) { k.smtp.SetRules(misbehave.StallAt(p)...) }, want: tickets.Queued})
	}
	return out
}

// TestDrills (I10, I11): whatever fails on the way of a letter, nothing is sent,
// the letter is where somebody finds it with a reason or is tried again, and when
// all is well again it leaves exactly once, or not at all if it was stopped.
//
// Here a few of each dependency are practised, and everything that can change
// just before the bytes are given; the soak practises all of them.
func TestDrills(t *testing.T) { practiseAll(t, few(drills())) }

func TestDrillsSoak(t *testing.T) {
	if os.Getenv("HEARBACK_SOAK") == "" {
		t.Skip("set HEARBACK_SOAK=1")
	}
	practiseAll(t, drills())
}

// few are the first drills of each dependency, and all of the last instant.
func few(all []drill) (out []drill) {
	const each = 3
	of := map[string]int{}
	for _, d := range all {
		if of[d.at]++; of[d.at] <= each || d.at == lastInstant {
			out = append(out, d)
		}
	}
	return out
}

const lastInstant = "just before its bytes are given"

func practiseAll(t *testing.T, list []drill) {
	t.Helper()
	var passed atomic.Int64
	t.Run("all", func(t *testing.T) {
		for _, d := range list {
			t.Run(d.at+": "+d.what, func(t *testing.T) {
				t.Parallel()
				practise(t, d)
				if !t.Failed() {
					passed.Add(1)
				}
			})
		}
	})
	t.Logf("%d of %d drills: nothing was sent", passed.Load(), len(list))
}

func practise(t *testing.T, d drill) {
	k := newKit(t, d)
	k.now = k.now.Add(2 * time.Minute) // the hold is over
	data, mails := k.datas(), k.toFamily()
	d.inject(k)
	failure := k.run(k.dispatcher())
	if n := k.toFamily() - mails; n != 0 {
		t.Fatalf("%d copies were given to the mail server", n)
	}
	state, why := k.stands()
	if n := k.dataFor(data); n != 0 && !d.data && state != tickets.Held {
		t.Fatalf("DATA was given %d times", n)
	}
	if state != d.want {
		t.Fatalf("it is %s (%q), want %s; %v", state, why, d.want, failure)
	}
	switch state {
	case tickets.Held, tickets.Refused:
		if why == "" {
			t.Error("nobody is told why")
		}
		if rules := k.outgoing(t, k.letter.ID).HeldRules; d.rule != "" && !slices.Contains(rules, d.rule) {
			t.Errorf("held by %v, want %s", rules, d.rule)
		}
	case tickets.Queued:
		if why == "" && failure == nil {
			t.Error("it waits, nothing failed, and nobody is told why")
		}
	}
	k.wellAgain(d)
}

// stands says where the letter is and what people are told about it.
func (k *kit) stands() (tickets.DeliveryState, string) {
	o := k.outgoing(k.t, k.letter.ID)
	why := o.Deliveries[0].Why
	if why == "" {
		why = o.HeldReason
	}
	return o.Deliveries[0].State, why
}

// dataFor counts DATA since, without that of notices to staff about a stop.
func (k *kit) dataFor(before int) int {
	staff := 0
	for _, m := range k.smtp.Messages() {
		if slices.ContainsFunc(m.To, func(to string) bool { return strings.HasSuffix(to, "@council.example") }) {
			staff++
		}
	}
	return k.datas() - before - staff
}

// wellAgain takes every fault away and lets a healthy program work through what
// is left: a letter that was to be tried again leaves once, any other never.
func (k *kit) wellAgain(d drill) {
	k.t.Helper()
	k.smtp.SetRules()
	mails := k.toFamily()
	for range 3 {
		k.now = k.now.Add(45 * time.Minute)
		k.drain(k.t)
	}
	want := 0
	if d.rule == "" && !d.stopped && (d.want == tickets.Queued || d.want == tickets.Claimed) {
		want = 1
	}
	if got := k.toFamily() - mails; got != want {
		state, why := k.stands()
		k.t.Errorf("after all is well again %d copies left, want %d: %s %q", got, want, state, why)
	}
}
