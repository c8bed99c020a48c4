package parse

import (
	"strings"
	"time"
)

// calendarItem is what an invitation or an answer to one says (RFC 5545, RFC 5546).
type calendarItem struct {
	method, summary, location, start, partstat string
}

// addCalendar reads a text/calendar part and puts one line about it into the text.
func (m *message) addCalendar(n *node) {
	raw, _, _ := decodeAll(n.body, n.cte, 256<<10)
	s, _ := toUTF8(raw, n.params["charset"])
	c := readCalendar(s)
	if c == nil {
		return
	}
	if c.method == "" {
		c.method = strings.ToUpper(n.params["method"])
	}
	seen := m.calendar != nil && *m.calendar == *c // Outlook sends the same item twice
	if m.calendar == nil {
		m.calendar = c
	}
	if !seen {
		m.note(c.line())
	}
}

// line says in words what the item is.
func (c *calendarItem) line() string {
	what := "Calendar"
	switch c.method {
	case "REQUEST", "PUBLISH", "ADD":
		what = "Invitation"
	case "CANCEL":
		what = "Cancelled"
	case "COUNTER":
		what = "New time proposed"
	case "REPLY":
		what = "Answer"
		switch c.partstat {
		case "ACCEPTED":
			what = "Accepted"
		case "DECLINED":
			what = "Declined"
		case "TENTATIVE":
			what = "Tentatively accepted"
		}
	}
	s := "[" + what + ": " + cutString(c.summary, 200)
	if c.start != "" {
		s += ", " + c.start
	}
	if c.location != "" {
		s += ", " + cutString(c.location, 200)
	}
	return s + "]"
}

// readCalendar takes the first event of a calendar. It reads line by line
// because real calendars break the grammar; nil when it is none.
func readCalendar(s string) *calendarItem {
	s = tidyText(s)
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\n ", ""), "\n\t", "")
	if !strings.Contains(strings.ToUpper(s), "BEGIN:VCALENDAR") {
		return nil
	}
	c := &calendarItem{}
	inside := ""
	for _, l := range strings.Split(s, "\n") {
		left, value, ok := strings.Cut(l, ":")
		if !ok {
			continue
		}
		if strings.Count(left, `"`)%2 == 1 { // a colon within a quoted parameter
			if i := strings.Index(l, `":`); i > 0 {
				left, value = l[:i+1], l[i+2:]
			}
		}
		name, params, _ := strings.Cut(left, ";")
		name, value = strings.ToUpper(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case name == "METHOD":
			c.method = strings.ToUpper(value)
		case name == "BEGIN" && (strings.EqualFold(value, "VEVENT") || strings.EqualFold(value, "VTODO")):
			if inside != "" {
				return c
			}
			inside = "event"
		case name == "BEGIN" && strings.EqualFold(value, "VALARM"):
			inside = "alarm"
		case name == "END" && strings.EqualFold(value, "VALARM"):
			inside = "event"
		case name == "END" && (strings.EqualFold(value, "VEVENT") || strings.EqualFold(value, "VTODO")):
			return c
		case inside != "event":
		case name == "SUMMARY":
			c.summary = unescapeICS(value)
		case name == "LOCATION":
			c.location = unescapeICS(value)
		case name == "DTSTART":
			c.start = calendarTime(params, value)
		case name == "ATTENDEE" && c.partstat == "":
			for _, p := range strings.Split(params, ";") {
				if k, v, _ := strings.Cut(p, "="); strings.EqualFold(k, "PARTSTAT") {
					c.partstat = strings.ToUpper(v)
				}
			}
		}
	}
	return c
}

func unescapeICS(s string) string {
	return icsEscapes.Replace(s)
}

var icsEscapes = strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`)

// calendarTime says a DTSTART in words, in the zone that it names. Windows
// names its zones differently from everyone else.
func calendarTime(params, value string) string {
	zone := ""
	for _, p := range strings.Split(params, ";") {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(k, "TZID") {
			zone = strings.Trim(v, `"`)
		}
	}
	if t, err := time.Parse("20060102", value); err == nil {
		return t.Format("Monday 2 January 2006")
	}
	utc := strings.HasSuffix(value, "Z")
	t, err := time.Parse("20060102T150405", strings.TrimSuffix(value, "Z"))
	if err != nil {
		return cutString(value, 40)
	}
	const layout = "Monday 2 January 2006 15:04"
	if utc {
		if london, err := time.LoadLocation("Europe/London"); err == nil {
			return t.In(london).Format(layout) // what a clock in England shows
		}
		return t.Format(layout) + " UTC"
	}
	if zone == "" {
		return t.Format(layout)
	}
	name := windowsZone(zone)
	if loc, err := time.LoadLocation(name); err == nil && name != "Europe/London" {
		there := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, loc)
		if london, err := time.LoadLocation("Europe/London"); err == nil {
			if home := there.In(london).Format(layout); home != t.Format(layout) {
				return home + " (" + t.Format("15:04") + " " + name + ")"
			}
		}
		return t.Format(layout)
	}
	if name == "Europe/London" {
		return t.Format(layout)
	}
	return t.Format(layout) + " (" + cutString(zone, 60) + ")"
}

// windowsZone maps the zone names of Windows to the tz database (Unicode CLDR,
// supplemental/windowsZones.xml). Unknown names are given back.
func windowsZone(name string) string {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "gmt standard time", "(utc+00:00) dublin, edinburgh, lisbon, london", "greenwich mean time : dublin, edinburgh, lisbon, london", "gmt", "british summer time":
		return "Europe/London"
	case "greenwich standard time":
		return "Atlantic/Reykjavik"
	case "w. europe standard time":
		return "Europe/Berlin"
	case "romance standard time":
		return "Europe/Paris"
	case "central europe standard time":
		return "Europe/Budapest"
	case "central european standard time":
		return "Europe/Warsaw"
	case "gtb standard time":
		return "Europe/Bucharest"
	case "e. europe standard time":
		return "Europe/Chisinau"
	case "fle standard time":
		return "Europe/Kiev"
	case "turkey standard time":
		return "Europe/Istanbul"
	case "russian standard time":
		return "Europe/Moscow"
	case "egypt standard time":
		return "Africa/Cairo"
	case "south africa standard time":
		return "Africa/Johannesburg"
	case "w. central africa standard time":
		return "Africa/Lagos"
	case "e. africa standard time":
		return "Africa/Nairobi"
	case "arabic standard time":
		return "Asia/Baghdad"
	case "arab standard time":
		return "Asia/Riyadh"
	case "arabian standard time":
		return "Asia/Dubai"
	case "iran standard time":
		return "Asia/Tehran"
	case "pakistan standard time":
		return "Asia/Karachi"
	case "india standard time":
		return "Asia/Kolkata"
	case "bangladesh standard time":
		return "Asia/Dhaka"
	case "china standard time":
		return "Asia/Shanghai"
	case "tokyo standard time":
		return "Asia/Tokyo"
	case "singapore standard time":
		return "Asia/Singapore"
	case "aus eastern standard time":
		return "Australia/Sydney"
	case "new zealand standard time":
		return "Pacific/Auckland"
	case "eastern standard time":
		return "America/New_York"
	case "central standard time":
		return "America/Chicago"
	case "mountain standard time":
		return "America/Denver"
	case "pacific standard time":
		return "America/Los_Angeles"
	case "utc", "coordinated universal time":
		return "UTC"
	}
	return name
}
