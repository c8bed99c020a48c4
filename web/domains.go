package web

import (
	"net/http"
	"slices"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web/view"
)

// domains lists the domains of staff and what waits for a second person.
func (s *Server) domains(c *Ctx) error { return s.showDomains(c, 0, domainForm(), nil) }

func domainForm() *view.Form {
	return &view.Form{
		ID: "ask", Title: "Ask for a domain", Action: view.DomainsURL(), Do: "add", Button: "Ask for it",
		Intro:  "A second person has to approve it. Until then nothing changes.",
		Fields: []view.Field{{Name: "domain", Label: "Domain", Hint: "The part behind the @, for example westmarsh.example. Each subdomain on its own, no wildcards.", Need: "Enter the domain", About: []string{"domain", "wildcard", "address", "behind", "number"}}},
	}
}

func (s *Server) showDomains(c *Ctx, status int, f *view.Form, errs []view.FieldError) error {
	ctx := c.Request.Context()
	list, err := s.Store.StaffDomains(ctx)
	if err != nil {
		return err
	}
	changes, err := s.Store.DomainChanges(ctx, false)
	if err != nil {
		return err
	}
	_, byID, err := s.people(c)
	if err != nil {
		return err
	}
	may := c.Actor.May(access.ManageDomains)
	m := s.adminPage(c, "Staff domains", "domains")
	m.Errors = errs
	m.Intro = []string{"Who writes from one of these domains is a colleague to the check; everybody else is outside. The list is exact. Adding or removing one needs two people."}
	slices.Sort(list)
	var rows []view.AdminRow
	columns := []string{"Domain"}
	if may {
		columns = append(columns, "Change")
	}
	for _, d := range list {
		row := view.AdminRow{Cells: []view.AdminCell{{Text: d}}}
		if may {
			row.Cells = append(row.Cells, view.AdminCell{Form: &view.Form{
				Small: true, Action: view.DomainsURL(), Do: "remove", Button: "Ask to remove", Title: d, Fields: []view.Field{hiddenField("domain", d)},
			}})
		}
		rows = append(rows, row)
	}
	waiting, settled := domainRows(c, changes, byID, may)
	if len(waiting) > 0 {
		m.Sections = append(m.Sections, view.AdminSection{
			ID: "waiting", Heading: "Waiting for a second person", Table: view.NewAdminTable("Changes that wait", "", []string{"Change", "Asked by", "Decide"}, waiting),
		})
	}
	sec := view.AdminSection{ID: "list", Heading: "Domains of staff", Table: view.NewAdminTable("Domains of staff", "No domain is set: everybody is outside.", columns, rows)}
	if may {
		sec.Forms = formsOf(f)
	} else {
		sec.Text = []string{"A system administrator, a team lead or the head of service asks for a change."}
	}
	m.Sections = append(m.Sections, sec)
	if len(settled) > 0 {
		m.Sections = append(m.Sections, view.AdminSection{ID: "settled", Heading: "Settled", Table: view.NewAdminTable("Changes that were settled", "", []string{"Change", "Asked by", "Outcome"}, settled)})
	}
	return s.showAdmin(c, status, m)
}

func domainRows(c *Ctx, changes []register.DomainChange, byID map[int64]register.Staff, may bool) (waiting, settled []view.AdminRow) {
	for _, x := range changes {
		what := "Add " + x.Domain
		if x.Remove {
			what = "Remove " + x.Domain
		}
		by := view.AdminCell{Text: orNone(byID[x.AskedBy].Name), At: x.AskedAt}
		if x.SettledAt == nil {
			decide := view.AdminCell{Text: "Somebody else has to approve it"}
			if x.AskedBy == c.Actor.StaffID && may {
				decide.Form = &view.Form{Small: true, Action: view.DomainURL(id(x.ID)), Do: "refuse", Button: "Take it back", Title: what}
			} else if may {
				decide = view.AdminCell{Form: &view.Form{Action: view.DomainURL(id(x.ID)), ID: "settle-" + id(x.ID), Do: "settle", Button: "Settle", Fields: []view.Field{
					{Name: "answer", Label: what + "?", Kind: "radios", Options: []view.Option{{Value: "approve", Text: "Approve: " + what}, {Value: "refuse", Text: "Refuse"}}, Need: "Choose approve or refuse"},
				}}}
			}
			waiting = append(waiting, view.AdminRow{Cells: []view.AdminCell{{Text: what}, by, decide}})
			continue
		}
		outcome := view.AdminCell{Text: "Done, approved by " + orNone(byID[x.ApprovedBy].Name)}
		if x.Refused {
			outcome.Text = "Refused by " + orNone(byID[x.ApprovedBy].Name)
			if x.ApprovedBy == 0 {
				outcome.Text = "Taken back"
			}
		}
		outcome.Notes = []string{sla.FormatShort(*x.SettledAt)}
		if len(settled) < 20 {
			settled = append(settled, view.AdminRow{Cells: []view.AdminCell{{Text: what}, by, outcome}})
		}
	}
	return waiting, settled
}

func (s *Server) askDomain(c *Ctx) error {
	f := domainForm()
	p, remove := fill(c, f), c.PostForm("do") == "remove"
	out, err := submit(p, func() error {
		_, err := s.Desk.AskStaffDomain(c.Request.Context(), c.Actor, p.text("domain"), remove, c.Now)
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showDomains(c, out.status, f, out.errs)
	}
	return s.done(c, view.DomainsURL(), "success", "Asked. Nothing changes until a second person has approved it.")
}

func (s *Server) settleDomain(c *Ctx) error {
	n, err := idIn(c, "id")
	if err != nil {
		return err
	}
	answer := c.PostForm("answer")
	if c.PostForm("do") == "refuse" {
		answer = "refuse"
	}
	if answer != "approve" && answer != "refuse" {
		return s.showDomains(c, http.StatusUnprocessableEntity, domainForm(), []view.FieldError{{Text: "Choose approve or refuse"}})
	}
	var none view.Form
	out, err := submit(posted{c, &none}, func() error {
		return s.Desk.SettleStaffDomain(c.Request.Context(), c.Actor, n, answer == "approve", c.Now)
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showDomains(c, out.status, domainForm(), out.errs)
	}
	if _, err := s.Desk.Refresh(c.Request.Context()); err != nil {
		s.Log.Error("web", "event", "refresh_failed", "error", err)
	}
	text := "Approved. It counts at once."
	if answer == "refuse" {
		text = "Settled. Nothing changed."
	}
	return s.done(c, view.DomainsURL(), "success", text)
}
