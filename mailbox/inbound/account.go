package inbound

import (
	"context"
	"crypto/tls"
	"log/slog"
	"time"

	"hearback/mailbox/parse"
	"hearback/mailbox/signin"
	"hearback/tickets"
)

// Security of a connection.
type Security string

// The kinds of security. None is for servers on this machine.
const (
	TLS      Security = "tls"
	StartTLS Security = "starttls"
	None     Security = "none"
)

// After says what happens to a mail on the server once it is safely stored.
type After string

// The choices. Leave changes nothing and opens the folder read-only.
const (
	Leave After = "leave"
	Flag  After = "flag" // \Seen
	Move  After = "move"
)

// Account is one folder of one mailbox.
type Account struct {
	Mailbox tickets.Mailbox
	// Kind is what the folder is for. An inbox is read from its start and stays
	// connected with IDLE. Sent and Junk are read from now on (FirstDays), looked at
	// every Poll, give their connection back in between, and are never changed.
	Kind tickets.FolderKind
	// FirstDays is how much of the past of a Sent or Junk folder is read when it is
	// read for the first time; 0 is none.
	FirstDays int
	// Past reads the folder from its start wherever its cursor stands, and leaves the
	// cursor alone: for taking in history, of Sent above all, whose cursor begins
	// behind it. What the ledger knows is not read again.
	Past bool
	// Limit caps the connections of all accounts of one server, which share it; nil
	// is no cap.
	Limit    *Connections
	Addr     string // host:port
	Security Security
	TLS      *tls.Config
	Username string
	// Password is asked for at every sign-in, so that a new one is picked up.
	Password func() (string, error)
	// Tokens, instead of Password, signs in with OAuth2 as Mechanism says.
	Tokens    signin.Source
	Mechanism signin.Mechanism
	Folder    string
	After     After
	MoveTo    string
	Poll      time.Duration // the longest time between two looks
	// TrustedAuth are the authserv-ids of the council's own receiving servers.
	TrustedAuth []string
	// Parse is how mail is read, besides TrustedAuth.
	Parse parse.Options
	// A larger mail is not read, only listed; 150 MB when 0. A mail is in memory
	// once while it is read, so this bounds what a poll needs.
	MaxBytes int64
	Batch    int // mails in one transaction; 100 when 0
}

// defaultMaxBytes bounds a mail where the account does not.
const defaultMaxBytes = 150 << 20

// Store is what inbound needs from storage.
type Store interface {
	PrepareRaw(ctx context.Context, raw []byte) (tickets.PreparedRaw, error)
	Cursor(ctx context.Context, mailboxID int64, folder string) (*tickets.Cursor, error) // fault.NotFound when never read
	SetCursor(ctx context.Context, c *tickets.Cursor) error
	// SetCursorUnder is SetCursor under a lease; fault.Conflict when the cursor was
	// written under a later one.
	SetCursorUnder(ctx context.Context, c *tickets.Cursor, epoch int64) error
	// UIDsKnown lists UIDs of a folder whose fate is settled, from from to to.
	UIDsKnown(ctx context.Context, mailboxID int64, folder string, uidValidity, from, to uint32) ([]uint32, error)
	// LedgerAt is the line of one mail; fault.NotFound when it has none.
	LedgerAt(ctx context.Context, mailboxID int64, folder string, uidValidity, uid uint32) (*tickets.LedgerEntry, error)
	// FolderCount, UIDsPresent and MarkGone are about lines whose mail is not known
	// to be gone from its folder.
	FolderCount(ctx context.Context, mailboxID int64, folder string, uidValidity uint32) (int, error)
	UIDsPresent(ctx context.Context, mailboxID int64, folder string, uidValidity, from, to uint32) ([]uint32, error)
	MarkGone(ctx context.Context, mailboxID int64, folder string, uidValidity uint32, uids []uint32) error
	Now(ctx context.Context) (time.Time, error)
}

// Intake is where mails go: tickets.Desk.
type Intake interface {
	Intake(ctx context.Context, batch []tickets.Received, now time.Time) ([]tickets.IntakeResult, error)
}

// Gate says whether there is room to take mail in. An error stops intake; the
// mail waits on the server.
type Gate func(ctx context.Context) error

// Deadlines of the steps on the network. The zero value is not usable; see DefaultDeadlines.
type Deadlines struct {
	Dial, Login, Select, List, Fetch, Idle, Change time.Duration
}

// DefaultDeadlines are generous for slow servers and short enough that a hung
// one is noticed, and mail comes in again, within two minutes, even when the line
// falls silent twice in a row. List and Fetch are the longest silence
// within an answer, which may take longer as a whole.
func DefaultDeadlines() Deadlines {
	return Deadlines{
		Dial: 30 * time.Second, Login: 30 * time.Second, Select: 45 * time.Second, List: 60 * time.Second,
		Fetch: 40 * time.Second, Idle: 20 * time.Second, Change: 60 * time.Second,
	}
}

// Deps is what a Poller works with.
type Deps struct {
	Store     Store
	Intake    Intake
	Gate      Gate
	Log       *slog.Logger
	Deadlines Deadlines
	// Now gives the time for clocks of tickets; nil means the database's.
	Now func(ctx context.Context) (time.Time, error)
	// Stored is told after each commit that there is something new; may be nil.
	Stored func()
	// Lease says whether this program may read the folder now, and under which epoch
	// its cursor is written. It is asked before each look and before each batch is
	// stored. nil: the program is alone, which the data directory of SQLite ensures.
	Lease func(ctx context.Context) (epoch int64, held bool, err error)
	// Room caps the raw mail in memory of all pollers of the program, which share
	// it; nil is no cap.
	Room *Room
}
