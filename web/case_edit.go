package web

import (
	"net/http"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// detailFields are what is recorded about a child.
func detailFields(x register.Case, schoolHidden bool) []view.Field {
	school := view.Field{Name: "school", Label: "School or setting", Value: x.School}
	if schoolHidden {
		school.Value, school.Hint = "", "Protected. Leave it empty to keep what is recorded."
	}
	dob := withAbout(dateField("dob", "Date of birth", x.DOB), "date of birth")
	return []view.Field{
		{Name: "name", Label: "Child's name", Value: x.ChildName, Need: "Enter the child's name", About: about("child's name")},
		dob,
		{Name: "upn", Label: "Unique pupil number", Hint: "A letter and twelve more characters. Its check letter is looked at.", Value: x.UPN, About: about("pupil number")},
		{Name: "nhs", Label: "NHS number", Hint: "Ten digits. Its check digit is looked at.", Value: x.NHS, About: about("nhs number")},
		school,
		{Name: "stage", Label: "Stage", Kind: "select", Options: stageOptions(x.Stage)},
	}
}

// stageOptions are the stages that the screens know; one from the case system that
// is none of them stays to be chosen.
func stageOptions(chosen string) []view.Option {
	stages := []string{"Request", "Assessment", "Draft plan", "Final plan", "Plan in force", "Review", "Amending", "Appeal", "Ceased"}
	out := []view.Option{{Value: "", Text: "Not known"}}
	found := chosen == ""
	for _, st := range stages {
		found = found || st == chosen
		out = append(out, view.Option{Value: st, Text: st, Selected: st == chosen})
	}
	if !found {
		out = append(out, view.Option{Value: chosen, Text: chosen, Selected: true})
	}
	return out
}

// officerFields name who works on a case.
func (s *Server) officerFields(c *Ctx, officer, fallback int64) []view.Field {
	choose := []view.Option{{Value: "", Text: "Choose"}}
	return []view.Field{
		{Name: "officer", Label: "Named officer", Kind: "select", Need: "Choose a named officer", Options: append(choose[:1:1], s.colleagues(c, orNobody(officer))...), About: about("named officer", "somebody else", "colleague")},
		{Name: "fallback", Label: "Who answers when the officer cannot", Kind: "select", Hint: "Somebody else, always: no family waits for one person.", Need: "Choose who answers when the named officer cannot", Options: append(choose[:1:1], s.colleagues(c, orNobody(fallback))...)},
	}
}

// orNobody keeps the list of colleagues from being the shared one of the request.
func orNobody(staffID int64) int64 {
	if staffID == 0 {
		return -1
	}
	return staffID
}

func (s *Server) caseNewPage(c *Ctx) view.CaseEdit {
	fields := append([]view.Field{{Name: "ref", Label: "Case reference", Hint: "As the council's case system has it, for example WM-2201", Need: "Enter the case reference", About: about("reference")}},
		detailFields(register.Case{}, false)...)
	fields = append(fields, s.officerFields(c, 0, 0)...)
	fields = append(fields, tickField("restricted", "Restricted: only those named for it and cleared roles can open it", false))
	return view.CaseEdit{
		Shell: s.shell(c, "New case", "cases"), Back: view.Link{Text: "Back to cases", Href: "/c"},
		Form: view.Form{ID: "case", Title: "New case", Action: view.NewCaseURL(), Button: "Open the case", Cancel: "/c", Fields: fields},
	}
}

func (s *Server) caseNew(c *Ctx) error {
	return s.page(c, http.StatusOK, view.PageCaseEdit, s.caseNewPage(c))
}

func (s *Server) addCase(c *Ctx) error {
	m := s.caseNewPage(c)
	in := fill(c, &m.Form)
	var made *register.Case
	out, err := submit(in, func() error {
		var err error
		made, err = s.Desk.AddCase(c.Request.Context(), c.Actor, tickets.AddCaseRequest{
			Ref: in.text("ref"), ChildName: in.text("name"), DOB: in.day("dob"), UPN: in.text("upn"), NHS: in.text("nhs"), School: in.text("school"), Stage: in.text("stage"),
			OfficerID: number(in.text("officer")), FallbackID: number(in.text("fallback")), Restricted: in.ticked("restricted"),
		}, c.Now)
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Shell.Failed = out.errs, true
		return s.page(c, out.status, view.PageCaseEdit, m)
	}
	return s.done(c, view.CaseURL(made.Ref), "success", "The case is open. Add the people next.")
}

func (s *Server) caseOfficer(c *Ctx) error {
	m, _, err := s.officerPage(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PageCaseEdit, m)
}

func (s *Server) officerPage(c *Ctx) (view.CaseEdit, *record, error) {
	r, err := s.fullRecord(c)
	if err != nil {
		return view.CaseEdit{}, nil, err
	}
	top := s.caseTop(c, r, "Overview")
	return view.CaseEdit{
		Shell: s.shell(c, caseTitle(r.Case, "Named officer"), "cases"), Top: &top, Back: view.Link{Text: "Back to the case", Href: view.CaseURL(r.Ref)},
		Form: view.Form{
			ID: "officer", Title: "Who works on this case", Action: view.CaseOfficerURL(r.Ref), Button: "Save", Cancel: view.CaseURL(r.Ref),
			Seen: seen(r.OfficerID, r.FallbackID), Fields: s.officerFields(c, r.OfficerID, r.FallbackID),
			Intro: "Open enquiries stay with whoever has them. Tell the family who their officer is.",
		},
	}, r, nil
}

func (s *Server) setOfficer(c *Ctx) error {
	m, r, err := s.officerPage(c)
	if err != nil {
		return err
	}
	in := fill(c, &m.Form)
	out, err := submit(in, func() error {
		return s.Desk.SetOfficer(c.Request.Context(), c.Actor, tickets.OfficerRequest{Ref: r.Ref, OfficerID: number(in.text("officer")), FallbackID: number(in.text("fallback"))}, c.Now)
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Changed, m.Shell.Failed = out.errs, out.changed, true
		return s.page(c, out.status, view.PageCaseEdit, m)
	}
	s.registerChanged(r)
	return s.done(c, view.CaseURL(r.Ref), "success", "Saved. The family has not been told: write to them.")
}

func (s *Server) caseEdit(c *Ctx) error {
	m, _, err := s.caseEditPage(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PageCaseEdit, m)
}

func (s *Server) caseEditPage(c *Ctx) (view.CaseEdit, *record, error) {
	r, err := s.fullRecord(c)
	if err != nil {
		return view.CaseEdit{}, nil, err
	}
	top := s.caseTop(c, r, "Overview")
	to := view.CaseEditURL(r.Ref)
	fields := append(detailFields(r.Case, r.schoolProtected()),
		tickField("restricted", "Restricted: only those named for it and cleared roles can open it", r.Restricted))
	if r.Restricted && c.Actor.May(access.EndRestrictions) {
		fields = append(fields, reasonField("Why, when it is not restricted any more"))
	}
	fields = append(fields, tickField("closed", "The case is closed: nothing is at work", !r.Open))
	a := r.facts.Arrangement
	var arrangements []string
	for _, x := range register.Arrangements() {
		arrangements = append(arrangements, string(x), x.Words())
	}
	dates := []view.Option{{Value: "", Text: "Choose"}}
	for _, d := range tickets.CaseDates() {
		text := d.Words
		if on := r.facts.Dates[d.Code]; on != "" {
			text += " (now " + shortDay(on) + ")"
		}
		dates = append(dates, view.Option{Value: d.Code, Text: text})
	}
	m := view.CaseEdit{
		Shell: s.shell(c, caseTitle(r.Case, "Change"), "cases"), Top: &top, Back: view.Link{Text: "Back to the case", Href: view.CaseURL(r.Ref)},
		Form: view.Form{
			ID: "details", Title: "What is recorded about the child", Action: to, Do: "details", Button: "Save", Seen: seen(r.Case), Fields: fields, Cancel: view.CaseURL(r.Ref),
		},
		Forms: []view.Form{
			{
				ID: "arrangement", Title: "Who decides and who is told, once a young person", Action: to, Do: "arrangement", Button: "Save", Seen: seen(a), Intro: arrangementIntro(r),
				Fields: []view.Field{
					{Name: "value", Label: "Who decides", Kind: "radios", Options: options(orWord(string(a.Value), string(register.ArrangeNotAsked)), arrangements...), Need: "Choose who decides", About: about("who decides")},
					{Name: "source", Label: "Who said so, and how", Value: a.Source, About: about("who said so")},
					withAbout(dateField("asked", "Asked on", a.AskedOn), "asked"),
					reasonField("Why, when parents are told more than before"),
				},
			},
			{ID: "date", Title: "Enter a date of the case", Action: to, Do: "date", Button: "Save date", Fields: []view.Field{
				{Name: "what", Label: "What happened", Kind: "select", Options: dates, Need: "Choose what happened", About: about("what happened")},
				required(withAbout(dateField("on", "Date", ""), "date"), "Enter the date"),
				{Name: "source", Label: "Where the date comes from", Hint: "letter of 2 November, panel minutes"},
			}},
			{ID: "alias", Title: "Add another name of the child", Action: to, Do: "alias", Button: "Add name", Fields: []view.Field{{Name: "alias", Label: "Other name", Hint: "A former surname or a short form: mail still comes under it.", Need: "Enter the name", About: about("name", "has it")}}},
			{ID: "sibling", Title: "Link a brother or sister", Action: to, Do: "sibling", Button: "Link", Fields: []view.Field{{Name: "sibling", Label: "Their case number", Hint: "You need to be able to open that case.", Need: "Enter the case number", About: about("case", "sibling", "exist")}}},
		},
	}
	for _, x := range r.facts.Aliases {
		m.Aliases = append(m.Aliases, view.Form{ID: "off" + id(x.ID), Title: x.Name, Intro: x.Name, Action: to, Do: "alias-off", Button: "Take away", Small: true, Fields: []view.Field{hiddenField("id", id(x.ID))}})
	}
	for _, l := range s.siblings(c, r) {
		ref, _, _ := strings.Cut(l.Text, " ")
		m.Siblings = append(m.Siblings, view.Form{ID: "sib" + ref, Title: ref, Intro: l.Text, Action: to, Do: "sibling-off", Button: "Take away", Small: true, Fields: []view.Field{hiddenField("id", ref)}})
	}
	return m, r, nil
}

func required(f view.Field, need string) view.Field {
	f.Need = need
	return f
}

func arrangementIntro(r *record) string {
	from, ok := register.YoungPersonFrom(r.DOB)
	switch {
	case !ok:
		return "The date of birth is missing: it decides from when the rights are the young person's own."
	case from <= r.on:
		return "Since " + shortDay(from) + " the rights are the young person's own."
	}
	return "From " + shortDay(from) + " the rights are the young person's own: after compulsory school age."
}

func (s *Server) changeCase(c *Ctx) error {
	m, r, err := s.caseEditPage(c)
	if err != nil {
		return err
	}
	key := c.PostForm("do") + "|" + c.PostForm("id")
	form := &m.Form
	if key != "details|" {
		if form = formOf(m.Forms, key); form == nil {
			form = formOf(append(m.Aliases, m.Siblings...), key)
		}
	}
	if form == nil {
		return fault.New(fault.Invalid, "Choose what to change")
	}
	in := fill(c, form)
	out, err := submit(in, func() error { return s.applyCase(c, r, in) })
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Changed, m.Shell.Failed = out.errs, out.changed, true
		return s.page(c, out.status, view.PageCaseEdit, m)
	}
	s.registerChanged(r)
	to := view.CaseURL(r.Ref)
	if form.Do != "details" && form.Do != "arrangement" {
		to = view.CaseEditURL(r.Ref)
	}
	return s.done(c, to, "success", "Saved.")
}

func (s *Server) applyCase(c *Ctx, r *record, in posted) error {
	ctx, a := c.Request.Context(), c.Actor
	switch in.form.Do {
	case "details":
		return s.Desk.ChangeCase(ctx, a, caseChange(r, in), c.Now)
	case "arrangement":
		return s.Desk.SetArrangement(ctx, a, tickets.ArrangementRequest{
			CaseRef: r.Ref, Value: register.Arrangement(in.text("value")), Source: in.text("source"), AskedOn: in.day("asked"), Reason: in.text("reason"),
		}, c.Now)
	case "date":
		return s.Desk.SetCaseDate(ctx, a, r.Ref, in.text("what"), in.day("on"), in.text("source"), c.Now)
	case "alias":
		_, err := s.Desk.AddAlias(ctx, a, r.Ref, in.text("alias"), c.Now)
		return err
	case "alias-off":
		return s.Desk.RemoveAlias(ctx, a, r.Ref, number(in.text("id")), c.Now)
	case "sibling":
		err := s.Desk.LinkSibling(ctx, a, r.Ref, in.text("sibling"), c.Now)
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.Invalid, "There is no case of that number that you can open")
		}
		return err
	case "sibling-off":
		return s.Desk.UnlinkSibling(ctx, a, r.Ref, in.text("id"), c.Now)
	}
	return fault.New(fault.Invalid, "Choose what to change")
}

// caseChange holds what differs from what is recorded, so that two people who
// change different things do not undo each other.
func caseChange(r *record, in posted) tickets.ChangeCaseRequest {
	q := tickets.ChangeCaseRequest{Ref: r.Ref, Reason: in.text("reason")}
	set := func(to **string, now, was string) {
		if now != was {
			*to = &now
		}
	}
	set(&q.ChildName, in.text("name"), r.ChildName)
	set(&q.DOB, in.day("dob"), r.DOB)
	set(&q.UPN, in.text("upn"), r.UPN)
	set(&q.NHS, in.text("nhs"), r.NHS)
	if school := in.text("school"); school != "" || !r.schoolProtected() {
		set(&q.School, school, r.School)
	}
	set(&q.Stage, in.text("stage"), r.Stage)
	if on := in.ticked("restricted"); on != r.Restricted {
		q.Restricted = &on
	}
	if open := !in.ticked("closed"); open != r.Open {
		q.Open = &open
	}
	return q
}
