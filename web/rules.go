package web

import (
	"net/http"
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// rules lists what the council has set about new mail.
func (s *Server) rules(c *Ctx) error { return s.showRules(c, http.StatusOK, nil) }

func (s *Server) showRules(c *Ctx, status int, errs []view.FieldError) error {
	list, err := s.Desk.Rules(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	m := view.Rules{
		Shell: s.shell(c, "Intake rules", "mailboxes"), CanEdit: c.Actor.May(access.RetryMail), Errors: errs,
		Pattern: c.PostForm("pattern"), Note: c.PostForm("note"),
	}
	m.Shell.Failed = len(errs) > 0
	if c.Actor.May(access.ReadSystem) {
		m.BackHref = "/admin/mailboxes"
	}
	teams, err := s.teams(c)
	if err != nil {
		return err
	}
	for _, r := range list {
		row := view.RuleRow{
			ID: id(r.ID), What: ruleWords(r.Kind), Pattern: shownName(r.Pattern), Then: s.routeWords(r, teams), Note: r.Note,
			By: s.nameOf(c, r.CreatedBy), At: r.CreatedAt,
		}
		if m.CanEdit {
			row.RemoveURL = view.RuleURL(row.ID)
		}
		m.Rows = append(m.Rows, row)
	}
	for _, k := range ruleKinds() {
		m.Kinds = append(m.Kinds, view.Option{Value: string(k), Text: ruleWords(k), Selected: string(k) == c.PostForm("kind")})
	}
	m.Teams = teams
	for i := range m.Teams {
		m.Teams[i].Selected = m.Teams[i].Value == c.PostForm("team")
	}
	for _, k := range ruleCategories() {
		if s.Desk.CategoryInUse(k) {
			m.Categories = append(m.Categories, view.Option{Value: string(k), Text: s.Desk.CategoryLabel(k), Selected: string(k) == c.PostForm("category")})
		}
	}
	return s.page(c, status, view.PageRules, m)
}

// addRule makes a rule. What is refused comes back in the form with what was
// typed.
func (s *Server) addRule(c *Ctx) error {
	r, err := s.Desk.AddRule(c.Request.Context(), c.Actor, tickets.IntakeRule{
		Kind: tickets.RuleKind(c.PostForm("kind")), Pattern: c.PostForm("pattern"), TeamID: number(c.PostForm("team")),
		Category: tickets.Category(c.PostForm("category")), Note: c.PostForm("note"),
	}, c.Now)
	if field, ok := correctable(err); ok {
		if c.PostForm("kind") == "" {
			field = "kind"
		}
		return s.showRules(c, http.StatusUnprocessableEntity, []view.FieldError{{Field: field, Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	s.Log.Info("web", "event", "rule_added", "rule", r.ID, "kind", string(r.Kind), "staff", c.Actor.StaffID)
	return s.done(c, view.RulesURL(), "success", "Rule "+id(r.ID)+" is set. It decides about mail that comes from now on.")
}

// correctable reports whether whoever filled in the form can do something
// about an error, and which field it is about.
func correctable(err error) (field string, ok bool) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused, fault.Conflict:
		return "pattern", true
	}
	return "", false
}

func (s *Server) removeRule(c *Ctx) error {
	if c.PostForm("do") != "remove" {
		return s.showRules(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: "A rule can only be removed. Add another one for what it should do"}})
	}
	n := number(c.Param("id"))
	if err := s.Desk.RemoveRule(c.Request.Context(), c.Actor, n, c.Now); err != nil {
		return err
	}
	s.Log.Info("web", "event", "rule_removed", "rule", n, "staff", c.Actor.StaffID)
	return s.done(c, view.RulesURL(), "success", "Rule "+id(n)+" is removed. What it kept away can be taken in from the ledger.")
}

func ruleKinds() []tickets.RuleKind {
	return []tickets.RuleKind{tickets.RuleBlockSender, tickets.RuleBlockDomain, tickets.RuleIgnoreList, tickets.RuleRecipient, tickets.RuleSubject}
}

func ruleWords(k tickets.RuleKind) string {
	switch k {
	case tickets.RuleBlockSender:
		return "Keep away mail from the address"
	case tickets.RuleBlockDomain:
		return "Keep away mail from everybody at the domain"
	case tickets.RuleIgnoreList:
		return "Keep away mail of the mailing list"
	case tickets.RuleRecipient:
		return "Say where mail goes that was written to the address"
	case tickets.RuleSubject:
		return "Say where mail goes whose subject has the words"
	}
	return string(k)
}

func ruleCategories() []tickets.Category {
	return []tickets.Category{
		tickets.CategoryGeneral, tickets.CategoryUrgent, tickets.CategoryAssessment, tickets.CategoryComplaint, tickets.CategoryMP, tickets.CategorySchool,
	}
}

func (s *Server) routeWords(r tickets.IntakeRule, teams []view.Option) string {
	var out []string
	for _, t := range teams {
		if r.TeamID != 0 && t.Value == id(r.TeamID) {
			out = append(out, "to team "+t.Text)
		}
	}
	if r.Category != "" {
		out = append(out, "as category "+s.Desk.CategoryLabel(r.Category))
	}
	return upper(strings.Join(out, ", "))
}

// teams are the teams that have a mailbox or people, by name.
func (s *Server) teams(c *Ctx) ([]view.Option, error) {
	ctx := c.Request.Context()
	boxes, err := s.Store.Mailboxes(ctx)
	if err != nil {
		return nil, err
	}
	staff, err := s.Store.Staff(ctx, c.Actor)
	if err != nil && !fault.Is(err, fault.Denied) {
		return nil, err
	}
	var ids []int64
	for _, b := range boxes {
		ids = append(ids, b.TeamID)
	}
	for _, p := range staff {
		ids = append(ids, p.TeamID)
	}
	slices.Sort(ids)
	var out []view.Option
	for _, n := range slices.Compact(ids) {
		if n == 0 {
			continue
		}
		t, err := s.Store.TeamByID(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, view.Option{Value: id(t.ID), Text: t.Name})
	}
	slices.SortFunc(out, func(a, b view.Option) int { return strings.Compare(a.Text, b.Text) })
	return out, nil
}
