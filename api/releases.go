package api

import (
	"context"
	"slices"
	"strconv"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// release is a letter that the check stopped and that a second person is asked about.
type release struct {
	ID      int64      `json:"id"`
	Ticket  string     `json:"ticket"`
	Author  string     `json:"author"`
	Asked   string     `json:"asked"`
	AskedAt time.Time  `json:"asked_at"`
	Expires time.Time  `json:"expires_at"`
	State   string     `json:"state" doc:"open, expired, released, refused or void"`
	Rules   []string   `json:"rules" nullable:"false"`
	Reason  string     `json:"reason,omitempty" doc:"why it should go; only where one release is read"`
	By      string     `json:"by,omitempty"`
	At      *time.Time `json:"at,omitempty"`
	Answer  string     `json:"answer,omitempty"`
	Basis   string     `json:"basis,omitempty"`
	Letter  int64      `json:"letter,omitempty" doc:"id of the letter that was queued"`
}

func releaseOf(s tickets.SecondLook, now time.Time) release {
	r := release{
		ID: s.ID, Ticket: s.TicketRef, Author: s.AuthorName, Asked: s.AskedName, AskedAt: s.AskedAt, Expires: s.ExpiresAt, State: string(s.State),
		Rules: []string{}, By: s.ByName, At: s.SettledAt, Basis: s.Basis, Letter: s.OutgoingID,
	}
	if s.State == tickets.SecondOpen && !s.Waits(now) {
		r.State = "expired"
	}
	for _, f := range s.Findings {
		if !slices.Contains(r.Rules, f.Rule) {
			r.Rules = append(r.Rules, f.Rule)
		}
	}
	return r
}

type listReleasesOut struct {
	Body struct {
		Items []release `json:"items" nullable:"false"`
	}
}

func (s *server) listReleases(ctx context.Context, a access.Actor, _ *struct{}) (*listReleasesOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Desk.Seconds(ctx, a)
	if err != nil {
		return nil, err
	}
	out := &listReleasesOut{}
	out.Body.Items = make([]release, 0, len(list))
	for _, x := range list {
		out.Body.Items = append(out.Body.Items, releaseOf(x, now))
	}
	return out, nil
}

type releaseIn struct {
	ID int64 `path:"id" minimum:"1"`
}

type releaseOut struct{ Body release }

func (s *server) getRelease(ctx context.Context, a access.Actor, in *releaseIn) (*releaseOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	x, err := s.Desk.Second(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	out := &releaseOut{Body: releaseOf(*x, now)}
	out.Body.Reason, out.Body.Answer = x.Reason.ForStaff(), x.Answer.ForStaff()
	return out, nil
}

type askReleaseIn struct {
	Ref  string `path:"ref" maxLength:"40" example:"SEN-104233"`
	Body struct {
		Letter    letterIn `json:"letter"`
		Colleague int64    `json:"colleague" minimum:"1" doc:"id of the member of staff who is asked"`
		Why       string   `json:"why" minLength:"1" maxLength:"1000" doc:"why it should go"`
	}
}

// askRelease asks a second person about a letter that the check stops now. Nothing is
// queued.
func (s *server) askRelease(ctx context.Context, a access.Actor, in *askReleaseIn) (*createdOut, error) {
	r, _, err := s.request(ctx, a, &replyIn{Ref: in.Ref, Body: in.Body.Letter})
	if err != nil {
		return nil, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	v, err := s.Review.Review(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	if in.Body.Letter.Digest != "" && in.Body.Letter.Digest != v.Digest {
		return nil, fault.New(fault.Conflict, "This is not the letter that was reviewed. Review it again")
	}
	var findings []tickets.SecondFinding
	for _, f := range v.Verdict.Findings {
		switch {
		case f.Releasable():
			findings = append(findings, tickets.SecondFinding{Rule: f.Rule, Mailbox: f.Mailbox, Seen: f.Seen()})
		case f.Decision != guard.Warn && f.Decision != guard.Allow:
			return nil, fault.New(fault.Refused, "Nobody can release this as it stands. Change what the check names")
		}
	}
	r.Digest, r.Confirmed = v.Digest, nil
	id, err := s.Desk.AskForSecond(ctx, a, tickets.AskSecond{Letter: r, Colleague: in.Body.Colleague, Reason: in.Body.Why, Findings: findings}, now)
	if err != nil {
		return nil, err
	}
	if s.Wake != nil {
		s.Wake()
	}
	out := &createdOut{Location: Prefix + "/releases/" + strconv.FormatInt(id, 10)}
	out.Body.ID = id
	return out, nil
}

type refuseReleaseIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"4000" doc:"the author reads it"`
	}
}

// refuseRelease says no. To say yes takes a person who has just signed in with a
// second factor: a token cannot.
func (s *server) refuseRelease(ctx context.Context, a access.Actor, in *refuseReleaseIn) (*releaseOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.Desk.SettleSecond(ctx, a, tickets.SettleSecond{ID: in.ID, Reason: in.Body.Reason}, now); err != nil {
		return nil, err
	}
	return s.getRelease(ctx, a, &releaseIn{in.ID})
}
