package sla

import (
	"fmt"
	"time"
)

// FormatDay is "Tuesday 1 December 2026", the London day of t. For a day by
// which something is due use FormatDate and Clock.DueDay: closing time can be
// midnight.
func FormatDay(t time.Time) string { return FormatDate(DateOf(t)) }

// FormatShort is "Tue 1 Dec, 17:15" in London time.
func FormatShort(t time.Time) string { return t.In(London()).Format("Mon 2 Jan, 15:04") }

// FormatDate is "Tuesday 1 December 2026".
func FormatDate(d Date) string {
	return fmt.Sprintf("%s %d %s %d", d.Weekday(), d.Day, d.Month, d.Year)
}

// FormatDateShort is "Tue 1 Dec".
func FormatDateShort(d Date) string {
	return fmt.Sprintf("%.3s %d %.3s", d.Weekday(), d.Day, d.Month)
}

// Describe says in a few words how the clock stands at now, in London time:
// "Due Fri 27 Nov", "Due today 17:15", "Late since 17:15", "Late 1 day",
// "Paused", "Answered". Days late are working days. A time is added to a day
// only where it is not closing time.
func Describe(c Clock, cal *Calendar, now time.Time) string {
	today := DateOf(now)
	switch State(c, now) {
	case StateAnswered:
		return "Answered"
	case StatePaused:
		return "Paused"
	case StateLate:
		if c.DueDay == today {
			return "Late since " + c.dueTime()
		}
		n, err := cal.WorkingDaysBetween(c.DueDay, today)
		switch {
		case err != nil || n < 1: // beyond the calendar, or no working day since
			return "Late since " + FormatDateShort(c.DueDay)
		default:
			return "Late " + plural(n, "day")
		}
	default:
		if c.DueDay == today {
			return "Due today " + c.dueTime()
		}
		text := "Due " + FormatDateShort(c.DueDay)
		if closing, err := cal.Closing(c.DueDay); err != nil || !closing.Equal(c.DueAt) {
			text += " " + c.dueTime()
		}
		return text
	}
}

// dueTime is the time of day of DueAt; 24:00 when it is the end of DueDay.
func (c Clock) dueTime() string {
	if DateOf(c.DueAt) != c.DueDay {
		return EndOfDay.String()
	}
	return c.DueAt.In(London()).Format("15:04")
}

// Humanise puts working time, as Remaining gives it, into words: "6 working
// hours left", "45 working minutes left", "2 working hours late". It rounds
// down, so it never promises time that is not there.
func Humanise(d time.Duration) string {
	word := "left"
	if d < 0 {
		word = "late"
		d = -d
	}
	switch {
	case d >= time.Hour:
		return plural(int(d/time.Hour), "working hour") + " " + word
	case d >= time.Minute:
		return plural(int(d/time.Minute), "working minute") + " " + word
	default:
		return "Less than a working minute " + word
	}
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
