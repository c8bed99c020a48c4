package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"hearback/mailbox/extract"
	"hearback/mailbox/parse"
	"hearback/mailbox/scan"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// letterFiles puts files to replies for the pages and the API: what a file is, is
// read from its bytes; the virus scanner is asked where there is one; the rest is
// the desk's.
type letterFiles struct{ a *App }

// Bounds on looking at one file while somebody waits for the page.
const (
	lookTime = 10 * time.Second
	scanTime = 30 * time.Second
)

// Attach puts a file to the actor's draft of a reply. Faults as of Desk.AttachFile.
func (l letterFiles) Attach(ctx context.Context, actor access.Actor, ref, name string, content []byte, now time.Time) (*tickets.DraftFile, error) {
	return l.attach(ctx, actor, tickets.AttachRequest{
		Ref: ref, Source: tickets.FileUpload, File: tickets.LetterFile{Name: tickets.FileName(name), Content: content},
	}, now)
}

func (l letterFiles) attach(ctx context.Context, actor access.Actor, r tickets.AttachRequest, now time.Time) (*tickets.DraftFile, error) {
	if int64(len(r.File.Content)) <= l.a.desk.FilesMax() {
		if err := l.look(ctx, &r); err != nil {
			return nil, err
		}
	}
	return l.a.desk.AttachFile(ctx, actor, r, now)
}

// look reads what the file is, and asks the scanner. A scanner that does not answer
// leaves the file "not scanned", which its author has to confirm; one that was
// never set up leaves no verdict.
func (l letterFiles) look(ctx context.Context, r *tickets.AttachRequest) error {
	within, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	x, err := extract.Extract(within, r.File.Name, "", bytes.NewReader(r.File.Content), int64(len(r.File.Content)), extract.Limits{})
	if err != nil {
		return err
	}
	r.File.Type = x.Type
	if l.a.scans == nil {
		return nil
	}
	within, stop := context.WithTimeout(ctx, scanTime)
	defer stop()
	res, err := l.a.scans.scanner.Scan(within, bytes.NewReader(r.File.Content))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && res.Verdict == "" {
		res.Verdict, res.Signature = scan.NotScanned, fault.SafeText(err)
	}
	r.Scan = tickets.PartScan{Path: tickets.FilePath, Verdict: tickets.ScanVerdict(res.Verdict), Signature: res.Signature}
	return nil
}

// AttachPart puts a file that came with a mail of the enquiry, or of its case, to
// the actor's draft.
func (l letterFiles) AttachPart(ctx context.Context, actor access.Actor, ref string, messageID int64, path string, now time.Time) (*tickets.DraftFile, error) {
	gone := fault.New(fault.NotFound, "We cannot find that file on this enquiry")
	t, err := l.a.store.Ticket(ctx, actor, ref)
	if err != nil {
		return nil, err
	}
	m, err := l.a.store.Message(ctx, actor, messageID)
	if err != nil {
		return nil, err
	}
	if m.TicketID != t.ID && (t.CaseID == 0 || m.CaseID != t.CaseID) || m.RawID == 0 || m.Unconfirmed {
		return nil, gone
	}
	scans, err := l.a.store.ScansOfRaw(ctx, m.RawID)
	if err != nil {
		return nil, err
	}
	for _, v := range scans {
		if v.Verdict == tickets.ScanInfected {
			return nil, fault.New(fault.Refused, "The virus scanner found something harmful in this email. Its files cannot be sent on")
		}
	}
	raw, err := l.a.store.Raw(ctx, m.RawID)
	if err != nil {
		return nil, err
	}
	r, part, err := parse.Part(raw, path)
	if err != nil {
		return nil, errors.Join(gone, err)
	}
	content, err := io.ReadAll(io.LimitReader(r, l.a.desk.FilesMax()+1))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "This file cannot be read out of the email", err)
	}
	return l.attach(ctx, actor, tickets.AttachRequest{
		Ref: ref, Source: tickets.FileEnquiry, File: tickets.LetterFile{Name: tickets.FileName(part.Name), Content: content},
	}, now)
}

// Clean puts a cleaned copy in the place of a file of the actor's draft and says
// what it no longer has. The original stays in the draft's history.
func (l letterFiles) Clean(ctx context.Context, actor access.Actor, ref string, id int64, now time.Time) (*tickets.DraftFile, error) {
	files, err := l.a.desk.DraftFilesOf(ctx, actor, ref)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(files, func(f tickets.DraftFile) bool { return f.ID == id && f.State == tickets.FileThere })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "This file is no longer attached")
	}
	f := files[i]
	content, err := l.a.store.Raw(ctx, f.RawID)
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var out bytes.Buffer
	report, err := extract.Clean(within, f.Name, f.Type, bytes.NewReader(content), int64(len(content)), &out)
	if err != nil {
		return nil, err
	}
	if len(report.Removed) == 0 {
		return nil, fault.Newf(fault.Invalid, "There is nothing in %s that a cleaned copy would leave out", f.Name)
	}
	return l.attach(ctx, actor, tickets.AttachRequest{
		Ref: ref, Source: tickets.FileClean, Replace: id, Removed: report.Removed,
		File: tickets.LetterFile{Name: f.Name, Content: out.Bytes()},
	}, now)
}

// Picture is a logo without anything but the picture, and its media type. Faults:
// Invalid with words for who chose it.
func (l letterFiles) Picture(ctx context.Context, name string, content []byte) (picture []byte, kind string, err error) {
	const most = 200 << 10
	if len(content) > most {
		return nil, "", fault.Newf(fault.Invalid, "The picture is larger than %d KB: it goes with every letter. Choose a smaller one", most>>10)
	}
	within, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	x, err := extract.Extract(within, name, "", bytes.NewReader(content), int64(len(content)), extract.Limits{})
	if err != nil {
		return nil, "", err
	}
	if x.Type != "image/png" && x.Type != "image/jpeg" {
		return nil, "", fault.New(fault.Invalid, "Choose a picture of the kind PNG or JPEG")
	}
	var out bytes.Buffer
	if _, err := extract.Clean(within, name, x.Type, bytes.NewReader(content), int64(len(content)), &out); err != nil {
		if fault.Is(err, fault.Refused) {
			return nil, "", fault.Wrap(fault.Invalid, "This picture cannot be used. Save it again as PNG and choose that", err)
		}
		return nil, "", err
	}
	if out.Len() == 0 {
		return content, x.Type, nil
	}
	return out.Bytes(), x.Type, nil
}

// Detach takes a file off the actor's draft.
func (l letterFiles) Detach(ctx context.Context, actor access.Actor, ref string, id int64, now time.Time) error {
	return l.a.desk.DetachFile(ctx, actor, ref, id, now)
}

// Of are the actor's own files of a reply.
func (l letterFiles) Of(ctx context.Context, actor access.Actor, ref string) ([]tickets.DraftFile, error) {
	return l.a.desk.DraftFilesOf(ctx, actor, ref)
}
