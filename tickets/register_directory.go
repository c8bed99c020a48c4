package tickets

import (
	"context"
	"strconv"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// ReplaceDirectory puts an export of the council's lists and forwardings in the
// place of the one before: the whole of it, or nothing. An export with neither is
// refused, because it would make every list look like one mailbox.
func (d *Desk) ReplaceDirectory(ctx context.Context, a access.Actor, dir register.Directory, now time.Time) error {
	// The command on the machine has no account; it is an own step of hearback then.
	if !a.IsPerson() && a.System != "import" {
		return fault.New(fault.Denied, "Only a person can replace the directory")
	}
	if a.IsPerson() {
		if err := allowed(a, access.ManageSystem); err != nil {
			return err
		}
	}
	if len(dir.Groups)+len(dir.Forwards) == 0 {
		return fault.New(fault.Invalid, "The export holds no list and no forwarding. Nothing was changed")
	}
	return d.write(ctx, a, now, func(w *work) error {
		if err := w.tx.LockRegister(ctx); err != nil {
			return err
		}
		asOf := dir.AsOf
		if asOf.IsZero() {
			asOf = w.now
		}
		if asOf.After(w.now) {
			return fault.New(fault.Invalid, "The export is dated in the future")
		}
		for i := range dir.Groups {
			dir.Groups[i].AsOf = asOf
		}
		for i := range dir.Forwards {
			dir.Forwards[i].AsOf = asOf
		}
		if err := w.tx.ReplaceDirectory(ctx, &dir); err != nil {
			return err
		}
		return w.audit(ctx, audit.DirectoryImported, "directory", 0, map[string]string{
			"groups": strconv.Itoa(len(dir.Groups)), "forwards": strconv.Itoa(len(dir.Forwards)), "as_of": localDate(asOf),
		})
	})
}
