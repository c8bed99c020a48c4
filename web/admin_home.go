package web

import (
	"fmt"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web/view"
)

const (
	importIsOld    = 3 * 24 * time.Hour  // the council's case system exports nightly; a weekend is no alarm
	directoryIsOld = 35 * 24 * time.Hour // a month and a few days
	sealIsOld      = time.Hour           // the audit is sealed by a step of its own
)

// adminHome is the health board: what works, how old what is stored is, and what
// has to be seen to. Nothing on it is about a child.
func (s *Server) adminHome(c *Ctx) error {
	ctx := c.Request.Context()
	h := s.Deps.Health(ctx)
	m := s.adminPage(c, "Health of hearback", "home")
	m.Lights = []view.HealthPart{light("Mail in", h.MailIn), light("Mail out", h.MailOut), light("Timers", h.Sweep), light("Disk", h.Disk)}
	m.Warnings = h.Warnings
	m.Sections = append(m.Sections, s.folderSection(c))
	board, err := s.boardSection(c)
	if err != nil {
		return err
	}
	age, err := s.ageSection(c)
	if err != nil {
		return err
	}
	m.Sections = append(m.Sections, board, age)
	return s.showAdmin(c, 0, m)
}

// folderSection says of every folder when it was last read.
func (s *Server) folderSection(c *Ctx) view.AdminSection {
	var rows []view.AdminRow
	for _, st := range s.Deps.Mailboxes(c.Request.Context()) {
		if !s.runs(c, st.Mailbox) {
			continue
		}
		rows = append(rows, folderRow(st, c.Now))
	}
	return view.AdminSection{
		ID: "mail", Heading: "Mailboxes, by folder",
		Table: view.NewAdminTable("Folders and when each was last read", "No mailbox is set up. Mailboxes are set in the configuration.", []string{"Folder", "State", "Last good look"}, rows),
		Links: []view.Link{{Text: "Mailboxes in detail", Href: view.MailboxesURL()}},
	}
}

func folderRow(st MailboxState, now time.Time) view.AdminRow {
	state := view.AdminCell{Text: "Read", Tone: "good"}
	switch {
	case st.OK && st.LastGood.IsZero():
		state = view.AdminCell{Text: "Read by another program, or not yet", Tone: "warn"}
	case st.Alarm:
		state = view.AdminCell{Text: "Late", Tone: "bad"}
	case !st.OK:
		state = view.AdminCell{Text: "Not read at the moment", Tone: "warn"}
	}
	if st.Problem != "" {
		state.Notes = append(state.Notes, st.Problem)
	}
	last := view.AdminCell{Text: "never"}
	if !st.LastGood.IsZero() {
		last = view.AdminCell{At: st.LastGood, Notes: []string{agoWords(now.Sub(st.LastGood)) + " ago"}}
	}
	return view.AdminRow{Cells: []view.AdminCell{{Text: st.Folder, Notes: []string{st.Mailbox.Address}}, state, last}}
}

func (s *Server) boardSection(c *Ctx) (view.AdminSection, error) {
	sec := view.AdminSection{ID: "post", Heading: "Letters and storage"}
	if s.Board == nil {
		return sec, nil
	}
	b, err := s.Board(c.Request.Context())
	if err != nil {
		return sec, err
	}
	fact := func(name, text, tone string) {
		sec.Facts = append(sec.Facts, view.AdminFact{Name: name, Text: text, Tone: tone})
	}
	fact("Letters waiting to go", plural(b.Queued+b.InFlight, "copy", "copies"), "")
	fact("Letters that wait for a person", plural(b.Held, "copy", "copies"), toneIf(b.Held > 0, "warn"))
	fact("Letters in doubt", plural(b.Uncertain, "copy", "copies"), toneIf(b.Uncertain > 0, "bad"))
	fact("Mail that could not be read", plural(b.Quarantined, "mail", "mails"), toneIf(b.Quarantined > 0, "warn"))
	if b.HasDisk {
		fact("Free disk space", fmt.Sprintf("%.1f GB", float64(b.FreeBytes)/(1<<30)), "")
	}
	scanner := b.Scanner
	if scanner == "" {
		scanner = "none is set up: files are not scanned for viruses"
	}
	fact("Virus scanner", scanner, toneIf(b.Scanner == "", "warn"))
	return sec, nil
}

// ageSection says how old is what hearback relies on.
func (s *Server) ageSection(c *Ctx) (view.AdminSection, error) {
	ctx := c.Request.Context()
	sec := view.AdminSection{ID: "age", Heading: "How old is what we rely on"}
	add := func(name string, at time.Time, old time.Duration, never string) {
		f := view.AdminFact{Name: name, At: at, Tone: "good"}
		switch {
		case at.IsZero():
			f.Text, f.Tone = never, "warn"
		default:
			f.Text = "(" + agoWords(c.Now.Sub(at)) + " ago)"
			if c.Now.Sub(at) > old {
				f.Tone = "warn"
			}
		}
		sec.Facts = append(sec.Facts, f)
	}
	imports, err := s.Store.Imports(ctx, 1)
	if err != nil {
		return sec, err
	}
	last := register.Import{}
	if len(imports) > 0 {
		last = imports[0]
	}
	add("Last import of cases", last.DoneAt, importIsOld, "never")
	dir, err := s.Store.Directory(ctx)
	if err != nil {
		return sec, err
	}
	add("Directory of the council", dir.AsOf, directoryIsOld, "never imported: a list of addresses is taken for one reader")
	sealed, err := s.Store.AuditSealedAt(ctx)
	if err != nil {
		return sec, err
	}
	add("Audit sealed", sealed, sealIsOld, "not yet")
	cal := s.Desk.Calendar()
	f := view.AdminFact{Name: "Bank holidays known", Text: fmt.Sprintf("to the end of %d", cal.LastYear()), Tone: "good"}
	if c.Now.Year() >= cal.LastYear() {
		f.Tone, f.Text = "bad", f.Text+". Update hearback: dates after that cannot be worked out"
	}
	sec.Facts = append(sec.Facts, f)
	return sec, nil
}

func toneIf(bad bool, tone string) string {
	if bad {
		return tone
	}
	return "good"
}

// agoWords is a length of time as people say it.
func agoWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return plural(max(0, int(d/time.Second)), "second", "seconds")
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour", "hours")
	}
	return plural(int(d/(24*time.Hour)), "day", "days")
}

func london() *time.Location { return sla.London() }

// directoryPage says what is known of the council's lists and forwardings.
func (s *Server) directoryPage(c *Ctx) error {
	dir, err := s.Store.Directory(c.Request.Context())
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Directory", "directory")
	m.Intro = []string{
		"The directory says who reads an address: the lists of the council's mail system and the mailboxes that are forwarded elsewhere. The check before sending looks at everybody behind an address.",
	}
	members := map[string]bool{}
	for _, g := range dir.Groups {
		for _, a := range g.Members {
			members[register.FoldMailbox(a)] = true
		}
	}
	facts := view.AdminSection{ID: "what", Heading: "What is known", Facts: []view.AdminFact{
		{Name: "Lists", Text: fmt.Sprint(len(dir.Groups))},
		{Name: "Addresses in lists", Text: fmt.Sprint(len(members))},
		{Name: "Forwarded mailboxes", Text: fmt.Sprint(len(dir.Forwards))},
	}}
	age := view.AdminFact{Name: "Exported", Text: "never", Tone: "warn"}
	if !dir.AsOf.IsZero() {
		age = view.AdminFact{Name: "Exported", At: dir.AsOf, Text: "(" + agoWords(c.Now.Sub(dir.AsOf)) + " ago)", Tone: toneIf(c.Now.Sub(dir.AsOf) > directoryIsOld, "warn")}
	}
	facts.Facts = append(facts.Facts, age)
	how := view.AdminSection{ID: "how", Heading: "How to import it", Text: []string{
		"Export the lists and forwardings of the council's mail system as LDIF or CSV, and run this on the machine that hearback runs on: hearback import directory -config FILE EXPORT.",
		"An import replaces the whole directory, or nothing of it. It takes effect at once.",
	}}
	if !c.Actor.May(access.ManageSystem) {
		how.Text = []string{"A system administrator imports it."}
	}
	m.Sections = []view.AdminSection{facts, how}
	return s.showAdmin(c, 0, m)
}
