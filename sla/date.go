package sla

import (
	"cmp"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // Europe/London must resolve on a host without zone files

	"hearback/tickets/fault"
)

// london is computed once. It is immutable: a function value, not a setting.
var london = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		// Unreachable: the zone is linked into the program. Counting in UTC
		// instead would be an hour wrong for half of the year, without a sign.
		panic("sla: Europe/London is not in the embedded time zones: " + err.Error())
	}
	return loc
})

// London is the time zone in which every local date and office hour is meant.
func London() *time.Location { return london() }

// Date is a local calendar date in Europe/London, without a time of day. It is
// comparable and can be a map key. The zero Date means "no date".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the London date on which the instant t falls.
func DateOf(t time.Time) Date {
	y, m, d := t.In(London()).Date()
	return Date{y, m, d}
}

// ParseDate reads "2006-01-02". A date that does not exist is fault.Invalid.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fault.Wrap(fault.Invalid, "A date is written as year, month and day, for example 2026-11-02, and must exist", err)
	}
	y, m, d := t.Date()
	return Date{y, m, d}, nil
}

// String is "2006-01-02".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// MarshalText is String; the zero Date is empty.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText is ParseDate; an empty text gives the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether d exists in the calendar.
func (d Date) Valid() bool { return !d.IsZero() && d.AddDays(0) == d }

// ordinal counts days from 1 January 1970. UTC is used only because its days
// all have 24 hours; no instant is meant.
func (d Date) ordinal() int64 {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

func dateFromOrdinal(n int64) Date {
	y, m, day := time.Unix(n*86400, 0).UTC().Date()
	return Date{y, m, day}
}

// AddDays is the date n days after d, before it when n is negative.
func (d Date) AddDays(n int) Date {
	y, m, day := time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, day}
}

// DaysUntil is the number of days from d to o, negative when o is earlier.
func (d Date) DaysUntil(o Date) int { return int(o.ordinal() - d.ordinal()) }

// Weekday is d's day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
}

// Compare is -1, 0 or 1 when d is before, the same as or after o.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// Before reports whether d is earlier than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports whether d is later than o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// Midnight is the instant at which the local day d begins, in UTC. London has
// changed its clocks at 01:00 UTC for as long as email exists, so a local
// midnight is never missing and never twice.
func (d Date) Midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, London()).UTC()
}
