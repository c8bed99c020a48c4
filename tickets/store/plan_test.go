package store

import (
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

// The lists that everybody has open all day read indexes and not whole tables.
func TestListsUseIndexes(t *testing.T) {
	db := openLite(t)
	q := db.q
	officer := access.Actor{StaffID: 1, Role: access.RoleOfficer, TeamIDs: []int64{1}}
	duty := access.Actor{StaffID: 1, Role: access.RoleBusinessSupport, TeamIDs: []int64{1}}
	type plan struct {
		l    *list
		want string
	}
	var plans []plan
	for _, view := range []string{"mine", "team", "waiting", "answered", "late"} {
		filter, err := q.ticketFilter(officer, tickets.TicketQuery{View: view, Now: time.Unix(0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans,
			plan{newList(view, q.SelectTicketKeys).andCond(filter).tail(q.OrderDue, 51), "tickets_"},
			plan{newList("count of "+view, q.CountTickets).andCond(filter), "tickets_"})
	}
	words, err := q.ticketFilter(duty, tickets.TicketQuery{Q: "taxi transport"})
	if err != nil {
		t.Fatal(err)
	}
	plans = append(plans,
		plan{newList("question", q.SelectTicketKeys).andCond(words).tail(q.OrderDue, 51), "INTEGER PRIMARY KEY"},
		plan{newList("search", q.SelectHits).and(q.HitsMatch, q.match([]string{"taxi"})).andCond(q.seesTicket(duty)).tail(q.OrderHits, 50), "message_words VIRTUAL TABLE"})
	for _, p := range plans {
		x, args, err := p.l.query(db)
		if err != nil {
			t.Fatal(err)
		}
		text := explain(t, db, x.text, args)
		if !strings.Contains(text, p.want) {
			t.Errorf("%s does not use %s:\n%s", p.l.name, p.want, text)
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "SCAN t") && !strings.Contains(line, "INDEX") || strings.Contains(line, "SCAN m") && !strings.Contains(line, "VIRTUAL") && !strings.Contains(line, "INDEX") {
				t.Errorf("%s reads a whole table:\n%s", p.l.name, text)
			}
		}
	}
	for name, text := range map[string]string{
		"the queue":   q.OutboxChoose.text,
		"due clocks":  q.ClocksDue.text,
		"the ledger":  q.LedgerUIDs.text,
		"sender":      q.SendersKnown.text,
		"timeline":    q.TimelineMessages.text,
		"letters":     q.TimelineLetters.text,
		"next due":    q.OutboxNext.text,
		"same mail":   q.ContentKnown.text,
		"expired":     q.OutboxExpire.text,
		"overdue":     q.OutboxOverdue.text,
		"other mode":  q.OutboxOtherMode.text,
		"recovery":    q.OutboxLeft.text,
		"last text":   q.TicketViews.text,
		"threads":     q.ThreadsKnown.text,
		"notes":       q.NotesOfTicket.text,
		"same sender": q.AutomaticTo.text,
	} {
		plan := explain(t, db, text, make([]any, strings.Count(text, "?")))
		for _, line := range strings.Split(plan, "\n") {
			for _, big := range []string{"SCAN m", "SCAN e", "SCAN d", "SCAN k", "SCAN o", "SCAN x", "SCAN y", "SCAN deliveries", "SCAN ledger", "SCAN a"} {
				if strings.TrimSpace(line) == big {
					t.Errorf("%s reads a whole table:\n%s", name, plan)
				}
			}
		}
	}
}

// DBG
func explain(t *testing.T, db *DB, text string, args []any) string {
	t.Helper()
	rows, err := db.write.Queryx("explain query plan "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var b strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		b.WriteString(detail + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
