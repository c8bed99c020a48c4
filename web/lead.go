package web

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/web/view"
	"hearback/web/view/chart"
)

// soonShown is how many enquiries the list of the team lead's page holds.
const soonShown = 25

// lead is "who is about to run late".
func (s *Server) lead(c *Ctx) error {
	ctx := c.Request.Context()
	f, err := s.Store.LeadFigures(ctx, c.Actor, c.Now)
	if err != nil {
		return err
	}
	tiles := leadTiles(f)
	if wants(c, "tiles") {
		return s.fragment(c, http.StatusOK, view.FragTiles, tiles)
	}
	m := view.Lead{Shell: s.shell(c, "Who is about to run late", "lead"), AsAt: c.Now, Tiles: tiles}
	if len(f.Upcoming) == 0 && f.Closed30 == 0 {
		m.Empty = "No enquiries yet. This page fills itself when mail arrives."
		return s.page(c, http.StatusOK, view.PageLead, m)
	}
	m.Soon = view.List{Caption: "Late, or late next, soonest first", Empty: "Nothing is open."}
	for i, t := range alertsFirst(f.Upcoming) {
		if i == soonShown {
			m.Soon.Pages.Summary = fmt.Sprintf("The first %d of %d", soonShown, len(f.Upcoming))
			m.Soon.Pages.Next = "/inbox/team"
			break
		}
		m.Soon.Rows = append(m.Soon.Rows, s.row(t, c.Now, view.EnquiryURL(t.Ref)))
	}
	if c.Actor.May(access.Assign) && len(m.Soon.Rows) > 0 {
		m.Soon.MoveURL, m.Soon.Owners = "/inbox/move", s.colleagues(c, 0)
	}
	m.Oldest = s.oldest(f.Upcoming, c.Now)
	loads, bars := s.load(c, f)
	m.Officers = loads
	if m.Load, err = s.charts.Bars("Open enquiries by officer and age", []string{"0 to 2 days", "3 to 5", "6 to 10", "11 and more"}, bars, 0); err != nil {
		return err
	}
	// Last: the strip sorts what it is given.
	if m.Due, err = s.charts.DueStrip("Enquiries by the day on which an answer is due", s.dueDays(f.Upcoming, c.Now)); err != nil {
		return err
	}
	if m.Steps, err = s.withLead(c); err != nil {
		return err
	}
	for _, n := range adminNav(c.Actor, "") {
		if n.Href == "/incidents" || n.Href == "/access" || n.Href == view.ImportWaitingURL() {
			m.Also = append(m.Also, view.Link{Text: n.Text, Href: n.Href})
		}
	}
	return s.page(c, http.StatusOK, view.PageLead, m)
}

// tooFew is the number of answers below which a share says nothing.
const tooFew = 5

func leadTiles(f tickets.LeadFigures) []view.Tile {
	worse := func(n int, st view.DueState) view.DueState {
		if n == 0 {
			return view.Answered
		}
		return st
	}
	onTime := view.Tile{Name: "On time, 30 days", Value: "too few to show", State: view.NoClock, Href: "/inbox/all"}
	if f.Closed30 >= tooFew {
		onTime.Value = strconv.Itoa(100*f.OnTime30/f.Closed30) + "%"
		onTime.State = view.OnTrack
		onTime.Trend = fmt.Sprintf("%d of %d", f.OnTime30, f.Closed30)
	}
	return []view.Tile{
		{Name: "Late now", Value: strconv.Itoa(f.LateNow), State: worse(f.LateNow, view.Late), Href: "/inbox/late"},
		{Name: "Due today", Value: strconv.Itoa(f.DueToday), State: worse(f.DueToday, view.DueSoon), Href: "/inbox/team"},
		{Name: "No officer", Value: strconv.Itoa(f.NoOfficer), State: worse(f.NoOfficer, view.Late), Href: "/c"},
		{Name: "Chased twice or more", Value: strconv.Itoa(f.ChasedTwice), State: worse(f.ChasedTwice, view.DueSoon), Href: "/inbox/team"},
		onTime,
	}
}

func (s *Server) oldest(list []tickets.TicketView, now time.Time) string {
	for _, t := range list { // by due instant: the first late one is the latest
		if t.Clock == nil {
			continue
		}
		if d := s.due(t.Clock, now); d.State == view.Late {
			return "Oldest: " + t.Ref + ", " + d.Text + s.left(t.Clock, now) + "."
		}
		return ""
	}
	return ""
}

// load is who holds what, by name and never by speed. The ages are of the
// enquiries that fall due first; a bar says so when an officer has more.
func (s *Server) load(c *Ctx, f tickets.LeadFigures) ([]view.OfficerLoad, []chart.Bar) {
	type held struct {
		parts          [4]int
		counted, today int
		week           int
		oldest         int
		any            bool
	}
	by := map[int64]*held{}
	day := sla.DateOf(c.Now)
	for _, t := range f.Upcoming {
		h := by[t.OwnerID]
		if h == nil {
			h = &held{}
			by[t.OwnerID] = h
		}
		n, err := s.Desk.Calendar().WorkingDaysBetween(sla.DateOf(t.ReceivedAt), day)
		if err != nil {
			continue // older than the calendar: it is in the numbers, not in the ages
		}
		h.counted++
		h.parts[ageClass(n)]++
		if !h.any || n > h.oldest {
			h.oldest, h.any = n, true
		}
		if t.Clock != nil && t.Clock.StoppedAt == nil {
			switch ahead := day.DaysUntil(t.Clock.DueDay); {
			case ahead == 0:
				h.today++
				h.week++
			case ahead > 0 && ahead < 7:
				h.week++
			}
		}
	}
	var rows []view.OfficerLoad
	var bars []chart.Bar
	for _, l := range f.Load {
		row := view.OfficerLoad{Name: l.Name, Open: l.Open, Late: l.Late, Href: "/inbox/team"}
		bar := chart.Bar{Name: l.Name, Href: row.Href, Parts: make([]int, 4)}
		if row.Name == "" {
			row.Name, bar.Name = "No officer", "No officer"
		}
		if l.Away {
			row.Away, bar.Note = "away", "away"
		}
		if h := by[l.StaffID]; h != nil {
			copy(bar.Parts, h.parts[:])
			row.Today, row.Week = h.today, h.week
			if h.any {
				row.Oldest = plural(h.oldest, "day", "days")
			}
			if h.counted < l.Open {
				bar.Note = fmt.Sprintf("of %d, those due first", l.Open)
			}
		}
		rows, bars = append(rows, row), append(bars, bar)
	}
	return rows, bars
}

// ageClass sorts an age in working days into the parts of a bar.
func ageClass(days int) int {
	switch {
	case days <= 2:
		return 0
	case days <= 5:
		return 1
	case days <= 10:
		return 2
	}
	return 3
}
