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
	if !a.SeesAllTeams() {
		all = append(all, is(q.TicketInScope, teams(a), a.StaffID, a.StaffID, a.StaffID))
	}
	if !a.SeesRestricted() {
		all = append(all, is(q.TicketNotRestricted, a.StaffID, a.StaffID, a.StaffID))
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
	var all []cond
	if !a.SeesAllTeams() {
		all = append(all, is(q.CaseInScope, teams(a), a.StaffID, a.StaffID, a.StaffID))
	}
	if !a.SeesRestricted() {
		all = append(all, is(q.CaseNotRestricted, a.StaffID, a.StaffID, a.StaffID))
	}
	return every(all...)
}

// seesMailbox is about what a mailbox took in that is on no ticket (alias b).
func (q *queries) seesMailbox(a access.Actor) cond {
	if a.SeesAllTeams() || a.May(access.ManageSystem) {
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
