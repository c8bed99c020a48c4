package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hearback/mailbox/guard"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web"
)

// How often one account may ask the check: it runs while somebody writes, a second
// and a half after they stop typing; who asks faster tries something out.
const (
	reviewsAtOnce = 40
	reviewEvery   = time.Second
	// sameAnswer is how long the same answer about the same enquiry stands for the
	// next one in the audit.
	sameAnswer = time.Minute
	maxReviews = 2000 // accounts that are remembered; beyond it all are forgotten
)

// reviews remembers, by account, how often it asked and what it was answered.
type reviews struct {
	mu       sync.Mutex
	accounts map[int64]*reviewer
}

type reviewer struct {
	limit *rate.Limiter
	said  map[string]time.Time // enquiry and answer -> when it was recorded
}

func newReviews() *reviews { return &reviews{accounts: map[int64]*reviewer{}} }

func (r *reviews) of(staff int64) *reviewer {
	x, ok := r.accounts[staff]
	if !ok {
		if len(r.accounts) >= maxReviews {
			clear(r.accounts)
		}
		x = &reviewer{limit: rate.NewLimiter(rate.Every(reviewEvery), reviewsAtOnce), said: map[string]time.Time{}}
		r.accounts[staff] = x
	}
	return x
}

// allow is false when the account asks too often.
func (r *reviews) allow(staff int64, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of(staff).limit.AllowN(now, 1)
}

// fresh reports an answer that is to be recorded: another one than a moment ago.
func (r *reviews) fresh(staff int64, answer string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	x := r.of(staff)
	if at, ok := x.said[answer]; ok && now.Sub(at) < sameAnswer {
		return false
	}
	for k, at := range x.said {
		if now.Sub(at) >= sameAnswer {
			delete(x.said, k)
		}
	}
	x.said[answer] = now
	return true
}

// review lets the pages and the API ask the guard about a draft.
type review struct{ a *App }

func (r review) Review(ctx context.Context, actor access.Actor, q web.ReviewRequest) (web.Review, error) {
	if !q.Series && !r.a.reviews.allow(actor.StaffID, q.Now) {
		return web.Review{}, fault.New(fault.Refused, "You asked the check very often. Wait a few seconds and try again. Nothing was sent")
	}
	claim, err := r.a.desk.Draft(ctx, actor, q.Reply, q.Now)
	if err != nil {
		return web.Review{}, err
	}
	verdict, digest, err := r.a.dispatcher.Review(ctx, claim, q.Now)
	if err != nil {
		return web.Review{Verdict: verdict, Digest: digest}, err
	}
	if verdict.Findings, err = r.a.forReader(ctx, claim, verdict.Findings); err != nil {
		return web.Review{}, err
	}
	rules := verdict.Rules(guard.Warn)
	rules = slices.DeleteFunc(rules, toneAlone)
	answer := q.Reply.Ref + " " + string(verdict.Decision) + " " + strings.Join(rules, " ")
	if !q.Series && r.a.reviews.fresh(actor.StaffID, answer, q.Now) {
		err = r.a.desk.Reviewed(ctx, actor, tickets.Reviewed{
			Ref: q.Reply.Ref, Digest: digest, Decision: string(verdict.Decision), Version: verdict.RulesVersion,
			Rules: rules, People: len(claim.Letter.Deliveries),
		}, q.Now)
	}
	return web.Review{Verdict: verdict, Digest: digest}, err
}

// toneAlone are hints about tone: they are the writer's alone and are kept nowhere.
func toneAlone(rule string) bool {
	return rule == guard.RuleToneInternal || rule == guard.RuleToneExternal
}

// forReader takes out of findings what is not on the case that the reader opened:
// addresses and names that the rules know from other cases, and protected
// addresses. What the reader wrote is the reader's.
func (a *App) forReader(ctx context.Context, claim *tickets.Claim, findings []guard.Finding) ([]guard.Finding, error) {
	var parties []register.Party
	if claim.Case != nil {
		var err error
		if parties, err = a.store.Parties(ctx, claim.Case.ID); err != nil {
			return nil, err
		}
	}
	out := slices.Clone(findings)
	for i := range out {
		out[i] = discreet(out[i], claim, parties)
	}
	return out, nil
}

// discreet is a finding whose words name nobody from beyond the case. A finding that
// a second person may release is never changed: the release is bound to its words,
// and none of those rules knows another case's people.
func discreet(f guard.Finding, claim *tickets.Claim, parties []register.Party) guard.Finding {
	if f.Releasable() {
		return f
	}
	for _, word := range strings.Fields(f.Words + " " + f.Evidence) {
		word = strings.Trim(word, `".,;:()<>`)
		if strings.Contains(word, "@") && !mayRead(word, claim, parties) {
			f.Words = "An address here is not one that we use for this case. Choose the person from the case."
			f.Evidence, f.Person = "", ""
			return f
		}
	}
	return f
}

func mayRead(address string, claim *tickets.Claim, parties []register.Party) bool {
	folded := register.FoldMailbox(address)
	for _, d := range claim.Letter.Deliveries {
		if register.FoldMailbox(d.Email) == folded {
			return true
		}
	}
	for _, p := range parties {
		for _, a := range p.Addresses {
			if a.Mailbox == folded {
				return !a.Confidential && !p.Link.AddressHidden
			}
		}
	}
	return strings.Contains(strings.ToLower(claim.Letter.Body+" "+claim.Letter.Subject), strings.ToLower(address))
}

// Copies implements web.Reviewer.
func (r review) Copies(ctx context.Context, actor access.Actor, q web.ReviewRequest) ([]web.Copy, error) {
	claim, err := r.a.desk.Draft(ctx, actor, q.Reply, q.Now)
	if err != nil {
		return nil, err
	}
	raw, err := r.a.dispatcher.Previews(claim, q.Now)
	if err != nil {
		return nil, err
	}
	var out []web.Copy
	for i, b := range raw {
		dl := claim.Letter.Deliveries[i]
		c := web.Copy{PersonID: dl.PersonID, Name: dl.Name, To: dl.Email, Letter: *parse.Message(b, parse.Options{})}
		c.HTML, _ = mailReader{}.SafeHTML(b)
		out = append(out, c)
	}
	return out, nil
}
