package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// The lengths of pages.
const (
	defaultLimit = 50
	maxLimit     = 200
)

func limitOf(n int) int {
	switch {
	case n <= 0:
		return defaultLimit
	case n > maxLimit:
		return maxLimit
	}
	return n
}

// view is the condition of one of the inbox's views.
func (q *queries) view(name string, a access.Actor, now time.Time) (cond, error) {
	switch name {
	case "mine":
		return is(q.ViewMine, a.StaffID, a.StaffID), nil
	case "team":
		if len(a.TeamIDs) == 0 && a.SeesAllTeams() {
			return is(q.ViewTeamAll), nil
		}
		return is(q.ViewTeam, teams(a)), nil
	case "waiting":
		return is(q.ViewWaiting), nil
	case "answered":
		return is(q.ViewAnswered), nil
	case "late":
		return is(q.ViewLate, at(now)), nil
	case "triage":
		return is(q.ViewTriage), nil
	case "unconfirmed":
		return is(q.ViewUnconfirmed), nil
	case "finished":
		return is(q.ViewFinished), nil
	case "", "all":
		return is(q.ViewAll), nil
	}
	return cond{}, fault.New(fault.Invalid, "There is no such list")
}

// pageKey is where a page ended: the keys of its order.
type pageKey struct {
	Sort string    `json:"s"`
	Due  time.Time `json:"d,omitzero"`
	Last time.Time `json:"l,omitzero"`
	ID   int64     `json:"i,omitempty"`
	Ref  string    `json:"r,omitempty"`
}

func (k pageKey) String() string {
	b, err := json.Marshal(k)
	if err != nil {
		return "" // times, a number and a text always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parsePageKey(s, sort string) (k pageKey, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &k)
	}
	if err == nil && k.Sort != sort {
		err = fmt.Errorf("a cursor of the order %q", k.Sort)
	}
	if err != nil {
		return k, fault.Wrap(fault.Invalid, "This page of the list is no longer known. Start at the first page", err)
	}
	return k, nil
}

type ticketKeyRow struct {
	ID   int64   `db:"id"`
	Due  instant `db:"due_at"`
	Last instant `db:"last_inbound_at"`
}

// Tickets implements tickets.Reader.
func (r reader) Tickets(ctx context.Context, a access.Actor, tq tickets.TicketQuery) (tickets.TicketPage, error) {
	var page tickets.TicketPage
	q := r.db.q
	where, err := q.ticketFilter(a, tq)
	if err != nil {
		return page, err
	}
	if tq.Q != "" {
		if err := r.indexWritten(ctx); err != nil {
			return page, err
		}
	}
	if err := newList("count of tickets", q.CountTickets).andCond(where).row(ctx, r.session, &page.Total); err != nil {
		return page, err
	}
	l := newList("tickets", q.SelectTicketKeys).andCond(where)
	sort, limit := tq.Sort, limitOf(tq.Limit)
	if sort == "" {
		sort = "due"
	}
	var key pageKey
	if tq.Cursor != "" {
		if key, err = parsePageKey(tq.Cursor, sort); err != nil {
			return page, err
		}
	}
	last := at(key.Last)
	switch sort {
	case "due":
		if tq.Cursor != "" {
			l.and(q.AfterDue, at(key.Due), at(key.Due), last, last, key.ID)
		}
		l.tail(q.OrderDue, limit+1)
	case "newest":
		if tq.Cursor != "" {
			l.and(q.AfterNewest, last, last, key.ID)
		}
		l.tail(q.OrderNewest, limit+1)
	default:
		return page, fault.New(fault.Invalid, "The list cannot be sorted like that")
	}
	var keys []ticketKeyRow
	if err := l.rows(ctx, r.session, &keys); err != nil {
		return page, err
	}
	if len(keys) > limit {
		keys = keys[:limit]
		end := keys[limit-1]
		page.Next = pageKey{Sort: sort, Due: end.Due.time(), Last: end.Last.time(), ID: end.ID}.String()
	}
	page.Items, err = r.ticketViews(ctx, a, plain(keys, func(k ticketKeyRow) int64 { return k.ID }))
	return page, err
}

// ticketFilter is everything that a list of tickets is narrowed by.
func (q *queries) ticketFilter(a access.Actor, tq tickets.TicketQuery) (cond, error) {
	view, err := q.view(tq.View, a, tq.Now)
	if err != nil {
		return cond{}, err
	}
	all := []cond{q.seesTicket(a), view}
	if tq.State != "" {
		all = append(all, is(q.TicketState, string(tq.State)))
	}
	if tq.CaseID != 0 {
		all = append(all, is(q.TicketCase, tq.CaseID))
	}
	if tq.Owner != 0 {
		all = append(all, is(q.TicketOwner, tq.Owner))
	}
	if words := terms(tq.Q, maxTerms); len(words) > 0 {
		all = append(all, q.matches(a, tq.Q, words))
	} else if strings.TrimSpace(tq.Q) != "" {
		all = append(all, is(q.Nothing)) // only signs were asked for
	}
	return every(all...), nil
}

// matches is what a question hits: words in texts, references, names.
func (q *queries) matches(a access.Actor, typed string, words []string) cond {
	found := newList("words", q.MatchWords).and(q.HitsMatch, q.match(words)).andCond(q.seesTicket(a)).tail(q.MatchWordsEnd)
	return q.anyOf(append([]cond{{found.head.String(), found.args}}, q.named(typed, words)...))
}

// named is what a question hits besides texts.
func (q *queries) named(typed string, words []string) []cond {
	typed = strings.TrimSpace(typed)
	child, requester := each(q.ChildLike, words), each(q.RequesterLike, words)
	return []cond{
		is(q.MatchTicketRef, []string{strings.ToUpper(typed), q.refPrefix + "-" + typed}),
		is(q.MatchCaseRef, likePattern(fold(typed))),
		{string(q.MatchChild) + " " + child.text + string(q.MatchEnd), child.args},
		{string(q.MatchRequester) + " " + requester.text + string(q.MatchEnd), requester.args},
	}
}

// anyOf is the condition that a ticket is among what the parts select.
func (q *queries) anyOf(parts []cond) cond {
	var texts []string
	var args []any
	for _, p := range parts {
		texts = append(texts, p.text)
		args = append(args, p.args...)
	}
	return cond{string(q.MatchAnyOf) + " " + strings.Join(texts, " "+string(q.MatchUnion)+" ") + " " + string(q.MatchEnd), args}
}

// each asks f of every word.
func each(f fragment, words []string) cond {
	all := make([]cond, len(words))
	for i, w := range words {
		all[i] = is(f, likePattern(w))
	}
	return every(all...)
}

// countViews are the views that TicketCounts counts. What is finished only
// grows and is asked of nobody, so it is not among them.
func countViews() []string {
	return []string{"mine", "team", "waiting", "answered", "late", "triage", "unconfirmed"}
}

// TicketCounts implements tickets.Reader.
func (r reader) TicketCounts(ctx context.Context, a access.Actor, now time.Time) (map[string]int, error) {
	out := make(map[string]int)
	for _, name := range countViews() {
		n, err := r.countTickets(ctx, a, name, now)
		if err != nil {
			return nil, err
		}
		out[name] = n
	}
	return out, nil
}

func (r reader) countTickets(ctx context.Context, a access.Actor, view string, now time.Time) (n int, err error) {
	v, err := r.db.q.view(view, a, now)
	if err != nil {
		return 0, err
	}
	err = newList("count of "+view, r.db.q.CountTickets).andCond(r.db.q.seesTicket(a)).andCond(v).row(ctx, r.session, &n)
	return n, err
}

// Ticket implements tickets.Reader.
func (r reader) Ticket(ctx context.Context, a access.Actor, ref string) (*tickets.TicketView, error) {
	q := r.db.q
	var id int64
	err := newList("ticket", q.SelectTicketID).and(q.TicketRefIs, ref).andCond(q.seesTicket(a)).row(ctx, r.session, &id)
	if err != nil {
		return nil, err
	}
	views, err := r.ticketViews(ctx, a, []int64{id})
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

// canSee is fault.NotFound for a ticket that the actor may not see.
func (r reader) canSee(ctx context.Context, a access.Actor, ticketID int64) error {
	q := r.db.q
	var id int64
	return newList("ticket", q.SelectTicketID).and(q.TicketIDIn, []int64{ticketID}).andCond(q.seesTicket(a)).row(ctx, r.session, &id)
}
