package api

import (
	"context"
	"strconv"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

type listLedgerIn struct {
	Mailbox string `query:"mailbox" maxLength:"100" doc:"name of a mailbox; all that you may see when empty"`
	Fate    string `query:"fate" enum:"message,duplicate,held,quarantined,suppressed" doc:"only lines with this fate"`
	Folder  string `query:"folder" maxLength:"500" doc:"only lines of this folder, as the server names it"`
	Server  string `query:"server" enum:"there,gone" doc:"only mail that is still in its folder, or that is known to be no longer there"`
	Limit   int    `query:"limit" minimum:"0" maximum:"200" doc:"at most 200; 50 when not given"`
	Cursor  string `query:"cursor" maxLength:"30" doc:"next of the page before"`
}

type listLedgerOut struct {
	Body struct {
		Items  []LedgerLine `json:"items" nullable:"false" doc:"newest first"`
		Counts LedgerCounts `json:"counts" doc:"of the mailbox, or of all; the filters do not change them"`
		Next   string       `json:"next" doc:"cursor of the next page; empty at the end. A page may have no items and a next one"`
	}
}

// LedgerCounts are the lines of the ledger by fate; they add up to the total.
type LedgerCounts struct {
	Message     int `json:"message"`
	Duplicate   int `json:"duplicate"`
	Held        int `json:"held"`
	Quarantined int `json:"quarantined"`
	Suppressed  int `json:"suppressed"`
	Total       int `json:"total"`
}

// LedgerLine is what became of one mail that the server showed.
type LedgerLine struct {
	ID          int64      `json:"id"`
	Mailbox     string     `json:"mailbox"`
	Folder      string     `json:"folder"`
	UIDValidity uint32     `json:"uidvalidity"`
	UID         uint32     `json:"uid"`
	Fate        string     `json:"fate" enum:"message,duplicate,held,quarantined,suppressed"`
	Reason      string     `json:"reason" doc:"in words; empty when it would name what you may not see"`
	Tries       int        `json:"tries"`
	Ticket      string     `json:"ticket,omitempty"`
	ReceivedAt  time.Time  `json:"received_at" doc:"when the mail server received it, UTC"`
	UpdatedAt   time.Time  `json:"updated_at"`
	GoneAt      *time.Time `json:"gone_at" doc:"since when it is known to be no longer in its folder on the server"`
}

// ledgerLooked is how many lines one request looks through for a folder or for
// what is gone.
const ledgerLooked = 5000

// listLedger holds no senders and no subjects: who may read it need not be one
// who may read mail.
func (s *server) listLedger(ctx context.Context, a access.Actor, in *listLedgerIn) (*listLedgerOut, error) {
	q := tickets.LedgerQuery{Fate: tickets.Fate(in.Fate), Limit: 200}
	var err error
	if in.Cursor != "" {
		if q.BeforeID, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || q.BeforeID < 1 {
			return nil, fault.New(fault.Invalid, "The cursor is not one of this list")
		}
	}
	limit := in.Limit
	if limit == 0 {
		limit = 50
	}
	out := &listLedgerOut{}
	out.Body.Items = []LedgerLine{}
	if in.Mailbox != "" {
		if q.MailboxID, err = s.mailboxID(ctx, in.Mailbox); err != nil {
			return nil, err
		}
	}
	for looked := 0; looked < ledgerLooked; {
		list, counts, err := s.Store.Ledger(ctx, a, q)
		if err != nil {
			return nil, err
		}
		out.Body.Counts = countsOf(counts)
		for _, e := range list {
			looked++
			if in.Folder != "" && e.Folder != in.Folder || in.Server == "there" && e.GoneAt != nil || in.Server == "gone" && e.GoneAt == nil {
				continue
			}
			if len(out.Body.Items) == limit {
				out.Body.Next = strconv.FormatInt(out.Body.Items[limit-1].ID, 10)
				return out, nil
			}
			out.Body.Items = append(out.Body.Items, lineOf(e))
		}
		if len(list) < q.Limit {
			return out, nil
		}
		q.BeforeID = list[len(list)-1].ID
	}
	out.Body.Next = strconv.FormatInt(q.BeforeID, 10)
	return out, nil
}

func (s *server) mailboxID(ctx context.Context, name string) (int64, error) {
	list, err := s.Store.Mailboxes(ctx)
	if err != nil {
		return 0, err
	}
	for _, b := range list {
		if b.Name == name {
			return b.ID, nil
		}
	}
	return 0, fault.New(fault.NotFound, "There is no such mailbox")
}

func countsOf(c map[tickets.Fate]int) LedgerCounts {
	out := LedgerCounts{
		Message: c[tickets.FateMessage], Duplicate: c[tickets.FateDuplicate], Held: c[tickets.FateHeld],
		Quarantined: c[tickets.FateQuarantined], Suppressed: c[tickets.FateSuppressed],
	}
	for _, n := range c {
		out.Total += n
	}
	return out
}

func lineOf(e tickets.LedgerEntry) LedgerLine {
	return LedgerLine{
		ID: e.ID, Mailbox: e.Mailbox, Folder: e.Folder, UIDValidity: e.UIDValidity, UID: e.UID, Fate: string(e.Fate), Reason: e.Reason,
		Tries: e.Tries, Ticket: e.TicketRef, ReceivedAt: e.ReceivedAt, UpdatedAt: e.UpdatedAt, GoneAt: e.GoneAt,
	}
}
