package main

import (
	"context"
	"time"

	"hearback/mailbox/inbound"
	"hearback/tickets"
)

// mailRoom caps the raw mail that all pollers together hold in memory, in bytes.
// A single larger mail is let in alone.
const mailRoom = 64 << 20

// folder is one folder of a mailbox with the poller that reads it.
type folder struct {
	box    int // index of its mailbox
	kind   tickets.FolderKind
	poller *inbound.Poller
	lease  *lease // of the whole mailbox: its folders are read by one program; nil when alone
}

func (a *App) wireInbound() {
	room := inbound.NewRoom(mailRoom)
	leases := map[int64]*lease{}
	box := -1
	for _, acct := range a.doors.Accounts {
		if acct.Kind == tickets.FolderInbox {
			box++
		}
		l := leases[acct.Mailbox.ID]
		if l == nil {
			l = a.lease("mailbox/"+acct.Mailbox.Name, func(won bool) { a.leaseChanged(acct.Mailbox.ID, won) })
			leases[acct.Mailbox.ID] = l
		}
		deps := inbound.Deps{
			Store: a.store, Intake: a.desk, Gate: a.diskGate, Log: a.log, Deadlines: inbound.DefaultDeadlines(), Room: room,
			Now: func(ctx context.Context) (time.Time, error) { return a.now(ctx) }, Stored: a.stored,
		}
		if l != nil {
			deps.Lease = l.Hold
		}
		a.folders = append(a.folders, folder{box: box, kind: acct.Kind, poller: inbound.New(acct, deps), lease: l})
	}
}

// leaseChanged looks at once where there is something to take over. A poller that
// lost its mailbox notices by itself: it may be in the middle of a look.
func (a *App) leaseChanged(mailboxID int64, won bool) {
	for _, f := range a.folders {
		if won && a.mailboxes[f.box].ID == mailboxID {
			f.poller.Close() // without the lease it has no connection: this wakes it
		}
	}
	a.events.Publish("mailbox.state", "")
}

// since is the last time that the folder was known to be read: by this program,
// or, when it only now took the mailbox over, that moment.
func (f folder) since(st inbound.Status, started time.Time) time.Time {
	at := started
	if st.LastGood.After(at) {
		at = st.LastGood
	}
	if won := f.lease.wonAt(); won.After(at) {
		at = won
	}
	return at
}
