package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// ledgerPage is how many lines are read at a time.
const ledgerPage = 200

// ledgerRequest is what the command line asks for.
type ledgerRequest struct {
	config, mailbox, folder, fate string
	gone                          bool
	retry                         int64
}

// ledgerLine is one mail as the command prints it.
type ledgerLine struct {
	ID          int64      `json:"id"`
	Mailbox     string     `json:"mailbox"`
	Folder      string     `json:"folder"`
	UIDValidity uint32     `json:"uidvalidity"`
	UID         uint32     `json:"uid"`
	Fate        string     `json:"fate"`
	Reason      string     `json:"reason"`
	Ticket      string     `json:"ticket"`
	Tries       int        `json:"tries"`
	Received    time.Time  `json:"received"`
	Gone        *time.Time `json:"gone"` // since when it is not in its folder any more; null while it is
}

// ledgerSum ends the list. The counts by fate add up to the total; gone and here do too.
type ledgerSum struct {
	Counts map[tickets.Fate]int `json:"counts"`
	Total  int                  `json:"total"`
	Here   int                  `json:"here"`
	Gone   int                  `json:"gone"`
}

func fates() []string {
	return []string{
		string(tickets.FateMessage), string(tickets.FateDuplicate), string(tickets.FateHeld),
		string(tickets.FateQuarantined), string(tickets.FateSuppressed),
	}
}

// runMailLedger prints a line of JSON for each mail, newest first, and the counts
// of what it printed.
func runMailLedger(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) (err error) {
	var q ledgerRequest
	path, rest, err := configFlag("mail ledger", args, errs, func(fs *flag.FlagSet) {
		fs.StringVar(&q.mailbox, "mailbox", "", "only this mailbox, by its `name` in the configuration")
		fs.StringVar(&q.folder, "folder", "", "only this `folder`")
		fs.StringVar(&q.fate, "fate", "", "only this `fate`: "+strings.Join(fates(), ", "))
		fs.BoolVar(&q.gone, "gone", false, "only mail that is no longer in its folder on the server")
		fs.Int64Var(&q.retry, "retry", 0, "read the quarantined mail with this `id` again")
	})
	if err != nil {
		return err
	}
	q.config = path
	switch {
	case len(rest) > 0:
		return fault.Newf(fault.Invalid, "mail ledger takes no %q", rest[0])
	case q.fate != "" && !slices.Contains(fates(), q.fate):
		return fault.Newf(fault.Invalid, "-fate %q is none of: %s", q.fate, strings.Join(fates(), ", "))
	case q.retry != 0:
		return retryFromLedger(ctx, q, out, errs)
	}
	db, cfg, err := openStore(ctx, q.config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	lq := tickets.LedgerQuery{Fate: tickets.Fate(q.fate), Limit: ledgerPage}
	if q.mailbox != "" {
		if _, err := cfg.mailboxNamed(q.mailbox); err != nil {
			return err
		}
		boxes, err := db.Mailboxes(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(boxes, func(m tickets.Mailbox) bool { return m.Name == q.mailbox })
		if i < 0 {
			return fault.Newf(fault.Invalid, "The mailbox %s was never read", q.mailbox)
		}
		lq.MailboxID = boxes[i].ID
	}
	return printLedger(ctx, db, lq, q, out)
}

// ledgerReader is what printing needs from storage.
type ledgerReader interface {
	Ledger(ctx context.Context, a access.Actor, q tickets.LedgerQuery) ([]tickets.LedgerEntry, map[tickets.Fate]int, error)
}

func printLedger(ctx context.Context, db ledgerReader, lq tickets.LedgerQuery, q ledgerRequest, out io.Writer) error {
	enc := json.NewEncoder(out)
	sum := ledgerSum{Counts: map[tickets.Fate]int{}}
	for {
		rows, _, err := db.Ledger(ctx, access.System("operator"), lq)
		if err != nil {
			return err
		}
		for _, e := range rows {
			lq.BeforeID = e.ID
			if q.folder != "" && folderKey(e.Folder) != folderKey(q.folder) || q.gone && e.GoneAt == nil {
				continue
			}
			sum.Counts[e.Fate]++
			sum.Total++
			if e.GoneAt != nil {
				sum.Gone++
			} else {
				sum.Here++
			}
			if err := enc.Encode(ledgerLine{
				ID: e.ID, Mailbox: e.Mailbox, Folder: e.Folder, UIDValidity: e.UIDValidity, UID: e.UID, Fate: string(e.Fate),
				Reason: e.Reason, Ticket: e.TicketRef, Tries: e.Tries, Received: e.ReceivedAt, Gone: e.GoneAt,
			}); err != nil {
				return err
			}
		}
		if len(rows) == 0 {
			return enc.Encode(sum)
		}
	}
}

// retryFromLedger reads one quarantined mail again, as the button on the page does.
func retryFromLedger(ctx context.Context, q ledgerRequest, out, errs io.Writer) (err error) {
	cfg, err := LoadConfig(q.config)
	if err != nil {
		return err
	}
	a, err := NewApp(ctx, cfg, newLogger(cfg.Log, errs), nil)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, strings.TrimRight(fault.SafeText(err), ".")+
			": while `hearback serve` runs, use the button on the page of the ledger. (On PostgreSQL both can run.)")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	r, err := a.retryMail(ctx, q.retry)
	if err != nil {
		return err
	}
	if r.Fate == tickets.FateQuarantined {
		return fault.Newf(fault.Refused, "It could not be read again: %s", r.Reason)
	}
	_, err = fmt.Fprintf(out, "%d is now %s %s\n", q.retry, r.Fate, r.TicketRef)
	return err
}
