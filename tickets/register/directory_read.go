package register

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"hearback/tickets/fault"
)

// Bounds of an export of the directory. A council of 20,000 staff has a few
// megabytes; what is larger is no such export.
const (
	maxDirectoryBytes   = 64 << 20
	maxDirectoryEntries = 200_000
	maxDirectoryMembers = 1_000_000
)

// NotInExport stands for a member of a list of whom the export does not say what
// address they have. It is nobody's address (RFC 2606 section 2), so a letter to the
// list has a recipient whom nobody knows.
const NotInExport = "not-in-export@directory.invalid"

// DirectoryLine is something that is wrong with, or worth knowing about, one line.
type DirectoryLine struct {
	Line  int
	Words string
}

// DirectoryFile is what one export holds. With Problems it must not be taken in: a
// list with a member short looks safe and is not. Notes are for whoever takes it in.
type DirectoryFile struct {
	Directory
	Problems []DirectoryLine
	Notes    []DirectoryLine
}

// ReadDirectory reads an export of lists and forwardings: LDIF (RFC 2849) with mail,
// member, proxyAddresses, altRecipient and msExchGenericForwardingAddress, or CSV
// with the columns group and member, or mailbox and forward. A fault.Invalid means
// that it is neither.
func ReadDirectory(r io.Reader) (*DirectoryFile, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxDirectoryBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the export of the directory: %w", err)
	}
	if len(b) > maxDirectoryBytes {
		return nil, fault.Newf(fault.Invalid, "The export is larger than %d MB. Export the lists and forwardings alone", maxDirectoryBytes>>20)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b) {
		return nil, fault.New(fault.Invalid, "The export is not text in UTF-8. Save it as UTF-8")
	}
	d := &directoryReader{out: &DirectoryFile{}, groups: map[string]int{}, forwards: map[Forward]bool{}}
	if isLDIF(b) {
		err = d.ldif(b)
	} else {
		err = d.csv(b)
	}
	if err != nil {
		return nil, err
	}
	return d.out, nil
}

// isLDIF: the first line that is no comment says "version:" or "dn:".
func isLDIF(b []byte) bool {
	s := bufio.NewScanner(bytes.NewReader(b))
	for s.Scan() {
		line := strings.TrimSpace(s.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line = strings.ToLower(line)
		return strings.HasPrefix(line, "version:") || strings.HasPrefix(line, "dn:")
	}
	return false
}

type directoryReader struct {
	out      *DirectoryFile
	groups   map[string]int // by mailbox: place in out.Groups
	forwards map[Forward]bool
	members  int
}

func (d *directoryReader) problem(line int, format string, args ...any) {
	if len(d.out.Problems) < 1000 {
		d.out.Problems = append(d.out.Problems, DirectoryLine{line, fmt.Sprintf(format, args...)})
	}
}

func (d *directoryReader) note(line int, format string, args ...any) {
	if len(d.out.Notes) < 1000 {
		d.out.Notes = append(d.out.Notes, DirectoryLine{line, fmt.Sprintf(format, args...)})
	}
}

// group is the list with an address, made when it is not there yet.
func (d *directoryReader) group(line int, address, name string) (int, bool) {
	key := FoldMailbox(address)
	if i, ok := d.groups[key]; ok {
		return i, true
	}
	if len(d.out.Groups) >= maxDirectoryEntries {
		d.problem(line, "more than %d lists", maxDirectoryEntries)
		return 0, false
	}
	d.groups[key] = len(d.out.Groups)
	d.out.Groups = append(d.out.Groups, Group{Address: address, Mailbox: key, Name: name})
	return d.groups[key], true
}

func (d *directoryReader) member(line, group int, address string) {
	g := &d.out.Groups[group]
	if d.members++; d.members > maxDirectoryMembers {
		d.problem(line, "more than %d members", maxDirectoryMembers)
		return
	}
	g.Members = append(g.Members, address)
}

func (d *directoryReader) forward(line int, mailbox, to string) {
	f := Forward{Mailbox: FoldMailbox(mailbox), To: to}
	if FoldMailbox(to) == f.Mailbox || d.forwards[f] {
		return
	}
	if len(d.out.Forwards) >= maxDirectoryEntries {
		d.problem(line, "more than %d forwardings", maxDirectoryEntries)
		return
	}
	d.forwards[f] = true
	d.out.Forwards = append(d.out.Forwards, f)
}

// once leaves each member of each list once.
func (d *directoryReader) once() {
	for i := range d.out.Groups {
		g := &d.out.Groups[i]
		slices.Sort(g.Members)
		g.Members = slices.Compact(g.Members)
	}
}

// directoryAddress is an address as an export writes it: "SMTP:a@b", "<a@b>", "a@b".
func directoryAddress(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 5 && strings.EqualFold(s[:5], "smtp:") {
		s = strings.TrimSpace(s[5:])
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > 254 || !strings.Contains(s[at:], ".") {
		return "", false
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`,;<>"()[]\:`, r) {
			return "", false
		}
	}
	return s, true
}
