package main

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web"
)

// plot decides what happens to whom: each family writes a few times in the two
// months, most are answered within days, some have to ask again.
func (s *story) plot() {
	cases := demoCases()
	days := int(s.end.Sub(s.start).Hours() / 24)
	letter := 0
	for i, c := range cases {
		n := 3 + s.rnd.IntN(4)
		if strings.HasSuffix(c.child, "Okafor") {
			n = 0 // every mail of theirs would be a question for duty
		}
		for range n {
			at := s.daytime(s.rnd.IntN(days))
			l := openers()[letter%len(openers())]
			letter++
			s.at(at, func(ctx context.Context) error { return s.familyWrites(ctx, c, c.mainWriter(), l) })
		}
		// The week that is running: something to answer in every inbox.
		if i%2 == 0 && n > 0 {
			l := openers()[(i+7)%len(openers())]
			s.at(s.end.Add(-time.Duration(3+s.rnd.IntN(90))*time.Hour), func(ctx context.Context) error {
				return s.familyWrites(ctx, c, c.mainWriter(), l)
			})
		}
		for _, p := range c.people {
			if p.kind != register.KindSchool {
				continue
			}
			l := schoolLetters()[i%len(schoolLetters())]
			s.at(s.daytime(s.rnd.IntN(days)), func(ctx context.Context) error { return s.familyWrites(ctx, c, p, l) })
		}
	}
	s.plotStrangers(days)
	s.plotOddities(cases, days)
}

func (s *story) plotStrangers(days int) {
	for i, l := range strangers() {
		from := castPerson{name: []string{"Maureen Hale", "Stefan Novak", "P. Lamb"}[i%3], email: []string{"maureen.hale@post.example", "stefan.novak@mail.example", "p.lamb@home.example"}[i%3]}
		s.at(s.end.Add(-time.Duration(2+i*5)*time.Hour), func(ctx context.Context) error {
			_, err := s.deliver(ctx, from, demoMailbox, l.subject, l.body, nil)
			return err
		})
	}
	for d := 3; d < days; d += 7 {
		s.at(s.daytime(d), func(ctx context.Context) error { return s.newsletter(ctx) })
	}
}

func (s *story) plotOddities(cases []castCase, days int) {
	// The father whom we must not contact writes; nobody answers, not even a machine.
	idris := cases[1]
	s.at(s.end.Add(-50*time.Hour), func(ctx context.Context) error {
		_, err := s.deliver(ctx, idris.people[1], demoMailbox, "My son's school", "I want to know which school my son is at now and I want the draft plan. I am his father.", nil)
		return err
	})
	// A mother of two: which child is it about?
	ruby := cases[7]
	s.at(s.end.Add(-26*time.Hour), func(ctx context.Context) error {
		_, err := s.deliver(ctx, ruby.people[0], demoMailbox, "both of them", "Hello, the review for one and the request for the other are on the same day. Can one of them move please?", nil)
		return err
	})
	// Words that somebody has to read at once.
	bethan := cases[6]
	s.at(s.end.Add(-4*time.Hour), func(ctx context.Context) error {
		_, err := s.deliver(ctx, bethan.people[0], demoMailbox, "still waiting", "This is my third email. Nobody has rung. I can't keep her safe in the afternoons any more, she ran from the taxi again yesterday.", nil)
		return err
	})
	_ = days
}

// daytime is an hour of day d at which people write letters.
func (s *story) daytime(d int) time.Time {
	t := s.start.AddDate(0, 0, d)
	return time.Date(t.Year(), t.Month(), t.Day(), 7+s.rnd.IntN(15), s.rnd.IntN(60), s.rnd.IntN(60), 0, time.UTC)
}

func (c castCase) mailbox() string {
	if c.team == "South" {
		return demoMailbox2
	}
	return demoMailbox
}

// familyWrites begins an enquiry, and plans what becomes of it.
func (s *story) familyWrites(ctx context.Context, c castCase, p castPerson, l demoLetter) error {
	child, _, _ := strings.Cut(c.child, " ")
	fill := strings.NewReplacer("{child}", child, "{school}", c.school, "{officer}", first(c.officer))
	body := fill.Replace(l.body)
	if p.kind == register.KindYoungPerson {
		body = "Hi, it's " + child + ".\n\n" + strings.NewReplacer(child+" has", "I have", child+" cries", "I cry", "{child}", "I").Replace(fill.Replace(l.body))
	}
	id, err := s.deliver(ctx, p, c.mailbox(), l.subject, body+"\n\n"+p.name, nil)
	if err != nil {
		return err
	}
	if s.rnd.IntN(12) == 0 {
		s.at(s.w.time().Add(3*time.Second), func(ctx context.Context) error { return s.outOfOffice(ctx, p, c.mailbox()) })
	}
	if s.rnd.IntN(4) == 0 {
		s.at(s.soon(90*time.Minute), func(ctx context.Context) error { return s.noteBetween(ctx, c, p) })
	}
	now := s.w.time()
	slow := c.officer == "kim" && now.After(s.end.AddDate(0, 0, -16))
	if slow || now.After(s.end.Add(-80*time.Hour)) && s.rnd.IntN(3) > 0 {
		if s.rnd.IntN(2) == 0 {
			s.at(now.Add(time.Duration(70+s.rnd.IntN(60))*time.Hour), func(ctx context.Context) error {
				_, err := s.deliver(ctx, p, c.mailbox(), "Re: "+l.subject, chaserLetters()[s.rnd.IntN(3)]+"\n\n"+p.name, &letterRef{id: id})
				return err
			})
		}
		return nil
	}
	wait := time.Duration(20+s.rnd.IntN(26*60)) * time.Minute
	if s.rnd.IntN(9) == 0 {
		wait += 40 * time.Hour // some answers are late
	}
	s.at(s.soon(wait), func(ctx context.Context) error { return s.officerAnswers(ctx, c, p, fill.Replace(l.reply)) })
	return nil
}

// soon is an instant after so much working time.
func (s *story) soon(working time.Duration) time.Time {
	t, err := s.w.app.desk.Calendar().AddWorkingTime(s.w.time(), working)
	if err != nil {
		return s.end.Add(time.Hour)
	}
	return t
}

// letterRef is a letter that is answered.
type letterRef struct{ id, replyTo, subject string }

// deliver writes a mail as a person's mail program would, and lets the program
// read and acknowledge it.
func (s *story) deliver(ctx context.Context, from castPerson, to, subject, body string, answers *letterRef) (string, error) {
	s.letters++
	raw, id := demoMail(from, to, subject, body, answers, s.w.time(), s.letters)
	if answers != nil && answers.replyTo != "" {
		to = answers.replyTo
	}
	if err := s.w.hand(ctx, from.email, to, raw); err != nil {
		return "", err
	}
	return id, s.w.read(ctx, to)
}

// hand gives a mail to the embedded server and keeps the writer's own copy.
func (w *demoWorld) hand(ctx context.Context, from, to string, raw []byte) error {
	if _, err := w.post.Deliver(ctx, from, raw, w.time(), "Sent"); err != nil {
		return err
	}
	_, err := w.post.Deliver(ctx, to, raw, w.time(), "INBOX")
	return err
}

// read is one look at a mailbox and one at the outbox.
func (w *demoWorld) read(ctx context.Context, address string) error {
	base := address
	if plus, at := strings.IndexByte(address, '+'), strings.LastIndexByte(address, '@'); plus > 0 && plus < at {
		base = address[:plus] + address[at:]
	}
	for _, f := range w.app.folders {
		if w.app.mailboxes[f.box].Address != base {
			continue
		}
		if _, err := f.poller.Once(ctx); err != nil {
			return err
		}
	}
	return w.app.dispatchDue(ctx)
}

func demoMail(from castPerson, to, subject, body string, answers *letterRef, at time.Time, n int) ([]byte, string) {
	id := fmt.Sprintf("%d.%d@%s", at.UnixNano()/1000, n, from.email[strings.IndexByte(from.email, '@')+1:])
	var b bytes.Buffer
	fmt.Fprintf(&b, "Message-ID: <%s>\r\nDate: %s\r\n", id, at.Format(time.RFC1123Z))
	fmt.Fprintf(&b, "From: %s\r\n", (&mail.Address{Name: from.name, Address: from.email}).String())
	if answers != nil {
		if answers.replyTo != "" {
			to = answers.replyTo
		}
		fmt.Fprintf(&b, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", answers.id, answers.id)
	}
	fmt.Fprintf(&b, "To: %s\r\nSubject: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", to, mime.QEncoding.Encode("utf-8", subject))
	q := quotedprintable.NewWriter(&b)
	_, _ = q.Write([]byte(strings.ReplaceAll(body, "\n", "\r\n")))
	_ = q.Close()
	b.WriteString("\r\n")
	return b.Bytes(), id
}

func (s *story) outOfOffice(ctx context.Context, p castPerson, to string) error {
	ref, ok := s.w.latest(p.email)
	if !ok {
		return nil
	}
	raw := fmt.Sprintf("Message-ID: <ooo.%d@%s>\r\nDate: %s\r\nFrom: %s\r\nTo: %s\r\nSubject: Automatic reply: %s\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: <%s>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nI am away from my desk until Monday.\r\n",
		s.w.time().UnixNano(), "mail.example", s.w.time().Format(time.RFC1123Z), p.email, to, ref.subject, ref.id)
	if _, err := s.w.post.Deliver(ctx, to, []byte(raw), s.w.time(), "INBOX"); err != nil {
		return err
	}
	return s.w.read(ctx, to)
}

func (s *story) newsletter(ctx context.Context) error {
	raw := fmt.Sprintf("Message-ID: <news.%d@updates.example>\r\nDate: %s\r\nFrom: SEND Update <news@updates.example>\r\nTo: %s\r\nSubject: This week in SEND\r\nList-Id: <send-update.updates.example>\r\nList-Unsubscribe: <https://updates.example/leave>\r\nPrecedence: bulk\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThree new guides for SEN teams this week.\r\n",
		s.w.time().UnixNano(), s.w.time().Format(time.RFC1123Z), demoMailbox)
	if _, err := s.w.post.Deliver(ctx, demoMailbox, []byte(raw), s.w.time(), "INBOX"); err != nil {
		return err
	}
	return s.w.read(ctx, demoMailbox)
}

// latest is the newest mail in somebody's inbox, as something to answer.
func (w *demoWorld) latest(email string) (*letterRef, bool) {
	list := w.post.Messages(email, "INBOX")
	if len(list) == 0 {
		return nil, false
	}
	raw, err := w.post.Raw(email, "INBOX", list[len(list)-1].UID)
	if err != nil {
		return nil, false
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, false
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		subject = m.Header.Get("Subject")
	}
	ref := &letterRef{id: strings.Trim(m.Header.Get("Message-ID"), "<>"), subject: subject}
	if a, err := mail.ParseAddress(m.Header.Get("Reply-To")); err == nil {
		ref.replyTo = a.Address
	}
	return ref, ref.id != ""
}

// newest is the newest open enquiry that somebody opened on a case.
func (s *story) newest(ctx context.Context, c castCase, p castPerson) (*tickets.TicketView, *tickets.CaseView, error) {
	sys := access.System("demonstration")
	v, err := s.w.app.store.Case(ctx, sys, c.ref)
	if err != nil {
		return nil, nil, err
	}
	page, err := s.w.app.store.Tickets(ctx, sys, tickets.TicketQuery{View: "all", CaseID: v.ID, Sort: "newest", Limit: 20, Now: s.w.time()})
	if err != nil {
		return nil, nil, err
	}
	for i := range page.Items {
		t := &page.Items[i]
		if t.State == tickets.StateOpen && t.RequesterMailbox == register.FoldMailbox(p.email) {
			return t, v, nil
		}
	}
	return nil, v, nil
}

func (s *story) noteBetween(ctx context.Context, c castCase, p castPerson) error {
	t, _, err := s.newest(ctx, c, p)
	if err != nil || t == nil {
		return err
	}
	a, err := s.w.app.store.ActorOf(ctx, s.w.cast[c.officer])
	if err != nil {
		return err
	}
	lead := s.w.cast["ola"]
	if c.team == "South" {
		lead = s.w.cast["grace"]
	}
	text := colleagueNotes()[s.rnd.IntN(len(colleagueNotes()))]
	_, err = s.w.app.desk.AddNote(ctx, a, tickets.NoteRequest{Ref: t.Ref, ForID: lead, Text: tickets.NewPrivateText(text), Source: "form"}, s.w.time())
	return err
}

// officerAnswers writes a reply, waits out its hold and lets it leave. What the
// guard would stop is left for a person to look at.
func (s *story) officerAnswers(ctx context.Context, c castCase, p castPerson, body string) error {
	t, v, err := s.newest(ctx, c, p)
	if err != nil || t == nil {
		return err
	}
	a, err := s.w.app.store.ActorOf(ctx, s.w.cast[c.officer])
	if err != nil {
		return err
	}
	var to int64
	for _, x := range v.Parties {
		if x.Person.Name == p.name {
			to = x.Person.ID
		}
	}
	if s.rnd.IntN(14) == 0 {
		return s.officerRings(ctx, a, t, to)
	}
	items, err := s.w.app.store.Timeline(ctx, a, t.ID)
	if err != nil {
		return err
	}
	var answers int64
	for _, it := range items {
		if m := it.Message; m != nil && m.Direction == tickets.In && m.Kind == tickets.KindHuman && m.Channel == tickets.ChannelEmail && !m.Unconfirmed {
			answers = m.ID
		}
	}
	r := tickets.ReplyRequest{
		Ref: t.Ref, To: []int64{to}, AnswersID: answers, QuoteAnswer: true, SeenVersion: t.Version,
		Body: "Dear " + first(p.name) + ",\n\n" + body + "\n\nKind regards\n" + a.Name,
	}
	verdict, err := review{s.w.app}.Review(ctx, a, web.ReviewRequest{Reply: r, Now: s.w.time()})
	if err != nil {
		return err
	}
	if len(verdict.Verdict.Open(nil, verdict.Digest)) > 0 {
		return nil
	}
	r.Digest = verdict.Digest
	if _, err := s.w.app.desk.Reply(ctx, a, r, s.w.time()); err != nil {
		return err
	}
	s.at(s.w.time().Add(demoHold+time.Second), func(ctx context.Context) error {
		if err := s.w.app.dispatchDue(ctx); err != nil {
			return err
		}
		if s.rnd.IntN(3) > 0 {
			return nil
		}
		s.at(s.w.time().Add(time.Duration(1+s.rnd.IntN(20))*time.Hour), func(ctx context.Context) error { return s.familyAnswers(ctx, c, p) })
		return nil
	})
	return nil
}

func (s *story) officerRings(ctx context.Context, a access.Actor, t *tickets.TicketView, to int64) error {
	_, err := s.w.app.desk.LogCall(ctx, a, tickets.CallRequest{Ref: t.Ref, OffRecord: to == 0, Call: tickets.Call{
		Direction: tickets.Out, Answered: true, PersonID: to, IdentityOK: true,
		Summary:    tickets.NewPrivateText("Rang about the email. Went through where we are and what comes next. Was glad of the call."),
		StopsClock: true, StopsReason: "Answered on the telephone",
	}}, s.w.time())
	return err
}

// familyAnswers: a short answer, sometimes with another question.
func (s *story) familyAnswers(ctx context.Context, c castCase, p castPerson) error {
	ref, ok := s.w.latest(p.email)
	if !ok {
		return nil
	}
	text := followUps()[s.rnd.IntN(len(followUps()))]
	if _, err := s.deliver(ctx, p, c.mailbox(), "Re: "+ref.subject, text+"\n\n"+p.name, ref); err != nil {
		return err
	}
	if strings.Contains(text, "?") || s.rnd.IntN(2) == 0 {
		s.at(s.soon(time.Duration(60+s.rnd.IntN(900))*time.Minute), func(ctx context.Context) error {
			return s.officerAnswers(ctx, c, p, "Thank you for your answer. I have noted it and will write again as I said, by the end of next week at the latest.")
		})
		return nil
	}
	s.at(s.soon(time.Duration(30+s.rnd.IntN(300))*time.Minute), func(ctx context.Context) error { return s.officerFinishes(ctx, c, p) })
	return nil
}

// officerFinishes: it was only a thank you.
func (s *story) officerFinishes(ctx context.Context, c castCase, p castPerson) error {
	t, _, err := s.newest(ctx, c, p)
	if err != nil || t == nil {
		return err
	}
	a, err := s.w.app.store.ActorOf(ctx, s.w.cast[c.officer])
	if err != nil {
		return err
	}
	return s.w.app.desk.Finish(ctx, a, tickets.FinishRequest{Ref: t.Ref, Reason: "thanks"}, s.w.time())
}

func first(name string) string {
	f, _, _ := strings.Cut(name, " ")
	return f
}
