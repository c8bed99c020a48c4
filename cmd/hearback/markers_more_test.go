package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// overheard is an endpoint outside that is told of every event and keeps what it is told.
type overheard struct {
	mu  sync.Mutex
	all strings.Builder
	n   int
}

func (o *overheard) ServeHTTP(_ http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil {
		return
	}
	o.n++
	fmt.Fprintf(&o.all, "%s %v %s\n", q.URL, q.Header, body)
}

// listen starts the endpoint and gives the configuration that names it.
func (o *overheard) listen(t *testing.T) func(*Config) {
	t.Helper()
	s := httptest.NewServer(o)
	t.Cleanup(s.Close)
	secret := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(secret, []byte("desk secret\n"), 0o600))
	return func(c *Config) {
		c.Webhooks = []WebhookConfig{{Name: "desk", URL: s.URL + "/in", SecretFile: secret, OwnNetwork: true}}
	}
}

// withFile is a mail with a text file, whose name and words are what is given.
func withFile(id, from, subject, name, words string, extra ...string) []byte {
	head := "Message-ID: <" + id + ">\r\nFrom: " + from + "\r\nTo: " + sen + "\r\nSubject: " + subject +
		"\r\nDate: Tue, 25 Nov 2025 09:59:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=zz\r\n"
	for _, x := range extra {
		head += x + "\r\n"
	}
	return []byte(head + "\r\n--zz\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease see the file.\r\n--zz\r\nContent-Type: text/plain; name=\"" + name +
		".txt\"\r\nContent-Disposition: attachment; filename=\"" + name + ".txt\"\r\n\r\n" + words + "\r\n--zz--\r\n")
}

// accepted is a letter to a family that arrived, the newest first.
func (w *walker) accepted() (mailHead map[string]string, to string) {
	for _, m := range slices.Backward(w.sink.All()) {
		if strings.HasSuffix(m.To[0], "@family.example") {
			head, _ := read(w.t, m.Data)
			return map[string]string{"id": head.Get("Message-ID"), "subject": head.Get("Subject")}, m.To[0]
		}
	}
	return nil, ""
}

// takesRaw is arrive for bytes that are there already.
func (w *walker) takesRaw(raw []byte) {
	w.t.Helper()
	seen := strings.Count(w.log.String(), "event=taken_in")
	w.dovecot.Append(w.t, w.user, "INBOX", raw, w.now())
	w.until("the mail", func() bool { return strings.Count(w.log.String(), "event=taken_in") > seen })
}

// more are actions with files, people, bounces, imports and endpoints outside.
func (w *walker) more() []action {
	ctx := context.Background()
	d := w.app.desk
	father := func(ref string) int64 { return w.house.people["father"+ref[len(ref)-1:]+"@family.example"].ID }
	return []action{
		{"file of a colleague", func() bool {
			head, _ := w.accepted()
			if head == nil {
				return false
			}
			w.mails++
			w.takesRaw(withFile(fmt.Sprintf("walk%d@westmarsh.example", w.mails), one(w, w.people)+"@westmarsh.example", "FW: "+head["subject"],
				"minutes_"+w.private.next("filename"), w.secret("file"), "In-Reply-To: "+head["id"]))
			return true
		}},
		{"file of a school", func() bool {
			w.mails++
			w.takesRaw(withFile(fmt.Sprintf("walk%d@school.example", w.mails), "senco@school.example", "Report", "report_"+w.private.next("schoolfile"), w.secret("schoolfile")))
			return true
		}},
		{"somebody added to a reply", func() bool {
			ref := w.ref()
			k, err := w.app.store.Ticket(ctx, w.lead, ref)
			must(w.t, err)
			if len(k.CaseRef) != len("WM-4100") {
				return false
			}
			page := w.b().get("/e/"+ref+"/reply", 0)
			if page.status != http.StatusOK || !strings.Contains(page.body, `value="`+id64(father(k.CaseRef))+`"`) {
				return false
			}
			return w.writes(w.b(), ref, "Dear Mother and Father,\n\nThe bus comes at ten past eight.", []int64{father(k.CaseRef)}, nil).status < 500
		}},
		{"people merged", func() bool {
			ref := w.caseRef()
			add := func(n int) int64 {
				p, err := d.AddPerson(ctx, w.lead, tickets.AddPersonRequest{
					CaseRef: ref, Name: "Aunt Lane", Kind: register.KindOther, Email: fmt.Sprintf("aunt%d.%s@family.example", n, w.private.next("mergedmail")),
					Link: tickets.LinkRequest{Relation: "other"},
				}, w.now())
				if err != nil {
					w.t.Logf("aunt: %v", err)
					return 0
				}
				return p.ID
			}
			a, b := add(w.mails), add(w.mails+1000)
			if a == 0 || b == 0 {
				return false
			}
			err := d.MergePeople(ctx, w.lead, a, b, w.now())
			if err != nil {
				w.t.Logf("merge: %v", err)
			}
			return err == nil
		}},
		{"bounce", func() bool {
			head, to := w.accepted()
			if head == nil {
				return false
			}
			w.mails++
			w.takesRaw([]byte("Message-ID: <walk" + id64(int64(w.mails)) + "@mx.example>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: " + sen + "\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n" +
				"Date: Tue, 25 Nov 2025 09:59:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=yy\r\n\r\n" +
				"--yy\r\nContent-Type: text/plain\r\n\r\nThis is the mail system. " + w.secret("bounce") + "\r\n" +
				"--yy\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; " + to +
				"\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 " + w.private.next("diagnostic") + "\r\n" +
				"--yy\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " + head["id"] + "\r\nSubject: " + head["subject"] + "\r\n--yy--\r\n"))
			return true
		}},
		// Letters come back all the time here: without this nobody could be written to any more.
		{"addresses work again", func() bool {
			ok := false
			for ref := range w.child {
				c, err := w.app.store.Case(ctx, access.System("test"), ref)
				must(w.t, err)
				for _, p := range c.Parties {
					for _, a := range p.Addresses {
						ok = d.AddressWorks(ctx, w.lead, a.ID, w.now()) == nil || ok
					}
				}
			}
			return ok
		}},
		{"reply with a file", func() bool {
			b, ref := w.b(), w.ref()
			if page := b.get("/e/"+ref+"/reply", 0); page.status != http.StatusOK || !strings.Contains(page.body, `id="reply"`) {
				return false
			}
			words := "The bus comes at ten past eight."
			if w.rnd.IntN(2) == 0 && len(w.phrases) > 0 {
				words = one(w, w.phrases) // and must not leave
			}
			file := one(w, filesWith(w.t, words))
			if _, taken := w.attaches(b, ref, file); !taken {
				return false
			}
			a := w.writes(b, ref, "Dear Parent,\n\nThe times of the bus are in the file.", nil, nil)
			if a.status != http.StatusSeeOther {
				w.takesOff(b, ref)
			}
			return a.status == http.StatusSeeOther
		}},
		{"import waiting", func() bool {
			ref := w.caseRef()
			return gone(w.app.store.Write(ctx, func(tx tickets.Tx) error {
				i := register.Import{FileName: "caseload_" + w.private.next("importfile") + ".csv", SHA256: w.private.next("importsum"), Rows: 1, Waiting: 1, ByID: w.staff["ola"].ID, DoneAt: w.now()}
				if err := tx.InsertImport(ctx, &i); err != nil {
					return err
				}
				fresh, err := tx.InsertWaiting(ctx, &register.Waiting{
					ImportID: i.ID, CaseID: w.house.cases[ref].ID, Key: w.private.next("importkey"), Why: w.secret("importwhy"),
					Change: `{"CaseRef":"` + ref + `","New":"` + w.private.next("importvalue") + `"}`,
				})
				if err == nil && !fresh {
					err = errors.New("it waits already")
				}
				return err
			}))
		}},
		{"endpoint told", func() bool {
			for _, k := range w.app.hooks {
				if err := w.app.hookOnce(ctx, k); err != nil {
					w.t.Logf("hook: %v", err)
				}
			}
			w.told.mu.Lock()
			defer w.told.mu.Unlock()
			return w.told.n > 0
		}},
		{"preview by the API", func() bool {
			a := w.api(http.MethodPost, "/tickets/"+w.ref()+"/review", map[string]any{"text": "Dear Parent,\n\nThe bus comes on Monday."}, nil, 0)
			if found := w.private.in(a.body); len(found) > 0 {
				w.t.Errorf("a review by the API shows %v", found)
			}
			return went(a)
		}},
	}
}
