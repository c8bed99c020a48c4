package tickets

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// Limits of the files of one letter, where the settings name none.
const (
	defaultFilesMB = 25
	maxFiles       = 10
	maxDraftFiles  = 60 // with what was taken off again
)

// AttachRequest is a file that somebody puts to a reply.
type AttachRequest struct {
	Ref     string
	File    LetterFile // Name, Type and Content; the rest is worked out
	Source  string
	Replace int64    // a file of the draft whose place it takes: it is a cleaned copy of that one
	Removed []string // what the cleaned copy no longer has
	Scan    PartScan // the scanner's verdict; the zero PartScan when there is no scanner
}

// AttachFile puts a file to the actor's draft. Nothing is sent, and nobody else
// sees it. Faults: NotFound, Denied, Invalid with words for the author, Refused
// for a file with a virus in it.
func (d *Desk) AttachFile(ctx context.Context, a access.Actor, r AttachRequest, now time.Time) (*DraftFile, error) {
	if !a.IsPerson() {
		return nil, fault.New(fault.Denied, "Only a person can write to a family")
	}
	if err := checkFile(r.File, d.filesMax()); err != nil {
		return nil, err
	}
	if r.Scan.Verdict == ScanInfected {
		return nil, fault.Newf(fault.Refused, "There is a virus in %s (%s). It was not attached", r.File.Name, r.Scan.Signature)
	}
	raw, err := d.store.PrepareRaw(ctx, r.File.Content)
	if err != nil {
		return nil, err
	}
	var f *DraftFile
	err = d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.SendReply)
		if err != nil {
			return err
		}
		if err := w.writable(t); err != nil {
			return err
		}
		old, err := w.tx.DraftFiles(ctx, w.actor.StaffID, t.ID)
		if err != nil {
			return err
		}
		if err := w.room(ctx, old, r); err != nil {
			return err
		}
		f = &DraftFile{
			StaffID: w.actor.StaffID, TicketID: t.ID, LetterFile: r.File, Source: r.Source, CleanedOf: r.Replace,
			Removed: r.Removed, State: FileThere, AddedAt: now, ChangedAt: now, ScanWords: r.Scan.Signature,
		}
		f.Bytes, f.SHA256, f.Scan = raw.Bytes, raw.SHA256, r.Scan.Verdict
		if f.RawID, err = w.tx.SaveRaw(ctx, raw); err != nil {
			return err
		}
		return w.tx.InsertDraftFile(ctx, f)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// room refuses what is too much for one letter, and makes room for a cleaned copy.
func (w *work) room(ctx context.Context, old []DraftFile, r AttachRequest) error {
	total, there := int64(len(r.File.Content)), 0
	found := r.Replace == 0
	for i := range old {
		f := &old[i]
		switch {
		case f.ID == r.Replace && f.State == FileThere:
			found = true
			f.State, f.ChangedAt = FileCleaned, w.now
			if err := w.tx.SetDraftFile(ctx, f); err != nil {
				return err
			}
		case f.State == FileThere:
			total += f.Bytes
			there++
		}
	}
	switch {
	case !found:
		return fault.New(fault.NotFound, "This file is no longer attached")
	case there >= maxFiles:
		return fault.Newf(fault.Invalid, "A letter can have %d files. Take one off, or send two letters", maxFiles)
	case len(old) >= maxDraftFiles:
		return fault.New(fault.Invalid, "Too many files were attached and taken off again. Send or discard this draft first")
	case total > w.d.filesMax():
		return fault.Newf(fault.Invalid, "The files are too big together: %s. A letter can carry %s", megabytes(total), megabytes(w.d.filesMax()))
	}
	return nil
}

// DetachFile takes a file off the actor's draft. Its author still finds it in the
// draft's history.
func (d *Desk) DetachFile(ctx context.Context, a access.Actor, ref string, id int64, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, ref, access.SendReply)
		if err != nil {
			return err
		}
		return w.tx.SetDraftFile(ctx, &DraftFile{ID: id, StaffID: w.actor.StaffID, TicketID: t.ID, State: FileRemoved, ChangedAt: now})
	})
}

// ReopenFiles puts the files of a letter that was taken back to its author's draft again.
func (d *Desk) ReopenFiles(ctx context.Context, a access.Actor, o *Outgoing, now time.Time) error {
	if len(o.Files) == 0 || o.AuthorID != a.StaffID {
		return nil
	}
	return d.write(ctx, a, now, func(w *work) error {
		have, err := w.tx.DraftFiles(ctx, w.actor.StaffID, o.TicketID)
		if err != nil {
			return err
		}
		for _, f := range o.Files {
			i := slices.IndexFunc(have, func(x DraftFile) bool {
				return x.SHA256 == f.SHA256 && x.Name == f.Name && x.State == FileDone
			})
			if i < 0 {
				continue
			}
			have[i].State, have[i].ChangedAt = FileThere, now
			if err := w.tx.SetDraftFile(ctx, &have[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// filesOf are the files that r names, which must be the actor's own on this
// ticket. A second person's release comes later than the draft: what was there
// when it was asked for still counts.
func (w *work) filesOf(ctx context.Context, t *Ticket, ids []int64) ([]LetterFile, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	have, err := w.tx.DraftFiles(ctx, w.actor.StaffID, t.ID)
	if err != nil {
		return nil, err
	}
	var out []LetterFile
	var total int64
	for _, id := range ids {
		i := slices.IndexFunc(have, func(f DraftFile) bool { return f.ID == id })
		if i < 0 || have[i].State == FileRemoved || have[i].State == FileCleaned {
			return nil, fault.New(fault.Conflict, "A file is no longer attached to this letter. Look at the list of files and send again")
		}
		if have[i].Scan == ScanInfected {
			return nil, fault.Newf(fault.Refused, "There is a virus in %s. Take it off. Nothing was sent", have[i].Name)
		}
		total += have[i].Bytes
		out = append(out, have[i].LetterFile)
	}
	if len(out) > maxFiles || total > w.d.filesMax() {
		return nil, fault.Newf(fault.Invalid, "The files are too big together. A letter can carry %s in %d files", megabytes(w.d.filesMax()), maxFiles)
	}
	return out, nil
}

func (d *Desk) filesMax() int64 {
	if d.s.FilesMax > 0 {
		return d.s.FilesMax
	}
	return defaultFilesMB << 20
}

// FilesMax is how many bytes the files of one letter may have together.
func (d *Desk) FilesMax() int64 { return d.filesMax() }

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", max(1, n>>10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// checkFile says in plain words what is wrong with a file.
func checkFile(f LetterFile, most int64) error {
	switch {
	case f.Name == "" || FileName(f.Name) != f.Name:
		return fault.New(fault.Invalid, "The file has no name. Give it one and choose it again")
	case len(f.Content) == 0:
		return fault.Newf(fault.Invalid, "%s is empty. Choose another file", f.Name)
	case int64(len(f.Content)) > most:
		return fault.Newf(fault.Invalid, "%s is too big: %s. A letter can carry %s", f.Name, megabytes(int64(len(f.Content))), megabytes(most))
	case runs(f):
		return fault.Newf(fault.Invalid, "%s is a kind of file that can run on a computer. Families' mail programs refuse it. Send a document or a picture", f.Name)
	}
	return nil
}

// runs reports a kind of file that mail programs refuse because opening it runs it:
// what Outlook and Gmail block, and pages, which can hold anything.
func runs(f LetterFile) bool {
	ext := strings.TrimPrefix(strings.ToLower(path.Ext(f.Name)), ".")
	if slices.Contains(strings.Fields(`ade adp apk app appx appxbundle asp bas bat cab cer chm cmd cnt com cpl crt csh der
		dll dmg docm dotm exe fxp gadget grp hlp hpj hta htc htm html img inf ins iso isp its jar jnlp js jse ksh lib lnk
		mad maf mag mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz mhtml msc msh msi msix msp mst nsh ops osd
		pcd pif pl plg potm ppam ppsm pptm prf prg printerexport ps1 psc1 psd1 psdm1 py pyc pyo pyw pyz reg scf scr sct
		shb shs sldm svg sys theme tmp url vb vbe vbp vbs vhd vhdx vsmacros vsw vxd webpnp website ws wsc wsf wsh xbap xhtml
		xlam xll xlsm xltm xnk`), ext) {
		return true
	}
	switch f.Type {
	case "application/vnd.microsoft.portable-executable", "application/x-msdownload", "application/x-elf", "application/x-executable",
		"application/x-mach-binary", "text/html", "image/svg+xml", "application/x-msi", "application/java-archive":
		return true
	}
	return false
}
