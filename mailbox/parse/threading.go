package parse

import (
	"strings"
	"time"
)

// messageIDs reads the ids of In-Reply-To, References and the like. Real mail
// has text between them, commas, ids without brackets and ids cut by a fold.
func messageIDs(v string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(id string) {
		id = strings.Join(strings.Fields(id), "") // a fold inside an id is no part of it
		if id != "" && len(id) < 1000 && !seen[id] && len(out) < 500 {
			seen[id] = true
			out = append(out, guessUTF8([]byte(id)))
		}
	}
	rest := v
	for {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			break
		}
		rest = rest[i+1:]
		j := strings.IndexAny(rest, "<>")
		if j < 0 {
			add(rest)
			rest = ""
			break
		}
		add(rest[:j])
		if rest[j] == '>' {
			j++
		}
		rest = rest[j:]
	}
	if len(out) == 0 {
		for _, f := range strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\t' }) {
			if strings.Contains(f, "@") {
				add(strings.Trim(f, "<>\"'"))
			}
		}
	}
	return out
}

func firstID(v string) string {
	if ids := messageIDs(v); len(ids) > 0 {
		return ids[0]
	}
	return strings.Trim(strings.Join(strings.Fields(guessUTF8([]byte(v))), ""), "<>")
}

// date reads the Date header; zero when it cannot be read.
func (m *message) date(v string) time.Time {
	if strings.TrimSpace(v) == "" {
		return time.Time{}
	}
	t, ok := parseDate(v)
	if !ok {
		m.problem("Date cannot be read: %q", cutString(v, 60))
	}
	return t
}

// parseDate reads RFC 5322 dates and what programs write in their stead: other
// languages' day names, two-digit years, dots in times, named zones, ISO 8601.
func parseDate(v string) (time.Time, bool) {
	v = strings.TrimSpace(stripComments(guessUTF8([]byte(v))))
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, v); err == nil {
			return t, true
		}
	}
	day, month, year := 0, 0, -1
	hour, minute, second, clock := 0, 0, 0, false
	zone := time.UTC
	zoned := false
	for _, f := range strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\r' || r == '\n' }) {
		switch {
		case clock && !zoned && zoneOf(f) != nil:
			zone, zoned = zoneOf(f), true
		case !clock && (strings.Count(f, ":") >= 1 || strings.Count(f, ".") == 2 && day > 0 && month > 0 && year >= 0):
			h, ok := clockOf(strings.ReplaceAll(f, ".", ":"))
			if !ok {
				continue
			}
			hour, minute, second, clock = h[0], h[1], h[2], true
		case clock && strings.EqualFold(f, "PM") && hour < 12:
			hour += 12
		case clock && strings.EqualFold(f, "AM") && hour == 12:
			hour = 0
		case month == 0 && monthOf(f) > 0:
			month = monthOf(f)
		case strings.Count(f, "-") == 2:
			p := strings.Split(f, "-")
			if n, ok := number(p[0]); ok && len(p[0]) <= 2 {
				day, month = n, monthOf(p[1])
				year, _ = number(p[2])
			}
		default:
			n, ok := number(strings.TrimSuffix(f, "."))
			if !ok {
				continue
			}
			if day == 0 && n >= 1 && n <= 31 && len(f) <= 3 {
				day = n
			} else if year < 0 {
				year = n
			}
		}
	}
	switch {
	case year >= 0 && year < 50:
		year += 2000
	case year >= 50 && year < 1000:
		year += 1900 // RFC 5322 section 4.3
	}
	if day == 0 || month == 0 || year < 1900 || year > 9999 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, min(second, 59), 0, zone), true
}

func clockOf(s string) ([3]int, bool) {
	var out [3]int
	for i, p := range strings.Split(s, ":") {
		if i > 2 {
			break
		}
		p, _, _ = strings.Cut(p, ".")
		n, ok := number(p)
		if !ok {
			return out, false
		}
		out[i] = n
	}
	return out, true
}

func number(s string) (int, bool) {
	if s == "" || len(s) > 6 {
		return 0, false
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// monthOf knows the English names, which RFC 5322 asks for, and the ones that
// localised programs put in their place.
func monthOf(s string) int {
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if len(s) < 3 {
		return 0
	}
	switch r := []rune(s); string(r[:min(3, len(r))]) {
	case "jan", "янв", "sty", "oca", "ene", "gen":
		return 1
	case "feb", "fév", "фев", "lut", "şub", "fev":
		return 2
	case "mar", "mär", "mrz", "maa", "мар":
		return 3
	case "apr", "avr", "апр", "kwi", "nis", "abr":
		return 4
	case "may", "mai", "mei", "май", "maj", "mag":
		return 5
	case "jun", "июн", "cze", "giu", "haz":
		return 6
	case "jul", "июл", "lip", "lug", "tem":
		return 7
	case "jui":
		if strings.HasPrefix(s, "juil") {
			return 7
		}
		return 6
	case "aug", "aoû", "авг", "sie", "ago", "ağu":
		return 8
	case "sep", "сен", "wrz", "set", "eyl":
		return 9
	case "oct", "okt", "окт", "paź", "ott", "out", "eki":
		return 10
	case "nov", "ноя", "lis", "kas":
		return 11
	case "dec", "dez", "déc", "дек", "gru", "dic", "ara":
		return 12
	}
	return 0
}

func zoneOf(f string) *time.Location {
	f = strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(f), "UTC"), "GMT")
	if f == "" || f == "UT" || f == "Z" {
		return time.UTC
	}
	if f[0] == '+' || f[0] == '-' {
		d := strings.ReplaceAll(f[1:], ":", "")
		if len(d) == 3 {
			d = "0" + d
		}
		n, ok := number(d)
		if !ok || len(d) != 4 || n/100 > 15 || n%100 > 59 {
			return nil
		}
		sec := (n/100*60 + n%100) * 60
		if f[0] == '-' {
			sec = -sec
		}
		return time.FixedZone("", sec)
	}
	hours, ok := map[string]int{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BST": 1, "IST": 1, "WET": 0, "WEST": 1, "CET": 1, "MET": 1, "MEZ": 1, "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9}[f]
	if !ok {
		return nil
	}
	return time.FixedZone(f, hours*3600)
}
