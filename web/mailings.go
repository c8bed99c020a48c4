package web

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// mailingRows is how many families a page of a list shows.
const mailingRows = 100

// mailings lists letters to many families.
func (s *Server) mailings(c *Ctx) error {
	list, err := s.Desk.Mailings(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	m := view.Mailings{Shell: s.shell(c, "Letters to many families", "mailings"), NewHref: "/mailings/new"}
	for _, x := range list {
		counts, _, err := s.Store.MailingCounts(c.Request.Context(), c.Actor, x.ID)
		if err != nil {
			return err
		}
		word, tone := mailingState(x.State)
		if x.State == tickets.MailingAsked && x.AuthorID != c.Actor.StaffID {
			word, tone = "Waits for your approval", "warn"
		}
		m.Rows = append(m.Rows, view.MailingRow{
			Href: view.MailingURL(id(x.ID)), Title: x.Title, By: x.AuthorName, State: word, Tone: tone, At: x.ChangedAt, Note: mailingNote(x, counts),
		})
	}
	return s.page(c, http.StatusOK, view.PageMailings, m)
}

func mailingNote(x tickets.Mailing, counts map[tickets.MailingResult]int) string {
	left := counts[tickets.ResultLeftOut] + counts[tickets.ResultRemoved]
	all := 0
	for _, n := range counts {
		all += n
	}
	switch {
	case all == 0:
		return ""
	case x.ApprovedBy == 0:
		return plural(all-left, "letter", "letters") + ", " + id(int64(left)) + " left out"
	}
	return id(int64(counts[tickets.ResultArrived])) + " of " + id(int64(all-left)) + " arrived, " + id(int64(left)) + " left out"
}

func mailingState(s tickets.MailingState) (word, tone string) {
	switch s {
	case tickets.MailingDraft:
		return "Being written", "wait"
	case tickets.MailingChecking:
		return "Being checked", "wait"
	case tickets.MailingReady:
		return "Checked", "wait"
	case tickets.MailingAsked:
		return "Waits for approval", "warn"
	case tickets.MailingSending:
		return "Approved, leaving", "good"
	case tickets.MailingPaused:
		return "Paused", "warn"
	case tickets.MailingStopped:
		return "Stopped", "bad"
	case tickets.MailingDone:
		return "All left", "good"
	}
	return string(s), "wait"
}

func (s *Server) mailing(c *Ctx) error { return s.showMailing(c, http.StatusOK, nil) }

func (s *Server) mailingOf(c *Ctx) (*tickets.Mailing, error) {
	return s.Desk.Mailing(c.Request.Context(), c.Actor, number(c.Param("id")))
}

func (s *Server) showMailing(c *Ctx, status int, errs []view.FieldError) error {
	ctx := c.Request.Context()
	x, err := s.mailingOf(c)
	if err != nil {
		return err
	}
	counts, unchecked, err := s.Store.MailingCounts(ctx, c.Actor, x.ID)
	if err != nil {
		return err
	}
	m := view.MailingPage{
		Shell: s.shell(c, x.Title, "mailings"), Title: x.Title, Errors: errs, Subject: x.Subject, Body: x.Body, Version: id(x.Version),
		Action: view.MailingURL(id(x.ID)), ReloadHref: view.MailingURL(id(x.ID)), Reason: c.PostForm("reason"),
	}
	m.Shell.Failed = len(errs) > 0
	m.State, m.Tone = mailingState(x.State)
	if m.Facts, err = s.mailingFacts(c, x); err != nil {
		return err
	}
	if len(counts) > 0 {
		if err := s.mailingList(c, x, counts, &m); err != nil {
			return err
		}
	}
	if err := s.mailingNext(c, x, counts, unchecked, &m); err != nil {
		return err
	}
	return s.page(c, status, view.PageMailing, m)
}

// mailingNext says what somebody can do with it now.
func (s *Server) mailingNext(c *Ctx, x *tickets.Mailing, counts map[tickets.MailingResult]int, unchecked int, m *view.MailingPage) error {
	own := x.AuthorID == c.Actor.StaffID
	waiting := counts[tickets.ResultWaiting]
	if own && x.State.Open() {
		m.EditHref, m.CanList, m.ListWord = m.Action+"/edit", true, "Make the list again"
	}
	m.CanStop = x.State == tickets.MailingSending || x.State == tickets.MailingPaused
	switch x.State {
	case tickets.MailingDraft:
		m.ListWord = "Look who gets it"
		m.Says = "The list of families is made from the register, and the check reads each letter. Nothing is sent."
	case tickets.MailingChecking:
		m.Checking, m.CanList = true, false
		m.Says = "The check reads each letter: " + plural(unchecked, "letter waits", "letters wait") + " for it. Nothing is sent."
	case tickets.MailingReady:
		open, first, err := s.questions(c, x)
		if err != nil {
			return err
		}
		m.Says = plural(waiting, "letter was", "letters were") + " checked. Look at some of them, then ask for approval: somebody else has to say that they may go."
		switch {
		case !own:
			m.Says = plural(waiting, "letter was", "letters were") + " checked. " + x.AuthorName + " has not asked for approval yet."
		case waiting == 0:
			m.Says = "Nobody is left on the list. The families below have reasons."
		case open > 0:
			m.Says = "The check asks about " + plural(open, "letter", "letters") + ". Confirm each, or take the family off the list."
			m.WalkHref, m.WalkWord = view.MailingLetterURL(id(x.ID), id(first)), "Go through the questions"
		default:
			m.CanAsk, m.AskWord = true, "Ask for approval of "+plural(waiting, "letter", "letters")
		}
		if a := x.Answer.ForStaff(); a != "" {
			m.Alert = "It was given back. " + a
		}
	case tickets.MailingAsked:
		m.Says = "A team lead other than " + x.AuthorName + " has to approve " + plural(waiting, "letter", "letters") + ". Any change before that makes it another list."
		if !own && c.Actor.May(access.ApproveMailing) {
			m.Approve, m.Digest = m.Action+"/approve", x.Digest
			m.Says = x.AuthorName + " asks you to approve " + plural(waiting, "letter", "letters") + ". Look at the text, at some of the letters and at who is left out. What you approve is exactly what goes."
		}
	case tickets.MailingSending:
		m.CanPause = true
		m.Says = "Up to " + plural(x.PerHour, "letter leaves", "letters leave") + " in an hour; " + plural(waiting, "waits", "wait") + ". Each is checked once more when it leaves, with what is recorded then."
		if s.Mode() != tickets.ModeSend {
			m.Alert = "Outgoing post is not switched on. Nothing of this leaves until it is."
		}
	case tickets.MailingPaused:
		m.CanResume = true
		m.Says = plural(waiting, "letter waits", "letters wait") + " until somebody says that it goes on."
		if a := x.Answer.ForStaff(); a != "" {
			m.Alert, m.CanResume = a, false
		}
	case tickets.MailingStopped:
		m.Says = "It was stopped. What had not left by then does not leave."
	case tickets.MailingDone:
		m.Says = "Every letter has been given to the outbox. Answers of families open an enquiry on their case."
	}
	if m.WalkHref == "" && waiting > 0 && x.State.Open() && x.State != tickets.MailingDraft {
		first, err := s.Store.MailingLetters(c.Request.Context(), c.Actor, tickets.MailingQuery{MailingID: x.ID, States: []tickets.MailingLetterState{tickets.MailingWaiting}, Limit: 1})
		if err != nil {
			return err
		}
		if len(first) > 0 {
			m.WalkHref, m.WalkWord = view.MailingLetterURL(id(x.ID), id(first[0].ID)), "Look at the letters one by one"
		}
	}
	return nil
}

// questions counts letters with something that their author has to confirm, and gives
// the first.
func (s *Server) questions(c *Ctx, x *tickets.Mailing) (n int, first int64, err error) {
	list, err := s.Store.MailingLetters(c.Request.Context(), c.Actor, tickets.MailingQuery{MailingID: x.ID, States: []tickets.MailingLetterState{tickets.MailingWaiting}})
	for _, l := range list {
		if len(l.Unanswered()) == 0 {
			continue
		}
		if n++; first == 0 {
			first = l.ID
		}
	}
	return n, first, err
}

func (s *Server) mailingFacts(c *Ctx, x *tickets.Mailing) ([]view.AdminFact, error) {
	who, err := s.filterWords(c, x.Filter)
	if err != nil {
		return nil, err
	}
	out := []view.AdminFact{
		{Name: "Written by", Text: x.AuthorName},
		{Name: "For", Text: who},
		{Name: "From", Text: x.Mailbox},
		{Name: "Pace", Text: plural(x.PerHour, "letter", "letters") + " in an hour at most"},
	}
	if x.MadeAt != nil {
		out = append(out, view.AdminFact{Name: "List made", At: *x.MadeAt})
	}
	if x.AskedAt != nil {
		out = append(out, view.AdminFact{Name: "Approval asked for", At: *x.AskedAt})
	}
	if x.ApprovedAt != nil {
		out = append(out, view.AdminFact{Name: "Approved", At: *x.ApprovedAt, Text: "by " + x.ByName})
	}
	return out, nil
}

// filterWords is the choice of families in a sentence.
func (s *Server) filterWords(c *Ctx, f tickets.MailingFilter) (string, error) {
	if f.Empty() {
		return "every open case that " + "the author can open", nil
	}
	var out []string
	if len(f.Years) > 0 {
		var years []string
		for _, y := range f.Years {
			years = append(years, tickets.YearWords(y))
		}
		out = append(out, strings.Join(years, ", "))
	}
	if f.Phase {
		out = append(out, "moving to another phase in September")
	}
	if len(f.Stages) > 0 {
		out = append(out, "stage "+strings.Join(f.Stages, ", "))
	}
	if f.School != "" {
		out = append(out, "school with \""+f.School+"\"")
	}
	if f.OfficerID != 0 || f.TeamID != 0 {
		staff, _, err := s.people(c)
		if err != nil {
			return "", err
		}
		if i := slices.IndexFunc(staff, func(p register.Staff) bool { return p.ID == f.OfficerID }); i >= 0 {
			out = append(out, "children of "+staff[i].Name)
		}
		if f.TeamID != 0 {
			t, err := s.Store.TeamByID(c.Request.Context(), f.TeamID)
			if err != nil {
				return "", err
			}
			out = append(out, t.Name)
		}
	}
	return strings.Join(out, "; "), nil
}

// shownResults are the tabs of a list: what they are called, and what they show.
func shownResults() []struct {
	key, name string
	of        []tickets.MailingResult
} {
	return []struct {
		key, name string
		of        []tickets.MailingResult
	}{
		{"letters", "Get a letter", []tickets.MailingResult{tickets.ResultWaiting, tickets.ResultOnItsWay, tickets.ResultArrived}},
		{"trouble", "Did not arrive", []tickets.MailingResult{tickets.ResultHeld, tickets.ResultRefused, tickets.ResultBounced, tickets.ResultUncertain, tickets.ResultCancelled}},
		{"left", "Left out", []tickets.MailingResult{tickets.ResultLeftOut, tickets.ResultRemoved}},
	}
}

// mailingList puts one tab of the list on the page.
func (s *Server) mailingList(c *Ctx, x *tickets.Mailing, counts map[tickets.MailingResult]int, m *view.MailingPage) error {
	show, after := c.Query("show"), number(c.Query("after"))
	tabs := shownResults()
	at := slices.IndexFunc(tabs, func(t struct {
		key, name string
		of        []tickets.MailingResult
	},
	) bool {
		return t.key == show
	})
	if at < 0 {
		at = 0
	}
	for i, t := range tabs {
		n := 0
		for _, r := range t.of {
			n += counts[r]
		}
		m.Tabs = append(m.Tabs, view.NavItem{Text: t.name, Href: m.Action + "?show=" + t.key, Count: n, Current: i == at})
	}
	q := tickets.MailingQuery{MailingID: x.ID, AfterID: after}
	if tabs[at].key == "left" {
		q.States = []tickets.MailingLetterState{tickets.MailingLeftOut, tickets.MailingRemoved}
	} else {
		q.States = []tickets.MailingLetterState{tickets.MailingWaiting, tickets.MailingQueued}
	}
	list, err := s.Store.MailingLetters(c.Request.Context(), c.Actor, q)
	if err != nil {
		return err
	}
	for _, l := range list {
		if !slices.Contains(tabs[at].of, l.Result()) {
			continue
		}
		if len(m.Rows) == mailingRows {
			m.Pages.Next = m.Action + "?show=" + tabs[at].key + "&after=" + m.Pages.Next
			break
		}
		m.Rows = append(m.Rows, mailingLine(x, l))
		m.Pages.Next = id(l.ID)
	}
	if !strings.HasPrefix(m.Pages.Next, "/") {
		m.Pages.Next = ""
	}
	if after > 0 {
		m.Pages.Prev = m.Action + "?show=" + tabs[at].key
	}
	m.Empty = map[string]string{"letters": "Nobody gets a letter.", "trouble": "Every letter that left has arrived so far.", "left": "Nobody is left out."}[tabs[at].key]
	m.CSVHref = m.Action + "/results.csv"
	return nil
}

func mailingLine(x *tickets.Mailing, l tickets.MailingLetter) view.MailingLine {
	word, tone := resultWords(l)
	out := view.MailingLine{
		Name: l.Name, Address: l.Email, CaseRef: l.CaseRef, CaseHref: view.CaseURL(l.CaseRef), Initials: register.Initials(l.ChildName), Result: word, Tone: tone,
		Why: whyOf(l), TicketRef: l.TicketRef, TicketHref: view.EnquiryURL(l.TicketRef),
	}
	switch {
	case l.ArrivedAt != nil && l.Result() == tickets.ResultArrived:
		out.At = *l.ArrivedAt
	case l.QueuedAt != nil:
		out.At = *l.QueuedAt
	}
	if x.State.Open() && l.State == tickets.MailingWaiting || x.ApprovedBy != 0 && l.State == tickets.MailingWaiting {
		out.Href = view.MailingLetterURL(id(x.ID), id(l.ID))
	}
	out.Also = alsoWords(l)
	return out
}

func alsoWords(l tickets.MailingLetter) string {
	if n := len(l.Also); n > 0 {
		return "One letter for " + plural(n+1, "child", "children") + " of theirs"
	}
	return ""
}

func whyOf(l tickets.MailingLetter) string {
	switch {
	case l.State == tickets.MailingLeftOut || l.State == tickets.MailingRemoved:
		return l.Why
	case l.State == tickets.MailingQueued && l.Result() != tickets.ResultArrived:
		return l.DeliveryWhy
	case len(l.Unanswered()) > 0:
		return "The check asks: " + l.Unanswered()[0].Words
	}
	return ""
}

func resultWords(l tickets.MailingLetter) (word, tone string) {
	switch l.Result() {
	case tickets.ResultWaiting:
		switch {
		case l.CheckedAt == nil:
			return "Not checked yet", "wait"
		case len(l.Unanswered()) > 0:
			return "A question", "warn"
		}
		if !l.Approved {
			return "Checked", "good"
		}
		return "Waits", "wait"
	case tickets.ResultOnItsWay:
		return "On its way", "wait"
	case tickets.ResultArrived:
		return "Arrived", "good"
	case tickets.ResultHeld:
		return "Held", "warn"
	case tickets.ResultRefused:
		return "Refused by their mail server", "bad"
	case tickets.ResultBounced:
		return "Came back", "bad"
	case tickets.ResultUncertain:
		return "Not known whether it arrived", "warn"
	case tickets.ResultCancelled:
		return "Taken back", "wait"
	case tickets.ResultRemoved:
		return "Taken off", "wait"
	}
	return "Left out", "warn"
}

// mailingCSV is the result for every family, as a file. That somebody took it is
// recorded.
func (s *Server) mailingCSV(c *Ctx) error {
	ctx := c.Request.Context()
	x, err := s.mailingOf(c)
	if err != nil {
		return err
	}
	list, err := s.Store.MailingLetters(ctx, c.Actor, tickets.MailingQuery{MailingID: x.ID})
	if err != nil {
		return err
	}
	if err := s.Desk.Seen(ctx, c.Actor, audit.Exported, "mailing:"+id(x.ID), 0, map[string]string{"format": "csv", "rows": strconv.Itoa(len(list))}, c.Now); err != nil {
		return err
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="mailing-`+id(x.ID)+`.csv"`)
	c.Status(http.StatusOK)
	w := csv.NewWriter(c.Writer)
	_ = w.Write([]string{"case", "child", "for", "address", "result", "why", "enquiry", "left_at_london", "arrived_at_london"})
	for _, l := range list {
		word, _ := resultWords(l)
		row := []string{l.CaseRef, register.Initials(l.ChildName), l.Name, l.Email, word, whyOf(l), l.TicketRef, londonTime(l.QueuedAt), londonTime(l.ArrivedAt)}
		for i := range row {
			row[i] = plainCell(row[i])
		}
		if err := w.Write(row); err != nil {
			return nil //nolint:nilerr // the reader has left
		}
	}
	w.Flush()
	return nil
}

// plainCell is a cell that no spreadsheet takes for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func londonTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(sla.London()).Format("2006-01-02 15:04:05")
}

// mailingAct moves a mailing on: list, ask, pause, resume, stop.
func (s *Server) mailingAct(c *Ctx) error {
	ctx := c.Request.Context()
	n, version := number(c.Param("id")), number(c.PostForm("version"))
	var err error
	text := ""
	switch c.PostForm("do") {
	case "list":
		text, err = "The list is made. The check reads each letter now.", s.Desk.MakeMailingList(ctx, c.Actor, n, version, c.Now)
	case "ask":
		text, err = "Asked. A team lead sees it under Mailings.", s.Desk.AskMailing(ctx, c.Actor, n, version, c.Now)
	case "pause":
		text, err = "Paused. Letters that are in the outbox already go on.", s.Desk.PauseMailing(ctx, c.Actor, n, c.Now)
	case "resume":
		text, err = "It goes on.", s.Desk.ResumeMailing(ctx, c.Actor, n, c.Now)
	case "stop":
		text, err = "Stopped. What had not left does not leave.", s.Desk.StopMailing(ctx, c.Actor, n, c.Now)
	default:
		err = fault.New(fault.Invalid, "Choose what to do")
	}
	return s.mailingDone(c, err, text)
}

// mailingDone goes back to the page with what was done, or shows what is wrong.
func (s *Server) mailingDone(c *Ctx, err error, text string) error {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return s.showMailing(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: fault.SafeText(err)}})
	case fault.Conflict:
		return s.showMailing(c, http.StatusConflict, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	if s.Mailings != nil {
		s.Mailings.Check()
	}
	return s.done(c, view.MailingURL(c.Param("id")), "success", text)
}

// approveMailing is the second person's yes or no.
func (s *Server) approveMailing(c *Ctx) error {
	ctx, n := c.Request.Context(), number(c.Param("id"))
	switch c.PostForm("do") {
	case "approve":
		return s.mailingDone(c, s.Desk.ApproveMailing(ctx, c.Actor, n, c.PostForm("digest"), c.Now), "Approved. The letters leave at the pace that was set.")
	case "refuse":
		return s.mailingDone(c, s.Desk.RefuseMailing(ctx, c.Actor, n, c.PostForm("reason"), c.Now), "Given back. Its author sees why.")
	}
	return s.mailingDone(c, fault.New(fault.Invalid, "Choose what to do"), "")
}
