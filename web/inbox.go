package web

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
	"hearback/web/view/chart"
)

// inboxView is one list of the inbox with its words.
type inboxView struct{ slug, short, name, caption, empty string }

func inboxViews() []inboxView {
	return []inboxView{
		{"mine", "Needs an answer", "Mine: needs an answer", "Enquiries that need an answer from you", "Nothing needs an answer from you."},
		{"waiting", "Waiting", "Mine: waiting for the family", "Enquiries in which you wait for the family", "You are not waiting for anyone."},
		{"answered", "Answered", "Mine: answered", "Enquiries that you answered", "Nothing is answered and open."},
		{"late", "Late", "Late", "Enquiries that are late", "Nothing is late."},
		{"team", "Team", "Team: needs an answer", "Enquiries of your team that need an answer", "Nothing in your team needs an answer."},
		{"finished", "Finished", "Finished", "Finished enquiries", "Nothing is finished yet."},
		{"all", "All", "All enquiries", "All enquiries that you can open", "No enquiries yet."},
	}
}

func findView(slug string) (inboxView, bool) {
	for _, v := range inboxViews() {
		if v.slug == slug {
			return v, true
		}
	}
	return inboxView{}, false
}

func (s *Server) inbox(c *Ctx) error {
	slug := c.Param("view")
	if slug == "" {
		slug = "mine"
		if c.Actor.Role != access.RoleOfficer && c.Actor.Role != access.RoleTribunal {
			slug = "team"
		}
	}
	v, ok := findView(slug)
	if !ok {
		return fault.New(fault.NotFound, "There is no such list")
	}
	model := view.Inbox{View: v.slug, Name: v.name}
	q := tickets.TicketQuery{View: v.slug, Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: 50, Now: c.Now}
	page, err := s.Store.Tickets(c.Request.Context(), c.Actor, q)
	if err != nil {
		if fault.Is(err, fault.Invalid) {
			return err
		}
		s.Log.Error("web", "event", "inbox_failed", "error", err)
		model.Broken = true
	}
	model.Count = page.Total
	model.Shell = s.shell(c, v.name, "inbox")
	model.Views = s.viewCounts(c, v.slug)
	model.List = s.list(c, v, page)
	model.Strip, err = s.strip(c, v.slug)
	if err != nil {
		return err
	}
	model.NewBar = view.NewBar{Noun: "new", Href: c.Request.URL.RequestURI(), URL: "/new?view=" + v.slug + "&since=" + stamp(c.Now) + "&seen=" + id(newestVersion(page.Items))}
	open := c.Query("open")
	model.Opened = open != ""
	if open == "" && len(page.Items) > 0 {
		open = page.Items[0].Ref
	}
	if open != "" {
		if model.Preview, err = s.preview(c, open, v.slug); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	for i := range model.List.Rows {
		model.List.Rows[i].Chosen = model.Preview != nil && model.List.Rows[i].Ref == model.Preview.Ref
	}
	switch {
	case wants(c, "view-counts"):
		return s.fragment(c, http.StatusOK, view.FragViewCounts, model.Views)
	case wants(c, "list"):
		return s.fragment(c, http.StatusOK, view.FragList, model.List)
	case wants(c, "due-strip") && model.Strip != nil:
		return s.fragment(c, http.StatusOK, view.FragDueStrip, *model.Strip)
	case wants(c, "preview") && model.Preview != nil:
		return s.fragment(c, http.StatusOK, view.FragPreview, *model.Preview)
	}
	return s.page(c, http.StatusOK, view.PageInbox, model)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (s *Server) viewCounts(c *Ctx, current string) view.ViewCounts {
	_ = s.nav(c, "") // fills c.nav once
	out := view.ViewCounts{URL: "/counts?view=" + current}
	for _, v := range inboxViews() {
		out.Views = append(out.Views, view.NavItem{
			Text: v.short, Href: "/inbox/" + v.slug, Count: c.nav[v.slug], Current: v.slug == current,
		})
	}
	return out
}

// counts answers the left column alone, for live updates.
func (s *Server) counts(c *Ctx) error {
	v, ok := findView(c.Query("view"))
	if !ok {
		v = inboxViews()[0]
	}
	return s.fragment(c, http.StatusOK, view.FragViewCounts, s.viewCounts(c, v.slug))
}

// newBar answers how many enquiries of a list changed since it was shown.
func (s *Server) newBar(c *Ctx) error {
	since, err := time.Parse(time.RFC3339, c.Query("since"))
	v, ok := findView(c.Query("view"))
	if err != nil || !ok {
		return fault.New(fault.Invalid, "This list cannot be followed. Load the page again")
	}
	page, err := s.Store.Tickets(c.Request.Context(), c.Actor, tickets.TicketQuery{View: v.slug, Sort: "newest", Limit: 50, Now: c.Now})
	if err != nil {
		return err
	}
	// Times have whole seconds: what came in the second of the list is new when it
	// happened after everything that the list showed.
	seen, n := number(c.Query("seen")), 0
	for _, t := range page.Items {
		if t.Version > seen && (!t.LastInboundAt.Before(since) || !t.CreatedAt.Before(since)) {
			n++
		}
	}
	return s.fragment(c, http.StatusOK, view.FragNewBar, view.NewBar{
		Count: n, Noun: "new", Href: "/inbox/" + v.slug, URL: "/new?" + c.Request.URL.RawQuery,
	})
}

func (s *Server) list(c *Ctx, v inboxView, page tickets.TicketPage) view.List {
	base := "/inbox/" + v.slug
	l := view.List{Caption: v.caption + ", soonest first", Empty: v.empty}
	if c.Query("sort") == "newest" {
		l.Caption = v.caption + ", newest first"
	}
	l.Sort = []view.SortLink{
		{Text: "Due", Href: base, Current: c.Query("sort") != "newest"},
		{Text: "Newest", Href: base + "?sort=newest", Current: c.Query("sort") == "newest"},
	}
	if since := s.mailUnknown(c); !since.IsZero() {
		l.Unknown = "We do not know: mail was last checked " + sla.FormatShort(since) + "."
	}
	if v.slug == "mine" {
		l.EmptyLink = &view.Link{Text: "See the team's enquiries", Href: "/inbox/team"}
	}
	drafts := s.draftsAmong(c, page.Items)
	for _, t := range alertsFirst(page.Items) {
		row := s.row(t, c.Now, base+"?open="+url.QueryEscape(t.Ref))
		row.Draft = drafts[t.ID]
		l.Rows = append(l.Rows, row)
	}
	if page.Next != "" {
		next := url.Values{"cursor": {page.Next}}
		if c.Query("sort") != "" {
			next.Set("sort", c.Query("sort"))
		}
		l.Pages.Next = base + "?" + next.Encode()
	}
	if c.Query("cursor") != "" {
		l.Pages.Prev = base
	}
	if c.Actor.May(access.Assign) && len(l.Rows) > 0 {
		l.MoveURL, l.Owners = "/inbox/move", s.colleagues(c, 0)
	}
	return l
}

// newestVersion is the last event that a list knows of.
func newestVersion(items []tickets.TicketView) int64 {
	var v int64
	for _, t := range items {
		v = max(v, t.Version)
	}
	return v
}

// alertsFirst puts what may be about danger above every date.
func alertsFirst(items []tickets.TicketView) []tickets.TicketView {
	out := slices.Clone(items)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Alert != "" && out[j].Alert == "" })
	return out
}

// strip is the chart of what falls due when.
func (s *Server) strip(c *Ctx, slug string) (*view.Strip, error) {
	page, err := s.Store.Tickets(c.Request.Context(), c.Actor, tickets.TicketQuery{View: slug, Limit: 200, Now: c.Now})
	if err != nil || len(page.Items) == 0 {
		return nil, nil //nolint:nilerr // the page says that the list could not be loaded; a chart adds nothing
	}
	svg, err := s.charts.DueStrip("Enquiries by the day on which an answer is due", s.dueDays(page.Items, c.Now))
	if err != nil {
		return nil, err
	}
	return &view.Strip{URL: "/inbox/" + slug, Chart: svg}, nil
}

// dueDays sorts enquiries into late, today, the next working days, and later.
func (s *Server) dueDays(items []tickets.TicketView, now time.Time) []chart.Day {
	today := sla.DateOf(now)
	days := []chart.Day{{Name: "late"}, {Name: "today"}}
	for d, n := today.AddDays(1), 0; n < 4; d = d.AddDays(1) {
		if s.Desk.Calendar().IsWorkingDay(d) {
			days = append(days, chart.Day{Name: sla.FormatDateShort(d)})
			n++
		}
	}
	days = append(days, chart.Day{Name: "later"})
	sort.SliceStable(items, func(i, j int) bool { return dueAt(items[i]).Before(dueAt(items[j])) })
	const most = 24
	for _, t := range items {
		if t.Clock == nil || t.Clock.StoppedAt != nil {
			continue
		}
		due := s.due(t.Clock, now)
		at := len(days) - 1
		day := t.Clock.DueDay
		switch {
		case due.State == view.Late:
			at = 0
		case day == today:
			at = 1
		default:
			for i := 2; i < len(days)-1; i++ {
				if days[i].Name == sla.FormatDateShort(day) {
					at = i
				}
			}
		}
		if len(days[at].Marks) >= most {
			days[at].More++
			days[at].MoreHref = "/inbox/team"
			continue
		}
		days[at].Marks = append(days[at].Marks, chart.Mark{
			Ref: t.Ref, Href: view.EnquiryURL(t.Ref), State: string(due.State), Words: due.Text + s.left(t.Clock, now),
		})
	}
	return days
}

func (s *Server) left(c *tickets.TicketClock, now time.Time) string {
	d, err := sla.Remaining(c.Clock, s.Desk.Calendar(), now)
	if err != nil {
		return ""
	}
	return ", " + sla.Humanise(d)
}

func dueAt(t tickets.TicketView) time.Time {
	if t.Clock == nil || t.Clock.StoppedAt != nil {
		return time.Unix(1<<40, 0)
	}
	return t.Clock.DueAt
}

// preview is the right column of the inbox.
func (s *Server) preview(c *Ctx, ref, slug string) (*view.Preview, error) {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, ref)
	if err != nil {
		return nil, err
	}
	items, err := s.items(c, *t)
	if err != nil {
		return nil, err
	}
	const shown = 3
	p := &view.Preview{
		Ref: t.Ref, Child: child(*t, c.Now), Subject: t.Subject, Due: s.due(t.Clock, c.Now), Urgent: urgent(*t), Asks: t.Ask,
		From: from(*t), Owner: t.OwnerName, Deputy: t.DeputyName, Alerts: s.alerts(*t),
		CanReply: c.Actor.May(access.SendReply) && t.CaseID != 0,
		CanNote:  c.Actor.May(access.WriteNotes), CanCall: c.Actor.May(access.LogCalls), BackHref: "/inbox/" + slug,
	}
	for _, it := range newestFirst(items) {
		if it.System != nil {
			continue
		}
		if len(p.Items) == shown {
			p.More++
			continue
		}
		p.Items = append(p.Items, it)
	}
	return p, nil
}

func from(t tickets.TicketView) string {
	if t.Relation != "" {
		return t.Requester + " (" + t.Relation + ")"
	}
	return t.Requester
}

func (s *Server) alerts(t tickets.TicketView) []string {
	var out []string
	if t.Alert != "" {
		out = append(out, "Words in this enquiry suggest "+t.Alert+". Read it now. If a child is in danger, call 999.")
	}
	if t.Restricted {
		out = append(out, "This case is restricted. What you open is recorded.")
	}
	return out
}

// moveTicked opens the form that hands the ticked enquiries to somebody.
func (s *Server) moveTicked(c *Ctx) error {
	refs := c.PostFormArray("ref")
	if len(refs) == 0 {
		return s.done(c, "/inbox", "error", "Tick at least one enquiry")
	}
	if owner := number(c.PostForm("officer")); owner != 0 {
		return s.moveAll(c, refs, owner, c.PostForm("note"))
	}
	model := view.Move{Shell: s.shell(c, "Move enquiries", "inbox"), Refs: refs, Officers: s.colleagues(c, 0), BackHref: "/inbox"}
	return s.page(c, http.StatusOK, view.PageMove, model)
}
