package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
)

// TestFiguresMillion: mails a second into a database that holds a million
// messages already, beside the same into an empty one, in turns.
func TestFiguresMillion(t *testing.T) {
	mailtest.Figures(t)
	runs, n, messages := size(t, "RUNS", 3), size(t, "MAILS", 10000), size(t, "MESSAGES", 1_000_000)
	binary := buildBinary(t)
	families := mailtest.Families(3, 400)
	o := mailtest.Lifelike()
	o.Mailbox, o.Families = sen, families
	o.Start, o.Gap = time.Now().UTC().Add(-time.Duration(n*runs+100)*10*time.Second), 10*time.Second
	dovecot := mailtest.Dovecot(t)
	// Each run has mails of its own: the full database is filled once.
	users, batch := make([]string, runs), make([]mailtest.Mail, 0, 500)
	for i := range users {
		users[i] = dovecot.User()
	}
	count := 0
	for m := range mailtest.Generate(1, n*runs, o) {
		batch = append(batch, m)
		count++
		if len(batch) == cap(batch) || count%n == 0 {
			dovecot.Seed(t, users[(count-1)/n], "INBOX", batch)
			batch = batch[:0]
		}
	}
	full := still(t, plan{mode: tickets.ModeHold}, families, dovecot, nil)
	start := time.Now()
	full.multiply(messages, families)
	t.Logf("%d messages put in within %s", messages, time.Since(start).Round(time.Second))
	var empty, filled, memory []float64
	for i := range runs {
		h := still(t, plan{mode: tickets.ModeHold}, families, dovecot, nil)
		rate, _ := h.ingest(binary, users[i], n)
		empty = append(empty, rate)
		rate, peak := full.ingest(binary, users[i], n)
		filled, memory = append(filled, rate), append(memory, peak)
		// The next run reads another mailbox of the server under the same name.
		full.forgetMailbox(users, i)
	}
	t.Logf("into an empty database:      %5.0f mails/s (median of %.0f)", median(empty), empty)
	t.Logf("beside %d messages:     %5.0f mails/s (median of %.0f)", messages, median(filled), filled)
	t.Logf("full to empty:               %5.2f (aim: 0.6 or more)", median(filled)/median(empty))
	t.Logf("peak memory with %d:    %5.0f MB      (median of %.0f)", messages, median(memory), memory)
}

// forgetMailbox lets the program begin with the next user's inbox: its UIDs start
// anew, so what it knows of the last one's must not stand in the way.
func (h *house) forgetMailbox(users []string, i int) {
	h.t.Helper()
	if i+1 == len(users) {
		return
	}
	db := h.direct()
	defer func() { _ = db.Close() }()
	for _, q := range []string{
		"update ledger set folder = 'Read ' || ? where folder = 'INBOX'",
		"update cursors set folder = 'Read ' || ? where folder = 'INBOX'",
		"update folders set folder = 'Read ' || ? where folder = 'INBOX'",
	} {
		_, err := db.Exec(q, i)
		must(h.t, err)
	}
}

// direct opens the database of a house whose program does not run, without
// waiting for the disk.
func (h *house) direct() *sql.DB {
	h.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(h.dir, "data", "hearback.db")+"?_journal_mode=WAL&_synchronous=OFF&_foreign_keys=off&_cache_size=-400000")
	must(h.t, err)
	db.SetMaxOpenConns(1)
	return db
}

// multiply fills the database with n messages: some thousands go through the real
// intake, and all their rows are copied under other numbers. The copies belong to
// other families, whose enquiries are finished.
func (h *house) multiply(n int, families []mailtest.Family) {
	t := h.t
	t.Helper()
	const base = 5000
	h.stock(min(n, base), families)
	db := h.direct()
	defer func() { _ = db.Close() }()
	must(t, execute(db, "create temp table base_words as select m.id, lower(m.subject || ' ' || m.from_name || ' ' || m.from_email || ' ' || b.words) as words from messages m join bodies b on b.message_id = m.id"))
	steps := map[string]int64{} // table to the distance of the numbers of two copies
	tables := []string{
		"cases", "people", "links", "addresses", "raw_mail", "tickets", "messages", "bodies", "ledger", "clocks", "events", "outgoings", "deliveries",
	}
	columns, last := map[string][]string{}, map[string]int64{}
	for _, table := range append(slices.Clone(tables), "staff", "teams") {
		key := "id"
		if table == "bodies" {
			key = "message_id"
		}
		var most sql.NullInt64
		must(t, db.QueryRow("select max("+key+") from "+table).Scan(&most))
		steps[table], last[table] = most.Int64+1, most.Int64
		columns[table] = columnsOf(t, db, table)
	}
	var have int64
	must(t, db.QueryRow("select count(*) from messages").Scan(&have))
	copies := (int64(n) + have - 1) / have
	for k := int64(1); k < copies; k++ {
		tx, err := db.BeginTx(context.Background(), nil)
		must(t, err)
		family := k % 25 // so many times more families than write now
		for _, table := range tables {
			if k >= 25 && slices.Contains([]string{"cases", "people", "links", "addresses"}, table) {
				continue // there already
			}
			var list []string
			for _, c := range columns[table] {
				list = append(list, copied(table, c, k, family, steps))
			}
			key := "id"
			if table == "bodies" {
				key = "message_id"
			}
			_, err := tx.Exec(fmt.Sprintf("insert into %s (%s) select %s from %s where %s <= %d",
				table, strings.Join(columns[table], ", "), strings.Join(list, ", "), table, key, last[table]))
			if err != nil {
				t.Fatalf("copying %s: %v", table, err)
			}
		}
		_, err = tx.Exec("insert into message_words (rowid, words) select id + ?, words || ' copy' || ? from base_words", k*steps["messages"], k)
		must(t, err)
		must(t, tx.Commit())
	}
	must(t, execute(db, "update counters set next = next + 10000000 where name = 'ticket'"))
	must(t, execute(db, "pragma wal_checkpoint(truncate)"))
}

func execute(db *sql.DB, query string) error {
	_, err := db.Exec(query)
	return err
}

func columnsOf(t *testing.T, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.Query("select name from pragma_table_info(?)", table)
	must(t, err)
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		out = append(out, name)
	}
	must(t, rows.Err())
	return out
}

// copied is what stands in a column of the kth copy.
func copied(table, column string, k, family int64, steps map[string]int64) string {
	shift := func(of string, by int64) string { return fmt.Sprintf("%s + %d", column, by*steps[of]) }
	switch column {
	case "id":
		if slices.Contains([]string{"cases", "people", "links", "addresses"}, table) {
			return shift(table, family)
		}
		return shift(table, k)
	case "case_id":
		return shift("cases", family)
	case "person_id", "requester_id", "suggested_person_id":
		return shift("people", family)
	case "ticket_id", "suggested_id", "merged_into":
		return shift("tickets", k)
	case "raw_id":
		return shift("raw_mail", k)
	case "message_id":
		if table == "bodies" || table == "ledger" {
			return shift("messages", k)
		}
		return fmt.Sprintf("case when message_id = '' then '' else '%d.' || message_id end", k)
	case "answers_id":
		return shift("messages", k)
	case "outgoing_id":
		return shift("outgoings", k)
	case "sha256", "content_hash":
		return fmt.Sprintf("case when %[1]s = '' then '' else substr(%[1]s, 1, 56) || printf('%%08x', %[2]d) end", column, k)
	case "ref", "ref_fold":
		return fmt.Sprintf("'%d-' || %s", k, column)
	case "mailbox", "from_mailbox", "requester_mailbox", "email", "from_email", "requester_email":
		return fmt.Sprintf("'f%d.' || %s", family, column)
	case "token":
		return fmt.Sprintf("case when token = '' then '' else '%d' || token end", k)
	case "uid":
		return fmt.Sprintf("uid + %d", k*1_000_000)
	case "state":
		if table == "tickets" {
			return "'finished'"
		}
		if table == "deliveries" {
			return "'accepted'"
		}
	case "finished_at", "last_answer_at":
		return "last_inbound_at"
	case "due_at":
		if table == "tickets" {
			return "'9999-01-01T00:00:00.000000Z'"
		}
	case "stopped_at":
		return "received_at"
	case "next_at":
		if table == "clocks" {
			return "null"
		}
	}
	return column
}
