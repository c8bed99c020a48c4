package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // what a reader of real mail needs

	"hearback/mailbox/mailtest"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store"
)

// The figures of the whole program (make bench). They are printed and never
// asserted; sizes can be set:
//
//	HEARBACK_BENCH_RUNS      runs of which the median is given (3)
//	HEARBACK_BENCH_MAILS     mails to take in (10000)
//	HEARBACK_BENCH_MESSAGES  messages behind the pages (100000) and the intake (1000000, 13 GB)
//	HEARBACK_BENCH_USERS     people who each ask every two seconds (50)
//	HEARBACK_BENCH_SECONDS   for how long (30)

func size(t *testing.T, name string, usual int) int {
	t.Helper()
	s := os.Getenv("HEARBACK_BENCH_" + name)
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	must(t, err)
	return n
}

// child is the real program in a process of its own, so that its memory is its own.
type child struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string
}

func buildBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "hearback")
	if out, err := exec.Command("go", "build", "-tags", "sqlite_fts5,nomsgpack", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return binary
}

func startChild(t *testing.T, binary, config string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(binary, "serve", "-config", config), lines: make(chan string, 1000)}
	r, w, err := os.Pipe()
	must(t, err)
	c.cmd.Stdout, c.cmd.Stderr = w, w
	must(t, c.cmd.Start())
	_ = w.Close()
	go func() {
		defer close(c.lines)
		s := bufio.NewScanner(r)
		for s.Scan() {
			c.lines <- s.Text()
		}
	}()
	t.Cleanup(func() { c.stop() })
	return c
}

// peak is the most memory that the process has had, in MB.
func (c *child) peak() float64 {
	c.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	must(c.t, err)
	_, rest, ok := strings.Cut(string(b), "VmHWM:")
	if !ok {
		return 0 // not Linux
	}
	kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	must(c.t, err)
	return kb / 1024
}

func (c *child) stop() {
	if c.cmd.ProcessState != nil {
		return
	}
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	for range c.lines { // to its end
	}
	_ = c.cmd.Wait()
}

// wait reads the log until n lines with the text have come.
func (c *child) wait(text string, n int) {
	c.t.Helper()
	var last []string
	for line := range c.lines {
		last = append(last, line)
		last = last[max(0, len(last)-5):]
		if strings.Contains(line, text) {
			if n--; n == 0 {
				return
			}
		}
	}
	c.t.Fatalf("the program ended with %d lines %q still to come: %v", n, text, last)
}

func median(list []float64) float64 {
	s := slices.Sorted(slices.Values(list))
	return s[len(s)/2]
}

func at(list []time.Duration, share float64) time.Duration {
	s := slices.Sorted(slices.Values(list))
	return s[min(len(s)-1, int(share*float64(len(s))))].Round(100 * time.Microsecond)
}

// still is a house whose program does not run: a configuration and a register.
func still(t *testing.T, p plan, families []mailtest.Family, dovecot *mailtest.DovecotServer, more func(ctx context.Context, tx tickets.Tx, h *house) error) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), news: newBell(), at: time.Now().UTC(), dovecot: dovecot, user: dovecot.User()}
	h.empty()
	h.log = &book{news: h.news}
	h.sink = mailtest.SMTPSink(t, p.sink)
	h.cfg = h.configure(p)
	app, err := NewApp(context.Background(), h.cfg, newLogger(h.cfg.Log, io.Discard), nil)
	must(t, err)
	h.app = app
	h.fill(families)
	if more != nil {
		must(t, app.store.Write(context.Background(), func(tx tickets.Tx) error { return more(context.Background(), tx, h) }))
	}
	must(t, app.Close())
	return h
}

func (h *house) config() string { return filepath.Join(h.dir, "hearback.yaml") }

// TestFiguresIngest: mails a second from Dovecot into SQLite, beside reading the
// same mails and writing the same rows without anything around it.
func TestFiguresIngest(t *testing.T) {
	mailtest.Figures(t)
	runs, n := size(t, "RUNS", 3), size(t, "MAILS", 10000)
	binary := buildBinary(t)
	families := mailtest.Families(3, 400)
	o := mailtest.Lifelike()
	o.Mailbox, o.Families = sen, families
	o.Start, o.Gap = time.Now().UTC().Add(-time.Duration(n+100)*10*time.Second), 10*time.Second
	dovecot := mailtest.Dovecot(t)
	user, bytesOf, bare := dovecot.User(), 0, []float64{}
	mails := make([]mailtest.Mail, 0, 500)
	for m := range mailtest.Generate(1, n, o) { // in parts: half a gigabyte need not be held at once
		bytesOf += len(m.Raw)
		mails = append(mails, m)
		if len(mails) == cap(mails) || m.N == n-1 {
			dovecot.Seed(t, user, "INBOX", mails)
			mails = mails[:0]
		}
	}
	t.Logf("%d mails, %d MB", n, bytesOf>>20)
	for range runs {
		parsed := time.Duration(0)
		for m := range mailtest.Generate(1, n, o) {
			start := time.Now()
			in := parse.Message(m.Raw, parse.Options{})
			parsed += time.Since(start)
			if in == nil {
				t.Fatal("nothing was read")
			}
		}
		bare = append(bare, float64(n)/parsed.Seconds())
	}
	var rate, memory, insert, both, plain, alone []float64
	for range runs {
		h := still(t, plan{mode: tickets.ModeHold}, families, dovecot, nil)
		perSecond, peak := h.ingest(binary, user, n)
		rate, memory = append(rate, perSecond), append(memory, peak)
		file := filepath.Join(h.dir, "data", "hearback.db")
		read, rows := bareParse(t, mailtest.Generate(1, n, o)), copyRows(t, file, n)
		insert = append(insert, float64(n)/rows.Seconds())
		both = append(both, float64(n)/(read+rows).Seconds())
		plain = append(plain, float64(n)/(read+copyMails(t, file, n)).Seconds())
		must(t, os.RemoveAll(filepath.Join(h.dir, "data")))
		h = still(t, plan{mode: tickets.ModeHold}, families, dovecot, nil)
		alone = append(alone, float64(n)/h.feed(mailtest.Generate(1, n, o), 100, false).Seconds())
	}
	t.Logf("intake:                 %6.0f mails/s (median of %.0f)", median(rate), rate)
	t.Logf("without the mail server: %5.0f mails/s (median of %.0f): read, then taken in, nothing at once", median(alone), alone)
	t.Logf("parse alone:            %6.0f mails/s (median of %.0f)", median(bare), bare)
	t.Logf("same rows, 100 a time:  %6.0f mails/s (median of %.0f)", median(insert), insert)
	t.Logf("go-message's bare parse, then the same rows: %.0f mails/s (median of %.0f)", median(both), both)
	t.Logf("intake to that:         %6.2f (aim: 0.5 or more); without the mail server %.2f", median(rate)/median(both), median(alone)/median(both))
	t.Logf("go-message's bare parse, then raw mail, messages and bodies alone, without the search index:")
	t.Logf("                        %6.0f mails/s (median of %.0f)", median(plain), plain)
	t.Logf("intake to that:         %6.2f; without the mail server %.2f", median(rate)/median(plain), median(alone)/median(plain))
	t.Logf("peak memory:            %6.0f MB      (median of %.0f)", median(memory), memory)
}

// ingest runs the program until it has taken in n mails of a user of Dovecot, and
// gives mails a second and the most memory that it had, in MB.
func (h *house) ingest(binary, user string, n int) (rate, peak float64) {
	t := h.t
	t.Helper()
	if h.user != user {
		h.rename(h.user, user)
		h.user = user
	}
	c := startChild(t, binary, h.config())
	c.wait("listens on", 1)
	start := time.Now()
	c.wait("event=taken_in", n)
	rate = float64(n) / time.Since(start).Seconds()
	peak = c.peak()
	c.stop()
	return rate, peak
}

// rename lets the program sign in as another user, and log what counts here.
func (h *house) rename(from, to string) {
	raw, err := os.ReadFile(h.config())
	must(h.t, err)
	text := strings.Replace(string(raw), "username: "+from+",", "username: "+to+",", 1)
	text = strings.Replace(text, "level: debug", "level: info", 1)
	must(h.t, os.WriteFile(h.config(), []byte(text), 0o600))
}

// copyRows writes all rows that the intake made into an empty database of the
// same schema, 100 mails a transaction with synchronous=FULL, the words of each
// message in the search index among them. It gives the time for that.
func copyRows(t *testing.T, from string, mails int) time.Duration {
	t.Helper()
	return copyTables(t, from, mails, true, "raw_mail", "tickets", "messages", "bodies", "clocks", "events", "outgoings", "deliveries", "ledger")
}

// copyMails is copyRows for what is kept of each mail itself.
func copyMails(t *testing.T, from string, mails int) time.Duration {
	t.Helper()
	return copyTables(t, from, mails, false, "raw_mail", "messages", "bodies")
}

func copyTables(t *testing.T, from string, mails int, index bool, tables ...string) time.Duration {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	empty, err := store.Open(ctx, store.Options{Engine: store.SQLite, Dir: dir})
	must(t, err)
	must(t, empty.Close())
	open := func(path string) *sql.DB {
		db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL&_foreign_keys=off&_txlock=immediate")
		must(t, err)
		db.SetMaxOpenConns(1)
		return db
	}
	src, dst := open(from), open(filepath.Join(dir, "hearback.db"))
	defer func() { _, _ = src.Close(), dst.Close() }()
	rows := map[string][][]any{}
	into := map[string]string{}
	for _, table := range tables {
		_, err := dst.ExecContext(ctx, "delete from "+table)
		if table != "events" {
			must(t, err)
		}
		into[table], rows[table] = readTable(t, src, "select * from "+table, table)
	}
	if index {
		_, texts := readTable(t, src, "select m.id, m.subject || ' ' || m.from_name || ' ' || m.from_email || ' ' || b.words from messages m join bodies b on b.message_id = m.id order by m.id", "")
		for i := range texts {
			s, _ := texts[i][1].(string)
			texts[i][1] = strings.Join(strings.Fields(strings.ToLower(s)), " ")
		}
		tables = append(tables, "message_words")
		into["message_words"], rows["message_words"] = "insert into message_words (rowid, words) values (?, ?)", texts
	}
	batches := (mails + 99) / 100
	start := time.Now()
	for b := range batches {
		tx, err := dst.BeginTx(ctx, nil)
		must(t, err)
		for _, table := range tables {
			stmt, err := tx.PrepareContext(ctx, into[table])
			must(t, err)
			list := rows[table]
			for _, row := range list[len(list)*b/batches : len(list)*(b+1)/batches] {
				if _, err := stmt.ExecContext(ctx, row...); err != nil {
					t.Fatalf("%s: %v", table, err)
				}
			}
			must(t, stmt.Close())
		}
		must(t, tx.Commit())
	}
	return time.Since(start)
}

// bareParse is how long go-message alone takes to read mails: every part decoded,
// nothing done with it.
func bareParse(t *testing.T, mails iter.Seq[mailtest.Mail]) time.Duration {
	t.Helper()
	took := time.Duration(0)
	for m := range mails {
		start := time.Now()
		e, err := message.Read(bytes.NewReader(m.Raw))
		if e == nil {
			t.Fatal(err)
		}
		err = e.Walk(func(_ []int, part *message.Entity, err error) error {
			if part == nil {
				return err
			}
			if part.MultipartReader() == nil {
				_, err = io.Copy(io.Discard, part.Body)
				return err
			}
			return nil
		})
		took += time.Since(start)
		must(t, err)
	}
	return took
}

func readTable(t *testing.T, db *sql.DB, query, table string) (insert string, out [][]any) {
	t.Helper()
	rows, err := db.Query(query)
	must(t, err)
	defer func() { _ = rows.Close() }()
	cols, err := rows.Columns()
	must(t, err)
	for rows.Next() {
		row, to := make([]any, len(cols)), make([]any, len(cols))
		for i := range row {
			to[i] = &row[i]
		}
		must(t, rows.Scan(to...))
		for i, v := range row {
			if b, ok := v.([]byte); ok {
				row[i] = bytes.Clone(b)
			}
		}
		out = append(out, row)
	}
	must(t, rows.Err())
	return "insert into " + table + " (" + strings.Join(cols, ", ") + ") values (?" + strings.Repeat(", ?", len(cols)-1) + ")", out
}

// TestFiguresAcknowledge: from the end of APPEND to the acknowledgement at the
// mail server, with IDLE.
func TestFiguresAcknowledge(t *testing.T) {
	mailtest.Figures(t)
	const n = 40
	got := make(chan time.Time, n)
	families := mailtest.Families(7, n)
	h := still(t, plan{sink: mailtest.SinkOptions{Script: func(e mailtest.Event) mailtest.Action {
		if e.Step == mailtest.StepDot {
			got <- time.Now()
		}
		return mailtest.Action{}
	}}}, families, mailtest.Dovecot(t), nil)
	c := startChild(t, buildBinary(t), h.config())
	c.wait("listens on", 1)
	go func() {
		for range c.lines { // nobody else reads the log
		}
	}()
	box := h.dovecot.Client(t, h.user)
	var took []time.Duration
	for i, f := range families {
		raw := letter(fmt.Sprintf("%d@mail.example", i), f.Address, "A question", "When is the meeting about "+f.Child+"?")
		cmd := box.Append("INBOX", int64(len(raw)), nil)
		_, err := cmd.Write(raw)
		must(t, err)
		must(t, cmd.Close())
		_, err = cmd.Wait()
		must(t, err)
		start := time.Now()
		select {
		case end := <-got:
			took = append(took, end.Sub(start))
		case <-time.After(patience):
			t.Fatalf("mail %d was not acknowledged", i)
		}
	}
	t.Logf("arrival to acknowledgement, %d mails: median %s, 95 %% %s, most %s (Dovecot tells of new mail after about 0.5 s)",
		n, at(took, 0.5), at(took, 0.95), at(took, 1))
	t.Logf("peak memory: %.0f MB", c.peak())
}

// TestFiguresPages: the inbox and the search while many people use them.
func TestFiguresPages(t *testing.T) {
	mailtest.Figures(t)
	messages, users, seconds := size(t, "MESSAGES", 100000), size(t, "USERS", 50), size(t, "SECONDS", 30)
	families := mailtest.Families(9, 2000)
	hash, err := hashPassword(staffPw)
	must(t, err)
	h := still(t, plan{mode: tickets.ModeHold}, families, mailtest.Dovecot(t), func(ctx context.Context, tx tickets.Tx, h *house) error {
		for i := range users {
			email := fmt.Sprintf("officer%d@westmarsh.example", i)
			s := register.Staff{
				Email: email, Mailbox: email, Name: fmt.Sprintf("Officer %d", i), Role: string(access.RoleOfficer), TeamID: h.team.ID,
				PasswordHash: hash, Active: true, CreatedAt: h.now(),
			}
			if err := tx.InsertStaff(ctx, &s); err != nil {
				return err
			}
		}
		return nil
	})
	start := time.Now()
	h.stock(messages, families)
	t.Logf("%d messages put in within %s", messages, time.Since(start).Round(time.Second))

	addr := h.listenOn()
	c := startChild(t, buildBinary(t), h.config())
	go func() {
		for range c.lines { // nobody else reads the log
		}
	}()
	answers(t, addr)
	base := "http://" + addr
	var wg sync.WaitGroup
	var mu sync.Mutex
	took := map[string][]time.Duration{}
	failed := 0
	for i := range users {
		jar, err := cookiejar.New(nil)
		must(t, err)
		client := &http.Client{Jar: jar, Transport: &http.Transport{}}
		res, err := client.PostForm(base+"/sign-in", url.Values{"email": {fmt.Sprintf("officer%d@westmarsh.example", i)}, "password": {staffPw}})
		must(t, err)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("officer %d cannot sign in: %d", i, res.StatusCode)
		}
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), 7))
			pages := []string{"/inbox/all", "/search?q=taxi", "/inbox/mine", "/search?q=" + url.QueryEscape(families[rnd.IntN(len(families))].Surname)}
			tick := time.NewTicker(2 * time.Second)
			defer tick.Stop()
			// They do not all ask in the same instant.
			<-time.After(time.Duration(rnd.IntN(2000)) * time.Millisecond)
			for k := range seconds / 2 {
				path := pages[(i+k)%len(pages)]
				start := time.Now()
				res, err := client.Get(base + path)
				ok := err == nil && res.StatusCode == http.StatusOK
				if err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
				}
				d := time.Since(start)
				kind, _, _ := strings.Cut(path, "?")
				mu.Lock()
				took[kind] = append(took[kind], d)
				if !ok {
					failed++
				}
				mu.Unlock()
				<-tick.C
			}
		})
	}
	wg.Wait()
	for _, kind := range []string{"/inbox/all", "/inbox/mine", "/search"} {
		if l := took[kind]; len(l) > 0 {
			t.Logf("%-12s %5d requests: median %s, 95 %% %s, 99 %% %s", kind, len(l), at(l, 0.5), at(l, 0.95), at(l, 0.99))
		}
	}
	t.Logf("%d people, every 2 s, %d messages; %d requests failed; peak memory %.0f MB", users, messages, failed, c.peak())
}

// listenOn gives the program a port that is free now, and its address.
func (h *house) listenOn() string {
	h.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(h.t, err)
	addr := ln.Addr().String()
	must(h.t, ln.Close())
	b, err := os.ReadFile(h.config())
	must(h.t, err)
	must(h.t, os.WriteFile(h.config(), bytes.Replace(b, []byte(`"127.0.0.1:0"`), []byte(`"`+addr+`"`), 1), 0o600))
	return addr
}

// answers waits until the program does.
func answers(t *testing.T, addr string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			return
		}
	}
	t.Fatal("the program does not listen")
}

// stock fills the database with messages through the real intake, without
// waiting for the disk.
func (h *house) stock(n int, families []mailtest.Family) {
	h.t.Helper()
	o := mailtest.Lifelike()
	o.Mailbox, o.Families, o.Attachments, o.MedianBytes = sen, families, 0, 4000
	o.Start, o.Gap = time.Now().UTC().AddDate(0, 0, -300), 4*time.Minute
	h.feed(mailtest.Generate(2, n, o), 500, true)
}

// feed reads mails and takes them in as the program does, without a mail server.
// It gives the time for that; making the mails does not count.
func (h *house) feed(mails iter.Seq[mailtest.Mail], each int, noSync bool) (took time.Duration) {
	h.t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Engine: store.SQLite, Dir: h.cfg.DataDir, RefPrefix: h.cfg.Council.TicketPrefix, NoSync: noSync})
	must(h.t, err)
	defer func() { must(h.t, db.Close()) }()
	calendar, err := h.cfg.Calendar()
	must(h.t, err)
	settings, err := h.cfg.Settings()
	must(h.t, err)
	desk, err := tickets.NewDesk(tickets.Deps{
		Store: db, Outbox: db, Calendar: calendar, Policies: h.cfg.Policies(), Settings: settings, Random: zeros{rand.NewPCG(1, 2)},
	})
	must(h.t, err)
	boxes, err := db.Mailboxes(ctx)
	must(h.t, err)
	var batch []tickets.Received
	flush := func() {
		_, err := desk.Intake(ctx, batch, batch[len(batch)-1].ReceivedAt)
		must(h.t, err)
		batch = batch[:0]
	}
	for m := range mails {
		start := time.Now()
		raw, err := db.PrepareRaw(ctx, m.Raw)
		must(h.t, err)
		batch = append(batch, tickets.Received{
			MailboxID: boxes[0].ID, Folder: "Stock", UIDValidity: 1, UID: uint32(m.N + 1), ReceivedAt: m.Received, Raw: raw,
			Mail: parse.Message(m.Raw, parse.Options{}),
		})
		if len(batch) == each {
			flush()
		}
		took += time.Since(start)
	}
	if len(batch) > 0 {
		start := time.Now()
		flush()
		took += time.Since(start)
	}
	return took
}

// zeros gives bytes that need not be secret.
type zeros struct{ *rand.PCG }

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(z.Uint64())
	}
	return len(p), nil
}
