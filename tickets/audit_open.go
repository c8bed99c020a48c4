package tickets

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// Opening is what somebody is about to be shown.
type Opening struct {
	DoorQuery
	Page string       // which page or operation, as its route is written
	Part string       // id of a message, a file's path; "" for the whole
	As   audit.Action // CaseViewed when empty
	// Quiet records a refusal alone: the verb behind a form records what it does.
	Quiet bool
}

// Open is asked before anything of a case or an enquiry is shown. Whoever is not
// cleared for a restricted case in their own scope is told whom to ask, and no more:
// fault.Denied. What is shown of a restricted case is recorded, as is everything
// that an auditor or a data-protection officer opens, and every file and original.
// What cannot be recorded is not shown. What does not exist for the actor is left to
// the page itself, which answers as it does for any guess.
func (d *Desk) Open(ctx context.Context, a access.Actor, o Opening, now time.Time) error {
	door, err := d.store.Door(ctx, a, o.DoorQuery)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.As == "" {
		o.As = audit.CaseViewed
	}
	object := strings.TrimSpace(o.TicketRef + o.CaseRef)
	if o.OutgoingID != 0 {
		object = "letter:" + strconv.FormatInt(o.OutgoingID, 10)
	}
	detail := map[string]string{"page": o.Page}
	if o.Part != "" {
		detail["part"] = o.Part
	}
	if !door.Sees {
		if err := d.Seen(ctx, a, audit.CaseRefused, object, door.CaseID, detail, now); err != nil {
			return err
		}
		return cannotOpen(door.Lead)
	}
	if o.Quiet {
		return nil
	}
	watched := a.Role == access.RoleAuditor || a.Role == access.RoleDataProtection
	always := o.As == audit.OriginalShown || o.As == audit.FileDownloaded
	if !door.Restricted && !watched && !always {
		return nil
	}
	if door.Restricted {
		detail["restricted"] = "yes"
	}
	return d.Seen(ctx, a, o.As, object, door.CaseID, detail, now)
}

// cannotOpen is all that somebody learns who is not cleared.
func cannotOpen(lead string) error {
	if lead == "" {
		return fault.New(fault.Denied, "You cannot open this. The head of service can")
	}
	return fault.New(fault.Denied, "You cannot open this. Your team lead can: "+lead)
}

// Searched records that somebody searched: how many words and how many hits, and
// never what for.
func (d *Desk) Searched(ctx context.Context, a access.Actor, where, typed string, hits int, now time.Time) error {
	words := len(strings.Fields(typed))
	if words == 0 {
		return nil
	}
	return d.Seen(ctx, a, audit.Searched, where, 0, map[string]string{"words": strconv.Itoa(words), "hits": strconv.Itoa(hits)}, now)
}
