package web

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/web/view"
	"hearback/web/view/chart"
)

// said is one thing in the history of a case, with the enquiry it belongs to.
type said struct {
	tickets.TimelineItem
	ref string
}

// saidOn reads what was said on all enquiries of a case, oldest first.
func (s *Server) saidOn(c *Ctx, list []tickets.TicketView) ([]said, error) {
	var out []said
	for _, t := range list {
		items, err := s.Store.Timeline(c.Request.Context(), c.Actor, t.ID)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			out = append(out, said{it, t.Ref})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At.Before(out[j].At) })
	return out, nil
}

// accepted is when the mail server took the first copy of a letter; zero when none.
func accepted(o *tickets.Outgoing) time.Time {
	var at time.Time
	for _, d := range o.Deliveries {
		if d.State == tickets.Accepted && d.AcceptedAt != nil && (at.IsZero() || d.AcceptedAt.Before(at)) {
			at = *d.AcceptedAt
		}
	}
	return at
}

// contact says what kind of contact an entry is; "" for what is none: a letter
// that did not leave, a notice to staff, a stranger's mail, an event.
func (x said) contact() (kind, text string, at time.Time) {
	m, o := x.Message, x.Outgoing
	switch {
	case m != nil && m.Channel == tickets.ChannelCall:
		return "call", "Telephone call", x.At
	case m != nil && m.Direction == tickets.In && !m.Unconfirmed && m.Kind == tickets.KindHuman:
		text = "Email from " + x.Name
		if x.Relation != "" {
			text = "Email from " + x.Relation
		}
		return "in", text, x.At
	case o != nil && o.Purpose != tickets.PurposeNotice && o.Purpose != tickets.PurposeAccount:
		if at = accepted(o); at.IsZero() {
			return "", "", at
		}
		text = "Email from us"
		if o.Purpose.Automatic() {
			text += ", automatic"
		}
		return "out", text, at
	}
	return "", "", time.Time{}
}

// silentDays is how many working days without a word from us are shown as a gap.
const silentDays = 10

// contactLine draws the last twelve months of a case; nothing when nobody spoke.
func (s *Server) contactLine(c *Ctx, list []said) (template.HTML, string, error) {
	from := c.Now.AddDate(-1, 0, 0)
	var contacts []chart.Contact
	var lastIn, lastOut, start time.Time
	var ours []time.Time
	for _, x := range list {
		kind, text, at := x.contact()
		if kind == "" || at.Before(from) || at.After(c.Now) {
			continue
		}
		contacts = append(contacts, chart.Contact{At: at, Kind: kind, Href: view.EnquiryURL(x.ref), Text: text})
		if start.IsZero() {
			start = at
		}
		switch {
		case kind == "in":
			lastIn = later(lastIn, at)
		case kind == "out":
			lastOut = later(lastOut, at)
			if !x.Outgoing.Purpose.Automatic() {
				ours = append(ours, at)
			}
		case x.Message.Call != nil && x.Message.Call.Answered:
			ours = append(ours, at)
		}
	}
	if len(contacts) == 0 {
		return "", "", nil
	}
	html, err := s.charts.ContactLine(from, c.Now, sla.London(), contacts, s.gaps(start, c.Now, ours))
	if err != nil {
		return "", "", err
	}
	var note []string
	if !lastIn.IsZero() {
		note = append(note, "Last from the family "+sla.FormatDateShort(sla.DateOf(lastIn)))
	}
	if !lastOut.IsZero() {
		note = append(note, "last from us "+sla.FormatDateShort(sla.DateOf(lastOut)))
	}
	return html, upper(strings.Join(note, " · ")), nil
}

// gaps are the stretches in which we, as people, said nothing.
func (s *Server) gaps(start, now time.Time, ours []time.Time) []chart.Gap {
	slices.SortFunc(ours, func(a, b time.Time) int { return a.Compare(b) })
	var out []chart.Gap
	from := start
	for _, to := range append(ours, now) {
		n, err := s.Desk.Calendar().WorkingDaysBetween(sla.DateOf(from), sla.DateOf(to))
		if err == nil && n > silentDays {
			out = append(out, chart.Gap{From: from, To: to, Text: fmt.Sprintf("No message from us for %d working days (%s to %s)",
				n, sla.FormatDateShort(sla.DateOf(from)), sla.FormatDateShort(sla.DateOf(to)))})
		}
		from = to
	}
	return out
}

// promises are what officers said on the telephone would happen, the next first.
func (s *Server) promises(c *Ctx, list []said) []view.Promise {
	var out []view.Promise
	today := sla.DateOf(c.Now)
	for _, x := range list {
		if x.Message == nil || x.Message.Call == nil || x.Message.Call.Promise == "" {
			continue
		}
		p := view.Promise{Text: x.Message.Call.Promise, Who: s.nameOf(c, x.Message.StaffID)}
		if d, err := sla.ParseDate(x.Message.Call.PromiseBy); err == nil {
			p.By = d.Midnight()
			p.Due = view.Due{State: view.OnTrack, Text: "By " + sla.FormatDateShort(d)}
			switch {
			case d.Before(today):
				p.Due = view.Due{State: view.NoClock, Text: "The day has passed"}
			case d == today:
				p.Due = view.Due{State: view.DueSoon, Text: "Due today"}
			}
		}
		out = append(out, p)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].By.Before(out[j].By) })
	return out
}

// familyTold finds the first letter that arrived and named the officer.
func familyTold(list []said, officerID int64, name string) string {
	if officerID == 0 {
		return ""
	}
	for _, x := range list {
		o := x.Outgoing
		if o == nil || o.Purpose != tickets.PurposeAck && o.Purpose != tickets.PurposeReply {
			continue
		}
		if at := accepted(o); !at.IsZero() && (o.AuthorID == officerID || name != "" && o.Fields[tickets.FieldOwner] == name) {
			return sla.FormatDateShort(sla.DateOf(at)) + ", by email"
		}
	}
	return "no letter on record names them"
}

// historyShown is how many entries one page of the contact history holds.
const historyShown = 50

// caseHistory is everything that was said on a case, newest first.
func (s *Server) caseHistory(c *Ctx, m view.Case, list []tickets.TicketView) error {
	var all []view.Item
	for _, t := range list {
		items, err := s.items(c, t)
		if err != nil {
			return err
		}
		all = append(all, items...)
	}
	sort.SliceStable(all, func(i, j int) bool { return itemAt(all[i]).After(itemAt(all[j])) })
	shown := s.timeline(c, all)
	shown.Newest = true
	sort.SliceStable(shown.Items, func(i, j int) bool { return itemAt(shown.Items[i]).After(itemAt(shown.Items[j])) })
	total := len(shown.Items)
	from := min(int(min(number(c.Query("from")), 1_000_000)), total)
	to := min(from+historyShown, total)
	shown.Items = shown.Items[from:to]
	m.HistoryFilter, shown.Show = shown.Show, nil
	m.History = &shown
	base := view.CaseURL(m.Top.Ref) + "?tab=history"
	for _, k := range c.QueryArray("show") {
		if slices.ContainsFunc(m.HistoryFilter, func(x view.Check) bool { return x.Value == k }) {
			base += "&show=" + k
		}
	}
	if total > 0 {
		m.HistoryPages.Summary = fmt.Sprintf("%d to %d of %d", from+1, to, total)
	}
	if to < total {
		m.HistoryPages.Next = fmt.Sprintf("%s&from=%d", base, to)
	}
	if from > 0 {
		m.HistoryPages.Prev = fmt.Sprintf("%s&from=%d", base, max(0, from-historyShown))
	}
	lines, err := s.saidOn(c, list)
	if err != nil {
		return err
	}
	if m.Line, m.LineNote, err = s.contactLine(c, lines); err != nil {
		return err
	}
	s.caseEnquiries(c, &m, list)
	return s.page(c, http.StatusOK, view.PageCase, m)
}

// itemAt is when an entry happened.
func itemAt(it view.Item) time.Time {
	switch {
	case it.In != nil:
		return it.In.At
	case it.Out != nil:
		return it.Out.At
	case it.Note != nil:
		return it.Note.At
	case it.Call != nil:
		return it.Call.At
	case it.Stranger != nil:
		return it.Stranger.At
	case it.System != nil:
		return it.System.At
	}
	return time.Time{}
}
