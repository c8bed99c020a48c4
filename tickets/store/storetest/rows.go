package storetest

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

func testRegister(_ *testing.T, f *fixture) {
	c, err := f.CaseByID(f.ctx, f.Ada.ID)
	f.ok(err)
	f.same("case", *c, f.Ada)
	p, err := f.PersonByID(f.ctx, f.Tessa.ID)
	f.ok(err)
	f.same("person", *p, f.Tessa)
	s, err := f.StaffByID(f.ctx, f.Officer.ID)
	f.ok(err)
	f.same("staff", *s, f.Officer)
	s, err = f.StaffByMailbox(f.ctx, "amira.sole@council.example")
	f.ok(err)
	f.same("staff by mailbox", *s, f.Officer)
	g, err := f.TeamByID(f.ctx, f.North.ID)
	f.ok(err)
	f.same("team", *g, f.North)
	g, err = f.TeamByName(f.ctx, "North")
	f.ok(err)
	f.same("team by name", *g, f.North)
	_, err = f.TeamByName(f.ctx, "north")
	f.fails(fault.NotFound, err)
	m, err := f.MailboxByID(f.ctx, f.Mailbox.ID)
	f.ok(err)
	f.same("mailbox", *m, f.Mailbox)
	domains, err := f.StaffDomains(f.ctx)
	f.ok(err)
	f.same("domains", domains, []string{"council.example"})

	parties, err := f.Parties(f.ctx, f.Milo.ID)
	f.ok(err)
	if len(parties) != 2 {
		f.Fatalf("%d parties, want 2", len(parties))
	}
	mother := parties[0]
	f.same("mother", mother.Person, f.Tessa)
	f.same("mother's address", mother.Addresses, []register.Address{f.Mother})
	if mother.Link.PR != register.PRYes || mother.Link.PRSource != "birth certificate" || len(mother.Phones) != 1 || mother.Phones[0].Digits != "01234000123" {
		f.Fatalf("mother: %+v", mother)
	}
	if father := parties[1]; !father.Link.NoContact || father.Link.PR != register.PRNotChecked || !father.Addresses[0].Confidential {
		f.Fatalf("father: %+v", father)
	}

	// Changes are whole rows.
	when := f.hour(3)
	f.write(func(tx tickets.Tx) error {
		l := parties[1].Link
		l.NoContact, l.MayBeTold, l.AddressHidden = false, "all", true
		a := parties[1].Addresses[0]
		a.Bounced, a.VerifiedAt = 3, &when
		c := f.Milo
		c.Restricted, c.OfficerID = true, 0
		return errors.Join(tx.UpdateLink(f.ctx, &l), tx.UpdateAddress(f.ctx, &a), tx.UpdateCase(f.ctx, &c),
			tx.SetStaffDomains(f.ctx, []string{"b.example", "A.example"}), tx.SetSetting(f.ctx, "k", "1"), tx.SetSetting(f.ctx, "k", "2"))
	})
	parties, err = f.Parties(f.ctx, f.Milo.ID)
	f.ok(err)
	if x := parties[1]; x.Link.NoContact || !x.Link.AddressHidden || x.Addresses[0].Bounced != 3 || !x.Addresses[0].VerifiedAt.Equal(when) {
		f.Fatalf("father after the change: %+v", x)
	}
	if c, err = f.CaseByID(f.ctx, f.Milo.ID); err != nil || !c.Restricted || c.OfficerID != 0 {
		f.Fatalf("case after the change: %+v, %v", c, err)
	}
	domains, err = f.StaffDomains(f.ctx)
	f.ok(err)
	f.same("domains", domains, []string{"a.example", "b.example"})
	value, err := f.Setting(f.ctx, "k")
	f.ok(err)
	none, err := f.Setting(f.ctx, "nowhere")
	f.ok(err)
	f.same("settings", []string{value, none}, []string{"2", ""})

	// The same mailbox under its name is one mailbox.
	f.write(func(tx tickets.Tx) error {
		again := tickets.Mailbox{Name: "sen", Address: "inbox@council.example", TeamID: f.South.ID}
		if err := tx.UpsertMailbox(f.ctx, &again); err != nil {
			return err
		}
		if again.ID != f.Mailbox.ID {
			f.Errorf("the mailbox has id %d now, it was %d", again.ID, f.Mailbox.ID)
		}
		return nil
	})

	// What must not be.
	f.fails(fault.Invalid, f.Write(f.ctx, func(tx tickets.Tx) error {
		return tx.InsertCase(f.ctx, &register.Case{Ref: "X-1", ChildName: "No Fallback", CreatedAt: f.Start})
	}))
	f.fails(fault.Conflict, f.Write(f.ctx, func(tx tickets.Tx) error {
		return tx.InsertLink(f.ctx, &register.Link{CaseID: f.Milo.ID, PersonID: f.Ray.ID, Relation: "uncle", PR: register.PRNo})
	}))
	f.fails(fault.Invalid, f.Write(f.ctx, func(tx tickets.Tx) error {
		return tx.InsertLink(f.ctx, &register.Link{CaseID: f.Juno.ID, PersonID: f.Ray.ID, PR: "perhaps"})
	}))
	f.fails(fault.Conflict, f.Write(f.ctx, func(tx tickets.Tx) error {
		return tx.InsertStaff(f.ctx, &register.Staff{Email: "AMIRA.sole@council.example", Name: "Second", CreatedAt: f.Start})
	}))
	f.fails(fault.NotFound, f.Write(f.ctx, func(tx tickets.Tx) error { return tx.UpdateLink(f.ctx, &register.Link{ID: 999, PR: register.PRNo}) }))
	_, err = f.CaseByID(f.ctx, 999)
	f.fails(fault.NotFound, err)
}

func testRegisterVersion(_ *testing.T, f *fixture) {
	version := func() int64 {
		v, err := f.RegisterVersion(f.ctx)
		f.ok(err)
		return v
	}
	for name, change := range map[string]func(tx tickets.Tx) error{
		"team":        func(tx tickets.Tx) error { return tx.InsertTeam(f.ctx, &register.Team{Name: "West"}) },
		"team change": func(tx tickets.Tx) error { return tx.UpdateTeam(f.ctx, &f.North) },
		"staff": func(tx tickets.Tx) error {
			return tx.InsertStaff(f.ctx, &register.Staff{Email: "x@council.example", Name: "X", CreatedAt: f.Start})
		},
		"staff change": func(tx tickets.Tx) error { return tx.UpdateStaff(f.ctx, &f.Officer) },
		"case": func(tx tickets.Tx) error {
			return tx.InsertCase(f.ctx, &register.Case{Ref: "N-1", FallbackID: f.Lead.ID, CreatedAt: f.Start})
		},
		"case change": func(tx tickets.Tx) error { return tx.UpdateCase(f.ctx, &f.Milo) },
		"person": func(tx tickets.Tx) error {
			return tx.InsertPerson(f.ctx, &register.Person{Name: "N", Kind: register.KindOther, CreatedAt: f.Start})
		},
		"address": func(tx tickets.Tx) error {
			return tx.InsertAddress(f.ctx, &register.Address{PersonID: f.Ray.ID, Email: "n@n.example", CreatedAt: f.Start})
		},
		"address change": func(tx tickets.Tx) error { return tx.UpdateAddress(f.ctx, &f.Mother) },
		"phone": func(tx tickets.Tx) error {
			return tx.InsertPhone(f.ctx, &register.Phone{PersonID: f.Ray.ID, Number: "1"})
		},
		"link": func(tx tickets.Tx) error {
			return tx.InsertLink(f.ctx, &register.Link{CaseID: f.Ada.ID, PersonID: f.Ray.ID, PR: register.PRNo})
		},
		"mailbox": func(tx tickets.Tx) error { return tx.UpsertMailbox(f.ctx, &f.Mailbox) },
		"domains": func(tx tickets.Tx) error { return tx.SetStaffDomains(f.ctx, nil) },
	} {
		before := version()
		f.write(change)
		if version() <= before {
			f.Errorf("%s: the version of the register stays %d", name, before)
		}
	}
	before := version()
	stop := errors.New("stop")
	if err := f.Write(f.ctx, func(tx tickets.Tx) error {
		return errors.Join(tx.UpdateCase(f.ctx, &f.Milo), stop)
	}); !errors.Is(err, stop) {
		f.Fatal(err)
	}
	f.ticket(nil)
	if v := version(); v != before {
		f.Errorf("the version went from %d to %d without a change of the register", before, v)
	}
}

func testTransactions(t *testing.T, f *fixture) {
	stop := errors.New("stop")
	err := f.Write(f.ctx, func(tx tickets.Tx) error {
		if err := tx.SetSetting(f.ctx, "kept", "no"); err != nil {
			return err
		}
		// What was written is seen inside and not outside.
		if v, err := tx.Setting(f.ctx, "kept"); err != nil || v != "no" {
			t.Errorf("inside: %q, %v", v, err)
		}
		if v, err := f.Setting(f.ctx, "kept"); err != nil || v != "" {
			t.Errorf("outside: %q, %v", v, err)
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatalf("error is %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = f.Write(f.ctx, func(tx tickets.Tx) error {
			if err := tx.SetSetting(f.ctx, "kept", "no"); err != nil {
				t.Error(err)
			}
			panic("stop")
		})
	}()
	if v, err := f.Setting(f.ctx, "kept"); err != nil || v != "" {
		t.Fatalf("after a panic: %q, %v", v, err)
	}
	// The store works on.
	f.write(func(tx tickets.Tx) error { return tx.SetSetting(f.ctx, "kept", "yes") })
	if v, err := f.Setting(f.ctx, "kept"); err != nil || v != "yes" {
		t.Fatalf("after a commit: %q, %v", v, err)
	}
	now, err := f.DB.Now(f.ctx)
	f.ok(err)
	if now.Location() != time.UTC || now.Year() < 2020 {
		t.Fatalf("the database says that it is %v", now)
	}
}

func testSavepoints(t *testing.T, f *fixture) {
	stop := errors.New("stop")
	f.write(func(tx tickets.Tx) error {
		if err := tx.SetSetting(f.ctx, "a", "1"); err != nil {
			return err
		}
		err := tx.Savepoint(f.ctx, func() error {
			if err := tx.SetSetting(f.ctx, "a", "2"); err != nil {
				return err
			}
			// A failure inside the failure undoes only itself.
			if err := tx.Savepoint(f.ctx, func() error {
				return errors.Join(tx.SetSetting(f.ctx, "a", "3"), stop)
			}); !errors.Is(err, stop) {
				t.Errorf("inner error %v", err)
			}
			if v, err := tx.Setting(f.ctx, "a"); err != nil || v != "2" {
				t.Errorf("after the inner one: %q, %v", v, err)
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Errorf("outer error %v", err)
		}
		// A statement that the database refuses does not end the transaction.
		err = tx.Savepoint(f.ctx, func() error {
			return tx.InsertLink(f.ctx, &register.Link{CaseID: f.Milo.ID, PersonID: f.Ray.ID, PR: register.PRNo})
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("refused statement: %v", err)
		}
		return tx.Savepoint(f.ctx, func() error { return tx.SetSetting(f.ctx, "b", "1") })
	})
	a, err := f.Setting(f.ctx, "a")
	f.ok(err)
	b, err := f.Setting(f.ctx, "b")
	f.ok(err)
	f.same("settings", []string{a, b}, []string{"1", "1"})
}

// What a transaction reads by id and decides upon, nobody else changes before it ends.
func testNoLostUpdate(t *testing.T, f *fixture) {
	tk, o := f.ticket(nil), f.letter(f.ticket(nil), nil)
	c := f.clock(tk, f.hour(1), nil)
	const programs, times = 4, 5
	var wg sync.WaitGroup
	for range programs {
		wg.Go(func() {
			for range times {
				err := f.Write(f.ctx, func(tx tickets.Tx) error {
					x, err := tx.TicketByID(f.ctx, tk.ID)
					if err != nil {
						return err
					}
					x.Chasers++
					letter, err := tx.OutgoingByID(f.ctx, o.ID)
					if err != nil {
						return err
					}
					letter.HeldReason += "x"
					clocks, err := tx.ClocksOfTicket(f.ctx, tk.ID)
					if err != nil {
						return err
					}
					clocks[0].PausedFor++
					return errors.Join(tx.UpdateTicket(f.ctx, x), tx.UpdateOutgoing(f.ctx, letter), tx.UpdateClock(f.ctx, &clocks[0]))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	x, err := f.TicketByID(f.ctx, tk.ID)
	f.ok(err)
	letter, err := f.OutgoingByID(f.ctx, o.ID)
	f.ok(err)
	clocks, err := f.ClocksOfTicket(f.ctx, tk.ID)
	f.ok(err)
	const all = programs * times
	f.same("changes kept", []int{x.Chasers, len(letter.HeldReason), int(clocks[0].PausedFor - c.PausedFor)}, []int{all, all, all})
}

func testTicketRows(_ *testing.T, f *fixture) {
	answered, finished := f.hour(1), f.hour(2)
	other := f.ticket(nil)
	want := f.ticket(func(t *tickets.Ticket) {
		t.Ask, t.Reason, t.Alert, t.Chasers = "A taxi", "The sender is on one open case.", "serious concern: bruise", 2
		t.LastAnswerAt, t.FinishedAt, t.SuggestedID, t.MergedInto = &answered, &finished, other.ID, other.ID
		t.SuggestedPerson, t.SuggestedSender = f.Tessa.ID, "Tessa B <t@family.example>"
		// Instants are kept to the microsecond, in UTC.
		t.ReceivedAt = time.Date(2026, 7, 1, 12, 30, 0, 123456000, time.FixedZone("BST", 3600)).UTC()
	})
	got, err := f.TicketByID(f.ctx, want.ID)
	f.ok(err)
	f.same("ticket", *got, want)

	want.State, want.OwnerID, want.CaseID, want.LastAnswerAt, want.Version = tickets.StateTriage, 0, 0, nil, 50
	f.write(func(tx tickets.Tx) error { return tx.UpdateTicket(f.ctx, &want) })
	got, err = f.TicketByID(f.ctx, want.ID)
	f.ok(err)
	f.same("changed ticket", *got, want)

	old := want
	old.Version = 7
	f.write(func(tx tickets.Tx) error { return tx.UpdateTicket(f.ctx, &old) })
	got, err = f.TicketByID(f.ctx, want.ID)
	f.ok(err)
	f.same("the version does not go back", *got, want)

	f.fails(fault.NotFound, f.Write(f.ctx, func(tx tickets.Tx) error { return tx.UpdateTicket(f.ctx, &tickets.Ticket{ID: 999, State: "open"}) }))
	f.fails(fault.Invalid, f.Write(f.ctx, func(tx tickets.Tx) error {
		return tx.InsertTicket(f.ctx, &tickets.Ticket{Ref: "X", State: "forgotten"})
	}))
	f.fails(fault.Invalid, f.Write(f.ctx, func(tx tickets.Tx) error {
		return tx.InsertTicket(f.ctx, &tickets.Ticket{Ref: "X", State: "open", CaseID: 999})
	}))
}

func testReferences(_ *testing.T, f *fixture) {
	first, second := f.ticket(nil), f.ticket(nil)
	f.same("references", []string{first.Ref, second.Ref}, []string{"SEN-104001", "SEN-104002"})
}

func testMessageRows(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	want := f.mail(t, func(m *tickets.Message) {
		m.Text, m.ReplyText = "New words\n> old words", "New words"
		m.Parts = []tickets.Part{{Path: "2", Name: "plan.pdf", Type: "application/pdf", Bytes: 12, SHA256: "ab", Problem: "cut"}, {Path: "3", Inline: true, ContentID: "a@b"}}
		m.Junk, m.Outside, m.History, m.AnswersMail = true, true, true, "q@family.example"
		m.Machine = &tickets.MachineNotice{Number: "01234 000123", At: f.hour(1), File: "message.wav"}
		m.HasHTML, m.Unconfirmed, m.Evidence, m.Reason = true, true, "no header", "It answers it."
		m.Problems = []string{"charset not known", "a part is cut"}
		m.Auth = tickets.AuthResult{SPF: "pass", DKIM: "fail", DMARC: "none", ServerID: "mx.council.example"}
	})
	got, err := f.MessageByID(f.ctx, want.ID)
	f.ok(err)
	f.same("message", *got, want)

	empty := f.mail(t, func(m *tickets.Message) { m.ReplyText = "" })
	got, err = f.MessageByID(f.ctx, empty.ID)
	f.ok(err)
	f.same("message that only quotes", *got, empty)

	// Moving.
	to := f.ticket(func(t *tickets.Ticket) { t.CaseID = f.Juno.ID })
	f.write(func(tx tickets.Tx) error { return tx.MoveMessages(f.ctx, t.ID, to.ID, f.Juno.ID) })
	got, err = f.MessageByID(f.ctx, want.ID)
	f.ok(err)
	want.TicketID, want.CaseID = to.ID, f.Juno.ID
	f.same("moved message", *got, want)
	f.write(func(tx tickets.Tx) error {
		return tx.SetMessagePlace(f.ctx, want.ID, t.ID, f.Milo.ID, f.Ray.ID, false, "By hand.")
	})
	got, err = f.MessageByID(f.ctx, want.ID)
	f.ok(err)
	want.TicketID, want.CaseID, want.PersonID, want.Unconfirmed, want.Reason = t.ID, f.Milo.ID, f.Ray.ID, false, "By hand."
	f.same("placed message", *got, want)
	f.fails(fault.NotFound, f.Write(f.ctx, func(tx tickets.Tx) error { return tx.SetMessagePlace(f.ctx, 999, 0, 0, 0, false, "") }))
}

func testHostileTexts(_ *testing.T, f *fixture) {
	t := f.ticket(func(t *tickets.Ticket) { t.Subject = "a\x00b" })
	m := f.mail(t, func(m *tickets.Message) {
		m.Text, m.ReplyText = "nul \x00 and \xff\xfe bytes \u2028 '; drop table x; -- ?", "only \x00"
		m.FromName, m.MessageID = "\xc3(", "id\x00\xff@x.example"
		m.Parts = []tickets.Part{{Path: "2", Name: "a\x00\xff.pdf"}}
		m.Problems = []string{"\xff"}
	})
	got, err := f.MessageByID(f.ctx, m.ID)
	f.ok(err)
	if got.ReplyText != "only \uFFFD" || !strings.HasPrefix(got.Text, "nul \uFFFD and \uFFFD bytes") || got.FromName != "\uFFFD(" {
		f.Fatalf("%+v", got)
	}
	// The same key finds it again, and strange keys find nothing.
	facts, err := f.MatchFacts(f.ctx, tickets.MatchKeys{
		MessageIDs: []string{m.MessageID, "\x00", "", "'\"?"}, Tokens: []string{"\xff", "?", ":x"}, Mailbox: "\x00@\xff",
	})
	f.ok(err)
	if len(facts.Threads) != 1 || facts.Threads[0].TicketID != t.ID {
		f.Fatalf("%+v", facts)
	}
	for _, q := range []string{"\x00", "\xff", "'", `"`, "%", "_", "\\", "a\x00b", strings.Repeat("long ", 50_000), strings.Repeat("é", 60_000), "?", ":a", "* OR 1"} {
		_, err := f.Search(f.ctx, Actor(f, f.DB, f.Lead), q, 10)
		f.ok(err)
		_, err = f.Tickets(f.ctx, Actor(f, f.DB, f.Lead), tickets.TicketQuery{Q: q, Now: f.Start})
		f.ok(err)
		_, err = f.Cases(f.ctx, Actor(f, f.DB, f.Lead), tickets.CaseQuery{Q: q})
		f.ok(err)
	}
}

func testSameMail(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	m := f.mail(t, nil)
	f.write(func(tx tickets.Tx) error {
		again := m
		if err := tx.InsertMessage(f.ctx, &again); !fault.Is(err, fault.Conflict) {
			f.Errorf("a second copy: %v", err)
		}
		// The transaction goes on, on PostgreSQL too.
		return tx.SetSetting(f.ctx, "went", "on")
	})
	id, found, err := f.HasContent(f.ctx, f.Mailbox.ID, m.ContentHash)
	f.ok(err)
	if !found || id != m.ID {
		f.Fatalf("found %v, id %d", found, id)
	}
	other := tickets.Mailbox{Name: "other", Address: "other@council.example"}
	f.write(func(tx tickets.Tx) error { return tx.UpsertMailbox(f.ctx, &other) })
	if _, found, err = f.HasContent(f.ctx, other.ID, m.ContentHash); err != nil || found {
		f.Fatalf("another mailbox: %v, %v", found, err)
	}
	// In another mailbox it is another message, and mails without a hash never collide.
	f.mail(t, func(x *tickets.Message) { x.MailboxID, x.ContentHash = other.ID, m.ContentHash })
	f.mail(t, func(x *tickets.Message) { x.ContentHash = "" })
	f.mail(t, func(x *tickets.Message) { x.ContentHash = "" })
	if _, found, err = f.HasContent(f.ctx, f.Mailbox.ID, ""); err != nil || found {
		f.Fatalf("no hash: %v, %v", found, err)
	}
}

func testNotesAndCalls(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	n := tickets.Note{
		TicketID: t.ID, CaseID: t.CaseID, AuthorID: f.Officer.ID, Author: f.Officer.Name, ForID: f.Deputy.ID,
		Text: tickets.NewPrivateText("Mother sounded worried"), Source: "email", MailboxID: f.Mailbox.ID, ContentHash: "nh", CreatedAt: f.hour(1),
	}
	sys := tickets.Note{TicketID: t.ID, Author: "hearback", Text: tickets.NewPrivateText("by itself"), Source: "api", CreatedAt: f.hour(2)}
	f.write(func(tx tickets.Tx) error { return errors.Join(tx.InsertNote(f.ctx, &n), tx.InsertNote(f.ctx, &sys)) })
	notes, err := f.Notes(f.ctx, Actor(f, f.DB, f.Officer), t.ID)
	f.ok(err)
	f.same("notes", notes, []tickets.Note{n, sys})
	id, found, err := f.HasContent(f.ctx, f.Mailbox.ID, "nh")
	f.ok(err)
	if !found || id != 0 {
		f.Fatalf("a colleague's mail: found %v, id %d", found, id)
	}
	f.fails(fault.Conflict, f.Write(f.ctx, func(tx tickets.Tx) error { again := n; return tx.InsertNote(f.ctx, &again) }))

	call := f.mail(t, func(m *tickets.Message) {
		m.Channel, m.Text, m.ReplyText, m.ContentHash, m.MailboxID, m.StaffID = tickets.ChannelCall, "", "", "", 0, f.Officer.ID
		m.Call = &tickets.Call{
			Direction: tickets.Out, Answered: true, Number: "01234 000123", PersonID: f.Tessa.ID, IdentityOK: true,
			Summary: tickets.NewPrivateText("she cried"), Promise: "ring back", PromiseBy: "2026-11-05", StopsClock: true, StopsReason: "told her",
		}
	})
	got, err := f.MessageByID(f.ctx, call.ID)
	f.ok(err)
	f.same("call", *got, call)
}

func testEvents(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	matters := tickets.Event{TicketID: t.ID, CaseID: t.CaseID, Kind: tickets.EvReceived, At: f.Start, System: "intake", Data: map[string]any{"message_id": "7", "ok": true}}
	quiet := tickets.Event{TicketID: t.ID, Kind: tickets.EvAckQueued, At: f.hour(1), StaffID: f.Officer.ID}
	f.write(func(tx tickets.Tx) error {
		return errors.Join(tx.InsertEvent(f.ctx, &matters), tx.InsertEvent(f.ctx, &quiet))
	})
	got, err := f.EventsOfTicket(f.ctx, t.ID)
	f.ok(err)
	f.same("events", got, []tickets.Event{matters, quiet})
	row, err := f.TicketByID(f.ctx, t.ID)
	f.ok(err)
	if row.Version != matters.ID || quiet.ID <= matters.ID {
		f.Fatalf("version %d, events %d and %d", row.Version, matters.ID, quiet.ID)
	}
}
