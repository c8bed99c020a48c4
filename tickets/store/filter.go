package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"hearback/tickets/access"
)

// list composes a list statement out of fragments. Nothing that a person typed
// ever becomes part of the text: fragments come from query/filters.sql, and
// everything else is an argument.
type list struct {
	name  string // for errors
	head  strings.Builder
	args  []any
	conds int
	open  string // what stands before the first condition
}

// newList begins a statement.
func newList(name string, head fragment, args ...any) *list {
	l := &list{name: name, args: args, open: " where "}
	l.head.WriteString(string(head))
	return l
}

// and adds a condition.
func (l *list) and(f fragment, args ...any) *list {
	if l.conds == 0 {
		l.head.WriteString(l.open)
	} else {
		l.head.WriteString(" and ")
	}
	l.conds++
	l.head.WriteString("(" + string(f) + ")")
	l.args = append(l.args, args...)
	return l
}

// cond is a condition with its arguments, for combining.
type cond struct {
	text string
	args []any
}

func is(f fragment, args ...any) cond { return cond{string(f), args} }

func (l *list) andCond(c cond) *list { return l.and(fragment(c.text), c.args...) }

// every and either join conditions; of none, every is true and either false.
func every(list ...cond) cond  { return join(" and ", "1 = 1", list) }
func either(list ...cond) cond { return join(" or ", "1 = 0", list) }

func join(with, empty string, list []cond) cond {
	if len(list) == 0 {
		return cond{text: empty}
	}
	var out cond
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = "(" + c.text + ")"
		out.args = append(out.args, c.args...)
	}
	out.text = strings.Join(texts, with)
	return out
}

// tail ends the statement: order, limit, grouping.
func (l *list) tail(f fragment, args ...any) *list {
	l.head.WriteString(" " + string(f))
	l.args = append(l.args, args...)
	return l
}

// query is the finished statement with its arguments.
func (l *list) query(db *DB) (query, []any, error) {
	text, args, err := sqlx.In(l.head.String(), l.args...)
	if err != nil {
		return query{}, nil, fmt.Errorf("%s: %w", l.name, err)
	}
	return query{name: l.name, text: db.write.Rebind(text)}, args, nil
}

// rows runs the statement.
func (l *list) rows(ctx context.Context, s session, dest any) error {
	q, args, err := l.query(s.db)
	if err != nil {
		return err
	}
	return s.all(ctx, dest, q, args...)
}

// row runs the statement for one row.
func (l *list) row(ctx context.Context, s session, dest any) error {
	q, args, err := l.query(s.db)
	if err != nil {
		return err
	}
	return s.get(ctx, dest, q, args...)
}

// teams of an actor as a list that is never empty; no team has the id 0.
func teams(a access.Actor) []int64 {
	if len(a.TeamIDs) == 0 {
		return []int64{0}
	}
	return a.TeamIDs
}

// seesTicket is the one definition of which tickets (alias t) an actor may see.
func (q *queries) seesTicket(a access.Actor) cond {
	if !a.SeesCases() {
		return is(q.Nothing)
	}
	var all []cond
	if scope := a.Scope(); scope != access.ScopeAll {
		some := []cond{is(q.TicketOwn, a.StaffID, a.StaffID, a.StaffID, a.StaffID)}
		switch scope {
		case access.ScopeTeam:
			some = append(some, is(q.TicketOfTeam, teams(a)))
		case access.ScopeAppeals:
			some = append(some, is(q.TicketOfAppeal))
		case access.ScopeFlagged: // and what nobody has sorted yet: it may hold what has to be flagged
			some = append(some, is(q.TicketFlagged), is(q.TicketUnsorted, teams(a)))
		}
		all = append(all, either(some...))
	}
	if !a.SeesRestricted() {
		all = append(all, is(q.TicketNotRestricted, a.StaffID, a.StaffID, a.StaffID, a.StaffID))
	}
	if !a.May(access.Triage) {
		all = append(all, is(q.TicketOnCase))
	}
	return every(all...)
}

// seesCase is the same for cases (alias c).
func (q *queries) seesCase(a access.Actor) cond {
	if !a.SeesCases() {
		return is(q.Nothing)
	}
	own := is(q.CaseOwn, a.StaffID, a.StaffID, a.StaffID, a.StaffID)
	all := []cond{q.knowsCase(a, own)}
	if !a.SeesRestricted() {
		all = append(all, either(is(q.CaseNotRestricted), own))
	}
	return every(all...)
}

// knowsCase is what of cases lies in the scope of the role, restricted or not.
func (q *queries) knowsCase(a access.Actor, own cond) cond {
	switch a.Scope() {
	case access.ScopeAll:
		return every()
	case access.ScopeTeam:
		return either(own, is(q.CaseOfTeam, teams(a)))
	case access.ScopeAppeals:
		return either(own, is(q.CaseOfAppeal))
	case access.ScopeFlagged:
		return either(own, is(q.CaseFlagged))
	}
	return own
}

// seesMailbox is about what a mailbox took in that is on no ticket (alias b).
func (q *queries) seesMailbox(a access.Actor) cond {
	if a.ServesAllTeams() || a.May(access.ManageSystem) {
		return every()
	}
	return is(q.MailboxInScope, teams(a))
}

// seesMessage: with its ticket; automatic mail without one by who sorts mail.
func (q *queries) seesMessage(a access.Actor) cond {
	onTicket := every(is(q.MessageOnTicket), q.seesTicket(a))
	if !a.SeesCases() || !a.May(access.Triage) {
		return onTicket
	}
	apart := every(is(q.MessageApart), q.seesMailbox(a), either(is(q.MessageOnNoCase), q.seesCase(a)))
	return either(onTicket, apart)
}
