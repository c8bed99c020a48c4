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

// restrictionRow is a restriction in a list, in words.
func restrictionRow(r *record, x register.Restriction) view.RestrictionRow {
	row := view.RestrictionRow{
		ID: id(x.ID), Href: view.RestrictionURL(r.Ref, id(x.ID)), Kind: x.Kind.Words(), Who: orWord(r.personName(x.PersonID), "the child"), Source: x.Source.Words(),
		From: shortDay(x.StartsOn), Review: shortDay(x.ReviewBy), State: "In force",
	}
	if row.From == "" {
		row.From = "always"
	}
	if x.Kind.Protects() {
		row.Against = orWord(r.personName(x.AgainstID), "everybody else on the case")
	}
	switch {
	case x.EndedAt != nil:
		row.State, row.Tone = "Ended "+shortDay(localDay(*x.EndedAt)), "ended"
		return row
	case !x.InForce(r.on) && x.Kind.StopsContact(), !x.InForce(r.on) && x.Kind == register.AddressProtected:
		row.State = "Counts already, though it starts " + shortDay(x.StartsOn)
	case !x.InForce(r.on):
		row.State, row.Tone = "From "+shortDay(x.StartsOn), "soon"
	case x.Overdue(r.on):
		row.State, row.Tone = "Overdue for review. Still in force", "late"
	}
	switch {
	case x.EndAskedBy != 0:
		row.Note = "A second person decides whether it ends. In force until then."
	case x.Interim:
		row.Note = "On somebody's word. The evidence is due by " + shortDay(x.ReviewBy) + "."
	}
	return row
}

func (s *Server) restrictions(c *Ctx) error {
	r, err := s.fullRecord(c)
	if err != nil {
		return err
	}
	m := view.RestrictionsPage{Shell: s.shell(c, caseTitle(r.Case, "Restrictions"), "cases"), Top: s.caseTop(c, r, "Restrictions")}
	if c.Actor.May(access.AddToRegister) {
		m.NewHref = view.NewRestrictionURL(r.Ref)
	}
	for _, x := range r.facts.Restrictions {
		row := restrictionRow(r, x)
		switch {
		case x.EndedAt != nil:
			m.Ended = append(m.Ended, row)
		case x.Overdue(r.on):
			m.Overdue = append(m.Overdue, row)
		default:
			m.InForce = append(m.InForce, row)
		}
	}
	return s.page(c, http.StatusOK, view.PageRests, m)
}

// kindHint says what a kind of restriction does, for who chooses one.
func kindHint(k register.RestrictionKind) string {
	switch k {
	case register.NoContact:
		return "we never write to or ring the person about this child"
	case register.IndirectOnly:
		return "only through somebody else; nothing from us"
	case register.NoInformation:
		return "they may write to us and are told nothing"
	case register.Supervised:
		return "only with somebody present; nothing from us"
	case register.AddressProtected:
		return "the person's address and whereabouts are kept from others"
	case register.SchoolProtected:
		return "where the child goes to school is kept from others"
	case register.StaffSafety:
		return "read before anybody meets or rings the person"
	case register.InConfidence:
		return "what the person told us is kept from others"
	}
	return "as the document says; told nothing until somebody has read it"
}

func (s *Server) restrictionNewPage(c *Ctx, r *record) view.RestrictionNew {
	var kinds, sources []string
	for _, k := range register.RestrictionKinds() {
		kinds = append(kinds, string(k), k.Words()+": "+kindHint(k))
	}
	sources = append(sources, string(register.SourceFamily), "The family says so: in force now, evidence within five working days")
	for _, x := range register.RestrictionSources() {
		if x != register.SourceFamily {
			sources = append(sources, string(x), x.Words())
		}
	}
	who := r.others(0, "Choose the person")
	against := r.others(0, "Everybody else on the case")
	return view.RestrictionNew{
		Shell: s.shell(c, caseTitle(r.Case, "Add a restriction"), "cases"), Top: s.caseTop(c, r, "Restrictions"),
		Form: view.Form{
			ID: "rest", Action: view.NewRestrictionURL(r.Ref), Button: "Put into force now", Cancel: view.RestrictionsURL(r.Ref),
			Warn: "It stays in force until two people have ended it. What waits to be sent to the person is held.",
			Fields: []view.Field{
				{Name: "kind", Label: "What must not happen", Kind: "radios", Need: "Choose what must not happen", Options: options("", kinds...), About: about("must not happen")},
				{Name: "person", Label: "About whom", Kind: "select", Hint: "Of what is protected: whose fact it is. They know it; others must not. A school can be kept from everybody.", Options: who, About: about("choose the person")},
				{Name: "against", Label: "Kept from whom", Kind: "select", Hint: "Only for an address, a school or what was said in confidence.", Options: against, About: about("from whom it is kept")},
				{Name: "source", Label: "On whose word", Kind: "radios", Need: "Choose on whose word it stands", Options: options("", sources...), About: about("whose word")},
				{Name: "document", Label: "Reference of the order or record", Hint: "May follow. Until it does, evidence is due within five working days."},
				{Name: "reason", Label: "What was said", Kind: "lines", Hint: "For staff only."},
				withAbout(dateField("starts", "From, when it is not today", ""), "the start"),
				withAbout(dateField("review", "Somebody looks at it again by", ""), "review date", "looks at it again"),
			},
		},
	}
}

func (s *Server) restrictionNew(c *Ctx) error {
	r, err := s.fullRecord(c)
	if err != nil {
		return err
	}
	m := s.restrictionNewPage(c, r)
	for i := range m.Form.Fields {
		if f := &m.Form.Fields[i]; f.Name == "person" {
			for j := range f.Options {
				f.Options[j].Selected = f.Options[j].Value == c.Query("person")
			}
		}
	}
	return s.page(c, http.StatusOK, view.PageRestNew, m)
}

func (s *Server) addRestriction(c *Ctx) error {
	r, err := s.fullRecord(c)
	if err != nil {
		return err
	}
	m := s.restrictionNewPage(c, r)
	in := fill(c, &m.Form)
	var added *register.Restriction
	out, err := submit(in, func() error {
		var err error
		added, err = s.Desk.AddRestriction(c.Request.Context(), c.Actor, tickets.RestrictionRequest{
			CaseRef: r.Ref, PersonID: number(in.text("person")), AgainstID: number(in.text("against")), Kind: register.RestrictionKind(in.text("kind")),
			Source: register.RestrictionSource(in.text("source")), Document: in.text("document"), Reason: in.text("reason"), StartsOn: in.day("starts"), ReviewBy: in.day("review"),
		}, c.Now)
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Shell.Failed = out.errs, true
		return s.page(c, out.status, view.PageRestNew, m)
	}
	s.registerChanged(r)
	text := "In force now. It stays in force until two people have ended it."
	if added.Interim {
		text = "In force now. The evidence is due by " + shortDay(added.ReviewBy) + "; it counts even when none comes."
	}
	return s.done(c, view.RestrictionURL(r.Ref, id(added.ID)), "success", text)
}

// restrictionOf is the restriction in the address, of the case in the address.
func (s *Server) restrictionOf(c *Ctx) (*record, register.Restriction, error) {
	r, err := s.fullRecord(c)
	if err != nil {
		return nil, register.Restriction{}, err
	}
	for _, x := range r.facts.Restrictions {
		if x.ID == number(c.Param("restriction")) {
			return r, x, nil
		}
	}
	return nil, register.Restriction{}, fault.New(fault.NotFound, "This restriction is not on this case")
}

func (s *Server) restriction(c *Ctx) error {
	r, x, err := s.restrictionOf(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PageRest, s.restrictionPage(c, r, x))
}

func (s *Server) restrictionPage(c *Ctx, r *record, x register.Restriction) view.RestrictionPage {
	m := view.RestrictionPage{
		Shell: s.shell(c, caseTitle(r.Case, "Restriction"), "cases"), Top: s.caseTop(c, r, "Restrictions"), Row: restrictionRow(r, x),
	}
	add := func(name, value, note string) {
		if value != "" {
			m.Facts = append(m.Facts, view.Fact{Name: name, Value: value, Note: note})
		}
	}
	add("What it does", upper(kindHint(x.Kind)), "")
	add("Kept from", m.Row.Against, "")
	add("On whose word", m.Row.Source, "")
	add("Document", orWord(x.Document, "none yet"), "")
	add("What was said", x.Reason, "for staff only")
	add("In force from", m.Row.From, "")
	add("Review by", m.Row.Review, "it counts after that day as well")
	add("Entered", shortDay(localDay(x.EnteredAt)), "by "+orWord(s.nameOf(c, x.EnteredBy), "an import"))
	add("Protected words", protectedWords(r, x), "shown to nobody here; a letter that holds one is stopped")
	if x.EndedAt != nil {
		add("Ended", shortDay(localDay(*x.EndedAt)), "asked by "+s.nameOf(c, x.EndAskedBy)+", approved by "+s.nameOf(c, x.EndApprovedBy))
		add("Why it ended", x.EndReason, "for staff only")
		return m
	}
	if x.EndAskedBy != 0 && x.EndAskedAt != nil {
		m.Waits = orWord(s.nameOf(c, x.EndAskedBy), "A colleague") + " asked on " + shortDay(localDay(*x.EndAskedAt)) + " that it ends: “" + x.EndReason +
			"”. It stays in force until a second person has approved that."
	}
	m.Forms = restrictionForms(c, r, x)
	switch {
	case x.EndAskedBy != 0 && x.EndAskedBy != c.Actor.StaffID && !c.Actor.May(access.EndRestrictions):
		m.Why = "A team lead, a safeguarding lead or the head of service approves its end or keeps it."
	case !c.Actor.May(access.ManageRestrictions):
		m.Why = "An officer or a team lead can change it or ask for its end."
	}
	return m
}

// protectedWords counts what must not stand in a letter because of a restriction,
// by kind and never by value.
func protectedWords(r *record, x register.Restriction) string {
	var kinds []string
	for _, f := range r.facts.Protected {
		if f.RestrictionID == x.ID {
			kinds = append(kinds, factWords(f.Kind))
		}
	}
	return strings.Join(kinds, ", ")
}

func factWords(kind string) string {
	switch kind {
	case register.FactAddress:
		return "an address"
	case register.FactSchool:
		return "a school"
	case register.FactPhone:
		return "a telephone number"
	case register.FactEmail:
		return "an email address"
	case register.FactWorker:
		return "the name of a worker"
	}
	return "a place"
}
