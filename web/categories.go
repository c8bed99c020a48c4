package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

const keepsDates = "A change holds for enquiries that come from now on. Enquiries that wait now keep the date that the family was told."

// standards lists the categories and how soon each is to be answered.
func (s *Server) standards(c *Ctx) error {
	list, _, err := s.Desk.Standards(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	_, byID, err := s.people(c)
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Response standards", "standards")
	m.Intro = []string{
		"How soon a person answers, by category of enquiry. These are the council's own promises. The legal clocks of an assessment know nothing of them.", keepsDates,
	}
	var rows []view.AdminRow
	for _, x := range list {
		name := view.AdminCell{Text: x.Label}
		if c.Actor.May(access.ManageStandards) {
			name.Href = view.StandardURL(x.Category)
		}
		if x.Label != x.ConfiguredLabel {
			name.Notes = append(name.Notes, "called \""+x.ConfiguredLabel+"\" in the program")
		}
		use := view.AdminCell{Text: "In use"}
		if !x.Active {
			use = view.AdminCell{Text: "Not in use", Tone: "warn", Notes: []string{"new mail runs by the general standard"}}
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{
			name, {Text: targetWords(x.WorkingDays, x.WorkingMinutes)}, use, originCell(x, byID),
		}})
	}
	m.Sections = []view.AdminSection{{
		ID: "all", Heading: "Standards", Table: view.NewAdminTable("Response standards", "", []string{"Category", "Answer within", "Use", "Where it comes from"}, rows),
	}}
	if !c.Actor.May(access.ManageStandards) {
		m.Sections[0].Text = []string{"A team lead, the head of service or a system administrator changes them."}
	}
	return s.showAdmin(c, 0, m)
}

// originCell says whether a standard is as the configuration has it.
func originCell(x tickets.Standard, byID map[int64]register.Staff) view.AdminCell {
	if !x.Differs {
		return view.AdminCell{Text: "Configuration"}
	}
	cell := view.AdminCell{Text: "Set here", Notes: []string{
		"configuration: " + targetWords(x.Configured.WorkingDays, int(x.Configured.WorkingTime/time.Minute)),
	}}
	if by := changedBy(byID, x.ChangedBy, x.ChangedAt); by != "" {
		cell.Notes = append(cell.Notes, by)
	}
	return cell
}

func targetWords(days, minutes int) string {
	switch {
	case days > 0:
		return plural(days, "working day", "working days")
	case minutes%60 == 0:
		return plural(minutes/60, "working hour", "working hours")
	}
	return fmt.Sprintf("%s working hours", hoursTyped(minutes))
}

// hoursTyped writes minutes as hours: 90 is 1.5.
func hoursTyped(minutes int) string {
	return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64)
}

// standardOf is the standard in the address of the page, with its form.
func (s *Server) standardOf(c *Ctx) (tickets.Standard, *view.Form, error) {
	list, version, err := s.Desk.Standards(c.Request.Context(), c.Actor)
	if err != nil {
		return tickets.Standard{}, nil, err
	}
	for _, x := range list {
		if x.Category != c.Param("category") {
			continue
		}
		unit, amount := "days", strconv.Itoa(x.WorkingDays)
		if x.WorkingDays == 0 {
			unit, amount = "hours", hoursTyped(x.WorkingMinutes)
		}
		f := &view.Form{
			ID: "standard", Title: "The standard", Action: view.StandardURL(x.Category), Do: "save", Button: "Save", Cancel: view.StandardsURL(), Warn: keepsDates,
			Fields: []view.Field{
				hiddenField("version", id(version)),
				{Name: "label", Label: "Name on the screens", Value: x.Label, Need: "Give the category a name", About: []string{"name"}},
				{Name: "amount", Label: "Answer within", Kind: "number", Value: amount, Need: "Enter a number", About: []string{"working", "time to answer"}},
				{Name: "unit", Label: "Counted in", Kind: "select", Options: options(unit, "days", "working days", "hours", "working hours"), Hint: "Working days end at the closing time of the office. Hours count while the office is open."},
			},
		}
		if !x.Fixed {
			f.Fields = append(f.Fields, tickField("active", "In use. Without this mark the category is not offered, and new mail runs by the general standard.", x.Active))
		}
		return x, f, nil
	}
	return tickets.Standard{}, nil, fault.New(fault.NotFound, "There is no such category")
}

func (s *Server) standard(c *Ctx) error {
	x, f, err := s.standardOf(c)
	if err != nil {
		return err
	}
	return s.showStandard(c, 0, x, f, nil)
}

func (s *Server) showStandard(c *Ctx, status int, x tickets.Standard, f *view.Form, errs []view.FieldError) error {
	m := s.adminPage(c, x.Label, "standards")
	m.Back, m.Errors = &view.Link{Text: "All standards", Href: view.StandardsURL()}, errs
	m.Intro = []string{"The configuration says " + targetWords(x.Configured.WorkingDays, int(x.Configured.WorkingTime/time.Minute)) + ". What is set here rules over it; setting the same again goes back to the configuration."}
	m.Sections = []view.AdminSection{{ID: "edit", Heading: "Change", Forms: formsOf(f)}}
	return s.showAdmin(c, status, m)
}

func (s *Server) changeStandard(c *Ctx) error {
	x, f, err := s.standardOf(c)
	if err != nil {
		return err
	}
	p := fill(c, f)
	version := number(c.PostForm("version"))
	out, err := submit(p, func() error {
		r := tickets.StandardRequest{Version: version, Category: x.Category, Label: p.text("label"), Active: x.Fixed || p.ticked("active")}
		n, err := strconv.ParseFloat(strings.Replace(p.text("amount"), ",", ".", 1), 64)
		switch {
		case err != nil || n <= 0 || n > 1000:
			return fault.New(fault.Invalid, "Enter the working days or hours as a number, like 5")
		case p.text("unit") == "hours":
			r.WorkingMinutes = int(n*60 + 0.5)
		case n != float64(int(n)):
			return fault.New(fault.Invalid, "Enter whole working days")
		default:
			r.WorkingDays = int(n)
		}
		return s.Desk.ChangeStandard(c.Request.Context(), c.Actor, r, c.Now)
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showStandard(c, out.status, x, f, out.errs)
	}
	return s.done(c, view.StandardsURL(), "success", "Saved. It holds from now on; enquiries that wait keep their dates.")
}

func weekdays() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

func closureWords(x sla.Closure) string {
	text := sla.FormatDate(x.Date)
	switch {
	case x.From == 0 && x.To == 0:
		return text
	case x.To == 0:
		return text + ", from " + x.From.String()
	}
	return text + ", " + x.From.String() + " to " + x.To.String()
}
