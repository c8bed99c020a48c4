package api

import (
	"context"
	"strconv"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

// incident is a letter that went to somebody who should not have had it.
type incident struct {
	ID       int64          `json:"id"`
	Ticket   string         `json:"ticket"`
	Letter   int64          `json:"letter"`
	Reporter string         `json:"reported_by"`
	At       time.Time      `json:"reported_at"`
	Aware    time.Time      `json:"aware_at" doc:"when the council became aware"`
	Due      time.Time      `json:"due_at" doc:"72 hours later: the ICO has to be told by then, if harm is likely"`
	Stopped  int            `json:"copies_stopped"`
	Risk     string         `json:"risk,omitempty" doc:"unlikely, likely or high; empty while it is not assessed"`
	ICO      string         `json:"ico_reference,omitempty"`
	Closed   *time.Time     `json:"closed_at,omitempty"`
	Steps    []incidentStep `json:"steps" nullable:"false" doc:"in the order in which they are done"`
	GotBy    string         `json:"got_by,omitempty" doc:"only where one incident is read"`
	What     string         `json:"what,omitempty" doc:"only where one incident is read"`
}

type incidentStep struct {
	Step string     `json:"step"`
	Done *time.Time `json:"done_at,omitempty"`
	By   string     `json:"done_by,omitempty"`
}

func incidentOf(i tickets.Incident) incident {
	out := incident{
		ID: i.ID, Ticket: i.TicketRef, Letter: i.OutgoingID, Reporter: i.ReportedName, At: i.ReportedAt, Aware: i.AwareAt, Due: i.DueAt,
		Stopped: i.Stopped, Risk: string(i.Risk), ICO: i.ICORef, Closed: i.ClosedAt, Steps: []incidentStep{},
	}
	for _, key := range i.StepsOf() {
		step := incidentStep{Step: key}
		if done, ok := i.Steps[key]; ok {
			step.Done, step.By = &done.At, done.Name
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

type listIncidentsOut struct {
	Body struct {
		Items []incident `json:"items" nullable:"false"`
	}
}

func (s *server) listIncidents(ctx context.Context, a access.Actor, _ *struct{}) (*listIncidentsOut, error) {
	list, err := s.Desk.Incidents(ctx, a)
	if err != nil {
		return nil, err
	}
	out := &listIncidentsOut{}
	out.Body.Items = make([]incident, 0, len(list))
	for _, i := range list {
		out.Body.Items = append(out.Body.Items, incidentOf(i))
	}
	return out, nil
}

type incidentOut struct{ Body incident }

func (s *server) getIncident(ctx context.Context, a access.Actor, in *releaseIn) (*incidentOut, error) {
	i, err := s.Desk.Incident(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	out := &incidentOut{Body: incidentOf(*i)}
	out.Body.GotBy, out.Body.What = i.GotBy.ForStaff(), i.What.ForStaff()
	return out, nil
}

type reportIncidentIn struct {
	Body struct {
		Letter  int64      `json:"letter" minimum:"1" doc:"id of the letter"`
		GotBy   string     `json:"got_by" minLength:"1" maxLength:"4000" doc:"who got it"`
		What    string     `json:"what" minLength:"1" maxLength:"4000" doc:"what they should not have got"`
		Aware   *time.Time `json:"aware_at,omitempty" doc:"when somebody at the council became aware; now when not given"`
		Address bool       `json:"address_shown,omitempty" doc:"an address, a school or somebody's whereabouts came out"`
	}
}

// reportIncident opens an incident: copies that have not left are stopped, and the 72
// hours run.
func (s *server) reportIncident(ctx context.Context, a access.Actor, in *reportIncidentIn) (*createdOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	b := in.Body
	r := tickets.Misdirected{OutgoingID: b.Letter, GotBy: b.GotBy, What: b.What, AwareAt: now, AddressShown: b.Address}
	if b.Aware != nil {
		r.AwareAt = *b.Aware
	}
	i, err := s.Desk.ReportMisdirected(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	if s.Wake != nil {
		s.Wake()
	}
	out := &createdOut{Location: Prefix + "/incidents/" + strconv.FormatInt(i.ID, 10)}
	out.Body.ID = i.ID
	return out, nil
}

type incidentStepIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Step string `json:"step" minLength:"1" maxLength:"40" doc:"one of the incident's steps"`
	}
}

func (s *server) incidentStep(ctx context.Context, a access.Actor, in *incidentStepIn) (*incidentOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Desk.IncidentStep(ctx, a, in.ID, in.Body.Step, now); err != nil {
		return nil, err
	}
	return s.getIncident(ctx, a, &releaseIn{in.ID})
}
