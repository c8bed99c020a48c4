package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// walkSeed makes the walk the same each time; HEARBACK_WALK_SEED walks another way.
const walkSeed = 20260504

// walker does random things in a house where private words stand in every private
// field, and remembers what must be seen of none of them.
type walker struct {
	*house
	rnd     *rand.Rand
	private markers           // of private texts: nobody outside, no notice, no log
	phrases []string          // whole private sentences, for attempts to send them on
	child   map[string]string // by case reference: the word in the child's name
	family  map[string]string // by mailbox: the case whose child it may read of
	refs    []string          // enquiries on cases
	who     []*browser
	people  []string // of the browsers
	mails   int
	went    map[string]int // how often each kind of action succeeded
	lead    access.Actor
	limited []answer   // what the API told somebody of another team
	told    *overheard // what an endpoint outside was told
}

// TestMarkerWordsOnARandomWalk does 200 random things.
func TestMarkerWordsOnARandomWalk(t *testing.T) {
	wander(t, setting(t, "HEARBACK_WALK", 200), setting(t, "HEARBACK_WALK_SEED", walkSeed))
}

// TestMarkerWordsSoak does 2,000.
func TestMarkerWordsSoak(t *testing.T) {
	mailtest.Soak(t)
	wander(t, setting(t, "HEARBACK_SOAK_WALK", 2000), setting(t, "HEARBACK_WALK_SEED", walkSeed))
}

func wander(t *testing.T, steps, seed int) {
	told := &overheard{}
	w := &walker{
		house: open(t, plan{change: told.listen(t)}), told: told, rnd: rand.New(rand.NewPCG(uint64(seed), 1)), child: map[string]string{}, family: map[string]string{}, went: map[string]int{},
	}
	w.settle()
	actions := append(w.actions(), w.more()...)
	t.Logf("seed %d, %d actions", seed, steps)
	var log []string
	for i := range steps {
		a := actions[w.rnd.IntN(len(actions))]
		if i < len(actions) {
			a = actions[i] // each at least once
		}
		good := a.do()
		if good {
			w.went[a.name]++
		}
		log = append(log, fmt.Sprintf("%d %s %t", i, a.name, good))
	}
	w.letAllOut()
	w.look()
	for _, a := range actions {
		if w.went[a.name] == 0 {
			t.Errorf("%q never succeeded: nothing was tried with it", a.name)
		}
	}
	if t.Failed() {
		t.Logf("the walk: %s", strings.Join(log, "; "))
	}
	t.Logf("%d actions that did something: %v; %d markers; %d mails out, %d to families; %d answers looked at", sum(w.went), w.went, len(w.private.words)+len(w.child), len(w.sink.All()), w.outside(), len(w.answers))
}

func sum(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

// settle makes families whose children have words of their own in their names,
// one of them restricted, and somebody of another team with a token.
func (w *walker) settle() {
	w.t.Helper()
	ctx := context.Background()
	for i := range 5 {
		ref, word := fmt.Sprintf("WM-41%02d", i), fmt.Sprintf("qzxchild%dvkj", i)
		mother := fmt.Sprintf("mother%d@family.example", i)
		w.house.family(ref, "Milo "+strings.ToUpper(word[:1])+word[1:], "priya", mother, fmt.Sprintf("Mother%d Lane", i))
		father := fmt.Sprintf("father%d@family.example", i)
		w.relative(ref, "father", father, fmt.Sprintf("Father%d Lane", i))
		w.child[ref], w.family[mother], w.family[father] = word, ref, ref
	}
	must(w.t, w.app.store.Write(ctx, func(tx tickets.Tx) error {
		south := register.Team{Name: "South"}
		if err := tx.InsertTeam(ctx, &south); err != nil {
			return err
		}
		grace := register.Staff{Email: "grace@westmarsh.example", Mailbox: "grace@westmarsh.example", Name: "Grace Obi", Role: string(access.RoleOfficer), TeamID: south.ID, PasswordHash: "x", Active: true, CreatedAt: w.now()}
		if err := tx.InsertStaff(ctx, &grace); err != nil {
			return err
		}
		w.staff["grace"] = grace
		return nil
	}))
	must(w.t, addToken(ctx, w.app.store, "hb_grace", w.staff["grace"].ID, "test", time.Now().AddDate(1, 0, 0)))
	w.lead, w.people = actor(w.t, w.house, "ola"), []string{"priya", "ola"}
	for _, p := range w.people {
		w.who = append(w.who, w.signIn(p))
	}
	for _, from := range []string{"mother0@family.example", "mother1@family.example", "mother2@family.example"} {
		w.refs = append(w.refs, w.arrive(from, "Transport", "When does the bus come?"))
	}
}

// arrive has a mail come in and gives the reference that it was taken in under.
func (w *walker) arrive(from, subject, text string, extra ...string) string {
	w.t.Helper()
	w.mails++
	taken := strings.Count(w.log.String(), "event=taken_in")
	w.dovecot.Append(w.t, w.user, "INBOX", letter(fmt.Sprintf("walk%d@family.example", w.mails), from, subject, text, extra...), w.now())
	w.until("the mail", func() bool { return strings.Count(w.log.String(), "event=taken_in") > taken })
	refs := takenAs.FindAllStringSubmatch(w.log.String(), -1)
	return refs[len(refs)-1][1]
}

var takenAs = regexp.MustCompile(`event=taken_in .*?ticket=(SEN-\d+)`)

// secret is a private sentence with a word of its own.
func (w *walker) secret(where string) string {
	s := "Between us: the " + w.private.next(where) + " matter was lost by finance and mum must not hear of it"
	if where == "note" || where == "noteapi" || where == "call" {
		w.phrases = append(w.phrases, s)
	}
	return s
}

func one[T any](w *walker, list []T) T { return list[w.rnd.IntN(len(list))] }

func (w *walker) ref() string     { return one(w, w.refs) }
func (w *walker) b() *browser     { return one(w, w.who) }
func (w *walker) mother() string  { return fmt.Sprintf("mother%d@family.example", w.rnd.IntN(5)) }
func (w *walker) caseRef() string { return fmt.Sprintf("WM-41%02d", w.rnd.IntN(5)) }
func went(a answer) bool          { return a.status < 400 }
func gone(err error) bool         { return err == nil }

// formOf posts a form of a page with changes; a page that cannot be opened is no success.
func (w *walker) formOf(b *browser, path, id string, change map[string]string) answer {
	page := b.get(path, 0)
	if page.status != http.StatusOK || !strings.Contains(page.body, `id="`+id+`"`) {
		return answer{status: http.StatusNotFound}
	}
	f := form(w.t, page.body, id)
	for k, v := range change {
		f.Set(k, v)
	}
	return b.post(path, f, 0)
}

func (w *walker) reply(change map[string]string) answer {
	b, ref := w.b(), w.ref()
	page := b.get("/e/"+ref+"/reply", 0)
	if page.status != http.StatusOK {
		return answer{status: http.StatusNotFound}
	}
	f := form(w.t, page.body, "reply")
	f.Set("text", "Dear Parent,\n\nThe bus comes at ten past eight.\n")
	f.Set("do", "send")
	for k, v := range change {
		f.Set(k, v)
	}
	return b.post("/e/"+ref+"/reply", f, 0)
}

// leak tries to send a private sentence on, in one of many disguises.
func (w *walker) leak() bool {
	if len(w.phrases) == 0 {
		return false
	}
	s := one(w, w.phrases)
	text := map[string]string{"text": "Dear Parent,\n\n" + s + ".\n"}
	switch w.rnd.IntN(6) {
	case 0:
		text["text"] = strings.ToUpper(text["text"])
	case 1:
		text["text"] = strings.ReplaceAll(text["text"], " ", "\u00a0\u200b ")
	case 2:
		text["text"] = "Dear Parent,\n\n> " + strings.ReplaceAll(s, "was lost", "\n> was lost") + "\n"
	case 3:
		text = map[string]string{"subject": s}
	case 4:
		ref := w.ref()
		a := w.api(http.MethodPost, "/tickets/"+ref+"/replies", map[string]any{"text": "Dear Parent,\n\n" + s}, nil, 0)
		return a.status >= 400
	}
	return w.reply(text).status >= 400
}

// waiting are the letters in the outbox.
func (w *walker) waiting() []tickets.Outgoing {
	w.t.Helper()
	list, err := w.app.store.Outbox(context.Background(), access.System("test"), tickets.OutboxQuery{})
	must(w.t, err)
	return list
}

type action struct {
	name string
	do   func() bool
}

func (w *walker) actions() []action {
	ctx := context.Background()
	d := w.app.desk
	person := func(ref string) int64 { return w.house.people["mother"+ref[len(ref)-1:]+"@family.example"].ID }
	father := func(ref string) int64 { return w.house.people["father"+ref[len(ref)-1:]+"@family.example"].ID }
	done := map[string]bool{} // restrictions are made once a case, or nobody could be written to any more
	return []action{
		{"mail", func() bool {
			ref := w.arrive(w.mother(), one(w, []string{"Transport", "The plan", "A question", "Re: The plan"}), one(w, []string{"Please ring me.", "What about Monday?", "Still nothing. This is the third time that I ask."}))
			if !slices.Contains(w.refs, ref) {
				w.refs = append(w.refs, ref)
			}
			return true
		}},
		{"mail of a stranger", func() bool {
			w.arrive(fmt.Sprintf("stranger%d@other.example", w.rnd.IntN(4)), "Hello", "Who looks after my nephew?")
			return true
		}},
		{"note", func() bool {
			return went(w.formOf(w.b(), "/e/"+w.ref()+"/notes/new", "note", map[string]string{"note": w.secret("note"), "do": "save"}))
		}},
		{"note by the API", func() bool {
			return went(w.api(http.MethodPost, "/tickets/"+w.ref()+"/notes", map[string]any{"text": w.secret("noteapi")}, nil, 0))
		}},
		{"draft of a note", func() bool {
			return went(w.b().post("/e/"+w.ref()+"/notes/draft", url.Values{"do": {"draft"}, "note": {w.secret("notedraft")}}, 0))
		}},
		{"note by mail", func() bool {
			for _, m := range slices.Backward(w.sink.All()) {
				if head, _ := read(w.t, m.Data); strings.HasSuffix(m.To[0], "@family.example") {
					// A colleague who was shown a letter answers it to the shared inbox.
					w.arrive(one(w, w.people)+"@westmarsh.example", "FW: "+head.Get("Subject"), w.secret("notemail"), "In-Reply-To: "+head.Get("Message-ID"))
					return true
				}
			}
			return false
		}},
		{"call", func() bool {
			ref := w.ref()
			k, err := w.app.store.Ticket(ctx, w.lead, ref)
			must(w.t, err)
			return went(w.api(http.MethodPost, "/tickets/"+ref+"/calls", map[string]any{
				"direction": "in", "answered": true, "person": person(k.CaseRef), "summary": w.secret("call"), "promise": w.secret("promise"), "promise_by": w.now().AddDate(0, 0, 3).Format("2006-01-02"),
			}, nil, 0))
		}},
		{"what they ask", func() bool { return went(w.b().post("/e/"+w.ref()+"/ask", url.Values{"ask": {w.secret("ask")}}, 0)) }},
		{"reply", func() bool { return w.reply(nil).status == http.StatusSeeOther }},
		{"reply", func() bool { return w.reply(nil).status == http.StatusSeeOther }},
		{"reply as draft", func() bool {
			return went(w.reply(map[string]string{"do": "save", "text": "Dear Parent,\n\n" + w.secret("replydraft")}))
		}},
		{"reply stopped", w.leak},
		{"reply stopped", w.leak},
		{"preview", func() bool {
			// The form keeps what was tried before, a private subject as well.
			a := w.reply(map[string]string{"do": "preview", "subject": "Re: your email"})
			if m := w.private.in(words(a.body)); a.status == http.StatusOK && len(m) > 0 {
				w.t.Errorf("a preview shows %v", m)
			}
			return went(a)
		}},
		{"review by the API", func() bool {
			return went(w.api(http.MethodPost, "/tickets/"+w.ref()+"/review", map[string]any{"text": "Dear Parent,\n\nOn Monday."}, nil, 0))
		}},
		{"undo", func() bool {
			for _, o := range w.waiting() {
				if d.CancelReply(ctx, w.lead, o.ID, w.now()) == nil {
					return true
				}
			}
			if w.reply(nil).status != http.StatusSeeOther {
				return false
			}
			list := w.waiting()
			return len(list) > 0 && gone(d.CancelReply(ctx, w.lead, list[len(list)-1].ID, w.now()))
		}},
		{"finish", func() bool {
			return went(w.b().post("/e/"+w.ref()+"/finish", url.Values{"reason": {tickets.FinishReasons()[0].Code}}, 0))
		}},
		{"reopen", func() bool { return went(w.b().post("/e/"+w.ref()+"/reopen", url.Values{}, 0)) }},
		{"assign", func() bool {
			return went(w.b().post("/e/"+w.ref()+"/move", url.Values{"officer": {id64(w.staff[one(w, []string{"priya", "dean", "ola"})].ID)}, "note": {w.secret("handover")}}, 0))
		}},
		{"put on a case", func() bool {
			ref := w.arrive(fmt.Sprintf("late%d@other.example", w.mails), "Hello", "It is me.")
			return gone(d.PlaceOnCase(ctx, w.lead, tickets.PlaceRequest{Ref: ref, CaseRef: w.caseRef()}, w.now()))
		}},
		{"not ours", func() bool {
			ref := w.arrive(fmt.Sprintf("ad%d@other.example", w.mails), "Buy", "Cheap chairs.")
			return gone(d.NotOurs(ctx, w.lead, ref, w.secret("notours"), w.now()))
		}},
		{"restriction", func() bool {
			ref := w.caseRef()
			if done["r"+ref] {
				return false
			}
			done["r"+ref] = true
			r, err := d.AddRestriction(ctx, w.lead, tickets.RestrictionRequest{CaseRef: ref, PersonID: father(ref), Kind: register.NoContact, Source: register.SourceFamily, Document: w.secret("document"), Reason: w.secret("restriction"), ReviewBy: w.now().AddDate(0, 1, 0).Format("2006-01-02")}, w.now())
			if err != nil {
				w.t.Logf("restriction: %v", err)
				return false
			}
			return gone(d.RequestEndRestriction(ctx, w.lead, r.ID, w.secret("ending"), w.now()))
		}},
		{"representation", func() bool {
			ref := w.caseRef()
			if done["p"+ref] {
				return false
			}
			done["p"+ref] = true
			_, err := d.AddRepresentation(ctx, w.lead, tickets.RepresentationRequest{CaseRef: ref, PersonID: father(ref), ForPerson: person(ref), Kind: register.Advocate, Document: w.secret("authority")}, w.now())
			if err != nil {
				w.t.Logf("representation: %v", err)
			}
			return err == nil
		}},
		{"source of responsibility", func() bool {
			ref := w.caseRef()
			err := w.app.store.Write(ctx, func(tx tickets.Tx) error {
				c, err := w.app.store.Case(ctx, access.System("test"), ref)
				if err != nil {
					return err
				}
				for _, p := range c.Parties {
					if p.Person.ID == person(ref) {
						p.Link.PRSource = w.secret("prsource")
						return tx.UpdateLink(ctx, &p.Link)
					}
				}
				return errors.New("nobody")
			})
			return err == nil
		}},
		{"protected fact", func() bool {
			ref := w.caseRef()
			_, err := d.ProtectFact(ctx, w.lead, tickets.ProtectRequest{CaseRef: ref, PersonID: person(ref), AgainstID: father(ref), Kind: register.FactAddress, Value: "7 " + w.private.next("protected") + " Row, Westmarsh"}, w.now())
			if err != nil {
				w.t.Logf("protected: %v", err)
			}
			return err == nil
		}},
		{"postal address", func() bool {
			_, err := d.AddPostal(ctx, w.lead, person(w.caseRef()), tickets.PostalRequest{Lines: "9 " + w.private.next("postal") + " Lane", Postcode: "ZZ1 1ZZ", Confidential: true}, w.now())
			return err == nil
		}},
		{"access asked for", func() bool {
			return gone(d.AskGrant(ctx, actor(w.t, w.house, "dean"), tickets.GrantRequest{CaseRef: w.caseRef(), Reason: w.secret("grant"), Days: 3}, w.now()))
		}},
		{"a letter went wrong", func() bool {
			w.reply(nil)
			w.later(11 * time.Minute) // longer than any letter waits
			must(w.t, w.app.dispatchDue(ctx))
			for i := int64(1); i < 400; i++ {
				o, err := w.app.store.OutgoingByID(ctx, i)
				if err != nil {
					break
				}
				if o.Purpose != tickets.PurposeReply || o.Deliveries[0].State != tickets.Accepted {
					continue
				}
				if _, err := d.ReportMisdirected(ctx, w.lead, tickets.Misdirected{OutgoingID: i, GotBy: w.secret("gotby"), What: w.secret("incident"), AwareAt: w.now()}, w.now()); err == nil {
					return true
				}
			}
			return false
		}},
		{"wrong check reported", func() bool {
			return gone(d.ReportCheck(ctx, w.lead, w.ref(), []string{"NOTE-CONTENT"}, w.secret("report"), w.now()))
		}},
		{"search", func() bool {
			w.b().post("/search", url.Values{}, 0)
			return went(w.b().get("/search?q="+w.child[w.caseRef()], 0))
		}},
		{"export", func() bool {
			if w.went["export"] > 2 {
				return false
			}
			x := &exportWriter{dir: filepath.Join(w.t.TempDir(), "export.partial"), steps: &stepMeter{w: w.log}, made: w.now(), council: w.cfg.Council.Name}
			must(w.t, x.begin())
			return gone(d.ExportAll(ctx, access.System("export"), w.app.store, w.now(), func(r tickets.ExportRows) error { return x.all(ctx, r) }))
		}},
		{"read by another team", func() bool {
			c, ok := w.caseRef(), false
			for _, path := range []string{"/tickets?limit=200", "/tickets/" + w.ref(), "/tickets/" + w.ref() + "/notes", "/cases", "/cases/" + c, "/cases/" + c + "/people", "/cases/" + c + "/restrictions", "/tickets?q=" + w.child[c]} {
				for _, token := range []string{"hb_grace", ""} {
					req, err := http.NewRequest(http.MethodGet, w.base+"/api/v1"+path, http.NoBody)
					must(w.t, err)
					if token != "" {
						req.Header.Set("Authorization", "Bearer "+token)
					}
					a := w.do(http.DefaultClient, req, 0)
					w.limited, ok = append(w.limited, a), ok || a.status == http.StatusOK
				}
			}
			return ok
		}},
		{"pages", func() bool {
			for _, path := range []string{"/inbox", "/e/" + w.ref(), "/c/" + w.caseRef(), "/outbox", "/held", "/lead", "/escalations", "/duty", "/counts"} {
				w.b().get(path, 0)
			}
			return true
		}},
		{"a minute", func() bool { w.later(2 * time.Minute); return gone(w.app.dispatchDue(ctx)) }},
		{"some minutes", func() bool { w.later(10 * time.Minute); return gone(w.app.dispatchDue(ctx)) }},
		{"hours", func() bool {
			w.later(time.Duration(1+w.rnd.IntN(5)) * time.Hour)
			w.sweep()
			return gone(w.app.dispatchDue(ctx))
		}},
		{"days", func() bool {
			if w.went["days"] > 10 {
				return false
			}
			w.later(3 * 24 * time.Hour)
			w.sweep()
			_, err := w.app.desk.ReviewDue(ctx, w.now())
			return gone(errors.Join(err, w.app.dispatchDue(ctx)))
		}},
	}
}

// letAllOut takes every step that will ever fall due within a fortnight.
func (w *walker) letAllOut() {
	w.t.Helper()
	for range 4 {
		w.later(3 * time.Minute)
		must(w.t, w.app.dispatchDue(context.Background()))
		w.later(80 * time.Hour)
		w.sweep()
	}
	must(w.t, w.app.dispatchDue(context.Background()))
}

func (w *walker) outside() (n int) {
	for _, m := range w.sink.All() {
		if !strings.HasSuffix(m.To[0], "@westmarsh.example") {
			n++
		}
	}
	return n
}

var pageTitle = regexp.MustCompile(`(?s)<title>(.*?)</title>`)

// look searches everything that left, and everything that is not for readers of
// cases, for the words.
func (w *walker) look() {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.base+"/metrics", http.NoBody)
	must(w.t, err)
	metrics := w.do(http.DefaultClient, req, http.StatusOK).body
	w.stop()
	children := markers{}
	for _, word := range w.child {
		children.words = append(children.words, word)
	}
	none := func(where, text string, of ...*markers) {
		w.t.Helper()
		for _, m := range of {
			if found := m.in(text); len(found) > 0 {
				w.t.Errorf("%s holds %v", where, found)
			}
		}
	}
	for _, m := range w.sink.All() {
		all := m.From + "\n" + strings.Join(m.To, "\n") + "\n" + string(m.Data) + "\n" + readable(w.t, m.Data)
		none("a mail to "+strings.Join(m.To, ", "), all, &w.private)
		for ref, word := range w.child {
			if strings.Contains(strings.ToLower(all), word) && w.family[m.To[0]] != ref {
				w.t.Errorf("a mail to %v names the child of %s", m.To, ref)
			}
		}
	}
	none("what the endpoint was told", w.told.all.String(), &w.private, &children)
	none("the log", w.log.String(), &w.private, &children)
	none("/metrics", metrics, &w.private, &children)
	for _, a := range w.limited {
		if a.status == http.StatusOK && a.header.Get("Content-Type") == "" {
			w.t.Errorf("%s answered without a type", a.path)
		}
		none("what the API tells another team at "+a.path, a.body, &w.private, &children)
	}
	for _, a := range w.answers {
		where := a.method + " " + a.path[:min(len(a.path), 30)]
		none("the Location of "+where, a.header.Get("Location"), &w.private, &children)
		for _, link := range links(a.body) {
			// Staff who search for a child have her name in the address; nothing else has.
			if !strings.HasPrefix(a.path, "/search") {
				none("a link on "+where, link, &w.private, &children)
			}
		}
		if title := pageTitle.FindStringSubmatch(a.body); title != nil && !strings.HasPrefix(a.path, "/search") {
			none("the title of "+where, title[1], &w.private)
		}
	}
	// The walk was one: letters left, and the words are where staff read them.
	if n := w.outside(); n < 10 {
		w.t.Errorf("only %d letters left", n)
	}
	read := ""
	for _, a := range w.answers {
		if strings.HasPrefix(a.path, "/e/") {
			read += a.body
		}
	}
	if len(w.private.in(read)) < 5 {
		w.t.Errorf("staff see only %v: the test looks for what is not there", w.private.in(read))
	}
}
