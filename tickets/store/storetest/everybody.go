package storetest

import (
	"context"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store"
)

// LetEveryRoleIn makes a case one that every role may open whose team it is or that
// works with more than its team: an appeal, flagged for safeguarding, and asked for by
// data protection. staff are the accounts by role.
func LetEveryRoleIn(t testing.TB, db *store.DB, caseRef string, staff map[access.Role]register.Staff) {
	t.Helper()
	ctx := context.Background()
	now, err := db.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(ctx, func(tx tickets.Tx) error {
		id, err := tx.CaseIDByRef(ctx, caseRef)
		if err != nil {
			return err
		}
		c, err := tx.CaseByID(ctx, id)
		if err != nil {
			return err
		}
		c.Stage = "Appeal"
		if err := tx.UpdateCase(ctx, c); err != nil {
			return err
		}
		if err := tx.InsertEvent(ctx, &tickets.Event{CaseID: id, Kind: tickets.EvAlerted, At: now, System: "test"}); err != nil {
			return err
		}
		return tx.InsertGrant(ctx, &tickets.Grant{
			CaseID: id, StaffID: staff[access.RoleDataProtection].ID, Reason: tickets.NewPrivateText("A request"), AskedBy: staff[access.RoleDataProtection].ID,
			AskedAt: now, ApprovedBy: staff[access.RoleLead].ID, ApprovedAt: &now, Until: now.Add(24 * time.Hour),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
