package inbound

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

// readers is how many mails of a batch are made safe and understood at once.
// Making a large one safe is mostly waiting for the disk.
const readers = 4

// read keeps the raw bytes of mails safe and understands them. Nothing that the
// parser does can fail it. The result is in the order of UIDs, which is the
// order of arrival (RFC 3501 section 2.3.1.1).
func (p *Poller) read(ctx context.Context, cursor *tickets.Cursor, got []fetched) ([]tickets.Received, error) {
	now, err := p.deps.Now(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(got, func(a, b fetched) int { return cmp.Compare(a.uid, b.uid) })
	out := make([]tickets.Received, len(got))
	errs := make([]error, readers)
	todo := make(chan int)
	var work sync.WaitGroup
	for w := range min(readers, len(got)) {
		work.Go(func() {
			for i := range todo {
				out[i] = tickets.Received{
					MailboxID: p.acct.Mailbox.ID, Folder: p.acct.Folder, FolderKind: p.acct.Kind,
					UIDValidity: cursor.UIDValidity, UID: uint32(got[i].uid), ReceivedAt: got[i].date, QuarantineReason: got[i].why,
				}
				if out[i].ReceivedAt.IsZero() {
					out[i].ReceivedAt = now // the server did not say
				}
				if got[i].raw != nil && errs[w] == nil {
					errs[w] = p.readOne(ctx, &out[i], got[i].raw)
				}
				got[i].raw = nil // a large one is in a file by now
			}
		})
	}
	for i := range got {
		todo <- i
	}
	close(todo)
	work.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// parsing is how mail of the account is understood.
func (a Account) parsing() parse.Options {
	o := a.Parse
	o.TrustedAuthServers = a.TrustedAuth
	return o
}

// readOne makes one mail safe before anything else is done with it.
func (p *Poller) readOne(ctx context.Context, r *tickets.Received, raw []byte) (err error) {
	if r.Raw, err = p.deps.Store.PrepareRaw(ctx, raw); err != nil {
		return err
	}
	if r.QuarantineReason != "" {
		return nil
	}
	var defect error
	r.Mail, r.QuarantineReason, defect = understand(raw, p.acct.parsing())
	if defect != nil {
		p.deps.Log.Error("mail", "event", "parse_failed", "mailbox", p.acct.Mailbox.Name, "uid", r.UID, "error", defect)
	}
	return nil
}

// understand is the one place where a defect of the parser is caught: the mail
// is kept and quarantined, all others go on. The defect is for operators; the
// value of a panic is not in it, since it might cite the mail.
func understand(raw []byte, opts parse.Options) (in *tickets.Inbound, why string, defect error) {
	defer func() {
		if r := recover(); r != nil {
			in, why = nil, "It could not be read because of a fault in hearback. The original is kept."
			defect = fmt.Errorf("panic of type %T\n%s", r, debug.Stack())
		}
	}()
	if len(raw) == 0 {
		return nil, "It is empty.", nil
	}
	return parse.Message(raw, opts), "", nil
}
