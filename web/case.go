package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// fullRecord is the record of the case in the address, with what somebody has to
// do about it.
func (s *Server) fullRecord(c *Ctx) (*record, error) {
	full, err := s.Desk.CaseRecord(c.Request.Context(), c.Actor, strings.ToUpper(c.Param("case")), c.Now)
	if err != nil {
		return nil, err
	}
	return &record{CaseView: full.Case, facts: full.Facts, full: full, on: sla.DateOf(c.Now).String()}, nil
}

// caseTop is what stands above every tab of a case. current names the tab.
func (s *Server) caseTop(c *Ctx, r *record, current string) view.CaseTop {
	var first time.Time
	t := view.CaseTop{
		Ref: r.Ref, Child: childOf(r.Case, c.Now), School: r.School, Team: r.TeamName, Alerts: caseAlerts(r),
		Due: view.Due{State: view.NoClock, Text: "No answer is due"},
	}
	for i, x := range r.Tickets {
		if open(x) && x.Clock != nil && x.Clock.StoppedAt == nil && (t.Due.State == view.NoClock || dueAt(x).Before(first)) {
			t.Due, first = s.due(r.Tickets[i].Clock, c.Now), dueAt(x)
		}
	}
	if r.schoolProtected() {
		t.School, t.SchoolShow = "", view.CaseShowURL(r.Ref)
	}
	for _, x := range []struct {
		text, href string
		count      int
	}{
		{"Overview", view.CaseURL(r.Ref), 0},
		{"Contact history", view.CaseURL(r.Ref) + "?tab=history", 0},
		{"People", view.PeopleURL(r.Ref), len(r.Parties)},
		{"Restrictions", view.RestrictionsURL(r.Ref), len(r.facts.InForce(r.on))},
	} {
		t.Tabs = append(t.Tabs, view.NavItem{Text: x.text, Href: x.href, Count: x.count, Current: x.text == current})
	}
	return t
}

// schoolProtected reports whether where the child goes to school is kept from
// somebody: it is not shown before somebody asks for it.
func (r *record) schoolProtected() bool {
	return slices.ContainsFunc(r.facts.InForce(r.on), func(x register.Restriction) bool { return x.Kind == register.SchoolProtected }) ||
		slices.ContainsFunc(r.facts.Protected, func(x register.ProtectedFact) bool { return x.Kind == register.FactSchool })
}

// caseAlerts are what must be read before anything is said.
func caseAlerts(r *record) []view.CaseAlert {
	var out []view.CaseAlert
	add := func(text string, link *view.Link) { out = append(out, view.CaseAlert{Text: text, Link: link}) }
	if r.Restricted {
		add("This case is restricted. What you open is recorded.", nil)
	}
	address, school := map[int64]bool{}, r.schoolProtected()
	for _, p := range r.Parties {
		if p.Link.AddressHidden {
			address[p.Person.ID] = true
		}
	}
	for _, x := range r.facts.InForce(r.on) {
		if x.Kind == register.AddressProtected {
			address[x.PersonID] = true
		}
	}
	rests := &view.Link{Text: "Restrictions", Href: view.RestrictionsURL(r.Ref)}
	switch {
	case len(address) > 0 && school:
		add("The address of "+plural(len(address), "person", "people")+" and the school are protected. Ask before you share a place, a school or a journey.", rests)
	case len(address) > 0:
		add("The address is protected for "+plural(len(address), "person", "people")+". Ask before you share a place, a school or a journey.", rests)
	case school:
		add("The school is protected. Ask before you share a place, a school or a journey.", rests)
	}
	for _, p := range r.Parties {
		if !r.told(p).MayWrite {
			add("We must not write to "+p.Person.Name+" about this child.", rests)
		}
	}
	return out
}

// casePrompts are what somebody has to do about the case, the alarms first.
func casePrompts(r *record, now time.Time) []view.CaseAlert {
	var out []view.CaseAlert
	add := func(text string, link *view.Link) { out = append(out, view.CaseAlert{Text: text, Link: link}) }
	if r.full != nil {
		for _, alarm := range []bool{true, false} {
			for _, p := range r.full.Prompts {
				if p.Alarm == alarm {
					add(p.Words, promptLink(r.Ref, p))
				}
			}
		}
		if age, ok := r.full.ImportAge(now); ok && age > importOld {
			add("The last extract of the case system is "+plural(int(age.Hours()/24), "day", "days")+" old. What is here may not be what it says there.", nil)
		}
	}
	return out
}

// importOld is when an extract of the case system is worth an alert: it comes
// every night, and a weekend is no news.
const importOld = 4 * 24 * time.Hour

// promptLink is where a prompt is dealt with; nil when that is plain.
func promptLink(ref string, p tickets.Prompt) *view.Link {
	switch p.Code {
	case tickets.PromptNoOfficer, tickets.PromptNoFallback:
		return &view.Link{Text: "Choose one", Href: view.CaseOfficerURL(ref)}
	case tickets.PromptYoungSoon, tickets.PromptYoungNow:
		return &view.Link{Text: "Record who should be told", Href: view.CaseEditURL(ref) + "#arrangement"}
	case tickets.PromptNoBirthDate:
		return &view.Link{Text: "Enter it", Href: view.CaseEditURL(ref)}
	case tickets.PromptReview, tickets.PromptEvidence, tickets.PromptEndAsked:
		return &view.Link{Text: "Restrictions", Href: view.RestrictionsURL(ref)}
	}
	if p.PersonID != 0 {
		return &view.Link{Text: "Open the person", Href: view.PersonURL(ref, id(p.PersonID))}
	}
	return nil
}

func (s *Server) caseOverview(c *Ctx) error { return s.showCase(c, false) }

// caseShow shows a protected school once. That somebody looked is on record
// before the page is.
func (s *Server) caseShow(c *Ctx) error {
	v, err := s.Store.Case(c.Request.Context(), c.Actor, strings.ToUpper(c.Param("case")))
	if err != nil {
		return err
	}
	if err := s.protectedShown(c, v.Ref, v.ID, "school"); err != nil {
		return err
	}
	return s.showCase(c, true)
}

func (s *Server) showCase(c *Ctx, school bool) error {
	if tab := c.Query("tab"); tab != "" && tab != "history" {
		return fault.New(fault.NotFound, "There is no such page of this case")
	}
	r, err := s.fullRecord(c)
	if err != nil {
		return err
	}
	list, err := s.ofCase(c, r.CaseView)
	if err != nil {
		return err
	}
	current := "Overview"
	if historyTab(c) {
		current = "Contact history"
	}
	m := view.Case{
		Shell: s.shell(c, caseTitle(r.Case, "Case"), "cases"), Top: s.caseTop(c, r, current), Officer: r.OfficerName, Fallback: r.FallbackName,
		Restrictions: restrictionWords(r), RestHref: view.RestrictionsURL(r.Ref), Facts: caseFacts(r), Siblings: s.siblings(c, r),
	}
	if school {
		m.Top.School = r.School
	}
	if c.Actor.May(access.LogCalls) {
		m.CallHref = "/calls/new?case=" + url.QueryEscape(r.Ref)
	}
	if historyTab(c) {
		return s.caseHistory(c, m, list)
	}
	if c.Actor.May(access.ManageRegister) {
		m.OfficerHref, m.EditHref = view.CaseOfficerURL(r.Ref), view.CaseEditURL(r.Ref)
	}
	if c.Actor.May(access.AddToRegister) {
		m.NewPerson = view.NewPersonURL(r.Ref)
	}
	m.Steps = caseSteps(r, m.EditHref != "", len(list) == 0)
	m.Prompts = casePrompts(r, c.Now)
	m.People = s.casePeople(r)
	m.Deputy = s.deputy(c, r.OfficerID)
	m.ImportNote = "No extract of the case system has been taken in."
	if r.full != nil && !r.full.ImportedAt.IsZero() {
		m.ImportNote = "Case system last taken in " + sla.FormatShort(r.full.ImportedAt) + "."
	}
	s.caseEnquiries(c, &m, list)
	said, err := s.saidOn(c, list)
	if err != nil {
		return err
	}
	m.Promises = s.promises(c, said)
	m.FamilyTold = familyTold(said, r.OfficerID, r.OfficerName)
	if m.Line, m.LineNote, err = s.contactLine(c, said); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PageCase, m)
}

// historyTab reports whether the contact history is asked for: by the tab, or
// by the address that the form of the tab uses.
func historyTab(c *Ctx) bool {
	return c.Query("tab") == "history" || strings.HasSuffix(c.FullPath(), "/history")
}

// caseSteps are the five things to set on a new case; nothing once they are set,
// or when the case is at work already.
func caseSteps(r *record, may, fresh bool) []view.CaseStep {
	decision := false
	for _, p := range r.Parties {
		decision = decision || p.Person.Kind == register.KindParent && p.Link.PR != register.PRNotChecked || p.Person.Kind == register.KindYoungPerson
	}
	address := slices.ContainsFunc(r.Parties, func(p register.Party) bool { return len(p.Addresses) > 0 })
	steps := []view.CaseStep{
		{Text: "Name an officer and who answers instead", Done: r.OfficerID != 0 && r.FallbackID != 0, Href: view.CaseOfficerURL(r.Ref)},
		{Text: "Enter the date of birth", Done: r.DOB != "", Href: view.CaseEditURL(r.Ref)},
		{Text: "Add who has parental responsibility, or the young person", Done: decision, Href: view.NewPersonURL(r.Ref)},
		{Text: "Record an email address for the family", Done: address, Href: view.PeopleURL(r.Ref)},
		{Text: "Enter when the assessment was asked for, or the plan was issued", Done: len(r.facts.Dates) > 0, Href: view.CaseEditURL(r.Ref) + "#date"},
	}
	open := slices.ContainsFunc(steps, func(x view.CaseStep) bool { return !x.Done })
	if !open || !fresh || !may {
		return nil
	}
	return steps
}

// caseFacts is what is recorded about the child besides the people.
func caseFacts(r *record) []view.Fact {
	var out []view.Fact
	add := func(name, value, note string) {
		if value != "" {
			out = append(out, view.Fact{Name: name, Value: value, Note: note})
		}
	}
	add("Born", shortDay(r.DOB), "")
	if from, ok := register.YoungPersonFrom(r.DOB); ok {
		note := ""
		if a := r.facts.Arrangement; a.Source != "" {
			note = a.Source + ", " + shortDay(a.AskedOn)
		}
		switch {
		case from <= r.on:
			add("Young person since "+shortDay(from), r.facts.Arrangement.Value.Words(), note)
		case register.AskYoungPersonFrom(from) <= r.on || note != "":
			add("Young person from "+shortDay(from), r.facts.Arrangement.Value.Words(), note)
		}
	}
	for _, d := range tickets.CaseDates() {
		add(d.Words, shortDay(r.facts.Dates[d.Code]), "")
	}
	var names []string
	for _, a := range r.facts.Aliases {
		names = append(names, a.Name)
	}
	add("Also known as", strings.Join(names, ", "), "")
	add("Pupil number", r.UPN, "")
	add("NHS number", r.NHS, "")
	return out
}

// siblings are the linked cases that the actor may open.
func (s *Server) siblings(c *Ctx, r *record) []view.Link {
	var out []view.Link
	for _, o := range r.facts.Siblings {
		if _, err := s.Store.Case(c.Request.Context(), c.Actor, o.Ref); err == nil {
			out = append(out, view.Link{Text: o.Ref + " (" + o.Initials() + ")", Href: view.CaseURL(o.Ref)})
		}
	}
	return out
}

// restrictionWords says in a few words what is in force.
func restrictionWords(r *record) string {
	list := r.facts.InForce(r.on)
	if len(list) == 0 {
		return ""
	}
	var words []string
	for _, x := range list {
		w := lowerFirst(x.Kind.Words()) + ", " + lowerFirst(x.Source.Words())
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return id(int64(len(list))) + " (" + strings.Join(words, "; ") + ")"
}
