package sla

import (
	"fmt"
	"slices"
	"time"

	"hearback/tickets/fault"
)

// TimeOfDay is a local wall-clock time in whole minutes since midnight, 0 to
// 1440. 1440 is 24:00, the end of the day.
type TimeOfDay int

// EndOfDay is 24:00.
const EndOfDay TimeOfDay = 24 * 60

// clockTime is the time of day hour:minute, without a check.
func clockTime(hour, minute int) TimeOfDay { return TimeOfDay(hour*60 + minute) }

// ParseTimeOfDay reads "08:45", up to "24:00". Anything else is fault.Invalid.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	bad := func() (TimeOfDay, error) {
		return 0, fault.New(fault.Invalid, "A time of day is written as hours and minutes from 00:00 to 24:00, for example 08:45")
	}
	if len(s) != 5 || s[2] != ':' {
		return bad()
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return bad()
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if t := clockTime(h, m); m < 60 && t <= EndOfDay {
		return t, nil
	}
	return bad()
}

// String is "08:45".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// MarshalText is String.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText is ParseTimeOfDay.
func (t *TimeOfDay) UnmarshalText(b []byte) error {
	v, err := ParseTimeOfDay(string(b))
	if err != nil {
		return err
	}
	*t = v
	return nil
}

// Interval is a stretch of one local day, half-open: From belongs to it, To does not.
type Interval struct{ From, To TimeOfDay }

// Hours are the ordinary office hours of a week. A weekday without intervals is
// not a working day. A lunch break is the gap between two intervals; hours
// across midnight are one interval to 24:00 and one from 00:00 the next day.
type Hours map[time.Weekday][]Interval

// DefaultHours are Monday to Thursday 08:45-17:15 and Friday 08:45-16:45.
func DefaultHours() Hours {
	long := []Interval{{clockTime(8, 45), clockTime(17, 15)}}
	return Hours{
		time.Monday: long, time.Tuesday: long, time.Wednesday: long, time.Thursday: long,
		time.Friday: {{clockTime(8, 45), clockTime(16, 45)}},
	}
}

// AlwaysOpen are the hours of a service that never closes.
func AlwaysOpen() Hours {
	h := make(Hours, 7)
	for d := time.Sunday; d <= time.Saturday; d++ {
		h[d] = []Interval{{0, EndOfDay}}
	}
	return h
}

// sorted checks h and returns a private copy, ordered, by weekday. Empty hours
// are refused here and not at the first email: an empty week once answered
// every assignment with a server error (zammad issue 1396).
func (h Hours) sorted() ([7][]Interval, error) {
	var week [7][]Interval
	open := false
	for day := range h {
		if day < time.Sunday || day > time.Saturday {
			return week, fault.Newf(fault.Invalid, "Office hours name a weekday that does not exist (%d)", int(day))
		}
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		list := slices.Clone(h[day])
		slices.SortFunc(list, func(a, b Interval) int { return int(a.From - b.From) })
		for i, iv := range list {
			switch {
			case iv.From < 0 || iv.To > EndOfDay:
				return week, fault.Newf(fault.Invalid, "%s's hours leave the day. Times run from 00:00 to 24:00", day)
			case iv.From >= iv.To:
				return week, fault.Newf(fault.Invalid, "%s's hours %s to %s do not end after they begin. Write hours across midnight as one interval to 24:00 and one from 00:00 the next day", day, iv.From, iv.To)
			case i > 0 && iv.From < list[i-1].To:
				return week, fault.Newf(fault.Invalid, "%s's hours overlap: %s to %s and %s to %s", day, list[i-1].From, list[i-1].To, iv.From, iv.To)
			}
			open = true
		}
		week[day] = list
	}
	if !open {
		return week, fault.New(fault.Invalid, "No office hours are set. Give opening hours for at least one weekday")
	}
	return week, nil
}

func (h Hours) clone() Hours {
	out := make(Hours, len(h))
	for day, list := range h {
		out[day] = slices.Clone(list)
	}
	return out
}
