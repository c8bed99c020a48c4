package store

import (
	"context"
	"strings"
	"unicode"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

func initials(name string) string { return register.Initials(name) }

// firstWords makes one line of a text.
func firstWords(s string) string {
	const most = 200
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	n := 0
	for i := range s {
		if n == most {
			return strings.TrimSpace(s[:i]) + "..."
		}
		n++
	}
	return s
}

// caseViewRow is a case with the names of who works on it.
type caseViewRow struct {
	caseRow
	TeamName     string `db:"team_name"`
	OfficerName  string `db:"officer_name"`
	FallbackName string `db:"fallback_name"`
}

func (r caseViewRow) view() tickets.CaseView {
	return tickets.CaseView{
		Case: r.file(), TeamName: r.TeamName, OfficerName: r.OfficerName, FallbackName: r.FallbackName,
	}
}

// Case implements tickets.Reader.
func (r reader) Case(ctx context.Context, a access.Actor, ref string) (*tickets.CaseView, error) {
	q := r.db.q
	var row caseViewRow
	err := newList("case", q.SelectCases).and(q.CaseRefIs, ref).andCond(q.seesCase(a)).row(ctx, r.session, &row)
	if err != nil {
		return nil, err
	}
	v := row.view()
	if v.Parties, err = r.Parties(ctx, v.ID); err != nil {
		return nil, err
	}
	var ids []int64
	err = newList("tickets of a case", q.SelectTicketID).and(q.TicketCase, v.ID).and(q.ViewOpen).andCond(q.seesTicket(a)).
		tail(q.OrderDue, maxLimit).rows(ctx, r.session, &ids)
	if err != nil {
		return nil, err
	}
	v.Tickets, err = r.ticketViews(ctx, a, ids)
	return &v, err
}

// Cases implements tickets.Reader, in the order of references.
func (r reader) Cases(ctx context.Context, a access.Actor, cq tickets.CaseQuery) (tickets.CasePage, error) {
	var page tickets.CasePage
	q := r.db.q
	where := q.caseFilter(a, cq)
	if err := newList("count of cases", q.CountCases).andCond(where).row(ctx, r.session, &page.Total); err != nil {
		return page, err
	}
	l := newList("cases", q.SelectCases).andCond(where)
	if cq.Cursor != "" {
		key, err := parsePageKey(cq.Cursor, "case")
		if err != nil {
			return page, err
		}
		l.and(q.AfterCase, key.Ref)
	}
	limit := limitOf(cq.Limit)
	var rows []caseViewRow
	if err := l.tail(q.OrderCase, limit+1).rows(ctx, r.session, &rows); err != nil {
		return page, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = pageKey{Sort: "case", Ref: rows[limit-1].Ref}.String()
	}
	page.Items = plain(rows, caseViewRow.view)
	return page, nil
}

// caseFilter: the words of a question are those of the child's name, or of one
// person's on the case, or it is a reference or a number.
func (q *queries) caseFilter(a access.Actor, cq tickets.CaseQuery) cond {
	all := []cond{q.seesCase(a)}
	if cq.NoOfficer {
		all = append(all, is(q.CaseIsOpen), is(q.CaseNoOfficer))
	}
	typed := strings.TrimSpace(cq.Q)
	if words := terms(typed, maxTerms); len(words) > 0 {
		exact := strings.ReplaceAll(fold(typed), " ", "")
		all = append(all, either(
			each(q.CaseMatchChild, words),
			each(q.CaseMatchPerson, words),
			is(q.CaseMatchRef, likePattern(fold(typed)), exact, exact),
		))
	} else if typed != "" {
		all = append(all, is(q.Nothing))
	}
	return every(all...)
}
