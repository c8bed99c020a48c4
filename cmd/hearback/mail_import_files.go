package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/mailbox/archive"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/fault"
)

const (
	importBatch      = 100     // mails in one transaction
	importBatchBytes = 8 << 20 // of raw mail in a batch, and so in memory; a larger mail is a batch of its own
)

// findArchives looks what the paths hold, before anything is opened: a path that
// was misspelt ends the command at once.
func findArchives(ctx context.Context, paths []string) ([]archive.File, []archive.Skipped, error) {
	files, skipped, err := archive.Find(ctx, paths)
	if err != nil {
		return nil, nil, err
	}
	var wrong []string
	for _, s := range skipped {
		if s.Named {
			wrong = append(wrong, s.Path+": "+s.Why)
		}
	}
	switch {
	case len(wrong) > 0:
		return nil, nil, fault.New(fault.Invalid, "Nothing was imported:\n"+strings.Join(wrong, "\n"))
	case len(files) == 0:
		return nil, nil, fault.Newf(fault.Invalid, "There is no mail in %s", strings.Join(paths, ", "))
	}
	return files, skipped, nil
}

// archives takes in the mails of files in the order in which they arrived,
// whichever file they are in: an answer has to find the mail that it answers.
func (im *importer) archives(ctx context.Context, files []archive.File, skipped []archive.Skipped) error {
	for _, s := range skipped {
		if s.Err != nil {
			im.lost(s.Path, s.Err)
			continue
		}
		im.tell(im.skipped, "left out: %s: %s", s.Path, s.Why)
		im.skipped++
	}
	list, err := im.look(ctx, files)
	if err != nil {
		return err
	}
	bar := newMeter(im.errs, "Taking in", sizeOf(list))
	bar.lines = true
	defer bar.end()
	for done := 0; done < len(list); {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := im.app.diskGate(ctx); err != nil {
			return err
		}
		batch := nextBatch(list[done:])
		if err := im.takeMails(ctx, batch); err != nil {
			return err
		}
		done += len(batch)
		bar.add(sizeOf(batch), fmt.Sprintf("%d of %d mails", done, len(list)))
	}
	return nil
}

// lost counts a mail or a file that could not be read; the others go on.
func (im *importer) lost(what string, err error) {
	im.tell(im.unread, "not read: %s: %v", what, err)
	im.unread++
}

// look goes through the files and notes where each mail lies.
func (im *importer) look(ctx context.Context, files []archive.File) ([]archive.Mail, error) {
	now, err := im.app.now(ctx)
	if err != nil {
		return nil, err
	}
	total := int64(0)
	for _, f := range files {
		total += f.Bytes
	}
	bar := newMeter(im.errs, "Looking through", total)
	var list []archive.Mail
	for i := range files {
		for m, err := range files[i].Mails(ctx, now, func(n int) { bar.add(int64(n), fmt.Sprintf("%d mails", len(list))) }) {
			switch {
			case ctx.Err() != nil:
				bar.end()
				return nil, ctx.Err()
			case err != nil:
				im.lost(files[i].Path, err)
			default:
				list = append(list, m)
			}
		}
	}
	bar.end()
	slices.SortStableFunc(list, func(a, b archive.Mail) int { return a.Received.Compare(b.Received) })
	_, _ = fmt.Fprintf(im.errs, "%s in %s, %d MB.\n", count(len(list), "mail"), count(len(files), "file"), total>>20)
	return list, nil
}

func sizeOf(list []archive.Mail) (n int64) {
	for _, m := range list {
		n += m.Bytes
	}
	return n
}

// nextBatch is the beginning of the list that fits into one transaction.
func nextBatch(list []archive.Mail) []archive.Mail {
	size := int64(0)
	for i, m := range list {
		if size += m.Bytes; i == importBatch || i > 0 && size > importBatchBytes {
			return list[:i]
		}
	}
	return list
}

// takeMails reads a batch and takes it in. What is settled is not read again.
func (im *importer) takeMails(ctx context.Context, list []archive.Mail) error {
	var batch []tickets.Received
	var names []archive.Mail
	for _, m := range list {
		r, open, err := im.prepare(ctx, m)
		if err != nil {
			return err
		}
		if open {
			batch, names = append(batch, r), append(names, m)
		}
	}
	if len(batch) == 0 {
		return nil
	}
	_, err := im.take(ctx, batch, func(i int) string { return names[i].String() })
	return err
}

// prepare makes the bytes of a mail safe and understands them. open is false for
// a mail whose fate is settled and for one that cannot be read from its file.
func (im *importer) prepare(ctx context.Context, m archive.Mail) (r tickets.Received, open bool, err error) {
	most := int64(im.app.cfg.Intake.MaxMessageMB) << 20
	r = tickets.Received{
		MailboxID: im.mailbox.ID, Folder: importFolder, UIDValidity: upper(m.ID), UID: lower(m.ID),
		ReceivedAt: m.Received, History: true,
	}
	old, err := im.app.store.LedgerAt(ctx, r.MailboxID, r.Folder, r.UIDValidity, r.UID)
	switch {
	case err == nil && (old.Fate != tickets.FateQuarantined || m.Bytes > most):
		im.already++
		return r, false, nil
	case err == nil:
		r.Retry = true // the limit was raised, or the reader has learnt something
	case !fault.Is(err, fault.NotFound):
		return r, false, err
	}
	if m.Bytes > most {
		r.QuarantineReason = fmt.Sprintf("It is larger than the limit of %d MB. The original is in the file that it was to be imported from.", most>>20)
		return r, true, nil
	}
	raw, err := m.Read()
	if err != nil {
		im.lost(m.String(), err)
		return r, false, nil
	}
	if r.Raw, err = im.app.store.PrepareRaw(ctx, raw); err != nil {
		return r, false, err
	}
	if len(raw) == 0 {
		r.QuarantineReason = "It is empty."
		return r, true, nil
	}
	r.Mail = parse.Message(raw, parse.Options{TrustedAuthServers: im.trusted})
	if d := r.Mail.Date; !m.Dated && d.Year() >= 1980 && d.Before(m.Received) {
		r.ReceivedAt = d.UTC().Truncate(time.Second) // the parser reads odder dates, and a file may be copied years later
	}
	return r, true, nil
}

// upper and lower make a place in the ledger of the 64 bits that name a mail: no
// server numbers the mails of a file. Zero is no number (RFC 3501 section 2.3.1.1).
func upper(id uint64) uint32 { return max(uint32(id>>32), 1) }
func lower(id uint64) uint32 { return max(uint32(id), 1) } //nolint:gosec // the lower half is meant
