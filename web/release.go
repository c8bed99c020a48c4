package web

import (
	"net/http"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// releasable are the findings that block a letter, when a second person may release
// every one of them and nothing else stands in its way; nil otherwise.
func releasable(v guard.Verdict) []tickets.SecondFinding {
	var out []tickets.SecondFinding
	for _, f := range v.Findings {
		switch {
		case f.Releasable():
			out = append(out, tickets.SecondFinding{Rule: f.Rule, Mailbox: f.Mailbox, Seen: f.Seen()})
		case f.Decision != guard.Warn && f.Decision != guard.Allow:
			return nil
		}
	}
	return out
}

// offerSecond puts on a stopped reply whom its author may ask, and the way to say
// that the check is wrong.
func (s *Server) offerSecond(c *Ctx, d *draft, m *view.Reply) error {
	if m.Verdict.Level != view.Stopped {
		return nil
	}
	m.CanReport = true
	if !d.releasable {
		return nil
	}
	people, err := s.Desk.SecondPeople(c.Request.Context(), c.Actor, d.ticket.Ref)
	if err != nil {
		return err
	}
	for _, p := range people {
		m.Seconds = append(m.Seconds, view.Option{Value: id(p.ID), Text: p.Name, Selected: id(p.ID) == c.PostForm("colleague")})
	}
	return nil
}

// askSecond asks a colleague to release what the check stops now.
func (s *Server) askSecond(c *Ctx, d *draft) error {
	ctx := c.Request.Context()
	if errs := s.missing(d); len(errs) > 0 {
		return s.showReply(c, http.StatusUnprocessableEntity, d, view.Verdict{Level: view.NotChecked}, errs)
	}
	review, err := s.Review.Review(ctx, c.Actor, ReviewRequest{Reply: s.request(d), Now: c.Now})
	if err != nil {
		verdict, errs := s.cannot(c, err)
		return s.showReply(c, statusFor(verdict, errs), d, verdict, errs)
	}
	d.digest, d.confirmed = review.Digest, nil
	verdict := s.verdict(c, d, review)
	findings := releasable(review.Verdict)
	if len(findings) == 0 {
		return s.showReply(c, http.StatusUnprocessableEntity, d, verdict, []view.FieldError{{Field: "verdict", Text: "Nobody can release this as it stands. Change what the check names"}})
	}
	_, err = s.Desk.AskForSecond(ctx, c.Actor, tickets.AskSecond{
		Letter: s.request(d), Colleague: number(c.PostForm("colleague")), Reason: c.PostForm("second_why"), Findings: findings,
	}, c.Now)
	if changed := asChanged(err); changed != nil {
		return s.showChanged(c, d, changed)
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return s.showReply(c, http.StatusUnprocessableEntity, d, verdict, []view.FieldError{{Field: "colleague", Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	if err := s.keepReply(c, d); err != nil {
		s.Log.Error("web", "event", "draft_not_kept", "ticket", d.ticket.Ref, "error", err)
	}
	if s.Wake != nil {
		s.Wake()
	}
	return s.done(c, view.EnquiryURL(d.ticket.Ref), "success", "Your colleague is asked to look. Nothing was sent. You are told what they decide.")
}

// wrongCheck records that the writer finds the check wrong, and sends nothing.
func (s *Server) wrongCheck(c *Ctx, d *draft) error {
	verdict, errs := s.judge(c, d)
	var rules []string
	for _, f := range verdict.Findings {
		rules = append(rules, f.Rule)
	}
	status := http.StatusOK
	err := s.Desk.ReportCheck(c.Request.Context(), c.Actor, d.ticket.Ref, rules, c.PostForm("wrong"), c.Now)
	switch {
	case err == nil:
		d.note = "Thank you. Data protection and team leads can read it. Nothing was sent."
	case fault.Is(err, fault.Invalid):
		status, errs = http.StatusUnprocessableEntity, append(errs, view.FieldError{Field: "wrong", Text: fault.SafeText(err)})
	default:
		return err
	}
	return s.showReply(c, status, d, verdict, errs)
}

// seconds lists messages that wait, or waited, for a second person.
func (s *Server) seconds(c *Ctx) error {
	list, err := s.Desk.Seconds(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	m := view.Seconds{Shell: s.shell(c, "Messages for a second person", "held"), Tabs: s.heldTabs(c, "release")}
	for _, x := range list {
		state := secondState(x, c.Now)
		if state == "" {
			state = "Waits for an answer"
		}
		m.Rows = append(m.Rows, view.SecondRow{Href: "/release/" + id(x.ID), Ref: x.TicketRef, By: x.AuthorName, Asked: x.AskedName, State: state, At: x.AskedAt})
	}
	return s.page(c, http.StatusOK, view.PageSeconds, m)
}

func secondState(x tickets.SecondLook, now time.Time) string {
	switch {
	case x.State == tickets.SecondReleased:
		return "Released"
	case x.State == tickets.SecondRefused:
		return "Not released"
	case x.State == tickets.SecondVoid:
		return "Changed meanwhile"
	case !x.Waits(now):
		return "Nobody answered in time"
	}
	return ""
}

func (s *Server) second(c *Ctx) error { return s.showSecond(c, http.StatusOK, nil) }

func (s *Server) showSecond(c *Ctx, status int, errs []view.FieldError) error {
	ctx := c.Request.Context()
	x, err := s.Desk.Second(ctx, c.Actor, number(c.Param("id")))
	if err != nil {
		return err
	}
	t, err := s.Store.Ticket(ctx, c.Actor, x.TicketRef)
	if err != nil {
		return err
	}
	r, err := s.recordOf(c, *t)
	if err != nil {
		return err
	}
	m := view.SecondPage{
		Shell: s.shell(c, title(*t, "For a second person"), "held"), Ref: t.Ref, Initials: t.Initials, By: x.AuthorName, Asked: x.AskedName,
		AskedAt: x.AskedAt, Expires: x.ExpiresAt, Why: x.Reason.ForStaff(), State: secondState(*x, c.Now), Reason: c.PostForm("reason"),
		Bases: baseOptions(c.PostForm("basis")), Errors: errs, Record: "second look " + id(x.ID) + ", rules " + strings.Join(rulesOfSecond(*x), ", "),
	}
	m.Shell.Failed = len(errs) > 0
	if x.ByName != "" {
		m.Ended = x.ByName + ": " + x.Answer.ForStaff()
	}
	claim, verdict, changed := s.readSecond(c, x)
	m.Changed = changed
	if claim != nil {
		for _, dl := range claim.Letter.Deliveries {
			m.Copies = append(m.Copies, view.Letter{To: dl.Name, Address: dl.Email, From: t.MailboxName, Subject: claim.Letter.Subject, Text: s.textOf(c, claim)})
			m.Recipients = append(m.Recipients, heldRecipient(dl, r))
		}
	}
	if verdict != nil {
		m.Findings = checkedNow(*verdict, x.AuthorID == c.Actor.StaffID).Findings
		for i := range m.Findings {
			m.Findings[i].Heading = "Why it was stopped"
		}
	}
	switch {
	case m.State != "":
		m.Changed = ""
	case x.AuthorID == c.Actor.StaffID:
		m.EditHref = view.ReplyURL(t.Ref)
	case c.Actor.May(access.SecondLook):
		m.Action = "/release/" + id(x.ID)
	}
	return s.page(c, status, view.PageSecond, m)
}

// readSecond makes and judges the letter anew, in its author's name. changed says
// why it cannot be released as it stands.
func (s *Server) readSecond(c *Ctx, x *tickets.SecondLook) (claim *tickets.Claim, v *guard.Verdict, changed string) {
	ctx := c.Request.Context()
	const moved = "Something changed since the author asked. It cannot be released as it stands."
	author, err := s.Store.ActorOf(ctx, x.AuthorID)
	if err != nil {
		return nil, nil, moved
	}
	if claim, err = s.Desk.Draft(ctx, author, x.Letter, c.Now); err != nil {
		return nil, nil, moved + " " + fault.SafeText(err)
	}
	review, err := s.Review.Review(ctx, author, ReviewRequest{Reply: x.Letter, Now: c.Now})
	if err != nil {
		return claim, nil, "We cannot check this just now. Nothing was sent."
	}
	if review.Digest != x.Digest || !sameSecond(releasable(review.Verdict), x.Findings) {
		return claim, &review.Verdict, moved
	}
	return claim, &review.Verdict, ""
}

func sameSecond(a, b []tickets.SecondFinding) bool {
	count := map[tickets.SecondFinding]int{}
	for _, f := range a {
		count[f] |= 1
	}
	for _, f := range b {
		count[f] |= 2
	}
	for _, n := range count {
		if n != 3 {
			return false
		}
	}
	return len(count) > 0
}

func rulesOfSecond(x tickets.SecondLook) []string {
	var out []string
	for _, f := range x.Findings {
		out = append(out, f.Rule)
	}
	return out
}

// textOf is the text of a letter with what is quoted below it.
func (s *Server) textOf(c *Ctx, claim *tickets.Claim) string {
	o := claim.Letter
	if !o.QuoteAnswer || o.AnswersID == 0 {
		return o.Body
	}
	m, err := s.Store.Message(c.Request.Context(), c.Actor, o.AnswersID)
	if err != nil {
		return o.Body + "\n\n(The message that it answers stands below it. It cannot be shown here.)"
	}
	return o.Body + "\n\n" + quoted(m)
}

func baseOptions(chosen string) []view.Option {
	words := map[string]string{
		"task": "Public task: our duties to the child need it", "law": "Legal obligation: the law or a court says so",
		"vital": "Vital interests: somebody's life or safety depends on it", "consent": "Consent: the person concerned agreed",
	}
	var out []view.Option
	for _, b := range tickets.Bases() {
		out = append(out, view.Option{Value: b, Text: words[b], Selected: b == chosen})
	}
	return out
}

// settleSecond releases or refuses. What would be sent is made and judged anew
// first, and the verb compares it with what the author asked about.
func (s *Server) settleSecond(c *Ctx) error {
	ctx := c.Request.Context()
	x, err := s.Desk.Second(ctx, c.Actor, number(c.Param("id")))
	if err != nil {
		return err
	}
	r := tickets.SettleSecond{ID: x.ID, Basis: c.PostForm("basis"), Reason: c.PostForm("reason")}
	text := "Not released. The author is told why."
	switch c.PostForm("do") {
	case "refuse":
	case "release":
		author, err := s.Store.ActorOf(ctx, x.AuthorID)
		if err != nil {
			return err
		}
		review, err := s.Review.Review(ctx, author, ReviewRequest{Reply: x.Letter, Now: c.Now})
		if err != nil {
			return s.showSecond(c, http.StatusServiceUnavailable, []view.FieldError{{Text: "We cannot check this just now. Nothing was sent"}})
		}
		r.Release, r.Digest, r.Still = true, review.Digest, releasable(review.Verdict)
		text = "Released. It leaves after the hold, when the check has read it once more. The author is told."
	default:
		return s.showSecond(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: "Choose what to do"}})
	}
	if _, err := s.Desk.SettleSecond(ctx, c.Actor, r, c.Now); err != nil {
		status := map[fault.Kind]int{fault.Invalid: http.StatusUnprocessableEntity, fault.Conflict: http.StatusConflict, fault.Refused: http.StatusUnprocessableEntity}[fault.KindOf(err)]
		if status == 0 {
			return err
		}
		return s.showSecond(c, status, []view.FieldError{{Field: "reason", Text: fault.SafeText(err)}})
	}
	if s.Wake != nil {
		s.Wake()
	}
	return s.done(c, "/release", "success", text)
}
