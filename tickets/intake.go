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
	Retry            bool // a person or the poller tries a quarantined mail again
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
		for _, r := range batch {
			res, err := w.takeOne(ctx, r, own)
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
func (w *work) takeOne(ctx context.Context, r Received, own []Mailbox) (IntakeResult, error) {
	tries := 0
	old, err := w.tx.LedgerAt(ctx, r.MailboxID, r.Folder, r.UIDValidity, r.UID)
	switch {
	case err == nil && (old.Fate != FateQuarantined || !r.Retry):
		return already(old), nil
	case err == nil:
		tries = old.Tries
	case !notFound(err):
		return IntakeResult{}, err
	}
	if r.Mail == nil {
		return w.quarantine(ctx, r, tries+1, r.QuarantineReason, nil)
	}
	var res IntakeResult
	err = w.tx.Savepoint(ctx, func() error {
		var err error
		res, err = w.take(ctx, r, own)
		if err != nil {
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
			return w.duplicate(ctx, r, id)
		}
	}
	ours, err := w.ourOwn(ctx, in)
	if err != nil {
		return IntakeResult{}, err
	}
	if ours {
		return IntakeResult{Fate: FateSuppressed, Outcome: OutcomeSuppress, RawID: rawID, Reason: "It is a letter of ours that came back."}, nil
	}
	f, err := w.facts(ctx, in, own)
	if err != nil {
		return IntakeResult{}, err
	}
	s := MatchSettings{
		ReopenDays: w.d.s.ReopenDays, ReceivedAt: r.ReceivedAt, ChaserWords: w.d.chaser, History: r.History,
		AuthServerID: w.d.s.TrustedAuth[mailboxName(own, r.MailboxID)],
	}
	m := incoming{r: r, in: in, match: Match(in, f, s), from: register.FoldMailbox(in.FirstFrom())}
	var res IntakeResult
	switch {
	case m.match.Outcome == OutcomeSuppress:
		res = IntakeResult{Fate: FateSuppressed}
	case in.Kind == KindBounce:
		res, err = w.takeBounce(ctx, m, rawID, own)
	case automaticMail(in, m.match):
		res, err = w.takeAutomatic(ctx, m, rawID)
	case m.match.Outcome == OutcomeStaffNote:
		res, err = w.takeStaffNote(ctx, m, rawID)
	default:
		res, err = w.takeHuman(ctx, m, rawID)
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
