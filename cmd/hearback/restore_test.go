package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store/pgtest"
)

// command runs a subcommand as a shell would.
func (h *house) command(args ...string) (string, error) {
	h.t.Helper()
	var out, errs bytes.Buffer
	err := run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return out.String() + errs.String(), err
}

// states counts the copies of people's letters by where they stand.
func (h *house) states() (map[tickets.DeliveryState]int, []tickets.Outgoing) {
	h.t.Helper()
	list, err := h.app.store.Outbox(context.Background(), access.System("test"), tickets.OutboxQuery{
		States: []tickets.DeliveryState{tickets.Queued, tickets.Held, tickets.Claimed, tickets.Uncertain},
	})
	must(h.t, err)
	n := map[tickets.DeliveryState]int{}
	for _, o := range list {
		for _, d := range o.Deliveries {
			n[d.State]++
		}
	}
	return n, list
}

// A backup from before somebody pressed Undo, and from before a no-contact order,
// sends nothing when it is put back; mail that came since gets no second
// acknowledgement and is not lost.
func TestRestoreSendsNothing(t *testing.T) {
	const tessa, gwen = "tessa@family.example", "gwen@family.example"
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			ctx := context.Background()
			dsn := ""
			if engine == "postgres" {
				dsn = pgtest.DSN(t)
			}
			// The restore goes by the real time, and so does this test.
			h := open(t, plan{dsn: dsn, start: time.Now().UTC().Truncate(time.Second)})
			h.takes(letter("one@family.example", tessa, "Transport", "When does the taxi come?"))
			h.takes(letter("two@family.example", gwen, "Review", "When is the review?"))
			h.until("both acknowledgements", func() bool { return len(h.to(tessa))+len(h.to(gwen)) == 2 })
			for who, from := range map[string]string{"priya": tessa, "dean": gwen} {
				if a := h.writes(h.signIn(who), h.only(from), "It is at eight, and we will ring you.", nil, nil); a.status != http.StatusSeeOther {
					t.Fatalf("%d: %s", a.status, words(a.body))
				}
			}
			file, keep := filepath.Join(h.dir, "hearback.yaml"), filepath.Join(h.dir, "keep")
			said, err := h.command("backup", "-config", file, keep)
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			made, err := filepath.Glob(filepath.Join(keep, "hearback-*"))
			if err != nil || len(made) != 1 {
				t.Fatalf("%v, %v", made, err)
			}
			if said, err = h.command("backup", "check", made[0]); err != nil || !strings.Contains(said, "whole") {
				t.Fatalf("%v\n%s", err, said)
			}

			// What happens after it: one letter is taken back, another mail comes.
			_, letters := h.states()
			for _, o := range letters {
				if o.AuthorID == h.staff["priya"].ID {
					must(t, h.app.desk.CancelReply(ctx, actor(t, h, "priya"), o.ID, h.now()))
				}
			}
			h.takes(letter("three@family.example", gwen, "Something else", "Is there a place in the club?"))
			h.until("the third acknowledgement", func() bool { return len(h.sink.All()) == 3 })
			browser := h.signIn("ola")
			h.stop()

			if engine == "postgres" {
				must(t, os.WriteFile(filepath.Join(h.dir, "dsn"), []byte(pgtest.DSN(t)), 0o600))
			} else if said, err = h.command("restore", "-config", file, made[0]); err == nil {
				t.Fatalf("a database was overwritten:\n%s", said)
			}
			said, err = h.command("restore", "-config", file, "-replace", made[0])
			if err != nil || !strings.Contains(said, "2 wait for a person") {
				t.Fatalf("%v\n%s", err, said)
			}
			taken := strings.Count(h.log.String(), "event=taken_in")
			h.start()
			h.until("the mail that came since", func() bool { return strings.Count(h.log.String(), "event=taken_in") > taken })
			must(t, h.app.dispatchDue(ctx))
			h.later(time.Hour)
			must(t, h.app.dispatchDue(ctx))
			if n := len(h.sink.All()); n != 3 {
				t.Errorf("%d mails left after the restore", n-3)
			}
			n, letters := h.states()
			if n[tickets.Held] != 2 || len(n) != 1 {
				t.Errorf("the letters are %v", n)
			}
			if a := browser.get("/inbox", 0); a.status != http.StatusSeeOther {
				t.Errorf("an old session opens the inbox: %d", a.status)
			}

			// The order is entered again; whoever releases the letter all the same is stopped.
			must(t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
				links, err := tx.Parties(ctx, h.cases["WM-2202"].ID)
				if err != nil {
					return err
				}
				l := links[0].Link
				l.NoContact = true
				return tx.UpdateLink(ctx, &l)
			}))
			for _, o := range letters {
				if o.AuthorID == h.staff["dean"].ID {
					must(t, h.app.desk.ReleaseHeld(ctx, actor(t, h, "ola"), o.ID, h.now()))
				}
			}
			must(t, h.app.dispatchDue(ctx))
			if n := len(h.to(gwen)); n != 2 {
				t.Errorf("a letter reached somebody in spite of an order: %d", n)
			}
			// New mail is acknowledged as ever.
			h.takes(letter("four@family.example", tessa, "Another", "Is there news about speech therapy?"))
			h.until("a new acknowledgement", func() bool { return len(h.to(tessa)) == 2 })
		})
	}
}
