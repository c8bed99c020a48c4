package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
)

// Grant lets somebody into a case that they could not open: asked for by one
// person, given by a second, until an instant. Breaking the glass lets a person in
// at once, for a day, and tells the team lead.
type Grant struct {
	ID         int64
	CaseID     int64
	StaffID    int64       // who is let in
	Reason     PrivateText // why; for those who decide
	AskedBy    int64
	AskedAt    time.Time // UTC
	ApprovedBy int64
	ApprovedAt *time.Time
	Until      time.Time // UTC; by the time of the database
	BrokeGlass bool
	Refused    bool
	EndedAt    *time.Time
	CaseRef    string // for showing, as are the names
	StaffName  string
	AskedName  string
	ByName     string
}

// Live reports whether somebody is let in by it at an instant.
func (g Grant) Live(now time.Time) bool {
	return !g.Refused && g.EndedAt == nil && (g.ApprovedAt != nil || g.BrokeGlass) && now.Before(g.Until)
}

// Waits reports whether it waits for a second person.
func (g Grant) Waits() bool {
	return !g.Refused && g.EndedAt == nil && g.ApprovedAt == nil && !g.BrokeGlass
}

// DoorQuery names what somebody wants to open: exactly one field is set.
type DoorQuery struct {
	CaseRef    string
	TicketRef  string
	OutgoingID int64
}

// Door is what stands between an actor and a case or an enquiry.
type Door struct {
	CaseID     int64 // 0 for an enquiry on no case
	CaseRef    string
	TeamID     int64
	Restricted bool
	Sees       bool   // may open it
	Lead       string // name of the team's lead; "" when the team has none
}

// AccessReader is who may open what beyond the lists, which filter by themselves.
type AccessReader interface {
	// Door is what an actor finds: also of a case in the scope of its role that it is
	// not cleared for, so that it can be told whom to ask. Everything else is
	// fault.NotFound.
	Door(ctx context.Context, a access.Actor, q DoorQuery) (*Door, error)
	// CaseIDByRef is not scoped; fault.NotFound.
	CaseIDByRef(ctx context.Context, ref string) (int64, error)
	GrantByID(ctx context.Context, id int64) (*Grant, error) // locked in a transaction
	// Grants lists, newest first and at most 200, those of the actor's own and, for
	// who may give them, those of cases that the actor may open.
	Grants(ctx context.Context, a access.Actor) ([]Grant, error)
}

// AccessTx writes grants.
type AccessTx interface {
	InsertGrant(ctx context.Context, g *Grant) error // sets ID
	UpdateGrant(ctx context.Context, g *Grant) error
	// DatabaseNow is the time by which grants begin and end, in UTC.
	DatabaseNow(ctx context.Context) (time.Time, error)
}
