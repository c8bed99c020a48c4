package tickets

import (
	"context"
	"net/netip"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
)

// audit adds a record to the audit, in the transaction of what it speaks of:
// what is not recorded did not happen. Detail holds codes and counts only.
func (w *work) audit(ctx context.Context, action audit.Action, object string, caseID int64, detail map[string]string) error {
	return w.tx.InsertAudit(ctx, auditRecord(w.actor, action, object, caseID, detail, w.now))
}

func auditRecord(a access.Actor, action audit.Action, object string, caseID int64, detail map[string]string, now time.Time) *audit.Record {
	return &audit.Record{
		At: now, StaffID: a.StaffID, System: a.System, Role: string(a.Role), Action: action, Object: object, CaseID: caseID,
		From: Network(a.From), Detail: detail,
	}
}

// Seen records what was only looked at. A page that must be recorded is not
// shown when this fails.
func (d *Desk) Seen(ctx context.Context, a access.Actor, action audit.Action, object string, caseID int64, detail map[string]string, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error { return w.audit(ctx, action, object, caseID, detail) })
}

// Network is the network of an address, which is enough to tell the office from
// elsewhere and does not follow a person about: /24 of IPv4, /48 of IPv6. Empty
// for what is no address.
func Network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return ""
	}
	ip = ip.Unmap().WithZone("")
	bits := 24
	if ip.Is6() {
		bits = 48
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
