package web

import (
	"fmt"
	"net/http"
	"strconv"

	"hearback/tickets/access"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// importShown is how many lines of a list are on a page.
const importShown = 100

func workSection(j importJob) view.AdminSection {
	far := "..."
	if j.of > 0 {
		far = fmt.Sprintf("%d of %d (%d %%)", j.done, j.of, j.done*100/j.of)
	}
	return view.AdminSection{
		ID: "work", Heading: "Working", Text: []string{"This page shows itself again every two seconds. You can leave it and come back."},
		Facts: []view.AdminFact{{Name: "File", Text: shownName(j.file.Name)}, {Name: "Now", Text: j.step}, {Name: "So far", Text: far}},
		Forms: []view.Form{{ID: "stop", Action: view.ImportFileURL(j.id), Do: "stop", Button: "Stop", Title: "and forget the file", Small: true}},
		Links: []view.Link{{Text: "Show again", Href: view.ImportFileURL(j.id)}},
	}
}

// planSections are the dry run.
func planSections(c *Ctx, j importJob) []view.AdminSection {
	p := j.plan
	sum := view.AdminSection{ID: "sum", Heading: "What the file would do", Facts: []view.AdminFact{
		{Name: "File", Text: shownName(j.file.Name)},
		{Name: "Rows", Text: strconv.Itoa(p.Rows)},
		{Name: "Rows left out", Text: strconv.Itoa(p.Errors())},
		{Name: "Changes", Text: strconv.Itoa(len(p.Changes))},
		{Name: "Would wait for a person", Text: strconv.Itoa(len(p.Waiting))},
	}}
	here := view.ImportFileURL(j.id)
	switch {
	case p.Refused != "":
		sum.Alert = p.Refused
	default:
		f := view.Form{
			ID: "apply", Title: "Import", Action: here, Do: "apply", Button: "Import",
			Fields: []view.Field{tickField("sure", "Carry out all of it, or nothing if anything goes wrong", false)},
		}
		if len(p.Changes) == 0 {
			f.Intro = "The register says the same already. The import is noted, so that its age is known."
		}
		sum.Forms = append(sum.Forms, f)
	}
	sum.Forms = append(sum.Forms,
		view.Form{ID: "columns", Action: here, Do: "columns", Button: "Change the columns", Small: true},
		view.Form{ID: "drop", Action: here, Do: "drop", Button: "Forget the file", Small: true})
	out := []view.AdminSection{sum}
	if len(p.Problems) > 0 {
		from, to, links := pageOf(c, here, "problems", len(p.Problems))
		var rows []view.AdminRow
		for _, x := range p.Problems[from:to] {
			row := strconv.Itoa(x.Row)
			if x.Row == 0 {
				row = "The file"
			}
			cell := view.AdminCell{Text: "Left out", Tone: "bad"}
			if x.Severity == caseload.Warning {
				cell = view.AdminCell{Text: "Taken, look at it", Tone: "warn"}
			}
			rows = append(rows, view.AdminRow{Cells: []view.AdminCell{{Text: row}, {Text: x.Column}, cell, {Text: x.Words}}})
		}
		out = append(out, view.AdminSection{
			ID: "problems", Heading: heading("Problems", from, to, len(p.Problems)), Links: links,
			Table: view.NewAdminTable("Problems by row", "", []string{"Row", "Column", "Row is", "What is wrong"}, rows),
		})
	}
	out = append(out, changeSection(c, here, "waiting", "Would wait for a person to decide", p.Waiting))
	return append(out, changeSection(c, here, "changes", "Changes", p.Changes))
}

func changeSection(c *Ctx, here, name, head string, list []caseload.Change) view.AdminSection {
	from, to, links := pageOf(c, here, name, len(list))
	var rows []view.AdminRow
	for _, x := range list[from:to] {
		what := view.AdminCell{Text: upper(x.Words())}
		if x.Waits != "" {
			what.Notes = []string{x.Waits}
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{{Text: strconv.Itoa(x.Row)}, {Text: x.CaseRef}, what}})
	}
	return view.AdminSection{
		ID: name, Heading: heading(head, from, to, len(list)), Links: links,
		Table: view.NewAdminTable(head, "None.", []string{"Row", "Case", "What"}, rows),
	}
}

func heading(head string, from, to, all int) string {
	if all <= importShown {
		return fmt.Sprintf("%s (%d)", head, all)
	}
	return fmt.Sprintf("%s (%d to %d of %d)", head, from+1, to, all)
}

// pageOf is which part of a list is shown, by the question's number.
func pageOf(c *Ctx, here, name string, all int) (from, to int, links []view.Link) {
	from = int(min(number(c.Query(name)), int64(max(all-1, 0)))) / importShown * importShown
	to = min(from+importShown, all)
	at := func(n int) string { return fmt.Sprintf("%s?%s=%d#%s-head", here, name, n, name) }
	if from > 0 {
		links = append(links, view.Link{Text: "Before these", Href: at(from - importShown)})
	}
	if to < all {
		links = append(links, view.Link{Text: "After these", Href: at(to)})
	}
	return from, to, links
}

func resultSection(j importJob) view.AdminSection {
	r := j.result
	s := view.AdminSection{
		ID: "result", Heading: "Imported", Facts: []view.AdminFact{
			{Name: "File", Text: shownName(r.Import.FileName)},
			{Name: "Rows", Text: strconv.Itoa(r.Import.Rows)},
			{Name: "Rows left out", Text: strconv.Itoa(r.Import.Failed)},
			{Name: "Changes", Text: strconv.Itoa(r.Import.Changed)},
			{Name: "New on the list of what waits", Text: strconv.Itoa(r.NewWaits)},
		},
		Links: []view.Link{{Text: "All imports", Href: view.ImportURL()}, {Text: "What waits", Href: view.ImportWaitingURL()}},
	}
	if r.Replanned {
		s.Text = []string{"The register had changed since you looked at the changes. The file was compared again, and what you see here was done."}
	}
	return s
}

// importWaiting lists what imports left for a person.
func (s *Server) importWaiting(c *Ctx) error { return s.showImportWaiting(c, 0, nil) }

func (s *Server) showImportWaiting(c *Ctx, status int, wrong []view.FieldError) error {
	list, n, err := s.Desk.ImportWaits(c.Request.Context(), c.Actor, importShown)
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Imports: waiting for a decision", "waiting")
	m.Errors = wrong
	m.Intro = []string{"The case system says something that would loosen what is recorded here. Nothing was changed. Decide on each; while it waits, the register counts.", waitWords(n)}
	for _, w := range list {
		sec := view.AdminSection{
			ID: "w" + id(w.ID), Heading: w.CaseRef + ": " + w.Change.Words(), Text: []string{w.Why},
			Facts: []view.AdminFact{{Name: "Import", Text: importDay(w)}}, Links: []view.Link{{Text: "Open the case", Href: "/c/" + w.CaseRef}},
		}
		if w.Lead && !c.Actor.May(access.EndRestrictions) {
			sec.Text = append(sec.Text, "A team lead, a safeguarding lead or the head of service can take this over.")
		} else {
			button, warn := "Take it over", ""
			if w.Change.Action == caseload.EndRestriction {
				button, warn = "Ask for its end", "A second person decides. Until then the restriction counts."
			}
			sec.Forms = append(sec.Forms, view.Form{
				ID: "take" + id(w.ID), Title: button, Fold: true, Action: view.ImportWaitURL(id(w.ID)), Do: "take", Button: button, Warn: warn,
				Fields: []view.Field{{Name: "reason", Label: "Why", Need: "Say why", Hint: "What you checked, and where. It is kept with the case."}},
			})
		}
		sec.Forms = append(sec.Forms, view.Form{ID: "leave" + id(w.ID), Title: "of " + w.CaseRef, Small: true, Action: view.ImportWaitURL(id(w.ID)), Do: "leave", Button: "Leave as it is"})
		m.Sections = append(m.Sections, sec)
	}
	return s.showAdmin(c, status, m)
}

// importSettle decides on one line.
func (s *Server) importSettle(c *Ctx) error {
	n := number(c.Param("id"))
	do := c.PostForm("do")
	if do != "take" && do != "leave" {
		return fault.New(fault.NotFound, "We cannot find that") // no button of ours
	}
	err := s.Desk.SettleWaiting(c.Request.Context(), c.Actor, n, do == "take", c.PostForm("reason"), c.Now)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused, fault.Conflict, fault.Denied:
		if err != nil {
			return s.showImportWaiting(c, http.StatusUnprocessableEntity, []view.FieldError{{Field: "w" + id(n) + "-head", Text: fault.SafeText(err)}})
		}
	default:
		if err != nil {
			return err
		}
	}
	text := "The register is left as it is. The next imports do not ask again."
	if do == "take" {
		text = "It is taken over, and why is kept with the case."
	}
	return s.done(c, view.ImportWaitingURL(), "success", text)
}
