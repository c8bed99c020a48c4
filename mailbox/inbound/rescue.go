package inbound

import (
	"cmp"
	"context"
	"slices"

	"hearback/tickets/fault"
)

const (
	// maxTries is how often a mail may fail before it is quarantined.
	maxTries = 3
	// maxSuspects is how many mails may fail in one look while none can be read.
	maxSuspects = 3
	// controlBytes is the size of the largest mail that is read as a control.
	controlBytes = 1 << 20
)

// rescue reads mails one at a time that did not come with the others.
//
// A mail that fails three times is given up, but only when another mail can be
// read meanwhile: it is then the mail and not the server. A server that breaks
// off at every body (a firewall that swallows long answers, a process that runs
// out of memory) would otherwise have its whole inbox quarantined. While nothing
// can be read each mail is tried once a look. When there are no more than three,
// and all failed in three looks, they are given up without that proof.
func (p *Poller) rescue(ctx context.Context, l *look, open []listed) ([]fetched, error) {
	slices.SortStableFunc(open, func(a, b listed) int { return cmp.Compare(p.tries[a.uid], p.tries[b.uid]) })
	var out []fetched
	var suspects []listed
	proven := false
	for _, m := range open {
		if !proven && len(suspects) == maxSuspects {
			break
		}
		f, ok, err := p.single(ctx, l, m)
		switch {
		case err != nil:
			return out, err
		case ok:
			out = append(out, f)
			proven = proven || f.raw != nil
		default:
			suspects = append(suspects, m)
		}
	}
	if len(suspects) == 0 {
		return out, nil
	}
	if !proven {
		var err error
		if proven, err = p.control(ctx, l, open); err != nil {
			return out, err
		}
	}
	hopeless := len(suspects) == len(open) && !slices.ContainsFunc(open, func(m listed) bool { return p.tries[m.uid] < maxTries })
	if !proven && !hopeless {
		return out, fault.New(fault.Temporary, "The mail server breaks off when we read mail. New mail is waiting on the server; nothing is lost.")
	}
	if len(suspects)+len(out) < len(open) { // only a control could be read: on with the others first
		rest := slices.DeleteFunc(open, func(m listed) bool {
			return slices.Contains(suspects, m) || slices.ContainsFunc(out, func(f fetched) bool { return f.uid == m.uid })
		})
		for _, m := range rest {
			f, ok, err := p.single(ctx, l, m)
			if err != nil {
				return out, err
			}
			if ok {
				out = append(out, f)
			} else {
				suspects = append(suspects, m)
			}
		}
	}
	for _, m := range suspects {
		f, err := p.lastTries(ctx, l, m)
		if err != nil {
			return out, err
		}
		out = append(out, f)
	}
	return out, nil
}

// lastTries tries a suspect until it is read or has failed three times.
func (p *Poller) lastTries(ctx context.Context, l *look, m listed) (fetched, error) {
	for p.tries[m.uid] < maxTries {
		if f, ok, err := p.single(ctx, l, m); ok || err != nil {
			return f, err
		}
	}
	delete(p.tries, m.uid)
	return fetched{uid: m.uid, why: "The mail server's answer for this mail cannot be read. The original is in the mailbox."}, nil
}

// single asks for one mail. ok is false when its answer cannot be read or has
// no body; that counts as a try. An error is not the mail's fault: the server
// cannot be reached, or we are being stopped.
func (p *Poller) single(ctx context.Context, l *look, m listed) (f fetched, ok bool, err error) {
	if err := p.reopen(ctx, l); err != nil {
		return f, false, err
	}
	// A date that imapclient cannot read breaks the connection too: the last try
	// does without.
	last := p.tries[m.uid] >= maxTries-1
	got, torn, failed := l.conn.fetch(ctx, []listed{m}, p.acct.MaxBytes, !last)
	if last && torn != nil && torn.why == "" {
		torn.why = "The mail server did not give it in order, and it may not be whole. What came is kept."
		got = append(got, *torn)
	}
	if len(got) > 0 {
		delete(p.tries, m.uid)
		return got[0], true, nil
	}
	if failed == nil || isRefused(failed) {
		var there bool
		if there, err = l.conn.has(ctx, m.uid); err == nil && !there {
			delete(p.tries, m.uid)
			return fetched{uid: m.uid, why: "It was deleted or moved in the mailbox before hearback could read it."}, true, nil
		}
	}
	if ctx.Err() != nil {
		return f, false, ctx.Err()
	}
	p.tries[m.uid]++
	p.deps.Log.Warn("mail", "event", "fetch_failed", "mailbox", p.acct.Mailbox.Name, "uid", uint32(m.uid), "try", p.tries[m.uid], "error", failed)
	return f, false, nil
}

// control reads the smallest other mail of the list, and forgets it: can
// anything be read?
func (p *Poller) control(ctx context.Context, l *look, open []listed) (bool, error) {
	var pick *listed
	for i, m := range l.todo {
		if m.bytes <= controlBytes && (pick == nil || m.bytes < pick.bytes) && p.tries[m.uid] == 0 &&
			!slices.ContainsFunc(open, func(o listed) bool { return o.uid == m.uid }) {
			pick = &l.todo[i]
		}
	}
	if pick == nil {
		return false, nil
	}
	if err := p.reopen(ctx, l); err != nil {
		return false, err
	}
	got, _, _ := l.conn.fetch(ctx, []listed{*pick}, p.acct.MaxBytes, true)
	return len(got) > 0 && got[0].raw != nil, ctx.Err()
}

// reopen connects and selects afresh when the connection is gone. UIDs mean
// something only under the UIDVALIDITY under which they were listed.
func (p *Poller) reopen(ctx context.Context, l *look) error {
	if l.conn.alive() {
		return nil
	}
	c, err := p.connect(ctx)
	if err != nil {
		return err
	}
	l.conn = c
	data, err := c.selectFolder(ctx, p.acct.Folder, p.acct.Kind, p.acct.After == Leave)
	if err != nil {
		return err
	}
	select {
	case p.news <- struct{}{}: // what came since the list was made is not announced on a new connection
	default:
	}
	if data.UIDValidity != l.cursor.UIDValidity {
		return fault.New(fault.Temporary, "The mail server numbered the mail of the folder anew while we read it.")
	}
	return nil
}

func isRefused(err error) bool {
	_, is := refused(err)
	return is
}
