package tickets

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
)

// MailingText is what somebody writes for many families.
type MailingText struct {
	Title     string
	MailboxID int64
	Filter    MailingFilter
	Subject   string
	Body      string
	PerHour   int // 0: the most that the council allows
}

// Limits of a mailing.
const (
	maxMailingTitle = 120
	maxMailing      = 20000 // lines; more than any council has children with plans
)

// MailingMost is how many letters of one mailing may leave in an hour.
func (d *Desk) MailingMost() int { return d.s.MailingPerHour }

const defaultMailingPerHour = 200

// Mailings lists what the actor wrote and, for a lead, what others of their teams did.
func (d *Desk) Mailings(ctx context.Context, a access.Actor) ([]Mailing, error) {
	if err := allowed(a, access.WriteMailing); err != nil {
		return nil, err
	}
	return d.store.Mailings(ctx, a)
}

// Mailing is one that the actor may see. Faults: Denied, NotFound.
func (d *Desk) Mailing(ctx context.Context, a access.Actor, id int64) (*Mailing, error) {
	return seenMailing(ctx, d.store, a, id)
}

func seenMailing(ctx context.Context, r Reader, a access.Actor, id int64) (*Mailing, error) {
	if err := allowed(a, access.WriteMailing); err != nil {
		return nil, err
	}
	m, err := r.MailingByID(ctx, id)
	if err != nil {
		return nil, err
	}
	if m.AuthorID == a.StaffID || a.May(access.ApproveMailing) && (a.SeesAllTeams() || m.TeamID == 0 || slices.Contains(a.TeamIDs, m.TeamID)) {
		return m, nil
	}
	return nil, fault.New(fault.NotFound, "We cannot find that. It may not exist, or you may not be able to see it")
}

// mailing is one for changing, locked.
func (w *work) mailing(ctx context.Context, id int64) (*Mailing, error) {
	return seenMailing(ctx, w.tx, w.actor, id)
}

// ownMailing is one that its author changes.
func (w *work) ownMailing(ctx context.Context, id, version int64) (*Mailing, error) {
	m, err := w.mailing(ctx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case m.AuthorID != w.actor.StaffID:
		return nil, fault.New(fault.Denied, "You cannot change this. "+m.AuthorName+" wrote it")
	case !m.State.Open():
		return nil, fault.New(fault.Conflict, "This was approved. Write another mailing for what comes after it")
	case version != 0 && version != m.Version:
		return nil, fault.New(fault.Conflict, "This was changed in another window. Nothing was saved. Look at it again")
	}
	return m, nil
}

// NewMailing begins a letter to many families. Nothing is sent, and nobody is on its
// list yet. Faults: Denied, Invalid.
func (d *Desk) NewMailing(ctx context.Context, a access.Actor, t MailingText, now time.Time) (*Mailing, error) {
	if !a.IsPerson() {
		return nil, fault.New(fault.Denied, "Only a person can write to families")
	}
	if err := allowed(a, access.WriteMailing); err != nil {
		return nil, err
	}
	m := &Mailing{AuthorID: a.StaffID, State: MailingDraft, Version: 1}
	err := d.write(ctx, a, now, func(w *work) error {
		if err := w.setMailing(ctx, m, t); err != nil {
			return err
		}
		m.CreatedAt, m.ChangedAt = w.now, w.now
		if err := w.tx.InsertMailing(ctx, m); err != nil {
			return err
		}
		return w.auditMailing(ctx, audit.MailingChanged, m, map[string]string{"what": "begun"})
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// ChangeMailing keeps other words or another choice. The list is made anew after it,
// and an approval that was asked for is void. Faults: Denied, NotFound, Invalid,
// Conflict.
func (d *Desk) ChangeMailing(ctx context.Context, a access.Actor, id, version int64, t MailingText, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		m, err := w.ownMailing(ctx, id, version)
		if err != nil {
			return err
		}
		if err := w.setMailing(ctx, m, t); err != nil {
			return err
		}
		return w.backToDraft(ctx, m, "text")
	})
}

// backToDraft voids the list, and with it what was asked or approved.
func (w *work) backToDraft(ctx context.Context, m *Mailing, what string) error {
	if err := w.tx.DropMailingLetters(ctx, m.ID); err != nil {
		return err
	}
	m.State, m.MadeAt, m.AskedAt, m.Digest = MailingDraft, nil, nil, ""
	m.ChangedAt = w.now
	m.Version++
	if err := w.tx.UpdateMailing(ctx, m); err != nil {
		return err
	}
	return w.auditMailing(ctx, audit.MailingChanged, m, map[string]string{"what": what})
}

func (w *work) setMailing(ctx context.Context, m *Mailing, t MailingText) error {
	m.Title, m.Filter, m.PerHour, m.MailboxID = strings.Join(strings.Fields(t.Title), " "), t.Filter, t.PerHour, t.MailboxID
	text := wording.Text{Subject: t.Subject, Body: t.Body}.Tidy()
	m.Subject, m.Body = text.Subject, text.Body
	if m.PerHour == 0 {
		m.PerHour = w.d.MailingMost()
	}
	switch {
	case m.Title == "":
		return fault.New(fault.Invalid, "Give it a title that colleagues understand")
	case len([]rune(m.Title)) > maxMailingTitle:
		return fault.Newf(fault.Invalid, "The title can have %d letters", maxMailingTitle)
	case m.PerHour < 1 || m.PerHour > w.d.MailingMost():
		return fault.Newf(fault.Invalid, "Letters in an hour: a number from 1 to %d", w.d.MailingMost())
	}
	for _, y := range m.Filter.Years {
		if y < YearNursery || y > YearAfter {
			return fault.New(fault.Invalid, "Choose school years from the list")
		}
	}
	if wrong := wording.CheckMailing(text); len(wrong) > 0 {
		return fault.New(fault.Invalid, wrong[0].String())
	}
	box, err := w.tx.MailboxByID(ctx, m.MailboxID)
	if err != nil {
		if notFound(err) {
			return fault.New(fault.Invalid, "Choose the mailbox that it leaves from")
		}
		return err
	}
	if box.TeamID != 0 && !w.actor.SeesAllTeams() && w.actor.Scope() == access.ScopeTeam && !slices.Contains(w.actor.TeamIDs, box.TeamID) {
		return fault.New(fault.Invalid, "Choose a mailbox of your own team")
	}
	m.TeamID, m.Mailbox = box.TeamID, box.Address
	return nil
}

// MakeMailingList works out who gets the letter and who does not, and why. It reads
// the register outside of a transaction, because that takes a while; each line is
// looked at again when its letter leaves. Faults: Denied, NotFound, Invalid, Conflict.
func (d *Desk) MakeMailingList(ctx context.Context, a access.Actor, id, version int64, now time.Time) error {
	m, err := d.Mailing(ctx, a, id)
	if err != nil {
		return err
	}
	if m.AuthorID != a.StaffID || !m.State.Open() {
		return d.write(ctx, a, now, func(w *work) error { _, err := w.ownMailing(ctx, id, version); return err })
	}
	lines, err := d.mailingLines(ctx, a, m, localDate(now))
	if err != nil {
		return err
	}
	return d.write(ctx, a, now, func(w *work) error {
		fresh, err := w.ownMailing(ctx, id, version)
		if err != nil {
			return err
		}
		if fresh.Version != m.Version {
			return fault.New(fault.Conflict, "This was changed in another window. Nothing was saved. Look at it again")
		}
		if err := w.backToDraft(ctx, fresh, "list"); err != nil {
			return err
		}
		for i := range lines {
			lines[i].MailingID = fresh.ID
			if err := w.tx.InsertMailingLetter(ctx, &lines[i]); err != nil {
				return err
			}
		}
		fresh.State, fresh.MadeAt, fresh.Answer = MailingChecking, &w.now, PrivateText{}
		return w.tx.UpdateMailing(ctx, fresh)
	})
}

// mailingLines are the lines of every case that the filter chooses and the actor may
// see. Of a case that the actor may not see nothing is said, not even that it is there.
func (d *Desk) mailingLines(ctx context.Context, a access.Actor, m *Mailing, on string) ([]MailingLetter, error) {
	cases, err := d.store.MailingCases(ctx, a)
	if err != nil {
		return nil, err
	}
	var lines []MailingLetter
	for _, c := range cases {
		if !m.Filter.Matches(c, on) {
			continue
		}
		facts, err := mailingCase(ctx, d.store, c)
		if err != nil {
			return nil, err
		}
		lines = append(lines, MailingPeople(facts, on)...)
		if len(lines) > maxMailing {
			return nil, fault.Newf(fault.Invalid, "These are more than %d people. Choose fewer", maxMailing)
		}
	}
	if len(lines) == 0 {
		return nil, fault.New(fault.Invalid, "No case that you can open is chosen. Choose others")
	}
	if !wording.MailingNamesChild(wordingOf(m)) {
		lines = OneLetterEach(lines)
	}
	return lines, nil
}

func (w *work) auditMailing(ctx context.Context, action audit.Action, m *Mailing, detail map[string]string) error {
	all := map[string]string{"version": strconv.FormatInt(m.Version, 10), "state": string(m.State)}
	for k, v := range detail {
		all[k] = v
	}
	return w.audit(ctx, action, objectOf("mailing", m.ID), 0, all)
}
