package tickets

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/tickets/register"
)

// MailingFilter says which open cases a mailing is for. What is empty chooses
// everything; what is set has to hold all at once.
type MailingFilter struct {
	Stages    []string `json:"stages,omitempty"`
	Years     []int    `json:"years,omitempty"` // school years, YearNursery to YearAfter
	School    string   `json:"school,omitempty"`
	OfficerID int64    `json:"officer,omitempty"`
	TeamID    int64    `json:"team,omitempty"`
	// Phase chooses children who move to the next phase of education in September
	// (SEND Regulations 2014, regulation 18): into reception, from infant to junior,
	// from primary to secondary, and after year 11.
	Phase bool `json:"phase,omitempty"`
}

// School years. A child in reception is in year 0.
const (
	YearNursery   = -1 // the year before reception
	YearReception = 0
	YearAfter     = 14 // after year 13, while there is a plan
)

// phaseYears are the years from which a child moves to another phase.
func phaseYears() []int { return []int{YearNursery, 2, 6, 11} }

// SchoolYear is the school year in which a child born on dob is on a local date, by
// age alone: a child whom a school has put a year up or down is in another one. ok is
// false when the date of birth is not known, or for a child below nursery age.
func SchoolYear(dob, on string) (year int, ok bool) {
	born, err := time.Parse(time.DateOnly, dob)
	if err != nil {
		return 0, false
	}
	today, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return 0, false
	}
	// A school year begins on 1 September; who is five by the end of it is in reception.
	year = startOfYear(today) - startOfYear(born) - 5
	switch {
	case year < YearNursery:
		return 0, false
	case year > YearAfter:
		return YearAfter, true
	}
	return year, true
}

func startOfYear(t time.Time) int {
	if t.Month() < time.September {
		return t.Year() - 1
	}
	return t.Year()
}

// YearWords is a school year as people say it.
func YearWords(year int) string {
	switch year {
	case YearNursery:
		return "Nursery"
	case YearReception:
		return "Reception"
	case YearAfter:
		return "After year 13"
	}
	return fmt.Sprintf("Year %d", year)
}

// Matches reports whether an open case is chosen, on a local date.
func (f MailingFilter) Matches(c register.Case, on string) bool {
	if !c.Open ||
		f.TeamID != 0 && c.TeamID != f.TeamID ||
		f.OfficerID != 0 && c.OfficerID != f.OfficerID ||
		len(f.Stages) > 0 && !slices.ContainsFunc(f.Stages, func(s string) bool { return strings.EqualFold(s, c.Stage) }) ||
		strings.TrimSpace(f.School) != "" && !strings.Contains(fold(c.School), fold(f.School)) {
		return false
	}
	if len(f.Years) == 0 && !f.Phase {
		return true
	}
	year, ok := SchoolYear(c.DOB, on)
	return ok && (len(f.Years) == 0 || slices.Contains(f.Years, year)) && (!f.Phase || slices.Contains(phaseYears(), year))
}

// Empty reports a filter that chooses every open case.
func (f MailingFilter) Empty() bool {
	return len(f.Stages) == 0 && len(f.Years) == 0 && strings.TrimSpace(f.School) == "" && f.OfficerID == 0 && f.TeamID == 0 && !f.Phase
}
