package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
)

// casesRequest is what the command line of hearback import cases asks for.
type casesRequest struct {
	config, file        string
	mapping, save       string
	columns             map[string]string // heading to field
	apply, yes, asLines bool
}

// runImportCases takes in the extract of the council's case system, or says what
// it would do.
func runImportCases(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) (err error) {
	req, err := parseCases(args, errs)
	if err != nil {
		return err
	}
	f, headings, err := readExtract(ctx, req.file)
	if err != nil {
		return err
	}
	a, err := importApp(ctx, req.config, errs)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	who := access.System("import")
	if f.Mapping, err = req.mapped(ctx, a.desk, who, headings); err != nil {
		return err
	}
	f.MappingName = req.mapping
	if req.save != "" {
		if wrong := f.Mapping.Check(headings); len(wrong) > 0 {
			return fault.New(fault.Invalid, strings.Join(wrong, "\n"))
		}
		now, err := a.now(ctx)
		if err != nil {
			return err
		}
		if err := a.desk.SaveImportMapping(ctx, who, req.save, f.Mapping, now); err != nil {
			return err
		}
		f.MappingName = req.save
	}
	steps := &stepMeter{w: errs}
	plan, err := a.desk.PlanImport(ctx, who, f, steps.show)
	steps.end()
	if err != nil {
		return err
	}
	show := showPlan
	if req.asLines {
		show = jsonPlan
	}
	if err := show(out, plan); err != nil {
		return err
	}
	switch {
	case plan.Refused != "":
		return fault.New(fault.Refused, plan.Refused)
	case !req.apply:
		if !req.asLines {
			_, _ = fmt.Fprintln(out, "Nothing was changed. Add -apply to carry this out.")
		}
		return leftOut(plan)
	case !req.yes:
		if err := sure(in, errs); err != nil {
			return err
		}
	}
	done, err := a.desk.ApplyImport(ctx, who, f, plan, steps.show, a.now)
	steps.end()
	if err != nil {
		if ctx.Err() != nil {
			return errors.New("stopped before the end; nothing of the file was taken in")
		}
		return err
	}
	if done.Replanned {
		_, _ = fmt.Fprintln(errs, "The register had changed since the file was compared; it was compared again.")
	}
	if !req.asLines {
		_, _ = fmt.Fprintf(out, "Done: import %d, %s, %d new on the list of what waits for a person (/admin/import).\n",
			done.Import.ID, count(done.Import.Changed, "change"), done.NewWaits)
	}
	return leftOut(done.Plan)
}

func parseCases(args []string, errs io.Writer) (casesRequest, error) {
	req := casesRequest{columns: map[string]string{}}
	fs := flag.NewFlagSet("hearback import cases", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.StringVar(&req.config, "config", "", "the configuration `file`")
	fs.StringVar(&req.mapping, "mapping", "", "use the mapping kept under this `name`")
	fs.StringVar(&req.save, "save-mapping", "", "keep the mapping of this run under a `name`")
	fs.BoolVar(&req.apply, "apply", false, "carry it out; without it nothing is changed")
	fs.BoolVar(&req.yes, "yes", false, "with -apply: do not ask")
	fs.BoolVar(&req.asLines, "json", false, "print every problem and change as a line of JSON")
	fs.Func("map", "`heading=field`: what a column holds; may be given again", func(s string) error {
		i := strings.LastIndexByte(s, '=')
		if i <= 0 || i == len(s)-1 {
			return fmt.Errorf("%q is not heading=field", s)
		}
		req.columns[s[:i]] = s[i+1:]
		return nil
	})
	var files []string
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return req, err
			}
			return req, errUsage
		}
		if args = fs.Args(); len(args) > 0 {
			files = append(files, args[0])
			args = args[1:]
		}
	}
	switch {
	case req.config == "":
		return req, fault.New(fault.Invalid, "Give the configuration: hearback import cases -config FILE EXTRACT.csv")
	case len(files) != 1:
		return req, fault.New(fault.Invalid, "Name one extract, a .csv or .xlsx file")
	case req.yes && !req.apply:
		return req, fault.New(fault.Invalid, "-yes goes with -apply")
	}
	req.file = files[0]
	return req, nil
}

func readExtract(ctx context.Context, path string) (f tickets.ImportFile, headings []string, err error) {
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return f, nil, fault.Wrap(fault.Invalid, path+" cannot be read", err)
	case st.Size() > caseload.MaxBytes:
		return f, nil, fault.Newf(fault.Invalid, "%s is larger than %d MB", path, caseload.MaxBytes>>20)
	}
	if f.Bytes, err = os.ReadFile(path); err != nil { //nolint:gosec // the operator names it
		return f, nil, fault.Wrap(fault.Invalid, path+" cannot be read", err)
	}
	t, err := caseload.Read(ctx, f.Bytes)
	if err != nil {
		return f, nil, err
	}
	f.Name = filepath.Base(path)
	return f, t.Headings, nil
}

// importApp opens the program beside serve where that can be.
func importApp(ctx context.Context, path string, errs io.Writer) (*App, error) {
	cfg, err := LoadConfig(path)
	if err != nil {
		return nil, err
	}
	if cfg.Log.Level != "error" {
		cfg.Log.Level = "warn"
	}
	a, err := NewApp(ctx, cfg, newLogger(cfg.Log, errs), nil)
	if fault.Is(err, fault.Conflict) {
		return nil, fault.New(fault.Conflict, strings.TrimRight(fault.SafeText(err), ".")+
			": while `hearback serve` runs, use the page /admin/import, or end it first. (On PostgreSQL both can run.)")
	}
	return a, err
}

// mapped is the mapping of this run: the one that is kept, or what the headings
// say, with what the command line says in its place.
func (r casesRequest) mapped(ctx context.Context, d *tickets.Desk, who access.Actor, headings []string) (caseload.Mapping, error) {
	m := caseload.Guess(headings)
	if r.mapping != "" {
		var err error
		if m, err = d.ImportMapping(ctx, who, r.mapping); err != nil {
			return nil, fault.Wrap(fault.Invalid, fault.SafeText(err), err)
		}
	}
	for _, h := range slices.Sorted(maps.Keys(r.columns)) {
		field := caseload.Field(r.columns[h])
		for other, f := range m {
			if f == field && other != h {
				delete(m, other) // what is said counts, not what was guessed
			}
		}
		if m[h] = field; field == "-" {
			delete(m, h)
		}
	}
	return m, nil
}

func sure(in io.Reader, errs io.Writer) error {
	_, _ = fmt.Fprint(errs, "Carry this out? Type yes: ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && line == "" {
		return fault.Wrap(fault.Invalid, "Nobody answered, and nothing was changed. Programs give -yes", err)
	}
	if !strings.EqualFold(strings.TrimSpace(line), "yes") {
		return fault.New(fault.Invalid, "Nothing was changed")
	}
	return nil
}

// leftOut is how the command ends when rows are wrong: others were taken in, and
// somebody has to look.
func leftOut(p *caseload.Plan) error {
	if n := p.Errors(); n > 0 {
		return fmt.Errorf("%s of %d left out; what is wrong with them is listed above", count(n, "row"), p.Rows)
	}
	return nil
}

// runImportMappings lists the mappings that are kept.
func runImportMappings(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) (err error) {
	path, rest, err := configFlag("import mappings", args, errs, nil)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fault.Newf(fault.Invalid, "import mappings takes no %q", rest[0])
	}
	a, err := importApp(ctx, path, errs)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	who := access.System("import")
	names, err := a.desk.ImportMappings(ctx, who)
	if err != nil {
		return err
	}
	for _, n := range names {
		m, err := a.desk.ImportMapping(ctx, who, n)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out, n)
		for _, h := range slices.Sorted(maps.Keys(m)) {
			_, _ = fmt.Fprintf(out, "    %s = %s\n", h, m[h])
		}
	}
	return nil
}
