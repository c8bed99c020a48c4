package api

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

// IntakeRule is what the council has set about new mail.
type IntakeRule struct {
	ID        int64     `json:"id"`
	Kind      string    `json:"kind" enum:"block_sender,block_domain,ignore_list,route_recipient,route_subject"`
	Pattern   string    `json:"pattern" doc:"as it is compared: small letters, one space between words"`
	TeamID    int64     `json:"team_id,omitempty" doc:"of routes: the team that the enquiry goes to"`
	Category  string    `json:"category,omitempty" doc:"of routes: the category that the enquiry gets"`
	Note      string    `json:"note" doc:"why, for colleagues"`
	CreatedBy int64     `json:"created_by" doc:"id of the member of staff"`
	CreatedAt time.Time `json:"created_at"`
}

type listRulesOut struct {
	Body struct {
		Items []IntakeRule `json:"items" nullable:"false" doc:"oldest first"`
	}
}

type addRuleIn struct {
	Body struct {
		Kind     string `json:"kind" enum:"block_sender,block_domain,ignore_list,route_recipient,route_subject"`
		Pattern  string `json:"pattern" minLength:"1" maxLength:"320" doc:"an address, a domain, the id of a list (RFC 2919) or words of the subject"`
		TeamID   int64  `json:"team_id,omitempty" minimum:"0" doc:"of routes; the team stays when it is left out"`
		Category string `json:"category,omitempty" enum:"general,urgent,assessment_request,complaint,mp,school" doc:"of routes; the category stays when it is left out"`
		Note     string `json:"note,omitempty" maxLength:"500" doc:"why, for colleagues"`
	}
}

type ruleOut struct {
	Body IntakeRule
}

type ruleIn struct {
	ID int64 `path:"id" minimum:"1"`
}

type spamIn struct {
	Ref  string `path:"ref" maxLength:"40" example:"SEN-104233"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"why it is no enquiry"`
		Domain bool   `json:"domain,omitempty" doc:"block everybody at the sender's domain; for a team lead"`
	}
}

func (s *server) listRules(ctx context.Context, a access.Actor, _ *struct{}) (*listRulesOut, error) {
	list, err := s.Desk.Rules(ctx, a)
	if err != nil {
		return nil, err
	}
	out := &listRulesOut{}
	out.Body.Items = make([]IntakeRule, 0, len(list))
	for _, r := range list {
		out.Body.Items = append(out.Body.Items, ruleOf(r))
	}
	return out, nil
}

func (s *server) addRule(ctx context.Context, a access.Actor, in *addRuleIn) (*ruleOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.Desk.AddRule(ctx, a, tickets.IntakeRule{
		Kind: tickets.RuleKind(in.Body.Kind), Pattern: in.Body.Pattern, TeamID: in.Body.TeamID, Category: tickets.Category(in.Body.Category), Note: in.Body.Note,
	}, now)
	if err != nil {
		return nil, err
	}
	return &ruleOut{Body: ruleOf(*r)}, nil
}

func (s *server) removeRule(ctx context.Context, a access.Actor, in *ruleIn) (*struct{}, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	return &struct{}{}, s.Desk.RemoveRule(ctx, a, in.ID, now)
}

// markSpam sets a mail that nobody owns aside and blocks its sender.
func (s *server) markSpam(ctx context.Context, a access.Actor, in *spamIn) (*ruleOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.Desk.MarkSpam(ctx, a, tickets.SpamRequest{Ref: in.Ref, Domain: in.Body.Domain, Reason: in.Body.Reason}, now)
	if err != nil {
		return nil, err
	}
	return &ruleOut{Body: ruleOf(*r)}, nil
}

func ruleOf(r tickets.IntakeRule) IntakeRule {
	return IntakeRule{
		ID: r.ID, Kind: string(r.Kind), Pattern: r.Pattern, TeamID: r.TeamID, Category: string(r.Category), Note: r.Note,
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
	}
}
