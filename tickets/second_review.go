package tickets

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
)

// Reviewed is one answer of the guard about a letter that somebody writes.
type Reviewed struct {
	Ref      string
	Digest   string
	Decision string
	Version  string   // of the guard's rules
	Rules    []string // ids
	People   int      // who would get it
}

// Reviewed records that the actor had a letter checked, and what the check said: a
// person who tries out what it answers is seen. No word of the letter is kept.
func (d *Desk) Reviewed(ctx context.Context, a access.Actor, r Reviewed, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		v, err := w.tx.Ticket(ctx, a, r.Ref)
		if err != nil {
			return err
		}
		rules := withoutTone(r.Rules)
		slices.Sort(rules)
		return w.audit(ctx, audit.LetterReviewed, v.Ref, v.CaseID, map[string]string{
			"decision": r.Decision, "rules": strings.Join(slices.Compact(rules), " "), "version": r.Version,
			"digest": firstPart(r.Digest), "people": strconv.Itoa(r.People),
		})
	})
}
