package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// LetterFiles puts files to replies. What a file is, whether there is a virus in it
// and what a cleaned copy leaves out is not for pages to know.
type LetterFiles interface {
	Attach(ctx context.Context, a access.Actor, ref, name string, content []byte, now time.Time) (*tickets.DraftFile, error)
	AttachPart(ctx context.Context, a access.Actor, ref string, messageID int64, path string, now time.Time) (*tickets.DraftFile, error)
	Clean(ctx context.Context, a access.Actor, ref string, id int64, now time.Time) (*tickets.DraftFile, error)
	// Picture is a logo without anything but the picture, and its media type.
	Picture(ctx context.Context, name string, content []byte) (picture []byte, kind string, err error)
}

// formMemory is how much of a form with files is kept in memory while it is read.
const formMemory = 32 << 20

// readForm reads the form, whose files may be too big: then nothing of it was read,
// and nothing that was kept may be overwritten with nothing.
func (s *Server) readForm(c *Ctx) error {
	if !strings.HasPrefix(c.ContentType(), "multipart/") {
		return nil
	}
	err := c.Request.ParseMultipartForm(formMemory)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The files are too big to be taken in at once. A letter can carry %s. Your message as it was saved last is kept: go back, and add fewer or smaller files", size(s.Desk.FilesMax())), err)
	case err != nil:
		return fault.Wrap(fault.Invalid, "The form did not arrive whole. Your message as it was saved last is kept: go back and try again", err)
	}
	return nil
}

func size(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

// loadFiles reads what the author attached.
func (s *Server) loadFiles(c *Ctx, d *draft) error {
	if s.Files == nil {
		return nil
	}
	list, err := s.Desk.DraftFilesOf(c.Request.Context(), c.Actor, d.ticket.Ref)
	d.files = list
	return err
}

// fileIDs are the files that go with the letter.
func (d *draft) fileIDs() []int64 {
	var ids []int64
	for _, f := range d.files {
		if f.State == tickets.FileThere {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// uploads puts the files that were chosen in the form to the draft, whatever button
// was pressed: somebody who chose a file and pressed Send meant to send it. some
// says that there were any.
func (s *Server) uploads(c *Ctx, d *draft) (some bool) {
	form := c.Request.MultipartForm
	if form == nil || s.Files == nil {
		return false
	}
	for _, h := range form.File["upload"] {
		if h.Filename == "" && h.Size == 0 {
			continue
		}
		some = true
		content, err := s.readUpload(h)
		if err == nil {
			_, err = s.Files.Attach(c.Request.Context(), c.Actor, d.ticket.Ref, h.Filename, content, c.Now)
		}
		if err != nil {
			s.fileError(d, err)
			break
		}
	}
	return some
}

func (s *Server) readUpload(h *multipart.FileHeader) ([]byte, error) {
	most := s.Desk.FilesMax()
	if h.Size > most {
		return nil, fault.Newf(fault.Invalid, "%s is too big. A letter can carry %s", shownName(h.Filename), size(most))
	}
	f, err := h.Open()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The file cannot be read", err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The file cannot be read", err)
	}
	return b, nil
}

// fileError keeps what went wrong with a file for the form.
func (s *Server) fileError(d *draft, err error) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused, fault.NotFound, fault.Conflict, fault.Denied:
		d.fileWrong = fault.SafeText(err)
	default:
		s.Log.Error("web", "event", "attach_failed", "ticket", d.ticket.Ref, "error", err)
		d.fileWrong = "The file could not be added just now. Try again"
	}
}

// changeFiles does what a button of the list of files says. done is false when no
// such button was pressed.
func (s *Server) changeFiles(c *Ctx, d *draft) (done bool, err error) {
	if s.Files == nil {
		return false, nil
	}
	ctx, ref := c.Request.Context(), d.ticket.Ref
	added := s.uploads(c, d)
	do := c.PostForm("do")
	var wrong error
	switch {
	case number(c.PostForm("unfile")) != 0:
		wrong = s.Desk.DetachFile(ctx, c.Actor, ref, number(c.PostForm("unfile")), c.Now)
	case number(c.PostForm("cleanfile")) != 0:
		wrong = s.cleanFile(c, d, number(c.PostForm("cleanfile")))
	case do == "came":
		msg, path, ok := strings.Cut(c.PostForm("came"), ":")
		if !ok {
			d.fileWrong = "Choose a file of this enquiry"
			break
		}
		_, wrong = s.Files.AttachPart(ctx, c.Actor, ref, number(msg), path, c.Now)
	case do == "attach":
		if !added {
			d.fileWrong = "Choose a file first"
		}
	case added && (do == "send" || do == "ask"):
		if d.fileWrong == "" {
			d.note = strings.TrimSpace(d.note + " The files you chose were added. Look at the check, then send.")
		}
	case d.fileWrong != "":
	default:
		if added {
			return false, s.loadFiles(c, d)
		}
		return false, nil
	}
	if wrong != nil {
		s.fileError(d, wrong)
	}
	return true, s.loadFiles(c, d)
}

// cleanFile puts a cleaned copy in the place of a file, and says what it left out.
func (s *Server) cleanFile(c *Ctx, d *draft, n int64) error {
	f, err := s.Files.Clean(c.Request.Context(), c.Actor, d.ticket.Ref, n, c.Now)
	if err != nil {
		return err
	}
	d.note = strings.TrimSpace(d.note + " A cleaned copy of " + f.Name + " goes instead. Taken out: " + strings.Join(f.Removed, ", ") + ".")
	return nil
}

// filesPanel is the part of the form with the files.
func (s *Server) filesPanel(c *Ctx, d *draft) view.LetterFiles {
	if s.Files == nil {
		return view.LetterFiles{}
	}
	m := view.LetterFiles{
		Can: true, Error: d.fileWrong,
		Hint: "Up to " + size(s.Desk.FilesMax()) + " together. Documents and pictures; no programs or web pages. The check reads what is inside.",
	}
	for _, f := range d.files {
		switch f.State {
		case tickets.FileThere:
			m.Attached = append(m.Attached, attached(f))
		case tickets.FileRemoved:
			m.Before = append(m.Before, f.Name+", taken off "+sla.FormatShort(f.ChangedAt))
		case tickets.FileCleaned:
			m.Before = append(m.Before, f.Name+" as you added it, replaced by a cleaned copy "+sla.FormatShort(f.ChangedAt))
		}
	}
	m.Came = s.cameWith(c, d)
	return m
}

func attached(f tickets.DraftFile) view.Attached {
	a := view.Attached{ID: id(f.ID), Name: f.Name, Kind: kindOfFile(f.Type), Bytes: f.Bytes, Clean: cleanable(f)}
	switch {
	case f.Scan == tickets.ScanInfected:
		a.Note, a.Urgent = "There is a virus in it. Take it off", true
	case f.Scan == tickets.ScanSkipped:
		a.Note, a.Urgent = "Not scanned for viruses", true
		if f.ScanWords != "" {
			a.Note += ": " + lowerFirst(f.ScanWords)
		}
	case f.Source == tickets.FileClean:
		a.Note = "Cleaned copy. Taken out: " + strings.Join(f.Removed, ", ")
	case f.Source == tickets.FileEnquiry:
		a.Note = "Came with this enquiry"
	}
	return a
}

// cleanable reports the kinds of file that cleaned copies are made of.
func cleanable(f tickets.DraftFile) bool {
	if f.Source == tickets.FileClean {
		return false
	}
	return f.Type == "image/jpeg" || f.Type == "image/png" || strings.HasPrefix(f.Type, "application/vnd.openxmlformats-officedocument.")
}

// cameWith are the files that came with this enquiry.
func (s *Server) cameWith(c *Ctx, d *draft) []view.Option {
	said, err := s.Store.Timeline(c.Request.Context(), c.Actor, d.ticket.ID)
	if err != nil {
		s.Log.Error("web", "event", "files_failed", "ticket", d.ticket.Ref, "error", err)
		return nil
	}
	var out []view.Option
	for _, it := range said {
		m := it.Message
		if m == nil || m.Unconfirmed || m.RawID == 0 {
			continue
		}
		for _, p := range m.Parts {
			if p.Name == "" || p.Problem != "" {
				continue
			}
			out = append(out, view.Option{
				Value: id(m.ID) + ":" + p.Path,
				Text:  fmt.Sprintf("%s, from %s, %s", shownName(p.Name), m.FromName, sla.FormatDateShort(sla.DateOf(m.ReceivedAt))),
			})
		}
	}
	slices.Reverse(out) // the newest first
	return out
}

// fileCures offers what mends a finding in a file: its cleaned copy, where one can be
// made, or leaving it out.
func fileCures(d *draft, f guard.Finding, add func(text, value string)) {
	where, _, _ := strings.Cut(f.Evidence, ": ")
	if !strings.HasPrefix(where, "file ") {
		return
	}
	for _, x := range d.files {
		// A file within a file is named with the path to it.
		if name := strings.TrimPrefix(where, "file "); x.State != tickets.FileThere || name != x.Name && !strings.HasPrefix(name, x.Name+"/") && where != "file name" {
			continue
		}
		if cleanable(x) && where != "file name" {
			add("Use a cleaned copy", "cleanfile:"+id(x.ID))
		}
		add("Take "+x.Name+" off", "unfile:"+id(x.ID))
	}
}

// fixFile does what such a button says.
func (s *Server) fixFile(c *Ctx, d *draft, what string, n int64) {
	var err error
	if s.Files == nil {
		return
	}
	if what == "cleanfile" {
		err = s.cleanFile(c, d, n)
	} else {
		err = s.Desk.DetachFile(c.Request.Context(), c.Actor, d.ticket.Ref, n, c.Now)
	}
	if err != nil {
		s.fileError(d, err)
	}
	if err := s.loadFiles(c, d); err != nil {
		s.fileError(d, err)
	}
}

// sentFiles lists what went with a letter.
func sentFiles(o *tickets.Outgoing) []view.File {
	var out []view.File
	for _, f := range o.Files {
		out = append(out, view.File{Name: shownName(f.Name), Kind: kindOfFile(f.Type), Bytes: f.Bytes})
	}
	return out
}
