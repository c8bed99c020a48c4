package storetest

import (
	"errors"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

func testPresent(_ *testing.T, f *fixture) {
	put := func(folder string, validity, uid uint32, fate tickets.Fate) {
		f.write(func(tx tickets.Tx) error {
			return tx.PutLedger(f.ctx, &tickets.LedgerEntry{
				MailboxID: f.Mailbox.ID, Folder: folder, UIDValidity: validity, UID: uid, Fate: fate, ReceivedAt: f.Start, UpdatedAt: f.Start,
			})
		})
	}
	count := func(want int, folder string, validity uint32) {
		f.Helper()
		n, err := f.FolderCount(f.ctx, f.Mailbox.ID, folder, validity)
		f.ok(err)
		f.same("count of "+folder, n, want)
	}
	count(0, "INBOX", 7)
	for uid := uint32(1); uid <= 2500; uid += 500 {
		put("INBOX", 7, uid, tickets.FateQuarantined)
	}
	put("INBOX", 7, 1, tickets.FateMessage) // a retry of the same line
	put("INBOX", 8, 1, tickets.FateMessage)
	put("Junk", 7, 1, tickets.FateSuppressed)
	count(5, "INBOX", 7)
	count(1, "INBOX", 8)
	count(1, "Junk", 7)
	// What is undone is not counted.
	undone := errors.New("undone")
	err := f.Write(f.ctx, func(tx tickets.Tx) error {
		if err := tx.PutLedger(f.ctx, &tickets.LedgerEntry{
			MailboxID: f.Mailbox.ID, Folder: "INBOX", UIDValidity: 7, UID: 9000, Fate: tickets.FateMessage, ReceivedAt: f.Start, UpdatedAt: f.Start,
		}); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		f.Fatal(err)
	}
	count(5, "INBOX", 7)

	f.ok(f.MarkGone(f.ctx, f.Mailbox.ID, "INBOX", 7, nil))
	gone := []uint32{501, 1001, 4000} // the last was never there
	for n := uint32(10_000); n < 12_500; n++ {
		gone = append(gone, n) // more than one statement takes
	}
	for range 2 {
		f.ok(f.MarkGone(f.ctx, f.Mailbox.ID, "INBOX", 7, gone))
		count(3, "INBOX", 7)
	}
	count(1, "INBOX", 8)
	count(1, "Junk", 7)
	uids, err := f.UIDsPresent(f.ctx, f.Mailbox.ID, "INBOX", 7, 1, 2000)
	f.ok(err)
	f.same("present", uids, []uint32{1, 1501})
	uids, err = f.UIDsKnown(f.ctx, f.Mailbox.ID, "INBOX", 7, 1, 2000)
	f.ok(err)
	f.same("known, gone or not", uids, []uint32{1, 501, 1001, 1501})
	e, err := f.LedgerAt(f.ctx, f.Mailbox.ID, "INBOX", 7, 501)
	f.ok(err)
	if e.GoneAt == nil || e.GoneAt.IsZero() {
		f.Errorf("since when it is gone: %v", e.GoneAt)
	}
	put("INBOX", 7, 501, tickets.FateMessage) // taken in from the kept bytes: it is gone all the same
	count(3, "INBOX", 7)
	again, err := f.LedgerAt(f.ctx, f.Mailbox.ID, "INBOX", 7, 501)
	f.ok(err)
	f.same("since when it is gone", again.GoneAt, e.GoneAt)
	lines, _, err := f.Ledger(f.ctx, access.System("test"), tickets.LedgerQuery{Limit: 50})
	f.ok(err)
	marked := 0
	for _, l := range lines {
		if l.GoneAt != nil {
			marked++
		}
	}
	f.same("lines that say so", marked, 2)
}

func testScans(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	raw := func(text string) (id int64) {
		p, err := f.PrepareRaw(f.ctx, []byte(text))
		f.ok(err)
		f.write(func(tx tickets.Tx) error { id, err = tx.SaveRaw(f.ctx, p); return err })
		return id
	}
	plain, one, two := raw("plain"), raw("one"), raw("two")
	f.mail(t, func(m *tickets.Message) { m.RawID = plain })
	f.mail(t, func(m *tickets.Message) { m.RawID, m.Parts = two, []tickets.Part{{Path: "2"}, {Path: "3"}} })
	f.mail(t, func(m *tickets.Message) { m.RawID, m.Parts = one, []tickets.Part{{Path: "2"}} })
	wanted := func(want ...int64) {
		f.Helper()
		ids, err := f.RawsToScan(f.ctx, 10)
		f.ok(err)
		f.same("to be scanned", ids, want)
	}
	wanted(one, two)
	ids, err := f.RawsToScan(f.ctx, 1)
	f.ok(err)
	f.same("the oldest", ids, []int64{one})
	put := func(id int64, path string, v tickets.ScanVerdict, why string, at time.Time) tickets.PartScan {
		s := tickets.PartScan{RawID: id, Path: path, Verdict: v, Signature: why, ScannedAt: at}
		f.ok(f.PutScan(f.ctx, s))
		return s
	}
	clean := put(two, "2", tickets.ScanClean, "", f.Start)
	wanted(one, two) // a part of it waits
	put(two, "3", tickets.ScanSkipped, "The scanner did not answer.", f.hour(1))
	put(one, "2", tickets.ScanInfected, "Eicar-Signature", f.Start)
	wanted()
	again, err := f.RawsNotScanned(f.ctx, f.hour(1), 10)
	f.ok(err)
	f.same("too early to try again", again, []int64{})
	again, err = f.RawsNotScanned(f.ctx, f.hour(2), 10)
	f.ok(err)
	f.same("to be tried again", again, []int64{two})
	found := put(two, "3", tickets.ScanInfected, "Eicar-Signature", f.hour(3))
	again, err = f.RawsNotScanned(f.ctx, f.hour(9), 10)
	f.ok(err)
	f.same("after it was scanned", again, []int64{})
	scans, err := f.ScansOfRaw(f.ctx, two)
	f.ok(err)
	f.same("verdicts", scans, map[string]tickets.PartScan{"2": clean, "3": found})
	if err := f.PutScan(f.ctx, tickets.PartScan{RawID: one, Path: "2", Verdict: "fine", ScannedAt: f.Start}); err == nil {
		f.Error("a verdict that there is not was kept")
	}
	// A second mailbox's copy of a mail that was scanned needs no second scan, and
	// is off the list with the next verdict.
	f.mail(t, func(m *tickets.Message) { m.RawID, m.Parts, m.MailboxID = one, []tickets.Part{{Path: "2"}}, 0 })
	put(one, "2", tickets.ScanInfected, "Eicar-Signature", f.hour(4))
	wanted()
}

func testRules(_ *testing.T, f *fixture) {
	block := tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "a@shop.example", Note: "Advertising", CreatedBy: f.Lead.ID, CreatedAt: f.Start}
	route := tickets.IntakeRule{Kind: tickets.RuleSubject, Pattern: "tribunal", TeamID: f.South.ID, Category: tickets.CategoryUrgent, CreatedAt: f.Start}
	f.write(func(tx tickets.Tx) error {
		return errors.Join(tx.InsertRule(f.ctx, &block), tx.InsertRule(f.ctx, &route))
	})
	list, err := f.IntakeRules(f.ctx)
	f.ok(err)
	f.same("rules", list, []tickets.IntakeRule{block, route})
	twice := block
	f.fails(fault.Conflict, f.Write(f.ctx, func(tx tickets.Tx) error { return tx.InsertRule(f.ctx, &twice) }))
	away := tickets.RuleRemoval{RuleID: block.ID, By: f.Lead.ID, At: f.hour(1)}
	f.write(func(tx tickets.Tx) error { return tx.RemoveRule(f.ctx, away) })
	f.fails(fault.NotFound, f.Write(f.ctx, func(tx tickets.Tx) error { return tx.RemoveRule(f.ctx, away) }))
	f.write(func(tx tickets.Tx) error { return tx.InsertRule(f.ctx, &twice) })
	list, err = f.IntakeRules(f.ctx)
	f.ok(err)
	f.same("rules, one made anew", list, []tickets.IntakeRule{route, twice})
}

func testOutside(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	south := tickets.Mailbox{Name: "south", Address: "south@council.example", TeamID: f.South.ID}
	f.write(func(tx tickets.Tx) error { return tx.UpsertMailbox(f.ctx, &south) })
	in := f.mail(t, nil)
	out := f.mail(t, func(m *tickets.Message) {
		m.Direction, m.Outside, m.FromName, m.PersonID, m.AnswersMail = tickets.Out, true, "Shared Inbox", f.Tessa.ID, in.MessageID
	})
	apart := f.mail(t, func(m *tickets.Message) {
		m.Direction, m.Outside, m.TicketID, m.CaseID, m.PersonID = tickets.Out, true, 0, 0, 0
	})

	got, err := f.OutsideByMessageID(f.ctx, f.Mailbox.ID, out.MessageID)
	f.ok(err)
	f.same("by number", *got, out)
	got, err = f.OutsideByMessageID(f.ctx, 0, out.MessageID)
	f.ok(err)
	f.same("by number, in any mailbox", *got, out)
	_, err = f.OutsideByMessageID(f.ctx, south.ID, out.MessageID)
	f.fails(fault.NotFound, err)
	_, err = f.OutsideByMessageID(f.ctx, 0, in.MessageID)
	f.fails(fault.NotFound, err)
	got, err = f.OutsideAnswering(f.ctx, f.Mailbox.ID, in.MessageID)
	f.ok(err)
	f.same("by what it answers", *got, out)
	_, err = f.OutsideAnswering(f.ctx, f.Mailbox.ID, "")
	f.fails(fault.NotFound, err)

	copied, err := f.CopyElsewhere(f.ctx, south.ID, in.ContentHash)
	f.ok(err)
	f.same("the copy of another mailbox", *copied, in)
	for _, hash := range []string{"", "none", out.ContentHash} {
		_, err = f.CopyElsewhere(f.ctx, south.ID, hash)
		f.fails(fault.NotFound, err)
	}
	_, err = f.CopyElsewhere(f.ctx, f.Mailbox.ID, in.ContentHash)
	f.fails(fault.NotFound, err)

	known, err := f.RecordedWith(f.ctx, f.Mother.Mailbox)
	f.ok(err)
	if len(known) != 1 || known[0].Person.ID != f.Tessa.ID || len(known[0].Open) != 1 {
		f.Errorf("recorded: %+v", known)
	}
	people, err := f.PeopleByPhone(f.ctx, "01234000123")
	f.ok(err)
	f.same("whose number it is", people, []int64{f.Tessa.ID})
	people, err = f.PeopleByPhone(f.ctx, "")
	f.ok(err)
	f.same("no number", people, []int64{})

	for name, tc := range map[string]struct {
		who  register.Staff
		want int
	}{"the duty desk": {f.Duty, 1}, "an officer": {f.Officer, 0}, "another team": {f.Stranger, 0}} {
		list, err := f.SentApart(f.ctx, Actor(f.T, f.DB, tc.who), 10)
		f.ok(err)
		if len(list) != tc.want || tc.want == 1 && list[0].ID != apart.ID {
			f.Errorf("%s sees %d mails that are on no ticket", name, len(list))
		}
	}
	auto, err := f.AutomaticMail(f.ctx, access.System("test"), 10)
	f.ok(err)
	f.same("automatic mail", len(auto), 0)
	items, err := f.Timeline(f.ctx, access.System("test"), t.ID)
	f.ok(err)
	for _, i := range items {
		if i.Message != nil && i.Message.ID == out.ID && i.Name != "Shared Inbox" {
			f.Errorf("who wrote it is %q", i.Name)
		}
	}
	facts, err := f.GuardFacts(f.ctx, tickets.FactsAsked{CaseID: f.Milo.ID, TicketID: t.ID, Mailboxes: []string{f.Mother.Mailbox, "sen@council.example"}})
	f.ok(err)
	if len(facts.Seen) != 1 {
		f.Errorf("%d texts count as seen; what nobody cleared must not", len(facts.Seen))
	}
}
