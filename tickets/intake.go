package tickets

import (
	"context"
	"fmt"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Received is a mail as the mail server showed it to us. Its bytes are safe
// already (Store.PrepareRaw).
type Received struct {
	MailboxID   int64
	Folder      string
	FolderKind  FolderKind
	UIDValidity uint32
	UID         uint32
	ReceivedAt  time.Time // INTERNALDATE: when the mail server took the mail
	Raw         PreparedRaw
	Mail        *Inbound // nil when it could not be read; QuarantineReason says why
	// QuarantineReason is in words, without addresses and without text of the mail.
	QuarantineReason string
	History          bool // imported: no acknowledgement, no alarms
	// Retry: a person or the poller tries a quarantined mail again, or a person
	// wants one that was kept away (in Junk, by a rule) to be taken in.
	Retry bool
	// byHand: somebody has looked at it and wants it taken in.
	byHand bool
}

// IntakeResult is what became of one mail.
type IntakeResult struct {
	UID       uint32
	Fate      Fate
	Already   bool // it was in the ledger before; nothing was changed
	Outcome   MatchOutcome
	Reason    string
	Tries     int
	RawID     int64
	MessageID int64
	TicketID  int64
	TicketRef string
	Opened    bool  // the ticket is new
	AckID     int64 // the acknowledgement or receipt; 0 when none was queued
	Err       error // why it was quarantined, for operators; nil when it could not be parsed
}

// Intake takes a batch of mails in one transaction, each in a savepoint of its
// own: the raw mail, message, ticket, clock, acknowledgement, events and ledger
// row of one mail are kept together or not at all. A mail that fails is written
// to the ledger as quarantined and stops none of the others. An error means
// that nothing of the batch was kept and that it has to be offered again; the
// cursor must not move. Taking the same batch twice changes nothing.
func (d *Desk) Intake(ctx context.Context, batch []Received, now time.Time) ([]IntakeResult, error) {
	results := make([]IntakeResult, 0, len(batch))
	err := d.write(ctx, access.System("intake"), now, func(w *work) error {
		own, err := w.tx.Mailboxes(ctx)
		if err != nil {
			return err
		}
		if w.rules, err = w.tx.IntakeRules(ctx); err != nil {
			return err
		}
		known, err := w.ledgerOf(ctx, batch)
		if err != nil {
			return err
		}
		for _, r := range batch {
			res, err := w.takeOne(ctx, r, own, known)
			if err != nil {
				return fmt.Errorf("mail %d/%s/%d/%d: %w", r.MailboxID, r.Folder, r.UIDValidity, r.UID, err)
			}
			results = append(results, res)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// takeOne settles the fate of one mail.
func (w *work) takeOne(ctx context.Context, r Received, own []Mailbox, known map[ledgerPlace]bool) (IntakeResult, error) {
	tries := 0
	if place := r.place(); known[place] {
		old, err := w.tx.LedgerAt(ctx, r.MailboxID, r.Folder, r.UIDValidity, r.UID)
		if err != nil {
			return IntakeResult{}, err
		}
		if !mayRetry(old, r) {
			return already(old), nil
		}
		tries, r.byHand = old.Tries, old.Fate == FateSuppressed
	} else {
		known[place] = true // the same place may come twice in one batch
	}
	if r.Mail == nil {
		return w.quarantine(ctx, r, tries+1, r.QuarantineReason, nil)
	}
	var res IntakeResult
	err := w.tx.Savepoint(ctx, func() error {
		var err error
		res, err = w.take(ctx, r, own)
		if err != nil || res.Already {
			return err
		}
		return w.ledger(ctx, r, &res, tries+1)
	})
	if fault.Is(err, fault.Conflict) {
		// Another program stored the same mail between our look and our insert: from
		// this very place in the mailbox, or from another.
		if old, at := w.tx.LedgerAt(ctx, r.MailboxID, r.Folder, r.UIDValidity, r.UID); at == nil && old.Fate != FateQuarantined {
			return already(old), nil
		}
		err = w.tx.Savepoint(ctx, func() error {
			var err error
			res, err = w.duplicate(ctx, r, 0)
			if err != nil {
				return err
			}
			return w.ledger(ctx, r, &res, tries+1)
		})
	}
	switch {
	case err == nil:
		return res, nil
	case ownFault(ctx, err):
		return IntakeResult{}, err
	}
	return w.quarantine(ctx, r, tries+1, "It could not be taken in; its bytes are kept.", err)
}

// mayRetry: what could not be read, and what was kept away without a person.
func mayRetry(old *LedgerEntry, r Received) bool {
	return r.Retry && (old.Fate == FateQuarantined || old.Fate == FateSuppressed)
}

// already is the result for a mail whose fate is in the ledger.
func already(e *LedgerEntry) IntakeResult {
	return IntakeResult{
		UID: e.UID, Fate: e.Fate, Already: true, Reason: e.Reason, Tries: e.Tries,
		RawID: e.RawID, MessageID: e.MessageID, TicketRef: e.TicketRef,
	}
}

// quarantine keeps the bytes and says why. It never loses a mail: when even
// this fails, the batch fails.
func (w *work) quarantine(ctx context.Context, r Received, tries int, reason string, cause error) (IntakeResult, error) {
	if reason == "" {
		reason = "It could not be read; its bytes are kept."
	}
	res := IntakeResult{UID: r.UID, Fate: FateQuarantined, Reason: reason, Err: cause}
	err := w.tx.Savepoint(ctx, func() error {
		if r.Raw.SHA256 != "" { // a mail above the size limit is not fetched at all
			var err error
			if res.RawID, err = w.tx.SaveRaw(ctx, r.Raw); err != nil {
				return err
			}
		}
		return w.ledger(ctx, r, &res, tries)
	})
	return res, err
}

func (w *work) ledger(ctx context.Context, r Received, res *IntakeResult, tries int) error {
	res.UID, res.Tries = r.UID, tries
	return w.tx.PutLedger(ctx, &LedgerEntry{
		MailboxID: r.MailboxID, Folder: r.Folder, UIDValidity: r.UIDValidity, UID: r.UID,
		Fate: res.Fate, Reason: res.Reason, Tries: tries, RawID: res.RawID, MessageID: res.MessageID,
		TicketRef: res.TicketRef, ReceivedAt: r.ReceivedAt.UTC().Truncate(time.Second), UpdatedAt: w.now,
	})
}

// take does everything that one readable mail leads to. The raw mail is saved
// before anything is understood.
func (w *work) take(ctx context.Context, r Received, own []Mailbox) (IntakeResult, error) {
	r.ReceivedAt = r.ReceivedAt.UTC().Truncate(time.Second)
	in := r.Mail
	rawID, err := w.tx.SaveRaw(ctx, r.Raw)
	if err != nil {
		return IntakeResult{}, err
	}
	if in.ContentHash != "" {
		id, known, err := w.tx.HasContent(ctx, r.MailboxID, in.ContentHash)
		if err != nil {
			return IntakeResult{}, err
		}
		if known {
			// Another program may have stored it from this very place since we looked:
			// its line stays as it is.
			old, at := w.tx.LedgerAt(ctx, r.MailboxID, r.Folder, r.UIDValidity, r.UID)
			switch {
			case at == nil && !mayRetry(old, r):
				return already(old), nil
			case at != nil && !notFound(at):
				return IntakeResult{}, at
			}
			return w.duplicate(ctx, r, id)
		}
	}
	ours, err := w.ourOwn(ctx, in, own)
	if err != nil {
		return IntakeResult{}, err
	}
	if ours {
		res := IntakeResult{Fate: FateSuppressed, Outcome: OutcomeSuppress, RawID: rawID, Reason: "It is a letter of ours that came back."}
		if r.FolderKind == FolderSent {
			res.Reason = "It is our own letter's copy."
		}
		return res, nil
	}
	m := incoming{r: r, in: in, from: register.FoldMailbox(in.FirstFrom()), rawID: rawID, own: own}
	var res IntakeResult
	ours, err = w.sentByUs(ctx, &m)
	switch {
	case err != nil:
	case ours:
		res, err = w.takeSent(ctx, &m)
	default:
		res, err = w.takeIn(ctx, &m)
	}
	if err != nil {
		return IntakeResult{}, err
	}
	res.RawID = rawID
	res.Outcome = m.match.Outcome
	if res.Reason == "" {
		res.Reason = m.match.Reason
	}
	return res, nil
}

// takeIn is for mail to us. The order of what decides is that of IntakeRule.
func (w *work) takeIn(ctx context.Context, m *incoming) (IntakeResult, error) {
	in := m.in
	f, err := w.facts(ctx, in, m.own)
	if err != nil {
		return IntakeResult{}, err
	}
	s := MatchSettings{
		ReopenDays: w.d.s.ReopenDays, ReceivedAt: m.r.ReceivedAt, ChaserWords: w.d.chaser, History: m.r.History,
		AuthServerID: w.d.s.TrustedAuth[mailboxName(m.own, m.r.MailboxID)],
	}
	m.facts, m.match, m.since = f, Match(in, f, s), m.r.ReceivedAt
	if m.match.Outcome == OutcomeSuppress {
		return IntakeResult{Fate: FateSuppressed}, nil
	}
	if reason := w.keptAway(m); reason != "" && !m.r.byHand {
		m.match.Outcome = OutcomeSuppress
		return IntakeResult{Fate: FateSuppressed, Reason: reason}, nil
	}
	if m.r.FolderKind == FolderJunk && !m.r.byHand {
		stays, err := w.staysInJunk(ctx, m)
		if err != nil {
			return IntakeResult{}, err
		}
		if stays {
			m.match.Outcome = OutcomeSuppress
			return IntakeResult{Fate: FateSuppressed, Reason: "The mail server took it for spam and nobody on a case or in a conversation wrote it: it stayed in Junk."}, nil
		}
	}
	switch {
	case in.Kind == KindBounce:
		return w.takeBounce(ctx, *m, m.rawID, m.own)
	case automaticMail(in, m.match):
		return w.takeAutomatic(ctx, *m, m.rawID)
	}
	if err := w.originOf(ctx, m); err != nil {
		return IntakeResult{}, err
	}
	if into, err := w.copyOf(ctx, m); err != nil || into != nil {
		if err != nil {
			return IntakeResult{}, err
		}
		return w.takeCopy(ctx, m, into)
	}
	if m.match.Outcome == OutcomeStaffNote {
		return w.takeStaffNote(ctx, *m)
	}
	return w.takeHuman(ctx, *m, m.rawID)
}

// duplicate records a second copy. Its bytes are kept: they took another route.
func (w *work) duplicate(ctx context.Context, r Received, messageID int64) (IntakeResult, error) {
	rawID, err := w.tx.SaveRaw(ctx, r.Raw)
	if err != nil {
		return IntakeResult{}, err
	}
	res := IntakeResult{Fate: FateDuplicate, RawID: rawID, MessageID: messageID, Reason: "This mailbox has the same mail already."}
	if messageID != 0 {
		m, err := w.tx.MessageByID(ctx, messageID)
		if err != nil {
			return IntakeResult{}, err
		}
		if m.TicketID != 0 {
			t, err := w.tx.TicketByID(ctx, m.TicketID)
			if err != nil {
				return IntakeResult{}, err
			}
			res.TicketID, res.TicketRef = t.ID, t.Ref
		}
	}
	return res, nil
}
