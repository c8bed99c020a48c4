package api

import (
	"context"
	"strconv"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Restriction is one limit on whom we may write to or what somebody may be told.
type Restriction struct {
	ID         int64      `json:"id"`
	PersonID   int64      `json:"person_id" doc:"whom it is about; of what is protected, whose fact it is; 0: the child's"`
	AgainstID  int64      `json:"against_id" doc:"from whom a fact is kept; 0: everybody else on the case"`
	Kind       string     `json:"kind"`
	Source     string     `json:"source"`
	Document   string     `json:"document"`
	StartsOn   string     `json:"starts_on" doc:"local date"`
	ReviewBy   string     `json:"review_by" doc:"local date; it counts after that day as well"`
	Interim    bool       `json:"interim" doc:"on somebody's word: the evidence is due by review_by"`
	InForce    bool       `json:"in_force"`
	Overdue    bool       `json:"overdue" doc:"its review date has passed; it still counts"`
	EndAskedBy int64      `json:"end_asked_by" doc:"who asked for its end; a second person decides"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
}

type listRestrictionsOut struct {
	Body struct {
		Items []Restriction `json:"items" nullable:"false" doc:"oldest first, ended ones too"`
	}
}

type addRestrictionIn struct {
	CaseIn
	Body struct {
		PersonID  int64  `json:"person_id,omitempty" minimum:"0" doc:"may be left out for a protected school alone"`
		AgainstID int64  `json:"against_id,omitempty" minimum:"0"`
		Kind      string `json:"kind" enum:"no_contact,indirect_only,no_information,supervised,address_protected,school_protected,staff_safety,in_confidence,other"`
		Source    string `json:"source" enum:"order,police,social_care,family,risk_assessment,legal,other"`
		Document  string `json:"document,omitempty" maxLength:"300" doc:"may follow: until then the evidence is due within five working days"`
		Reason    string `json:"reason,omitempty" maxLength:"2000" doc:"for staff alone"`
		StartsOn  string `json:"starts_on,omitempty" maxLength:"10" doc:"2026-11-24; today when it is left out"`
		ReviewBy  string `json:"review_by,omitempty" maxLength:"10"`
	}
}

type restrictionOut struct {
	Body Restriction
}

// RestrictionIn is the restriction in an address.
type RestrictionIn struct {
	CaseIn
	ID int64 `path:"restriction" minimum:"1"`
}

type endRequestIn struct {
	RestrictionIn
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"for staff alone"`
	}
}

type endIn struct {
	RestrictionIn
	Body struct {
		Answer string `json:"answer" enum:"approve,keep"`
	}
}

func (s *server) listRestrictions(ctx context.Context, a access.Actor, in *CaseIn) (*listRestrictionsOut, error) {
	r, err := s.recordOf(ctx, a, in.Ref)
	if err != nil {
		return nil, err
	}
	on, err := s.today(ctx)
	if err != nil {
		return nil, err
	}
	out := &listRestrictionsOut{}
	out.Body.Items = make([]Restriction, 0, len(r.Facts.Restrictions))
	for _, x := range r.Facts.Restrictions {
		out.Body.Items = append(out.Body.Items, restrictionOf(x, on))
	}
	return out, nil
}

func restrictionOf(x register.Restriction, on string) Restriction {
	return Restriction{
		ID: x.ID, PersonID: x.PersonID, AgainstID: x.AgainstID, Kind: string(x.Kind), Source: string(x.Source), Document: x.Document, StartsOn: x.StartsOn,
		ReviewBy: x.ReviewBy, Interim: x.Interim, InForce: x.InForce(on), Overdue: x.Overdue(on), EndAskedBy: x.EndAskedBy, EndedAt: x.EndedAt,
	}
}

func (s *server) addRestriction(ctx context.Context, a access.Actor, in *addRestrictionIn) (*restrictionOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	b := in.Body
	x, err := s.Desk.AddRestriction(ctx, a, tickets.RestrictionRequest{
		CaseRef: in.Ref, PersonID: b.PersonID, AgainstID: b.AgainstID, Kind: register.RestrictionKind(b.Kind), Source: register.RestrictionSource(b.Source),
		Document: b.Document, Reason: b.Reason, StartsOn: b.StartsOn, ReviewBy: b.ReviewBy,
	}, now)
	if err != nil {
		return nil, err
	}
	return s.restrictionNow(ctx, a, in.Ref, x.ID)
}

func (s *server) requestEnd(ctx context.Context, a access.Actor, in *endRequestIn) (*restrictionOut, error) {
	if _, err := s.restrictionNow(ctx, a, in.Ref, in.ID); err != nil {
		return nil, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Desk.RequestEndRestriction(ctx, a, in.ID, in.Body.Reason, now); err != nil {
		return nil, err
	}
	return s.restrictionNow(ctx, a, in.Ref, in.ID)
}

// endRestriction is the second person's answer.
func (s *server) endRestriction(ctx context.Context, a access.Actor, in *endIn) (*restrictionOut, error) {
	if _, err := s.restrictionNow(ctx, a, in.Ref, in.ID); err != nil {
		return nil, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if in.Body.Answer == "approve" {
		err = s.Desk.ApproveEndRestriction(ctx, a, in.ID, now)
	} else {
		err = s.Desk.RefuseEndRestriction(ctx, a, in.ID, now)
	}
	if err != nil {
		return nil, err
	}
	return s.restrictionNow(ctx, a, in.Ref, in.ID)
}

// restrictionNow is a restriction of the case in the address; fault.NotFound for
// one of another case.
func (s *server) restrictionNow(ctx context.Context, a access.Actor, ref string, id int64) (*restrictionOut, error) {
	r, err := s.recordOf(ctx, a, ref)
	if err != nil {
		return nil, err
	}
	on, err := s.today(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range r.Facts.Restrictions {
		if x.ID == id {
			return &restrictionOut{Body: restrictionOf(x, on)}, nil
		}
	}
	return nil, notOnCase()
}

func notOnCase() error { return fault.New(fault.NotFound, "This is not on that case") }

// today is the local date.
func (s *server) today(ctx context.Context) (string, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return "", err
	}
	return sla.DateOf(now).String(), nil
}

type arrangementOut struct {
	Body struct {
		Value   string `json:"value" doc:"not_asked, parent_decides, young_person_parent_copied, young_person_only or representative"`
		Source  string `json:"source" doc:"who said so, and how"`
		AskedOn string `json:"asked_on" doc:"local date"`
	}
}

type setArrangementIn struct {
	CaseIn
	Body struct {
		Value   string `json:"value" enum:"not_asked,parent_decides,young_person_parent_copied,young_person_only,representative"`
		Source  string `json:"source,omitempty" maxLength:"500" doc:"who said so, and how; needed but for not_asked"`
		AskedOn string `json:"asked_on,omitempty" maxLength:"10" doc:"2026-11-24; today when it is left out"`
		Reason  string `json:"reason,omitempty" maxLength:"500" doc:"needed when parents are told more than before"`
	}
}

func (s *server) getArrangement(ctx context.Context, a access.Actor, in *CaseIn) (*arrangementOut, error) {
	r, err := s.recordOf(ctx, a, in.Ref)
	if err != nil {
		return nil, err
	}
	out, x := &arrangementOut{}, r.Facts.Arrangement
	out.Body.Value, out.Body.Source, out.Body.AskedOn = string(x.Value), x.Source, x.AskedOn
	if x.Value == "" {
		out.Body.Value = string(register.ArrangeNotAsked)
	}
	return out, nil
}

func (s *server) setArrangement(ctx context.Context, a access.Actor, in *setArrangementIn) (*arrangementOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Desk.SetArrangement(ctx, a, tickets.ArrangementRequest{
		CaseRef: in.Ref, Value: register.Arrangement(in.Body.Value), Source: in.Body.Source, AskedOn: in.Body.AskedOn, Reason: in.Body.Reason,
	}, now); err != nil {
		return nil, err
	}
	return s.getArrangement(ctx, a, &in.CaseIn)
}
