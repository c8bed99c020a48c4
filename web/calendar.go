package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// calendarPage shows when the office is open, and changes it.
func (s *Server) calendarPage(c *Ctx) error {
	v, err := s.Desk.CalendarAsSet(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	return s.showCalendar(c, 0, v, calendarForms(v), nil, nil)
}

func calendarForms(v *tickets.CalendarView) []*view.Form {
	version := hiddenField("version", id(v.Version))
	hours := []view.Field{version}
	for _, d := range weekdays() {
		hours = append(hours, view.Field{
			Name: strings.ToLower(d.String()), Label: d.String(), Value: tickets.FormatHours(v.Hours[d]), About: []string{strings.ToLower(d.String())},
		})
	}
	return []*view.Form{
		{
			ID: "add", Title: "Add a closure", Action: view.CalendarURL(), Do: "add", Button: "See what it would move",
			Intro: "A day, or part of one, on which the office is shut although it is no bank holiday.",
			Fields: []view.Field{
				version,
				{Name: "date", Label: "Date", Kind: "date", Hint: dateHint, Need: "Enter the date", About: []string{"date", "closure"}},
				{Name: "name", Label: "What it is called", Need: "Say what the closure is called, for example Christmas closure", About: []string{"called"}},
				{Name: "from", Label: "Shut from", Kind: "number", Hint: "Only for part of a day, for example 16:00", About: []string{"time"}},
				{Name: "to", Label: "Shut until", Kind: "number", Hint: "Empty for the end of the day"},
			},
		},
		{
			ID: "hours", Title: "Change the office hours", Fold: true, Action: view.CalendarURL(), Do: "hours", Button: "See what it would move", Fields: hours,
			Intro: "Write hours as 08:45-17:15, with a comma between two stretches. Leave a day empty on which the office is shut.",
		},
	}
}

func (s *Server) showCalendar(c *Ctx, status int, v *tickets.CalendarView, forms []*view.Form, ask *view.AdminSection, errs []view.FieldError) error {
	_, byID, err := s.people(c)
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Calendar", "calendar")
	m.Errors = errs
	m.Intro = []string{"Office hours, bank holidays and closures decide when an answer is due. The legal clocks of an assessment ignore this page: they count every day."}
	may := c.Actor.May(access.ManageStandards)
	if ask != nil {
		m.Sections = append(m.Sections, *ask)
	}
	week := view.AdminSection{ID: "week", Heading: "Office hours"}
	for _, d := range weekdays() {
		text := tickets.FormatHours(v.Hours[d])
		if text == "" {
			text = "shut"
		}
		week.Facts = append(week.Facts, view.AdminFact{Name: d.String(), Text: text})
	}
	if v.HoursSet {
		week.Text = append(week.Text, "The hours were set here and rule over the configuration.")
	}
	if by := changedBy(byID, v.ChangedBy, v.ChangedAt); by != "" {
		week.Text = append(week.Text, "Last change of the calendar: "+strings.ToLower(by[:1])+by[1:]+".")
	}
	closures := s.closureSection(v, may, sla.DateOf(c.Now))
	if may {
		closures.Forms, week.Forms = formsOf(forms[0]), formsOf(forms[1])
	}
	m.Sections = append(m.Sections, closures, week, holidaySection(s.Desk.Calendar(), sla.DateOf(c.Now)))
	return s.showAdmin(c, status, m)
}

func (s *Server) closureSection(v *tickets.CalendarView, may bool, today sla.Date) view.AdminSection {
	sec := view.AdminSection{ID: "closures", Heading: "Closures"}
	columns := []string{"Day", "Name", "Where it comes from"}
	if may {
		columns = append(columns, "Change")
	}
	var rows []view.AdminRow
	for i, x := range v.Closures {
		if x.Date.Before(today.AddDays(-31)) {
			continue // the past is not moved from here
		}
		origin := view.AdminCell{Text: "Configuration"}
		if v.Own[i] {
			origin.Text = "Set here"
		}
		row := view.AdminRow{Cells: []view.AdminCell{{Text: closureWords(x)}, {Text: x.Name}, origin}}
		if may {
			row.Cells = append(row.Cells, view.AdminCell{Form: &view.Form{
				Small: true, Action: view.CalendarURL(), Do: "remove", Button: "Remove", Title: "the closure on " + closureWords(x), Fields: closureFields(v.Version, x),
			}})
		}
		rows = append(rows, row)
	}
	sec.Table = view.NewAdminTable("Closures of the office", "No closure is set.", columns, rows)
	for _, x := range v.Removed {
		sec.Text = append(sec.Text, "Taken away here, although the configuration has it: "+closureWords(x)+", "+x.Name+".")
	}
	return sec
}

func closureFields(version int64, x sla.Closure) []view.Field {
	f := []view.Field{hiddenField("version", id(version)), hiddenField("date", x.Date.String()), hiddenField("name", x.Name)}
	if x.From != 0 || x.To != 0 {
		f = append(f, hiddenField("from", x.From.String()))
	}
	if x.To != 0 {
		f = append(f, hiddenField("to", x.To.String()))
	}
	return f
}

func holidaySection(cal *sla.Calendar, today sla.Date) view.AdminSection {
	var rows []view.AdminRow
	for _, h := range cal.Holidays() {
		if !h.Date.Before(today) && len(rows) < 12 {
			rows = append(rows, view.AdminRow{Cells: []view.AdminCell{{Text: sla.FormatDate(h.Date)}, {Text: h.Name}}})
		}
	}
	return view.AdminSection{
		ID: "holidays", Heading: "Next bank holidays", Text: []string{fmt.Sprintf("Bank holidays of England and Wales come with the program, to the end of %d.", cal.LastYear())},
		Table: view.NewAdminTable("Bank holidays", "No bank holiday is known. Update hearback.", []string{"Day", "Name"}, rows),
	}
}

// changeCalendar shows what a change would move, and with a confirmation does it.
func (s *Server) changeCalendar(c *Ctx) error {
	ctx := c.Request.Context()
	v, err := s.Desk.CalendarAsSet(ctx, c.Actor)
	if err != nil {
		return err
	}
	forms, do := calendarForms(v), c.PostForm("do")
	var p posted
	var small view.Form
	switch f, ok := choose(forms, do); {
	case ok:
		p = fill(c, f)
	case do == "remove":
		small = view.Form{ID: "remove"}
		p = posted{c, &small}
	default:
		return s.showCalendar(c, http.StatusUnprocessableEntity, v, forms, nil, []view.FieldError{{Text: "Choose what to change"}})
	}
	var r tickets.CalendarChange
	var preview tickets.CalendarPreview
	moved, confirmed := 0, c.PostForm("confirm") == "yes"
	out, err := submit(p, func() error {
		var err error
		if r, err = s.calendarChange(c, do); err != nil {
			return err
		}
		if confirmed {
			moved, err = s.Desk.ChangeCalendar(ctx, c.Actor, r, c.Now)
			return err
		}
		preview, err = s.Desk.PreviewCalendar(ctx, c.Actor, r, c.Now)
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showCalendar(c, out.status, v, forms, nil, out.errs)
	}
	if confirmed {
		return s.done(c, view.CalendarURL(), "success", "The calendar is changed. "+upper(plural(moved, "due date was moved.", "due dates were moved.")))
	}
	return s.showCalendar(c, http.StatusOK, v, forms, confirmSection(c, do, r, preview), nil)
}

// calendarChange reads the change that was posted.
func (s *Server) calendarChange(c *Ctx, do string) (tickets.CalendarChange, error) {
	version, err := strconv.ParseInt(c.PostForm("version"), 10, 64)
	if err != nil {
		return tickets.CalendarChange{}, fault.New(fault.Invalid, "Open the page again: the form is not complete")
	}
	r := tickets.CalendarChange{Version: version}
	if do == "hours" {
		r.Hours = sla.Hours{}
		for _, d := range weekdays() {
			list, err := tickets.ParseHours(c.PostForm(strings.ToLower(d.String())))
			if err != nil {
				return r, fault.Wrap(fault.Invalid, d.String()+": "+fault.SafeText(err), err)
			}
			if len(list) > 0 {
				r.Hours[d] = list
			}
		}
		return r, nil
	}
	day, ok := typedDate(strings.TrimSpace(c.PostForm("date")))
	if !ok {
		return r, fault.New(fault.Invalid, "Enter a real date, like 24/12/2026")
	}
	x := &sla.Closure{Date: day, Name: strings.TrimSpace(c.PostForm("name"))}
	for name, into := range map[string]*sla.TimeOfDay{"from": &x.From, "to": &x.To} {
		if text := strings.TrimSpace(c.PostForm(name)); text != "" {
			if *into, err = sla.ParseTimeOfDay(text); err != nil {
				return r, err
			}
		}
	}
	if do == "add" {
		if day.Before(sla.DateOf(c.Now).AddDays(-31)) {
			return r, fault.New(fault.Invalid, "The date is more than a month ago")
		}
		r.Add = x
	} else {
		r.Remove = x
	}
	return r, nil
}

// confirmSection says what a change would do, and asks once more.
func confirmSection(c *Ctx, do string, r tickets.CalendarChange, p tickets.CalendarPreview) *view.AdminSection {
	sec := &view.AdminSection{ID: "confirm", Heading: "What this would do"}
	f := view.Form{ID: "yes", Action: view.CalendarURL(), Do: do, Button: "Change the calendar", Cancel: view.CalendarURL(), Fields: []view.Field{hiddenField("confirm", "yes"), hiddenField("version", id(r.Version))}}
	switch {
	case r.Add != nil:
		f.Title, f.Fields = "Add the closure on "+closureWords(*r.Add), append(f.Fields, closureFields(r.Version, *r.Add)[1:]...)
	case r.Remove != nil:
		f.Title, f.Fields = "Remove the closure on "+closureWords(*r.Remove), append(f.Fields, closureFields(r.Version, *r.Remove)[1:]...)
	default:
		f.Title = "Change the office hours"
		for _, d := range weekdays() {
			f.Fields = append(f.Fields, hiddenField(strings.ToLower(d.String()), tickets.FormatHours(r.Hours[d])))
		}
	}
	moves := "No due date moves."
	if p.Moves > 0 {
		moves = upper(plural(p.Moves, "due date moves", "due dates move")) + fmt.Sprintf(": %d later, %d sooner.", p.Later, p.Sooner)
	}
	sec.Facts = []view.AdminFact{
		{Name: "Waiting enquiries looked at", Text: id(int64(p.Running))},
		{Name: "Due dates", Text: moves},
		{Name: "Would become late", Text: id(int64(p.LateAfter)), Tone: toneIf(p.LateAfter > 0, "warn")},
		{Name: "Would be late no more", Text: id(int64(p.InTime))},
	}
	if p.Moves > 0 {
		f.Warn = "Families were told the old dates. Where an answer will come later than that, tell them."
	}
	sec.Forms = []view.Form{f}
	return sec
}
