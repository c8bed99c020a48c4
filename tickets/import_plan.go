package tickets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// ImportFile is an extract of the council's case system as it was handed in.
type ImportFile struct {
	Bytes       []byte // CSV or XLSX, told apart by content
	Name        string // of the file, for showing
	Mapping     caseload.Mapping
	MappingName string // under which the mapping is kept; "" when it is not
}

// ImportProgress is told how far an import is. It is called from the import's own
// goroutine and must not wait. of is 0 when it is not known.
type ImportProgress func(step string, done, of int)

// mayImport: the extract is of the whole council, and a program may bring it at
// night. Nobody else's programs.
func mayImport(a access.Actor) error {
	if a.Role == access.RoleSystem {
		return nil
	}
	return allowed(a, access.ImportCases)
}

// PlanImport says what an extract would change, and writes nothing. fault.Invalid
// when the file cannot be read or the mapping does not fit it. Somebody who does
// not work with every case may not change the others by a file either.
func (d *Desk) PlanImport(ctx context.Context, a access.Actor, f ImportFile, progress ImportProgress) (*caseload.Plan, error) {
	if err := mayImport(a); err != nil {
		return nil, err
	}
	return planImport(ctx, d.store, a, f, progress)
}

func planImport(ctx context.Context, from Reader, a access.Actor, f ImportFile, progress ImportProgress) (*caseload.Plan, error) {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	progress("Reading the file", 0, 0)
	t, err := caseload.Read(ctx, f.Bytes)
	if err != nil {
		return nil, err
	}
	if wrong := f.Mapping.Check(t.Headings); len(wrong) > 0 {
		return nil, fault.New(fault.Invalid, strings.Join(wrong, "\n"))
	}
	records, problems := caseload.Understand(t, f.Mapping)
	for _, w := range t.Warnings {
		problems = append(problems, caseload.Problem{Severity: caseload.Warning, Words: w})
	}
	progress("Reading the register", 0, 0)
	w, err := from.Caseload(ctx)
	if err != nil {
		return nil, err
	}
	if w.Hidden, err = hiddenFrom(ctx, from, a, w); err != nil {
		return nil, err
	}
	return caseload.Make(ctx, w, len(t.Rows), records, problems, func(done, of int) { progress("Comparing", done, of) })
}

// hiddenFrom lists the cases that the actor may not know: a file must not be a way
// to read or to take what the pages keep back.
func hiddenFrom(ctx context.Context, from Reader, a access.Actor, w *caseload.World) (map[string]bool, error) {
	if a.SeesAllTeams() && a.SeesRestricted() {
		return nil, nil //nolint:nilnil // nothing is hidden
	}
	hidden := make(map[string]bool, len(w.Cases))
	for ref := range w.Cases {
		hidden[ref] = true
	}
	q := CaseQuery{Limit: 200}
	for {
		page, err := from.Cases(ctx, a, q)
		if err != nil {
			return nil, err
		}
		for _, c := range page.Items {
			delete(hidden, strings.ToUpper(c.Ref))
		}
		if page.Next == "" {
			return hidden, nil
		}
		q.Cursor = page.Next
	}
}

// fileName is a name as it is shown and kept: no path, one line, not too long.
func fileName(s string) string {
	s = plainLine(path.Base(strings.ReplaceAll(s, `\`, "/")))
	if s == "." || s == "/" {
		return ""
	}
	return s
}

func plainLine(s string) string {
	r := []rune(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " "))
	if len(r) > 120 {
		r = r[:120]
	}
	return string(r)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// LastImport is the newest extract that was taken in; fault.NotFound before the
// first. Its age is shown where its facts are used.
func (d *Desk) LastImport(ctx context.Context) (*register.Import, error) {
	list, err := d.store.Imports(ctx, 1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "Nothing was imported yet")
	}
	return &list[0], nil
}

// ImportAge is how long ago the last extract was taken in. ever is false before
// the first.
func (d *Desk) ImportAge(ctx context.Context, now time.Time) (age time.Duration, ever bool, err error) {
	last, err := d.LastImport(ctx)
	if notFound(err) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	return max(now.Sub(last.DoneAt), 0), true, nil
}

// Imports lists what was taken in, newest first.
func (d *Desk) Imports(ctx context.Context, a access.Actor, limit int) ([]register.Import, error) {
	if err := mayImport(a); err != nil {
		return nil, err
	}
	return d.store.Imports(ctx, limit)
}

// ImportMappings lists the names under which mappings are kept.
func (d *Desk) ImportMappings(ctx context.Context, a access.Actor) ([]string, error) {
	if err := mayImport(a); err != nil {
		return nil, err
	}
	return d.store.ImportMappings(ctx)
}

// ImportMapping is the mapping that is kept under a name; fault.NotFound.
func (d *Desk) ImportMapping(ctx context.Context, a access.Actor, name string) (caseload.Mapping, error) {
	if err := mayImport(a); err != nil {
		return nil, err
	}
	m, err := d.store.ImportMapping(ctx, name)
	if notFound(err) {
		return nil, fault.Newf(fault.NotFound, "No mapping is kept under the name %q", name)
	}
	return m, err
}

// SaveImportMapping keeps a mapping under a name; what was kept under it is replaced.
func (d *Desk) SaveImportMapping(ctx context.Context, a access.Actor, name string, m caseload.Mapping, now time.Time) error {
	if err := mayImport(a); err != nil {
		return err
	}
	name = plainLine(name)
	if name == "" {
		return fault.New(fault.Invalid, "Give the mapping a name")
	}
	return d.write(ctx, a, now, func(w *work) error { return w.tx.PutImportMapping(ctx, name, m) })
}
