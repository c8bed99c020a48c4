package tickets

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Rules are the intake rules that hold now, oldest first.
func (d *Desk) Rules(ctx context.Context, a access.Actor) ([]IntakeRule, error) {
	if err := allowed(a, access.ReadLedger); err != nil {
		return nil, err
	}
	return d.store.IntakeRules(ctx)
}

// AddRule makes an intake rule. A team lead or an administrator may; the history
// has it. Faults: Invalid (what to correct), Refused (it would keep families or
// colleagues away), Conflict (there is such a rule).
func (d *Desk) AddRule(ctx context.Context, a access.Actor, r IntakeRule, now time.Time) (*IntakeRule, error) {
	if err := allowed(a, access.RetryMail); err != nil {
		return nil, err
	}
	var made *IntakeRule
	err := d.write(ctx, a, now, func(w *work) error {
		rule, err := w.checkRule(ctx, r)
		if err != nil {
			return err
		}
		made = rule
		return w.addRule(ctx, rule)
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// RemoveRule takes a rule away; what it did stays done and recorded.
func (d *Desk) RemoveRule(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	if err := allowed(a, access.RetryMail); err != nil {
		return err
	}
	return d.write(ctx, a, now, func(w *work) error {
		if err := w.tx.RemoveRule(ctx, RuleRemoval{RuleID: id, By: a.StaffID, At: w.now}); err != nil {
			return err
		}
		if _, err := w.event(ctx, &Ticket{}, EvRuleRemoved, map[string]any{"rule_id": id}); err != nil {
			return err
		}
		return w.audit(ctx, audit.RuleChanged, "rule:"+strconv.FormatInt(id, 10), 0, map[string]string{"as": "removed"})
	})
}

// SpamRequest says that a mail in triage is no enquiry and that no more of its
// sender is wanted.
type SpamRequest struct {
	Ref    string
	Domain bool // everything of the sender's domain; for a team lead
	Reason string
}

// MarkSpam sets a triage ticket aside and blocks its sender. Whoever sorts mail
// may block an address; a whole domain is for a team lead.
func (d *Desk) MarkSpam(ctx context.Context, a access.Actor, r SpamRequest, now time.Time) (*IntakeRule, error) {
	if r.Domain {
		if err := allowed(a, access.RetryMail); err != nil {
			return nil, err
		}
	}
	var made *IntakeRule
	err := d.write(ctx, a, now, func(w *work) error {
		t, err := w.triageTicket(ctx, r.Ref)
		if err != nil {
			return err
		}
		if strings.TrimSpace(r.Reason) == "" {
			return fault.New(fault.Invalid, "Say why this is not an enquiry")
		}
		rule := IntakeRule{Kind: RuleBlockSender, Pattern: t.RequesterMailbox, Note: r.Reason}
		if r.Domain {
			rule.Kind, rule.Pattern = RuleBlockDomain, domainOf(t.RequesterMailbox)
		}
		if made, err = w.checkRule(ctx, rule); err != nil {
			return err
		}
		if err := w.addRule(ctx, made); err != nil {
			return err
		}
		if _, err := w.stopClocks(ctx, t, stopping{kind: ClockTriage, by: StopByNotOurs, at: w.now}); err != nil {
			return err
		}
		t.State, t.Reason = StateNotOurs, fmt.Sprintf("Set aside as spam: %s (intake rule %d)", oneLine(r.Reason), made.ID)
		if _, err := w.event(ctx, t, EvNotOurs, map[string]any{"rule_id": made.ID}); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (w *work) addRule(ctx context.Context, r *IntakeRule) error {
	r.CreatedBy, r.CreatedAt = w.actor.StaffID, w.now
	if err := w.tx.InsertRule(ctx, r); err != nil {
		return err
	}
	if _, err := w.event(ctx, &Ticket{}, EvRuleAdded, map[string]any{"rule_id": r.ID, "kind": string(r.Kind)}); err != nil {
		return err
	}
	return w.audit(ctx, audit.RuleChanged, "rule:"+strconv.FormatInt(r.ID, 10), 0, map[string]string{"as": "added", "kind": string(r.Kind)})
}

// checkRule folds a rule and refuses what would do harm.
func (w *work) checkRule(ctx context.Context, r IntakeRule) (*IntakeRule, error) {
	r.ID, r.Note = 0, oneLine(r.Note)
	r.Pattern = foldPattern(r.Kind, r.Pattern)
	if !r.Kind.Routes() {
		r.TeamID, r.Category = 0, ""
	}
	switch r.Kind {
	case RuleBlockSender, RuleRecipient:
		if !strings.Contains(r.Pattern, "@") || strings.ContainsAny(r.Pattern, " *") {
			return nil, fault.New(fault.Invalid, "Enter one email address")
		}
	case RuleBlockDomain:
		if !strings.Contains(r.Pattern, ".") || strings.ContainsAny(r.Pattern, " *@") {
			return nil, fault.New(fault.Invalid, "Enter one domain, like shop.example")
		}
	case RuleIgnoreList, RuleSubject:
		if r.Pattern == "" || len(r.Pattern) > 200 {
			return nil, fault.New(fault.Invalid, "Enter what the rule is to look for, in at most 200 letters")
		}
	default:
		return nil, fault.New(fault.Invalid, "Choose what the rule does")
	}
	if r.Kind.Routes() {
		return &r, w.checkRoute(ctx, r)
	}
	return &r, w.checkBlock(ctx, r)
}

func foldPattern(k RuleKind, p string) string {
	switch k {
	case RuleBlockSender, RuleRecipient:
		return register.FoldMailbox(p)
	case RuleBlockDomain:
		return strings.ToLower(strings.Trim(strings.TrimPrefix(strings.TrimSpace(p), "@"), "."))
	case RuleIgnoreList:
		return foldList(p)
	}
	return strings.TrimSpace(fold(p))
}

func (w *work) checkRoute(ctx context.Context, r IntakeRule) error {
	if r.TeamID == 0 && r.Category == "" {
		return fault.New(fault.Invalid, "Choose a team or a category")
	}
	if r.TeamID != 0 {
		if _, err := w.tx.TeamByID(ctx, r.TeamID); err != nil {
			return err
		}
	}
	switch r.Category {
	case "", CategoryGeneral, CategoryUrgent, CategoryAssessment, CategoryComplaint, CategoryMP, CategorySchool:
		return nil
	}
	return fault.New(fault.Invalid, "Choose a category of enquiries")
}

// checkBlock: a rule that keeps a family or a colleague away would have no effect,
// and whoever makes it has to know that.
func (w *work) checkBlock(ctx context.Context, r IntakeRule) error {
	domain := domainOf(r.Pattern)
	switch r.Kind {
	case RuleBlockSender:
		facts, err := w.tx.RecordedWith(ctx, r.Pattern)
		if err != nil {
			return err
		}
		if len(facts) > 0 {
			return fault.New(fault.Refused, "This address is recorded on a case. Its mail is never kept away")
		}
		if s, err := w.tx.StaffByMailbox(ctx, r.Pattern); err == nil && s.Active {
			return fault.New(fault.Refused, "This is a colleague's address. Its mail is never kept away")
		} else if err != nil && !notFound(err) {
			return err
		}
	case RuleBlockDomain:
		domain = r.Pattern
	}
	for _, d := range w.d.staffDomains() {
		if r.Kind != RuleIgnoreList && (domain == d || under(d, domain)) {
			return fault.New(fault.Refused, "This is the council's own domain. Its mail is never kept away")
		}
	}
	return nil
}
