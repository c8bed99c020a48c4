package main

import (
	"context"

	"hearback/mailbox/guard"
	"hearback/mailbox/letter/check"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web"
)

// tryWords judges the council's examples with word lists as they would be: by the
// function that judges every letter.
func tryWords(ctx context.Context, l tickets.GuardLists) ([]web.WordTry, error) {
	lists, err := guard.CheckLists(l.Tone, l.Talk, l.Marks)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "Nothing was saved: "+err.Error(), err)
	}
	tried, err := check.Try(ctx, l.Examples, lists)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "Nothing was saved: "+err.Error(), err)
	}
	out := make([]web.WordTry, 0, len(tried))
	for _, t := range tried {
		out = append(out, web.WordTry{ID: t.ID, Expect: t.Expect, Got: t.Got, Message: t.Message, Own: t.Own, OK: t.OK})
	}
	return out, nil
}
