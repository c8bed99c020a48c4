package api

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

type logCallIn struct {
	Ref  string `path:"ref" maxLength:"40" example:"SEN-104233"`
	Body struct {
		Direction   string    `json:"direction" enum:"in,out"`
		Answered    bool      `json:"answered"`
		Person      int64     `json:"person,omitempty" doc:"id of somebody on the case; leave out for someone not on our records"`
		Number      string    `json:"number,omitempty" maxLength:"40"`
		IdentityOK  bool      `json:"identity_checked,omitempty"`
		Summary     string    `json:"summary,omitempty" maxLength:"20000" doc:"for staff alone"`
		Promise     string    `json:"promise,omitempty" maxLength:"500" doc:"for staff alone; needs promise_by"`
		PromiseBy   string    `json:"promise_by,omitempty" maxLength:"10" doc:"2006-01-02"`
		StopsClock  bool      `json:"stops_clock,omitempty" doc:"the call answered the enquiry; needs person, answered and stops_reason"`
		StopsReason string    `json:"stops_reason,omitempty" maxLength:"500" doc:"how; for staff alone"`
		At          time.Time `json:"at,omitempty" doc:"when it took place; now when not given"`
	}
}

// logCall: what was said is private, as a note is; no answer of the API holds it.
func (s *server) logCall(ctx context.Context, a access.Actor, in *logCallIn) (*createdOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	b := in.Body
	m, err := s.Desk.LogCall(ctx, a, tickets.CallRequest{
		Ref: in.Ref, At: b.At, OffRecord: b.Person == 0,
		Call: tickets.Call{
			Direction: tickets.Direction(b.Direction), Answered: b.Answered, Number: b.Number, PersonID: b.Person, IdentityOK: b.IdentityOK,
			Summary: tickets.NewPrivateText(b.Summary), Promise: b.Promise, PromiseBy: b.PromiseBy, StopsClock: b.StopsClock, StopsReason: b.StopsReason,
		},
	}, now)
	if err != nil {
		return nil, err
	}
	out := &createdOut{Location: locationOf(in.Ref)}
	out.Body.ID = m.ID
	return out, nil
}
