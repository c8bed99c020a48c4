package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
)

// ExportRows reads everything as it is at one moment.
type ExportRows interface {
	// Rows calls row for each row of a set (ExportSet.File, or ExportOriginals), in
	// the order of its keys; before the first with no values. values is used again for the next row. Instants are RFC
	// 3339 in UTC, yes and no are words, nothing is "".
	Rows(ctx context.Context, set string, row func(columns, values []string) error) error
	// Original is the bytes of a mail, by the id that the set ExportOriginals gives.
	Original(ctx context.Context, id int64) ([]byte, error)
}

// ExportStore opens a snapshot of the whole database for reading.
type ExportStore interface {
	Export(ctx context.Context, fn func(r ExportRows) error) error
}

// ExportAll hands everything that hearback holds to fn. It is in the audit before
// anything is read, so that an export that was broken off is there as well.
func (d *Desk) ExportAll(ctx context.Context, a access.Actor, from ExportStore, now time.Time, fn func(r ExportRows) error) error {
	if a.Role != access.RoleSystem {
		if err := allowed(a, access.ExportAll); err != nil {
			return err
		}
	}
	if err := d.Seen(ctx, a, audit.Exported, "all", 0, map[string]string{"what": "all"}, now); err != nil {
		return err
	}
	return from.Export(ctx, fn)
}
