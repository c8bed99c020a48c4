package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// draft is the reply form as it stands, read from the request or made new.
type draft struct {
	ticket    *tickets.TicketView
	record    *record
	parties   []register.Party // of the record
	answers   *tickets.Message
	to        []int64
	subject   string
	text      string
	after     string
	seen      int64
	seenTo    string
	confirmed []tickets.Confirmation
	digest    string
	note      string
	lastIn    time.Time           // when the last email of this enquiry came
	rev       int64               // revision of the draft that the form was made of
	posted    *tickets.ReplyDraft // as it arrived; nil when nothing was posted
	state     view.DraftState
	files     []tickets.DraftFile // what the author attached, and took off again
	fileWrong string              // what is wrong with a file that was to be added
	// releasable: all that stops it a second person may release.
	releasable bool
	unquoted   bool            // the answered message does not stand below the text
	address    map[int64]int64 // person -> address, where one of several was chosen
}

func (s *Server) replyForm(c *Ctx) error {
	d, err := s.openReply(c, number(c.Query("to")))
	if err != nil {
		return err
	}
	if c.Query("letter") == "delete" && d.rev == 0 {
		// Words of the letter that asks to delete what was sent by mistake. It is a draft
		// like any other: its author completes it, and the check reads it.
		d.text += "We sent you an email that was meant for someone else. That was our mistake. We are sorry.\n\n" +
			"Please delete it and do not share it. Please reply \"deleted\" when you have.\n"
	}
	return s.showReply(c, http.StatusOK, d, view.Verdict{Level: view.NotChecked}, nil)
}

// newDraft answers a message: the one that is named, else the latest that a
// person wrote. The only recipient is who wrote it.
func (s *Server) newDraft(c *Ctx, answering int64) (*draft, error) {
	ctx := c.Request.Context()
	t, err := s.Store.Ticket(ctx, c.Actor, c.Param("ref"))
	if err != nil {
		return nil, err
	}
	if t.CaseID == 0 {
		return nil, fault.New(fault.Invalid, "Put this on a case first")
	}
	rec, err := s.recordOf(c, *t)
	if err != nil {
		return nil, err
	}
	d := &draft{ticket: t, record: rec, parties: rec.Parties, seen: t.Version, after: "answered"}
	if err := s.loadFiles(c, d); err != nil {
		return nil, err
	}
	said, err := s.Store.Timeline(ctx, c.Actor, t.ID)
	if err != nil {
		return nil, err
	}
	for _, it := range said {
		m := it.Message
		if m == nil || m.Direction != tickets.In || m.Channel != tickets.ChannelEmail || m.Unconfirmed {
			continue
		}
		d.lastIn = m.ReceivedAt
		if answering == m.ID || answering == 0 && m.Kind == tickets.KindHuman {
			d.answers = m
		}
	}
	if answering != 0 && d.answers == nil {
		return nil, fault.New(fault.NotFound, "The message you answer is not part of this enquiry")
	}
	who := t.RequesterID
	if d.answers != nil && d.answers.PersonID != 0 {
		who = d.answers.PersonID
	}
	if p, ok := rec.party(who); ok && rec.told(p).MayWrite {
		d.to = []int64{who}
		d.text = "Dear " + first(p.Person.Name) + ",\n\n"
	}
	d.subject = replySubject(t.Ticket, d.answers)
	return d, nil
}

// replySubject keeps the family's own words, so that their mail program threads it.
func replySubject(t tickets.Ticket, m *tickets.Message) string {
	subject := t.Subject
	if m != nil && m.Subject != "" {
		subject = m.Subject
	}
	if subject == "" {
		return "Your enquiry"
	}
	if strings.HasPrefix(strings.ToLower(subject), "re:") {
		return subject
	}
	return "Re: " + subject
}

// readDraft takes the form as it was posted. People are ids; addresses are
// never taken from a form.
func (s *Server) readDraft(c *Ctx) (*draft, error) {
	if err := s.readForm(c); err != nil {
		return nil, err
	}
	d, err := s.newDraft(c, number(c.PostForm("answering")))
	if err != nil {
		return nil, err
	}
	d.subject = strings.Join(strings.Fields(c.PostForm("subject")), " ")
	d.text = strings.ReplaceAll(c.PostForm("text"), "\r\n", "\n")
	d.after, d.seenTo = c.PostForm("after"), c.PostForm("seen_recipients")
	d.seen = number(c.PostForm("seen_event"))
	d.to = nil
	for _, v := range c.PostFormArray("to_person") {
		if n := number(v); n != 0 && !slices.Contains(d.to, n) {
			d.to = append(d.to, n)
		}
	}
	d.unquoted, d.address = c.PostForm("no_quote") == "yes", chosenAddresses(c, d)
	d.rev = number(c.PostForm("draft_rev"))
	d.posted = d.asKept(c)
	return d, nil
}

func (s *Server) reply(c *Ctx) error {
	d, err := s.readDraft(c)
	if err != nil {
		return err
	}
	if changed, err := s.changeFiles(c, d); err != nil {
		return err
	} else if changed {
		verdict, errs := s.judge(c, d)
		if d.fileWrong != "" {
			errs = append([]view.FieldError{{Field: "upload", Text: d.fileWrong}}, errs...)
		}
		return s.showReply(c, statusFor(verdict, errs), d, verdict, errs)
	}
	if off := number(c.PostForm("remove")); off != 0 {
		d.to = slices.DeleteFunc(d.to, func(n int64) bool { return n == off })
		return s.showReply(c, http.StatusOK, d, view.Verdict{Level: view.NotChecked}, nil)
	}
	if fix := c.PostForm("fix"); fix != "" {
		return s.fix(c, d, fix)
	}
	switch c.PostForm("do") {
	case "add":
		if n := number(c.PostForm("add_person")); n != 0 && !slices.Contains(d.to, n) {
			d.to = append(d.to, n)
		}
		return s.showReply(c, http.StatusOK, d, view.Verdict{Level: view.NotChecked}, nil)
	case "insert":
		return s.insertText(c, d)
	case "discard":
		if err := s.Store.DropDraft(c.Request.Context(), c.Actor, d.ticket.ID, c.Now); err != nil {
			return err
		}
		return s.done(c, view.EnquiryURL(d.ticket.Ref), "information", "Draft discarded. Nothing was sent.")
	case "save":
		verdict, errs := s.judge(c, d)
		return s.showReply(c, http.StatusOK, d, verdict, errs)
	case "preview":
		return s.previewLetter(c, d)
	case "send":
		return s.send(c, d)
	case "ask":
		return s.askSecond(c, d)
	case "wrong":
		return s.wrongCheck(c, d)
	}
	verdict, errs := s.judge(c, d)
	return s.showReply(c, statusFor(verdict, errs), d, verdict, errs)
}

// send checks once more and queues. What the dispatcher sends was judged again
// on its final bytes; this check is for the person at the screen.
func (s *Server) send(c *Ctx, d *draft) error {
	if errs := s.missing(d); len(errs) > 0 {
		return s.showReply(c, http.StatusUnprocessableEntity, d, view.Verdict{Level: view.NotChecked}, errs)
	}
	if d.seenTo != s.recipientsDigest(d) {
		return s.showReply(c, http.StatusConflict, d, view.Verdict{Level: view.NotChecked},
			[]view.FieldError{{Field: "receives", Text: "Who would receive this has changed. Look at the list and send again"}})
	}
	review, err := s.Review.Review(c.Request.Context(), c.Actor, ReviewRequest{Reply: s.request(d), Now: c.Now})
	if changed := asChanged(err); changed != nil {
		return s.showChanged(c, d, changed)
	}
	if err != nil {
		verdict, errs := s.cannot(c, err)
		return s.showReply(c, statusFor(verdict, errs), d, verdict, errs)
	}
	d.digest, d.confirmed = review.Digest, s.confirmations(c, review)
	open := review.Verdict.Open(guardConfirmations(d.confirmed, review.Digest), review.Digest)
	if len(open) > 0 {
		verdict := s.verdict(c, d, review)
		if verdict.Level == view.Stopped {
			if err := s.Desk.StoppedAtSend(c.Request.Context(), c.Actor, d.ticket.Ref, string(review.Verdict.Decision), review.Verdict.RulesVersion, review.Verdict.Rules(guard.Confirm), c.Now); err != nil {
				return err
			}
			return s.stopped(c, d, verdict)
		}
		return s.showReply(c, http.StatusUnprocessableEntity, d, verdict, unticked(verdict))
	}
	o, err := s.Desk.Reply(c.Request.Context(), c.Actor, s.request(d), c.Now)
	if changed := asChanged(err); changed != nil {
		return s.showChanged(c, d, changed)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Refused) {
		return s.showReply(c, http.StatusUnprocessableEntity, d, view.Verdict{Level: view.NotChecked},
			[]view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	s.dropReply(c, d)
	if s.Wake != nil {
		s.Wake()
	}
	var names []string
	for _, dl := range o.Deliveries {
		names = append(names, dl.Name)
	}
	at := o.ReleaseAt.In(sla.London()).Format("15:04:05")
	text := "Waiting to go to " + view.Names(names) + " at " + at + ". You can cancel it until then."
	if s.Mode() != tickets.ModeSend {
		text = "Kept for " + view.Names(names) + ". Nothing leaves while the outgoing post is not switched on."
	}
	return s.done(c, view.EnquiryURL(d.ticket.Ref), "success", text)
}

func (s *Server) missing(d *draft) []view.FieldError {
	var errs []view.FieldError
	name := "them"
	if p, ok := find(d.parties, firstOf(d.to)); ok {
		name = p.Person.Name
	}
	if len(d.to) == 0 {
		errs = append(errs, view.FieldError{Field: "add-person", Text: "Choose who to write to"})
	}
	if strings.TrimSpace(d.text) == "" {
		errs = append(errs, view.FieldError{Field: "text", Text: "Write a message to " + name})
	}
	return errs
}

// request is what the desk is asked to send.
func (s *Server) request(d *draft) tickets.ReplyRequest {
	r := tickets.ReplyRequest{
		Ref: d.ticket.Ref, To: d.to, Subject: d.subject, Body: d.text, QuoteAnswer: d.answers != nil && !d.unquoted,
		Address: d.address, SeenVersion: d.seen, Confirmed: d.confirmed, Digest: d.digest, AfterSend: stateAfter(d.after),
	}
	if d.answers != nil {
		r.AnswersID = d.answers.ID
	}
	r.Files = d.fileIDs()
	return r
}

// recipientsDigest is what the author saw: names and addresses, as the register
// has them now. When somebody changed them, the posted one differs.
func (s *Server) recipientsDigest(d *draft) string {
	h := sha256.New()
	for _, n := range d.to {
		p, ok := find(d.parties, n)
		h.Write([]byte(strconv.FormatInt(n, 10) + "|" + strconv.FormatBool(ok) + "|" + p.Person.Name + "|" + id(d.address[n])))
		for _, a := range p.Addresses {
			h.Write([]byte("|" + a.Email))
		}
		h.Write([]byte("\n"))
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// showReply writes the form. What was posted is kept first, so that leaving the
// page loses nothing.
func (s *Server) showReply(c *Ctx, status int, d *draft, verdict view.Verdict, errs []view.FieldError) error {
	if d.posted != nil {
		status = keptStatus(status, s.keepReply(c, d))
	}
	shell := s.shell(c, title(*d.ticket, "Reply"), "inbox")
	shell.Failed = len(errs) > 0
	hold, why := s.holdOfLetter(c, d)
	m := view.Reply{
		Shell: shell, Head: s.head(c, *d.ticket), Action: view.ReplyURL(d.ticket.Ref), BackHref: view.EnquiryURL(d.ticket.Ref),
		Errors: errs, Notice: d.note, Receives: s.receives(d), Subject: d.subject, Text: d.text, Verdict: verdict,
		After: d.after, HoldWhy: why, Goes: c.Now.Add(hold), SeenEvent: id(d.seen),
		People: s.toldPanel(c, *d.ticket, d.record), Draft: d.draftState(), DraftRev: id(d.rev), NoteDraft: s.noteLink(c, *d.ticket),
		Files: s.filesPanel(c, d),
	}
	if hold > 0 {
		m.Hold = holdWords(hold)
	}
	if d.answers != nil {
		m.Under, m.NoQuote = "their email of "+sla.FormatDateShort(sla.DateOf(d.answers.ReceivedAt))+" only", d.unquoted
		m.Answering = &view.Answering{ID: id(d.answers.ID), Name: d.answers.FromName, At: d.answers.ReceivedAt, Body: body(d.answers)}
		if p, ok := find(d.parties, d.answers.PersonID); ok {
			m.Answering.Name, m.Answering.Role = p.Person.Name, string(p.Link.Relation)
		}
	}
	var err error
	if m.Texts, err = s.textOptions(c); err != nil {
		return err
	}
	if err := s.offerSecond(c, d, &m); err != nil {
		return err
	}
	s.Events.here(d.ticket.Ref, c.Actor, "writing a reply", c.Now)
	return s.page(c, status, view.PageReply, m)
}

// receives is the panel of who gets the letter and why each may.
func (s *Server) receives(d *draft) view.Receives {
	r := view.Receives{Seen: s.recipientsDigest(d)}
	for _, n := range d.to {
		p, ok := find(d.parties, n)
		if !ok {
			continue
		}
		told := d.record.mayBeTold(p)
		rec := view.Recipient{ID: id(n), Name: p.Person.Name, Role: string(p.Link.Relation), Why: why(d, p), Removable: len(d.to) > 1}
		if told.Level != "yes" {
			rec.Limits = told.Told
		}
		if told.Shared != "" {
			rec.Limits = sentences(rec.Limits, told.Shared)
		}
		for _, a := range p.Addresses {
			if rec.Address == "" || d.answers != nil && a.Mailbox == d.answers.FromMailbox {
				rec.Address = a.Email
			}
		}
		addressChoice(d, p, &rec)
		r.To = append(r.To, rec)
		if words := prefers(p.Person.Name, d.record.facts.Preferences[n]); words != "" {
			r.Prefers = strings.TrimSpace(r.Prefers + " " + words)
		}
	}
	for _, p := range d.parties {
		if slices.Contains(d.to, p.Person.ID) {
			continue
		}
		cand := view.Candidate{ID: id(p.Person.ID), Name: p.Person.Name, Role: string(p.Link.Relation), Note: d.record.mayBeTold(p).Told}
		switch {
		case !d.record.told(p).MayWrite:
			cand.Barred, cand.Why = true, "we must not write to this person"
		case len(p.Addresses) == 0:
			cand.Barred, cand.Why = true, "no email address on file"
		}
		r.CanAdd = append(r.CanAdd, cand)
	}
	if d.answers != nil {
		for _, a := range otherAddresses(d.answers) {
			r.NotAdded = append(r.NotAdded, "Also on their email, not added: "+a)
		}
	}
	return r
}

// otherAddresses are the addresses of the answered mail's To and Cc. They are
// shown and never used.
func otherAddresses(m *tickets.Message) []string {
	var out []string
	for _, a := range strings.Split(m.To, ",") {
		if a = strings.TrimSpace(a); a != "" {
			out = append(out, a)
		}
	}
	if len(out) <= 1 {
		return nil
	}
	return out[1:]
}

func why(d *draft, p register.Party) string {
	var out []string
	if d.answers != nil && d.answers.PersonID == p.Person.ID {
		out = append(out, "Wrote this email")
	} else {
		out = append(out, "On this case as "+string(p.Link.Relation))
	}
	if b := basis(p); b != "" {
		out = append(out, b)
	}
	return strings.Join(out, ". ")
}

func find(parties []register.Party, personID int64) (register.Party, bool) {
	for _, p := range parties {
		if p.Person.ID == personID && personID != 0 {
			return p, true
		}
	}
	return register.Party{}, false
}

func first(name string) string {
	f, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return f
}

func firstOf(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// asChanged finds out whether err says that something happened meanwhile.
func asChanged(err error) *tickets.ChangedError {
	var changed *tickets.ChangedError
	if errors.As(err, &changed) {
		return changed
	}
	return nil
}

func guardConfirmations(list []tickets.Confirmation, digest string) []guard.Confirmation {
	out := make([]guard.Confirmation, 0, len(list))
	for _, x := range list {
		out = append(out, guard.Confirmation{Rule: x.Rule, Mailbox: x.Mailbox, Digest: digest})
	}
	return out
}
