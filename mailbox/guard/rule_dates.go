package guard

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// judgeDates asks about a day in the letter that is not the one which the law gives
// (G24): a promise after it, a claim of another one, a family given too few days.
func judgeDates(m *matter) []Finding {
	if len(m.outside) == 0 || m.l.Purpose.automatic() || len(m.f.Dates) == 0 {
		return nil
	}
	var out []Finding
	for _, s := range sentences(m.newest) {
		if containsAny(s, "was", "were", "had", "received", "wrote", "dated", "born") {
			continue // about what has been
		}
		due := dueOf(s)
		i := slices.IndexFunc(m.f.Dates, func(d LegalDate) bool { return d.What == due })
		if due == "" || i < 0 {
			continue
		}
		legal := m.f.Dates[i].On
		claimed := containsAny(s, "legal", "law", "statutory", "deadline", "required", "must", "regulations", "last")
		for _, d := range m.daysIn(s) {
			late, early := d.After(legal), d.Before(legal)
			wrong := late && due != DueComments || early && due == DueComments || claimed && (late || early)
			if !wrong {
				continue
			}
			out = append(out, Finding{
				Rule: RuleDateDiffers, Decision: Confirm, Evidence: excerpt(s),
				Words: "You wrote " + d.Format("2 January 2006") + ". The legal date is " + legal.Format("2 January 2006") + ".",
			})
		}
	}
	return once(out)
}

// dueOf is what of the law's a sentence is about; "" when it is none.
func dueOf(s []string) Due {
	tells := containsAny(s, "decide", "decision", "know", "tell", "write", "inform", "outcome", "answer", "hear")
	switch {
	case containsAny(s, "comments", "comment", "views", "representations", "respond", "reply", "response", "feedback") && containsAny(s, "draft"):
		return DueComments
	case containsAny(s, "review", "reviews") && tells && containsAny(s, "decision", "decide", "outcome", "amend", "maintain", "cease"):
		return DueOutcome
	case containsAny(s, "final", "finalise", "finalised", "finalising") && containsAny(s, "plan", "ehcp", "ehc"),
		containsAny(s, "issue", "issued", "issuing") && containsAny(s, "plan", "ehcp", "ehc") && !containsAny(s, "draft"):
		return DueFinal
	case containsAny(s, "assess", "assessment") && tells && containsAny(s, "whether", "if", "decide", "decision"):
		return DueAssess
	case containsAny(s, "review") && containsAny(s, "annual", "hold", "held", "due", "take", "place"):
		return DueReview
	}
	return ""
}

// daysIn are the dates of a sentence; one without a year is the nearest one to today.
func (m *matter) daysIn(s []string) []time.Time {
	var out []time.Time
	whole := map[int]bool{}
	for _, d := range dates(s) {
		if t, err := time.ParseInLocation(time.DateOnly, d.iso, m.f.Dates[0].On.Location()); err == nil {
			out = append(out, t)
			whole[d.at], whole[d.at+1] = true, true
		}
	}
	if m.f.Today.IsZero() {
		return out
	}
	for i := 0; i+1 < len(s); i++ {
		if whole[i] {
			continue
		}
		day, month := s[i], s[i+1]
		if month == "of" && i+2 < len(s) {
			month = s[i+2]
		}
		n, mon := ordinal(day), monthOf(month)
		if n == 0 || mon == 0 {
			n, mon = ordinal(month), monthOf(day) // May 3
		}
		if n == 0 || mon == 0 {
			continue
		}
		best := time.Time{}
		for y := m.f.Today.Year() - 1; y <= m.f.Today.Year()+1; y++ {
			t := time.Date(y, mon, n, 0, 0, 0, 0, m.f.Dates[0].On.Location())
			if t.Month() == mon && (best.IsZero() || t.Sub(m.f.Today).Abs() < best.Sub(m.f.Today).Abs()) {
				best = t
			}
		}
		if !best.IsZero() {
			out = append(out, best)
		}
	}
	return out
}

// ordinal reads 3, 3rd; 0 when it is no day of a month.
func ordinal(w string) int {
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		w = strings.TrimSuffix(w, suffix)
	}
	if n, err := strconv.Atoi(w); err == nil && n >= 1 && n <= 31 && len(w) <= 2 {
		return n
	}
	return 0
}

// monthOf reads March, mar; 0 when it is none.
func monthOf(w string) time.Month {
	if len(w) < 3 {
		return 0
	}
	for mon := time.January; mon <= time.December; mon++ {
		name := strings.ToLower(mon.String())
		if w == name || w == name[:3] || w == "sept" && mon == time.September {
			return mon
		}
	}
	return 0
}
