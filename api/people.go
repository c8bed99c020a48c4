package api

import (
	"context"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/register"
)

// may is what somebody may be told, as every page says it too.
type may struct {
	Level    string   `json:"level" enum:"nothing,indirect,advice,school_matters,all_not_address,all"`
	Words    string   `json:"words" doc:"in the words of the case page"`
	NotTold  []string `json:"not_told" nullable:"false"`
	Why      []string `json:"why" nullable:"false" doc:"one sentence each"`
	Ask      []string `json:"ask" nullable:"false" doc:"what somebody should do about it"`
	MayWrite bool     `json:"may_write" doc:"false: nothing may be sent at all"`
}

func mayOf(t register.Told) may {
	return may{
		Level: string(t.Level), Words: t.Words, NotTold: append([]string{}, t.NotTold...), Why: append([]string{}, t.Why...), Ask: append([]string{}, t.Ask...), MayWrite: t.MayWrite,
	}
}

// onCase is somebody on a case without an address or a number: nothing that is
// protected is in it.
type onCase struct {
	ID                     int64  `json:"id"`
	Name                   string `json:"name"`
	Kind                   string `json:"kind"`
	Relation               string `json:"relation"`
	ParentalResponsibility string `json:"parental_responsibility" enum:"yes,no,not_checked"`
	PRSource               string `json:"pr_source"`
	PRCheckedOn            string `json:"pr_checked_on" doc:"local date; empty when it was not checked"`
	MayBeTold              may    `json:"may_be_told"`
	Addresses              int    `json:"addresses" doc:"how many email addresses are recorded"`
}

type listPeopleOut struct {
	Body struct {
		Items   []onCase `json:"items" nullable:"false"`
		Prompts []string `json:"prompts" nullable:"false" doc:"what somebody has to do about the case"`
	}
}

// CaseIn is the case in an address.
type CaseIn struct {
	Ref string `path:"ref" maxLength:"40" example:"WM-2201"`
}

// LinkBody is what ties somebody to a case.
type LinkBody struct {
	Relation               string `json:"relation" minLength:"1" maxLength:"200" example:"mother"`
	ParentalResponsibility string `json:"parental_responsibility,omitempty" enum:"yes,no,not_checked" doc:"not_checked when it is left out"`
	PRSource               string `json:"pr_source,omitempty" maxLength:"200" doc:"who checked it, against what; needed for yes and no"`
	PRCheckedOn            string `json:"pr_checked_on,omitempty" maxLength:"10" doc:"2026-11-24; today when it is left out"`
	MayBeTold              string `json:"may_be_told,omitempty" maxLength:"40" doc:"one of “all”, “all, not the address”, “school matters only”, “advice” and “nothing”; by what the person is when it is left out"`
	Representative         bool   `json:"representative,omitempty"`
}

func (b LinkBody) request() tickets.LinkRequest {
	return tickets.LinkRequest{
		Relation: register.Relation(b.Relation), PR: register.PR(b.ParentalResponsibility), PRSource: b.PRSource, PRCheckedOn: b.PRCheckedOn,
		MayBeTold: b.MayBeTold, Representative: b.Representative,
	}
}

type addPersonIn struct {
	CaseIn
	Body struct {
		LinkBody
		Name  string `json:"name" minLength:"1" maxLength:"200"`
		Kind  string `json:"kind" enum:"parent,young_person,school,professional,mp,other"`
		Email string `json:"email,omitempty" maxLength:"320" doc:"starts unverified"`
		Phone string `json:"phone,omitempty" maxLength:"40"`
	}
}

type changeLinkIn struct {
	CaseIn
	Person int64 `path:"person" minimum:"1"`
	Body   struct {
		LinkBody
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"needed when they are to be told more than before"`
	}
}

type personOut struct {
	Body onCase
}

func (s *server) listPeople(ctx context.Context, a access.Actor, in *CaseIn) (*listPeopleOut, error) {
	r, err := s.recordOf(ctx, a, in.Ref)
	if err != nil {
		return nil, err
	}
	out := &listPeopleOut{}
	out.Body.Items, out.Body.Prompts = make([]onCase, 0, len(r.Case.Parties)), make([]string, 0, len(r.Prompts))
	for _, p := range r.Case.Parties {
		out.Body.Items = append(out.Body.Items, onCaseOf(p, r.Told[p.Person.ID]))
	}
	for _, p := range r.Prompts {
		out.Body.Prompts = append(out.Body.Prompts, p.Words)
	}
	return out, nil
}

func onCaseOf(p register.Party, t register.Told) onCase {
	return onCase{
		ID: p.Person.ID, Name: p.Person.Name, Kind: string(p.Person.Kind), Relation: string(p.Link.Relation), ParentalResponsibility: string(p.Link.PR),
		PRSource: p.Link.PRSource, PRCheckedOn: p.Link.PRCheckedOn, MayBeTold: mayOf(t), Addresses: len(p.Addresses),
	}
}

func (s *server) recordOf(ctx context.Context, a access.Actor, ref string) (*tickets.CaseRecord, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	return s.Desk.CaseRecord(ctx, a, ref, now)
}

func (s *server) addPerson(ctx context.Context, a access.Actor, in *addPersonIn) (*personOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.Desk.AddPerson(ctx, a, tickets.AddPersonRequest{
		CaseRef: in.Ref, Name: in.Body.Name, Kind: register.PersonKind(in.Body.Kind), Link: in.Body.request(), Email: in.Body.Email, Phone: in.Body.Phone,
	}, now)
	if err != nil {
		return nil, err
	}
	return s.personNow(ctx, a, in.Ref, p.ID)
}

func (s *server) changeLink(ctx context.Context, a access.Actor, in *changeLinkIn) (*personOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Desk.ChangeLink(ctx, a, tickets.ChangeLinkRequest{
		CaseRef: in.Ref, PersonID: in.Person, Link: in.Body.request(), Reason: in.Body.Reason,
	}, now); err != nil {
		return nil, err
	}
	return s.personNow(ctx, a, in.Ref, in.Person)
}

// personNow is the person as the case has them after a change.
func (s *server) personNow(ctx context.Context, a access.Actor, ref string, person int64) (*personOut, error) {
	r, err := s.recordOf(ctx, a, ref)
	if err != nil {
		return nil, err
	}
	out := &personOut{}
	for _, p := range r.Case.Parties {
		if p.Person.ID == person {
			out.Body = onCaseOf(p, r.Told[person])
		}
	}
	return out, nil
}

// protectedShown records that protected addresses were read. What cannot be
// recorded is not given.
func (s *server) protectedShown(ctx context.Context, a access.Actor, caseID, person int64) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	return s.Desk.Seen(ctx, a, audit.ProtectedShown, "person:"+itoa(person), caseID, map[string]string{"what": "addresses", "page": "api get-case"}, now)
}
