package web

import (
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// verdicts are what the virus scanner said of the files of one mail, by the
// path of the part. No entry: nobody has looked.
type verdicts map[string]tickets.PartScan

// scans reads the verdicts of a mail that has files.
func (s *Server) scans(c *Ctx, m *tickets.Message) (verdicts, error) {
	if m.RawID == 0 {
		return verdicts{}, nil
	}
	return s.Store.ScansOfRaw(c.Request.Context(), m.RawID)
}

// infected is the finding that locks a part: in the part itself, in one within
// it, or in the one that it came in.
func (v verdicts) infected(path string) (tickets.PartScan, bool) {
	for at, x := range v {
		if x.Verdict == tickets.ScanInfected && (at == path || strings.HasPrefix(at, path+".") || strings.HasPrefix(path, at+".")) {
			return x, true
		}
	}
	return tickets.PartScan{}, false
}

// any is a finding anywhere in the mail: its original holds that file as well.
func (v verdicts) any() bool {
	for _, x := range v {
		if x.Verdict == tickets.ScanInfected {
			return true
		}
	}
	return false
}

// note is what is said beside a file; a clean one says nothing.
func (v verdicts) note(path string) string {
	x, there := v[path]
	switch {
	case there && x.Verdict == tickets.ScanClean:
		return ""
	case there && x.Signature != "":
		return "Not scanned for viruses: " + lowerFirst(x.Signature)
	}
	return "Not scanned for viruses"
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// files lists the files of a mail. base is the address that they hang below; ""
// when they cannot be opened from here.
func (s *Server) files(c *Ctx, base string, m *tickets.Message) []view.File {
	if len(m.Parts) == 0 {
		return nil
	}
	v, err := s.scans(c, m)
	if err != nil {
		s.Log.Error("web", "event", "scans_failed", "message", m.ID, "error", err)
	}
	out := make([]view.File, 0, len(m.Parts))
	for _, p := range m.Parts {
		f := view.File{Name: shownName(p.Name), Kind: kindOfFile(p.Type), Bytes: p.Bytes, Note: p.Problem}
		x, bad := v.infected(p.Path)
		switch {
		case bad:
			f.Locked = "Locked: the virus scanner found something harmful in it (" + shownName(x.Signature) + "). Nobody can open it here."
		case err != nil:
			f.Note = "We cannot say just now whether this file was scanned for viruses. Try again"
		case p.Problem != "":
		default:
			f.Note = v.note(p.Path)
			if base != "" {
				f.Href = base + "/files/" + p.Path
			}
		}
		out = append(out, f)
	}
	return out
}

// unlocked refuses a file in which something harmful was found; path "" asks
// about the whole mail.
func (s *Server) unlocked(c *Ctx, m *tickets.Message, path string) error {
	v, err := s.scans(c, m)
	if err != nil {
		return fault.Wrap(fault.Temporary, "We cannot say just now whether this file is safe. Try again", err)
	}
	_, bad := v.infected(path)
	switch {
	case path == "" && v.any():
		return fault.New(fault.Denied, "This email is locked: the virus scanner found something harmful in one of its files. It is kept as it came, and nobody can download it here")
	case path != "" && bad:
		return fault.New(fault.Denied, "This file is locked: the virus scanner found something harmful in it. Nobody can open it here. Ask the sender what it was meant to be")
	}
	return nil
}
