package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// call is the form of a telephone call as it stands, with what it was matched to.
type call struct {
	from    string // enquiry or case that the form was opened from, as the query of its address
	back    string
	caller  string
	cases   []tickets.CaseView // cases that the call may be about
	person  string             // id, "unknown" or ""
	caseRef string
	joins   string
	way     string
	on      string
	minutes string
	checked []string
	said    string
	wants   string
	promise view.PromiseField
	chosen  string // promise_on
	stops   string
	stopWhy string
	worried bool
}

func (s *Server) callForm(c *Ctx) error {
	f := &call{way: "in", on: c.Now.In(sla.London()).Format("2/1/2006 15:04"), stops: "no", caller: c.Query("caller")}
	if n := number(c.Query("person")); n != 0 {
		f.person = id(n)
	}
	if err := s.openedFrom(c, f); err != nil {
		return err
	}
	return s.showCall(c, http.StatusOK, f, nil)
}

// openedFrom fills in the enquiry or the case that the form was opened from.
func (s *Server) openedFrom(c *Ctx, f *call) error {
	f.back = "/inbox"
	ref := c.Query("case")
	if e := c.Query("e"); e != "" {
		t, err := s.Store.Ticket(c.Request.Context(), c.Actor, e)
		if err != nil {
			return err
		}
		ref = t.CaseRef
		f.from, f.back = "?e="+url.QueryEscape(t.Ref), view.EnquiryURL(t.Ref)
		if f.joins == "" {
			f.joins = t.Ref
		}
		if f.person == "" && t.RequesterID != 0 && c.Request.Method == http.MethodGet {
			f.person = id(t.RequesterID)
		}
	}
	if ref == "" {
		return nil
	}
	v, err := s.Store.Case(c.Request.Context(), c.Actor, ref)
	if err != nil {
		return err
	}
	if f.from == "" {
		f.from, f.back = "?case="+url.QueryEscape(v.Ref), view.CaseURL(v.Ref)
	}
	if f.caseRef == "" {
		f.caseRef = v.Ref
	}
	f.cases = []tickets.CaseView{*v}
	return nil
}

// call reads the form; find looks for the caller, save logs the call.
func (s *Server) call(c *Ctx) error {
	f := &call{
		caller: strings.TrimSpace(c.PostForm("caller")), person: c.PostForm("person"), caseRef: c.PostForm("case"), joins: c.PostForm("joins"),
		way: c.PostForm("way"), on: strings.TrimSpace(c.PostForm("on")), minutes: strings.TrimSpace(c.PostForm("minutes")), checked: c.PostFormArray("checked"),
		said: strings.ReplaceAll(c.PostForm("said"), "\r\n", "\n"), wants: c.PostForm("wants"), chosen: c.PostForm("promise_on"),
		promise: view.PromiseField{Date: strings.TrimSpace(c.PostForm("promise_date")), Text: strings.TrimSpace(c.PostForm("promise_text"))},
		stops:   c.PostForm("stops"), stopWhy: strings.TrimSpace(c.PostForm("stop_reason")), worried: c.PostForm("worried") == "yes",
	}
	if err := s.openedFrom(c, f); err != nil {
		return err
	}
	if err := s.findCaller(c, f); err != nil {
		return err
	}
	if c.PostForm("do") != "save" {
		return s.showCall(c, http.StatusOK, f, nil)
	}
	r, errs := s.callRequest(c, f)
	if len(errs) > 0 {
		return s.showCall(c, http.StatusUnprocessableEntity, f, errs)
	}
	_, err := s.Desk.LogCall(c.Request.Context(), c.Actor, r, c.Now)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Refused) {
		return s.showCall(c, http.StatusUnprocessableEntity, f, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	s.Events.Publish("item.added", r.Ref)
	s.Events.Publish("counts", "")
	if f.worried {
		return s.done(c, view.EnquiryURL(r.Ref), "warning", "Call saved. Nobody was told of the worry by hearback: tell your safeguarding lead now. If a child is in danger, call 999.")
	}
	return s.done(c, view.EnquiryURL(r.Ref), "success", s.afterCall(c, r))
}

// afterCall says whether the family still waits. A call that is logged late
// does not answer what they wrote after it.
func (s *Server) afterCall(c *Ctx, r tickets.CallRequest) string {
	if !r.Call.StopsClock {
		return "Call saved. The clock goes on."
	}
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, r.Ref)
	switch {
	case err != nil:
		return "Call saved."
	case t.Clock != nil && t.Clock.StoppedAt == nil:
		return "Call saved. They wrote after this call, so the clock goes on."
	}
	return "Call saved. It answered them: the clock stopped."
}

// findCaller looks for cases by what was typed: a name, a number, an address or
// a case number.
func (s *Server) findCaller(c *Ctx, f *call) error {
	refs := map[string]bool{}
	for _, v := range f.cases {
		refs[v.Ref] = true
	}
	load := func(ref string) error {
		if ref == "" || refs[ref] {
			return nil
		}
		v, err := s.Store.Case(c.Request.Context(), c.Actor, ref)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		refs[ref] = true
		f.cases = append(f.cases, *v)
		return nil
	}
	if f.caller != "" && len(f.caller) <= 200 {
		page, err := s.Store.Cases(c.Request.Context(), c.Actor, tickets.CaseQuery{Q: f.caller, Limit: 10})
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			if err := load(item.Ref); err != nil {
				return err
			}
		}
	}
	if err := load(strings.ToUpper(f.caseRef)); err != nil {
		return err
	}
	if f.caseRef == "" && len(f.cases) == 1 {
		f.caseRef = f.cases[0].Ref
	}
	return nil
}

// about is the case that was chosen; nil when none was.
func (f *call) about() *tickets.CaseView {
	for i := range f.cases {
		if strings.EqualFold(f.cases[i].Ref, f.caseRef) {
			return &f.cases[i]
		}
	}
	return nil
}

// needed is how many answers show who is calling.
const needed = 2

// callRequest is what is logged, or what has to be corrected.
func (s *Server) callRequest(c *Ctx, f *call) (tickets.CallRequest, []view.FieldError) {
	var errs []view.FieldError
	wrong := func(field, text string) { errs = append(errs, view.FieldError{Field: field, Text: text}) }
	r := tickets.CallRequest{Ref: f.joins, OffRecord: f.person == "unknown"}
	x := &r.Call
	x.Direction, x.Answered = tickets.In, true
	switch f.way {
	case "in":
	case "out":
		x.Direction = tickets.Out
	case "missed":
		x.Answered = false
	case "voicemail":
		x.Direction, x.Answered = tickets.Out, false
	default:
		wrong("caller", "Say who rang whom")
	}
	x.PersonID = number(f.person)
	if x.PersonID == 0 && !r.OffRecord {
		wrong("caller", "Choose who you spoke to, or select “Someone not on our records”")
	}
	if v := f.about(); v != nil {
		known := 0
		for _, k := range checks(*v, f.checked) {
			if k.Checked {
				known++
			}
		}
		x.IdentityOK = known >= needed
	}
	if r.Ref == "" {
		wrong("case", "Choose the enquiry that this call belongs to. A call is kept on an enquiry")
	}
	at, ok := callTime(f.on)
	switch {
	case !ok:
		wrong("on", "Enter a real date and time, like 24/11/2026 14:05")
	case at.After(c.Now):
		wrong("on", "The call cannot be later than now")
	default:
		r.At = at
	}
	if f.minutes != "" && (number(f.minutes) == 0 && f.minutes != "0" || number(f.minutes) > 24*60) {
		wrong("minutes", "Enter the minutes as a number")
	}
	s.callPromise(f, x, wrong)
	x.StopsClock, x.StopsReason = f.stops == "yes", f.stopWhy
	if x.StopsClock && x.StopsReason == "" {
		wrong("stop-reason", "Say how this answered them")
	}
	if x.Answered && strings.TrimSpace(f.said) == "" {
		wrong("said", "Write what was said")
	}
	if len(f.said)+len(f.wants) > maxLetter {
		wrong("said", "This is too long. Keep to the facts")
	}
	x.Summary = tickets.NewPrivateText(f.summary())
	return r, errs
}

func (s *Server) callPromise(f *call, x *tickets.Call, wrong func(field, text string)) {
	x.Promise = strings.Join(strings.Fields(f.promise.Text), " ")
	day := f.chosen
	if f.promise.Date != "" {
		d, ok := typedDate(f.promise.Date)
		if !ok {
			wrong("promise-date", "Enter a real date, like 1/12/2026")
			return
		}
		day = d.String()
	}
	if day == "" {
		if x.Promise != "" {
			wrong("promise-date", "Enter the date you promised")
		}
		return
	}
	if _, err := sla.ParseDate(day); err != nil {
		wrong("promise-date", "Enter a real date, like 1/12/2026")
		return
	}
	if x.Promise == "" {
		wrong("promise-what", "Write what you promised")
		return
	}
	x.PromiseBy = day
}

// summary is everything that was typed about the call, for staff.
func (f *call) summary() string {
	out := []string{strings.TrimSpace(f.said)}
	if w := strings.TrimSpace(f.wants); w != "" {
		out = append(out, "What they want: "+w)
	}
	if f.minutes != "" {
		out = append(out, "Minutes: "+f.minutes)
	}
	if f.worried {
		out = append(out, "They said something worrying about safety.")
	}
	return strings.TrimSpace(strings.Join(out, "\n\n"))
}

// callTime reads a London date and time as people type it.
func callTime(s string) (time.Time, bool) {
	for _, layout := range []string{"2/1/2006 15:04", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, s, sla.London()); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// typedDate reads a London date as people type it.
func typedDate(s string) (sla.Date, bool) {
	for _, layout := range []string{"2/1/2006", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, sla.London()); err == nil {
			return sla.DateOf(t), true
		}
	}
	return sla.Date{}, false
}
