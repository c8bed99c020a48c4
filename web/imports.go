package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// importHome takes a file, and lists what was taken in before.
func (s *Server) importHome(c *Ctx) error { return s.showImportHome(c, 0, "") }

func (s *Server) showImportHome(c *Ctx, status int, wrong string) error {
	ctx := c.Request.Context()
	m := s.adminPage(c, "Import cases", "import")
	m.Intro = []string{
		"The case system's export, as CSV or XLSX. You see what it would change before anything is changed.",
		"An import adds and tightens. What would loosen something waits for a person to decide.",
	}
	upload := view.Form{
		ID: "upload", Title: "A file of the case system", Action: view.ImportURL(), Button: "Read the file",
		Intro:  fmt.Sprintf("At most %d MB; larger files are imported by hearback import cases. The file is kept in memory until it is imported, for half an hour at most.", importBytes>>20),
		Fields: []view.Field{{Name: "file", Label: "File (.csv or .xlsx)", Kind: "file", Need: "Choose a file", Error: wrong}},
	}
	if wrong != "" {
		m.Errors = []view.FieldError{{Field: upload.FieldID("file"), Text: wrong}}
	}
	list, err := s.Desk.Imports(ctx, c.Actor, 20)
	if err != nil {
		return err
	}
	var rows []view.AdminRow
	for _, i := range list {
		by := "hearback import cases"
		if i.ByID != 0 {
			by = s.nameOf(c, i.ByID)
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{
			{At: i.DoneAt}, {Text: shownName(i.FileName), Notes: []string{by}}, {Text: fmt.Sprint(i.Rows)}, {Text: fmt.Sprint(i.Changed)}, {Text: fmt.Sprint(i.Waiting)}, {Text: fmt.Sprint(i.Failed)},
		}})
	}
	waiting := view.AdminSection{ID: "waiting", Heading: "Waiting for a decision"}
	if c.Actor.May(access.ManageRestrictions) {
		_, n, err := s.Desk.ImportWaits(ctx, c.Actor, 1)
		if err != nil {
			return err
		}
		waiting.Text = []string{waitWords(n)}
		waiting.Links = []view.Link{{Text: "What waits", Href: view.ImportWaitingURL()}}
	}
	m.Sections = []view.AdminSection{
		{ID: "file", Heading: "Import", Forms: []view.Form{upload}},
		waiting,
		{ID: "done", Heading: "Imports so far", Table: view.NewAdminTable("Imports, newest first", "Nothing was imported yet.", []string{"When", "File", "Rows", "Changes", "Waiting", "Rows left out"}, rows)},
	}
	return s.showAdmin(c, status, m)
}

func waitWords(n int) string {
	switch n {
	case 0:
		return "Nothing waits on the cases that you work with."
	case 1:
		return "1 change waits on the cases that you work with."
	}
	return fmt.Sprintf("%d changes wait on the cases that you work with.", n)
}

// importUpload reads a file and goes on to its columns.
func (s *Server) importUpload(c *Ctx) error {
	ctx := c.Request.Context()
	name, b, err := s.uploaded(c)
	if err != nil {
		return s.showImportHome(c, http.StatusUnprocessableEntity, fault.SafeText(err))
	}
	t, err := caseload.Read(ctx, b)
	switch {
	case fault.Is(err, fault.Invalid):
		return s.showImportHome(c, http.StatusUnprocessableEntity, fault.SafeText(err))
	case err != nil:
		return err
	case len(t.Headings) > importColumns:
		return s.showImportHome(c, http.StatusUnprocessableEntity, fmt.Sprintf("The file has more than %d columns. Import it by hearback import cases", importColumns))
	}
	j := &importJob{
		owner: c.Actor.StaffID, state: importMapping, headings: t.Headings, sample: t.Rows[0].Cells,
		file: tickets.ImportFile{Bytes: b, Name: name, Mapping: caseload.Guess(t.Headings)},
	}
	if err := s.Imports.add(j, c.Now); err != nil {
		if fault.Is(err, fault.Conflict) {
			return s.showImportHome(c, http.StatusConflict, fault.SafeText(err))
		}
		return err
	}
	return s.done(c, view.ImportFileURL(j.id), "", "")
}

func (s *Server) uploaded(c *Ctx) (name string, b []byte, err error) {
	h, err := c.FormFile("file")
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), err == nil && h.Size > importBytes:
		return "", nil, fault.Newf(fault.Invalid, "The file is larger than %d MB. Import it by hearback import cases", importBytes>>20)
	case err != nil:
		return "", nil, fault.Wrap(fault.Invalid, "Choose a file", err)
	}
	f, err := h.Open()
	if err != nil {
		return "", nil, fault.Wrap(fault.Invalid, "The file cannot be read", err)
	}
	b, err = io.ReadAll(io.LimitReader(f, importBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return "", nil, fault.Wrap(fault.Invalid, "The file cannot be read", err)
	}
	return h.Filename, b, nil
}

// importFile shows a file where it stands: its columns, how far the work is, what
// it would change, what it did.
func (s *Server) importFile(c *Ctx) error { return s.showImportFile(c, 0, nil) }

func (s *Server) showImportFile(c *Ctx, status int, wrong []view.FieldError) error {
	j, err := s.Imports.job(c.Param("id"), c.Actor.StaffID, c.Now)
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Import cases", "import")
	m.Back = &view.Link{Text: "All imports", Href: view.ImportURL()}
	m.Errors = wrong
	switch j.state {
	case importMapping:
		err = s.importColumnsPage(c, &m, j)
	case importWorking:
		// Shown again by itself, also where scripts do not run.
		c.Header("Refresh", "2")
		m.Sections = []view.AdminSection{workSection(j)}
	case importCompared:
		m.Sections = planSections(c, j)
	case importDone:
		m.Sections = []view.AdminSection{resultSection(j)}
	default:
		m.Sections = []view.AdminSection{{ID: "failed", Heading: "Nothing was imported", Alert: j.failure, Links: []view.Link{{Text: "Start again", Href: view.ImportURL()}}}}
	}
	if err != nil {
		return err
	}
	return s.showAdmin(c, status, m)
}

func (s *Server) importColumnsPage(c *Ctx, m *view.AdminPage, j importJob) error {
	ctx := c.Request.Context()
	names, err := s.Desk.ImportMappings(ctx, c.Actor)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		f := view.Form{ID: "kept", Title: "Use a mapping that is kept", Action: view.ImportFileURL(j.id), Do: "use", Button: "Use it"}
		field := view.Field{Name: "mapping", Label: "Mapping", Kind: "select", Need: "Choose"}
		for _, n := range names {
			field.Options = append(field.Options, view.Option{Value: n, Text: n, Selected: n == j.file.MappingName})
		}
		f.Fields = []view.Field{field}
		m.Sections = append(m.Sections, view.AdminSection{ID: "keptones", Heading: "Kept mappings", Forms: []view.Form{f}})
	}
	f := view.Form{ID: "columns", Title: "What each column holds", Action: view.ImportFileURL(j.id), Do: "compare", Button: "Compare with the register"}
	f.Intro = "Columns that hold nothing of these are left out. Nothing is changed yet."
	for i, h := range j.headings {
		if h == "" {
			continue
		}
		x := view.Field{Name: fmt.Sprintf("column%d", i), Label: h, Kind: "select", Options: fieldOptions(j.file.Mapping[h])}
		if i < len(j.sample) && j.sample[i] != "" {
			x.Hint = "First row: " + shortened(j.sample[i])
		}
		f.Fields = append(f.Fields, x)
	}
	f.Fields = append(f.Fields, view.Field{Name: "save", Label: "Keep this mapping under a name", Value: j.file.MappingName})
	m.Sections = append(m.Sections, view.AdminSection{ID: "cols", Heading: "Columns of " + shownName(j.file.Name), Forms: []view.Form{f}})
	return nil
}

func shortened(v string) string {
	r := []rune(v)
	if len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return v
}

// fieldOptions are the fields as choices; people behind the third only when chosen.
func fieldOptions(chosen caseload.Field) []view.Option {
	out := []view.Option{{Value: "", Text: "Left out", Selected: chosen == ""}}
	for _, f := range caseload.Fields() {
		if f != chosen && (strings.HasPrefix(string(f), "person4") || strings.HasPrefix(string(f), "person5") || strings.HasPrefix(string(f), "person6")) {
			continue
		}
		out = append(out, view.Option{Value: string(f), Text: strings.ReplaceAll(string(f), "_", " "), Selected: f == chosen})
	}
	return out
}

// importAct goes on with a file.
func (s *Server) importAct(c *Ctx) error {
	j, err := s.Imports.job(c.Param("id"), c.Actor.StaffID, c.Now)
	if err != nil {
		return err
	}
	here := view.ImportFileURL(j.id)
	switch c.PostForm("do") {
	case "use":
		m, err := s.Desk.ImportMapping(c.Request.Context(), c.Actor, c.PostForm("mapping"))
		if err != nil {
			return err
		}
		s.Imports.change(j.id, func(j *importJob) { j.file.Mapping, j.file.MappingName = m, c.PostForm("mapping") })
		return s.done(c, here, "", "")
	case "compare":
		return s.importCompare(c, j)
	case "apply":
		if c.PostForm("sure") != "yes" {
			return s.showImportFile(c, http.StatusUnprocessableEntity, []view.FieldError{{Field: "apply-sure", Text: "Tick the box to carry this out"}})
		}
		s.importApply(c.Actor, j.id)
		return s.done(c, here, "", "")
	case "columns":
		s.Imports.change(j.id, func(j *importJob) {
			if j.state == importCompared {
				j.state, j.plan = importMapping, nil
			}
		})
		return s.done(c, here, "", "")
	case "stop", "drop":
		s.Imports.drop(j.id)
		return s.done(c, view.ImportURL(), "success", "The file is forgotten. What was not carried out to its end was not done at all.")
	}
	return s.showImportFile(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: "Choose what to do"}})
}

func (s *Server) importCompare(c *Ctx, j importJob) error {
	m := caseload.Mapping{}
	for i, h := range j.headings {
		if f := c.PostForm(fmt.Sprintf("column%d", i)); f != "" && h != "" {
			m[h] = caseload.Field(f)
		}
	}
	name := strings.TrimSpace(c.PostForm("save"))
	s.Imports.change(j.id, func(j *importJob) {
		if j.state == importMapping {
			j.file.Mapping, j.file.MappingName = m, name
		}
	})
	if wrong := m.Check(j.headings); len(wrong) > 0 {
		var errs []view.FieldError
		for _, w := range wrong {
			errs = append(errs, view.FieldError{Field: "columns", Text: w})
		}
		return s.showImportFile(c, http.StatusUnprocessableEntity, errs)
	}
	if name != "" {
		if err := s.Desk.SaveImportMapping(c.Request.Context(), c.Actor, name, m, c.Now); err != nil {
			return err
		}
	}
	actor, file := c.Actor, j.file
	file.Mapping, file.MappingName = m, name
	s.Imports.run(j.id, importMapping, func(ctx context.Context, progress tickets.ImportProgress) (func(*importJob), error) {
		p, err := s.Desk.PlanImport(ctx, actor, file, progress)
		if err != nil {
			return nil, s.logged(err)
		}
		return func(j *importJob) { j.state, j.plan = importCompared, p }, nil
	})
	return s.done(c, view.ImportFileURL(j.id), "", "")
}

// logged keeps what a person is not told.
func (s *Server) logged(err error) error {
	if statusOf(fault.KindOf(err)) >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.Log.Error("web", "event", "import_failed", "error", err)
	}
	return err
}

func (s *Server) importApply(actor access.Actor, id string) {
	var file tickets.ImportFile
	var plan *caseload.Plan
	s.Imports.change(id, func(j *importJob) { file, plan = j.file, j.plan })
	s.Imports.run(id, importCompared, func(ctx context.Context, progress tickets.ImportProgress) (func(*importJob), error) {
		r, err := s.Desk.ApplyImport(ctx, actor, file, plan, progress, s.Deps.Now)
		if err != nil {
			return nil, s.logged(err)
		}
		s.Log.Info("web", "event", "cases_imported", "import", r.Import.ID, "rows", r.Import.Rows, "changed", r.Import.Changed, "staff", actor.StaffID)
		return func(j *importJob) { j.state, j.result = importDone, r }, nil
	})
}

// importDay is when an import left something waiting.
func importDay(i tickets.ImportWait) string { return sla.FormatShort(i.At) }
