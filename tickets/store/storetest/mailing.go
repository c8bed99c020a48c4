package storetest

import (
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// testMailings: a letter to many families and its lines come back as they were
// written; a line that is queued is changed by nobody; lines are seen with their case.
func testMailings(t *testing.T, f *fixture) {
	ctx := f.ctx
	m := tickets.Mailing{
		Title: "Year 6 evening", MailboxID: f.Mailbox.ID, AuthorID: f.Officer.ID, State: tickets.MailingDraft,
		Filter:  tickets.MailingFilter{Years: []int{-1, 6}, Stages: []string{"Review"}, School: "Hart", OfficerID: 3, TeamID: 4, Phase: true},
		Subject: "Moving on", Body: "Dear {name}", PerHour: 60, Files: []tickets.LetterFile{{Name: "a.pdf", Type: "application/pdf", Bytes: 3, SHA256: "ab", RawID: 1}},
		CreatedAt: f.Start, ChangedAt: f.Start, Version: 1,
	}
	line := tickets.MailingLetter{CaseID: f.Milo.ID, PersonID: f.Tessa.ID, Name: "Tessa Brandt", Email: f.Mother.Email, Also: []int64{7}, State: tickets.MailingWaiting}
	nobody := tickets.MailingLetter{CaseID: f.Milo.ID, State: tickets.MailingLeftOut, Why: "Nobody"}
	f.write(func(tx tickets.Tx) error {
		if err := tx.InsertMailing(ctx, &m); err != nil {
			return err
		}
		line.MailingID, nobody.MailingID = m.ID, m.ID
		if err := tx.InsertMailingLetter(ctx, &line); err != nil {
			return err
		}
		return tx.InsertMailingLetter(ctx, &nobody)
	})
	at := f.hour(1)
	m.State, m.Digest, m.MadeAt, m.AskedAt, m.Answer, m.Version = tickets.MailingChecking, "d", &at, &at, tickets.NewPrivateText("Say where"), 2
	f.write(func(tx tickets.Tx) error { return tx.UpdateMailing(ctx, &m) })
	got, err := f.MailingByID(ctx, m.ID)
	f.ok(err)
	m.TeamID, m.Mailbox, m.AuthorName = f.Mailbox.TeamID, f.Mailbox.Address, f.Officer.Name
	f.same("the mailing", *got, m)
	// Nobody is the second person for what they wrote: the table says so as well.
	own := m
	own.ApprovedBy = f.Officer.ID
	if err := f.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateMailing(ctx, &own) }); err == nil {
		t.Error("an author approved their own mailing")
	}

	if ids, err := f.MailingsIn(ctx, tickets.MailingChecking); err != nil || len(ids) != 1 {
		t.Errorf("being checked: %v %v", ids, err)
	}
	if ids, err := f.MailingUnchecked(ctx, m.ID, 10); err != nil || len(ids) != 1 || ids[0] != line.ID {
		t.Errorf("unchecked: %v %v", ids, err)
	}
	// The same person on the same case is one line.
	twice := line
	if err := f.Write(ctx, func(tx tickets.Tx) error { return tx.InsertMailingLetter(ctx, &twice) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second line: %v", err)
	}
	line.CheckedAt, line.Decision, line.Digest, line.Approved = &at, "confirm", "x", true
	line.Findings = []tickets.MailingFinding{{Rule: "BOUNCED", Decision: "confirm", Mailbox: "a", Words: "It came back"}}
	line.Confirmed = []tickets.Confirmation{{Rule: "BOUNCED", Mailbox: "a", At: at}}
	f.write(func(tx tickets.Tx) error { return tx.UpdateMailingLetter(ctx, &line) })
	back, err := f.MailingLetterByID(ctx, line.ID)
	f.ok(err)
	f.same("the line", *back, line)

	tk := f.ticket(nil)
	o := f.letter(tk, nil)
	line.State, line.TicketID, line.OutgoingID, line.QueuedAt = tickets.MailingQueued, tk.ID, o.ID, &at
	f.write(func(tx tickets.Tx) error { return tx.UpdateMailingLetter(ctx, &line) })
	f.fails(fault.NotFound, f.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateMailingLetter(ctx, &line) }))
	f.write(func(tx tickets.Tx) error { return tx.DropMailingLetters(ctx, m.ID) })
	if all, err := f.MailingLettersOf(ctx, m.ID); err != nil || len(all) != 1 || all[0].ID != line.ID {
		t.Errorf("after the list was dropped: %v %v", all, err)
	}
	if n, err := f.MailingQueuedSince(ctx, m.ID, f.Start); err != nil || n != 1 {
		t.Errorf("queued: %d %v", n, err)
	}
	if n, err := f.MailingQueuedSince(ctx, m.ID, at); err != nil || n != 0 {
		t.Errorf("queued later: %d %v", n, err)
	}
	mailingScope(t, f, m)
}

// mailingScope: lines and cases are those of the actor; the list of mailings is the
// author's, and that of leads of the team.
func mailingScope(t *testing.T, f *fixture, m tickets.Mailing) {
	ctx := f.ctx
	officer := access.Actor{StaffID: f.Officer.ID, Role: access.RoleOfficer, TeamIDs: []int64{f.North.ID}}
	lead := access.Actor{StaffID: 99991, Role: access.RoleLead, TeamIDs: []int64{f.North.ID}}
	far := access.Actor{StaffID: 99992, Role: access.RoleLead, TeamIDs: []int64{99993}}
	for _, tc := range []struct {
		name        string
		a           access.Actor
		lines, list int
	}{
		{"author", officer, 1, 1},
		{"lead", lead, 1, 1},
		{"lead of another team", far, 0, 0},
		{"head", access.Actor{StaffID: 99994, Role: access.RoleHead}, 1, 1},
		{"officer beside", access.Actor{StaffID: 99995, Role: access.RoleOfficer, TeamIDs: []int64{f.North.ID}}, 1, 0},
		{"administrator", access.Actor{StaffID: 99996, Role: access.RoleAdmin}, 0, 0},
	} {
		lines, err := f.MailingLetters(ctx, tc.a, tickets.MailingQuery{MailingID: m.ID, States: []tickets.MailingLetterState{tickets.MailingQueued}})
		f.ok(err)
		list, err := f.Mailings(ctx, tc.a)
		f.ok(err)
		counts, _, err := f.MailingCounts(ctx, tc.a, m.ID)
		f.ok(err)
		if len(lines) != tc.lines || len(list) != tc.list || counts[tickets.ResultOnItsWay] != tc.lines {
			t.Errorf("%s: %d lines, %d mailings, counts %v", tc.name, len(lines), len(list), counts)
		}
		if len(lines) == 1 && (lines[0].CaseRef != f.Milo.Ref || lines[0].ChildName != f.Milo.ChildName || lines[0].Delivery != tickets.Queued || lines[0].TicketRef == "") {
			t.Errorf("%s: %+v", tc.name, lines[0])
		}
	}
	cases, err := f.MailingCases(ctx, officer)
	f.ok(err)
	for _, c := range cases {
		if !c.Open {
			t.Errorf("%s is closed", c.Ref)
		}
	}
	if len(cases) == 0 {
		t.Error("no case is there for a mailing")
	}
	// The wish for no such letters is kept.
	f.write(func(tx tickets.Tx) error {
		return tx.PutPreferences(ctx, &register.Preferences{PersonID: f.Tessa.ID, NoGeneral: true})
	})
	facts, err := f.CaseFacts(ctx, f.Milo.ID)
	f.ok(err)
	if !facts.Preferences[f.Tessa.ID].NoGeneral {
		t.Error("the wish was lost")
	}
}
