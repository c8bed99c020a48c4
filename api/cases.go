package api

import (
	"context"
	"slices"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

type listCasesIn struct {
	Q      string `query:"q" maxLength:"200" doc:"reference or part of a name"`
	Limit  int    `query:"limit" minimum:"0" maximum:"200"`
	Cursor string `query:"cursor" maxLength:"500"`
}

type listCasesOut struct {
	Body struct {
		Items []CaseRow `json:"items" nullable:"false"`
		Next  string    `json:"next"`
		Total int       `json:"total"`
	}
}

// CaseRow is a case in a list: initials, not the child's name.
type CaseRow struct {
	Ref        string `json:"ref" example:"WM-2201"`
	Child      string `json:"child" doc:"initials"`
	Stage      string `json:"stage"`
	Team       string `json:"team"`
	Officer    string `json:"officer"`
	Fallback   string `json:"fallback"`
	Restricted bool   `json:"restricted"`
}

type getCaseOut struct {
	Body struct {
		CaseRow
		ChildName string      `json:"child_name"`
		DOB       string      `json:"dob"`
		School    string      `json:"school"`
		People    []person    `json:"people" nullable:"false"`
		Tickets   []TicketRow `json:"tickets" nullable:"false"`
	}
}

// person is somebody on the case and what they may be told.
type person struct {
	ID                     int64     `json:"id" doc:"use it as a recipient of a reply"`
	Name                   string    `json:"name"`
	Kind                   string    `json:"kind"`
	Relation               string    `json:"relation"`
	ParentalResponsibility string    `json:"parental_responsibility" enum:"yes,no,not_checked"`
	NoContact              bool      `json:"no_contact"`
	AddressHidden          bool      `json:"address_hidden" doc:"address and whereabouts are protected from the others on the case"`
	MayBeTold              string    `json:"may_be_told" doc:"for staff; in the words of the case page"`
	MayWrite               bool      `json:"may_write" doc:"false: nothing may be sent to them at all"`
	Addresses              []address `json:"addresses" nullable:"false"`
}

type address struct {
	Email        string `json:"email"`
	Confidential bool   `json:"confidential" doc:"nobody else on the case may see it"`
	Bounced      int    `json:"bounced" doc:"permanent failures since the last success"`
	Verified     bool   `json:"verified"`
}

func (s *server) listCases(ctx context.Context, a access.Actor, in *listCasesIn) (*listCasesOut, error) {
	page, err := s.Store.Cases(ctx, a, tickets.CaseQuery{Q: in.Q, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Desk.Searched(ctx, a, "api cases", in.Q, page.Total, now); err != nil {
		return nil, err
	}
	out := &listCasesOut{}
	out.Body.Items = make([]CaseRow, 0, len(page.Items))
	for _, c := range page.Items {
		out.Body.Items = append(out.Body.Items, caseRowOf(c))
	}
	out.Body.Next, out.Body.Total = page.Next, page.Total
	return out, nil
}

func (s *server) getCase(ctx context.Context, a access.Actor, in *refIn) (*getCaseOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.Desk.CaseRecord(ctx, a, in.Ref, now)
	if err != nil {
		return nil, err
	}
	c := &r.Case
	out := &getCaseOut{}
	out.Body.CaseRow = caseRowOf(*c)
	out.Body.ChildName, out.Body.DOB, out.Body.School = c.ChildName, c.DOB, c.School
	out.Body.People = make([]person, 0, len(c.Parties))
	for _, p := range c.Parties {
		if protected(p) {
			if err := s.protectedShown(ctx, a, c.ID, p.Person.ID); err != nil {
				return nil, err
			}
			s.Log.Info("api", "event", "protected_shown", "case", c.ID, "person", p.Person.ID, "staff", a.StaffID)
		}
		out.Body.People = append(out.Body.People, personOf(p, r.Told[p.Person.ID]))
	}
	out.Body.Tickets = make([]TicketRow, 0, len(c.Tickets))
	for _, t := range c.Tickets {
		out.Body.Tickets = append(out.Body.Tickets, rowOf(t, now))
	}
	return out, nil
}

func caseRowOf(c tickets.CaseView) CaseRow {
	return CaseRow{
		Ref: c.Ref, Child: c.Initials(), Stage: c.Stage, Team: c.TeamName, Officer: c.OfficerName, Fallback: c.FallbackName, Restricted: c.Restricted,
	}
}

// protected reports whether an address of the person must not become known to
// the others on the case. Staff may read it, on the page and here, and that is
// recorded; address_hidden and confidential tell a program to keep it.
func protected(p register.Party) bool {
	if len(p.Addresses) == 0 {
		return false
	}
	return p.Link.AddressHidden || slices.ContainsFunc(p.Addresses, func(a register.Address) bool { return a.Confidential })
}

func personOf(p register.Party, t register.Told) person {
	out := person{
		ID: p.Person.ID, Name: p.Person.Name, Kind: string(p.Person.Kind), Relation: string(p.Link.Relation),
		ParentalResponsibility: string(p.Link.PR), NoContact: p.Link.NoContact, AddressHidden: p.Link.AddressHidden,
		MayBeTold: t.Words, MayWrite: t.MayWrite, Addresses: make([]address, 0, len(p.Addresses)),
	}
	for _, e := range p.Addresses {
		out.Addresses = append(out.Addresses, address{Email: e.Email, Confidential: e.Confidential, Bounced: e.Bounced, Verified: e.VerifiedAt != nil})
	}
	return out
}
