package sla

import (
	"slices"
	"time"

	"hearback/tickets/fault"
)

// Calendar knows when the office is open: weekly hours less bank holidays less
// closures, in Europe/London. It is immutable after [NewCalendar] and safe for
// use by several goroutines.
//
// It knows the years up to its last one and answers fault.Invalid beyond them,
// because bank holidays cannot be foreseen. IsOpen and IsWorkingDay, which have
// no error, answer false there.
type Calendar struct {
	tb       table
	lastYear int
	hours    Hours
	holidays []Holiday
	closures []Closure
}

// NewCalendar checks and builds a calendar. Empty, overlapping or reversed
// hours, dates that do not exist, and a last year whose bank holidays are not
// loaded are fault.Invalid. A closure after lastYear is accepted and has no
// effect until that year is loaded.
func NewCalendar(hours Hours, holidays []Holiday, closures []Closure, lastYear int) (*Calendar, error) {
	week, err := hours.sorted()
	if err != nil {
		return nil, err
	}
	set, err := holidaySet(holidays, lastYear)
	if err != nil {
		return nil, err
	}
	closed := make(map[Date][]Interval, len(closures))
	for _, c := range closures {
		iv, err := c.span()
		if err != nil {
			return nil, err
		}
		closed[c.Date] = append(closed[c.Date], iv)
	}
	tb := newTable(week, set, closed, lastYear)
	if len(tb.workdays) == 0 {
		return nil, fault.New(fault.Invalid, "The calendar has no open day: closures and bank holidays cover all office hours")
	}
	return &Calendar{
		tb: tb, lastYear: lastYear, hours: hours.clone(), holidays: slices.Clone(holidays), closures: slices.Clone(closures),
	}, nil
}

// DefaultCalendar has [DefaultHours], the bank holidays of England and Wales
// and no closures.
func DefaultCalendar() *Calendar {
	c, err := NewCalendar(DefaultHours(), EnglandAndWales(), nil, EnglandAndWalesLastYear)
	if err != nil {
		panic("sla: the built-in calendar is wrong: " + err.Error()) // a test builds it
	}
	return c
}

// LastYear is the last year the calendar knows.
func (c *Calendar) LastYear() int { return c.lastYear }

// Hours are the office hours it was built from; the caller may change them.
func (c *Calendar) Hours() Hours { return c.hours.clone() }

// Holidays are the bank holidays it was built from; the caller may change them.
func (c *Calendar) Holidays() []Holiday { return slices.Clone(c.holidays) }

// Closures are the closures it was built from; the caller may change them.
func (c *Calendar) Closures() []Closure { return slices.Clone(c.closures) }

// With is a calendar of the same bank holidays and years with other hours and
// closures. Errors are those of [NewCalendar].
func (c *Calendar) With(hours Hours, closures []Closure) (*Calendar, error) {
	return NewCalendar(hours, c.holidays, closures, c.lastYear)
}

// check refuses an instant outside what the calendar knows. The first instant
// after the last year is allowed as the end of a stretch.
func (c *Calendar) check(t time.Time) error {
	switch s := t.Unix(); {
	case s < c.tb.from:
		return tooEarly()
	case s > c.tb.to || s == c.tb.to && t.Nanosecond() > 0:
		return tooLate(c.lastYear)
	}
	return nil
}

// checkDate is check for a day.
func (c *Calendar) checkDate(d Date) error {
	return checkYears(d, c.lastYear)
}

// IsOpen reports whether the office is open at the instant t. The opening
// instant is open, the closing instant is not.
func (c *Calendar) IsOpen(t time.Time) bool {
	if c.check(t) != nil {
		return false
	}
	i := c.tb.spanEndingAfter(t.Unix())
	return i < len(c.tb.spans) && c.tb.spans[i].from <= t.Unix()
}

// IsWorkingDay reports whether the office is open at some time of the day d.
func (c *Calendar) IsWorkingDay(d Date) bool {
	_, ok := c.workday(d)
	return ok
}

func (c *Calendar) workday(d Date) (int, bool) {
	if c.checkDate(d) != nil {
		return 0, false
	}
	i := c.tb.workdayFrom(d.ordinal())
	return i, i < len(c.tb.workdays) && c.tb.workdays[i].ordinal == d.ordinal()
}

// NextOpening is t itself while the office is open, otherwise the instant it
// next opens; in UTC.
func (c *Calendar) NextOpening(t time.Time) (time.Time, error) {
	if err := c.check(t); err != nil {
		return time.Time{}, err
	}
	i := c.tb.spanEndingAfter(t.Unix())
	if i == len(c.tb.spans) {
		return time.Time{}, tooLate(c.lastYear)
	}
	if sp := c.tb.spans[i]; sp.from > t.Unix() {
		return time.Unix(sp.from, 0).UTC(), nil
	}
	return t.UTC().Round(0), nil
}

// WorkingTime is the open time between a and b, negative when b is before a.
// For any a, b, c: WorkingTime(a,b) + WorkingTime(b,c) = WorkingTime(a,c).
func (c *Calendar) WorkingTime(a, b time.Time) (time.Duration, error) {
	for _, t := range []time.Time{a, b} {
		if err := c.check(t); err != nil {
			return 0, err
		}
	}
	return c.tb.openBefore(b) - c.tb.openBefore(a), nil
}

// AddWorkingTime is the earliest instant at which d working time has passed
// since t, in UTC: a closing time rather than the next opening, and t itself
// when d is 0. A negative d is fault.Invalid.
func (c *Calendar) AddWorkingTime(t time.Time, d time.Duration) (time.Time, error) {
	if err := c.check(t); err != nil {
		return time.Time{}, err
	}
	switch before := c.tb.openBefore(t); {
	case d < 0:
		return time.Time{}, fault.New(fault.Invalid, "Working time cannot be counted backwards")
	case d == 0:
		return t.UTC().Round(0), nil
	case d > c.tb.total()-before:
		return time.Time{}, tooLate(c.lastYear)
	default:
		return c.tb.instantAfter(before + d), nil
	}
}

// AddWorkingDays is the rule of service standards: day 0 is the day on which
// the office is next open for start, and the result is the closing time, in
// UTC, of the n-th working day after it. n = 0 is the closing time of day 0;
// a negative n is fault.Invalid.
func (c *Calendar) AddWorkingDays(start time.Time, n int) (time.Time, error) {
	opening, err := c.NextOpening(start)
	if err != nil {
		return time.Time{}, err
	}
	w, err := c.workdayAfter(DateOf(opening), n)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(w.closes, 0).UTC(), nil
}

// workdayAfter is the n-th working day after the working day d; n = 0 is d itself.
func (c *Calendar) workdayAfter(d Date, n int) (workday, error) {
	if n < 0 {
		return workday{}, fault.New(fault.Invalid, "Working days cannot be counted backwards")
	}
	i := c.tb.workdayFrom(d.ordinal())
	if n >= len(c.tb.workdays)-i {
		return workday{}, tooLate(c.lastYear)
	}
	return c.tb.workdays[i+n], nil
}

// WorkingDaysBetween counts the working days after a, up to and including b:
// 0 on the same day, 1 from Friday to Monday; negative when b is before a. A
// reply on the day of the start took 0 working days.
func (c *Calendar) WorkingDaysBetween(a, b Date) (int, error) {
	for _, d := range []Date{a, b} {
		if err := c.checkDate(d); err != nil {
			return 0, err
		}
	}
	return c.tb.workdayFrom(b.ordinal()+1) - c.tb.workdayFrom(a.ordinal()+1), nil
}

// Closing is the instant, in UTC, at which the office closes on day d, before
// a partial closure if there is one. Asking about a day without opening hours
// is fault.Invalid.
func (c *Calendar) Closing(d Date) (time.Time, error) {
	if err := c.checkDate(d); err != nil {
		return time.Time{}, err
	}
	i, ok := c.workday(d)
	if !ok {
		return time.Time{}, fault.Newf(fault.Invalid, "The office is not open on %s", FormatDate(d))
	}
	return time.Unix(c.tb.workdays[i].closes, 0).UTC(), nil
}

// PracticalDate is the last day on or before d on which the office is open.
// Nothing in the SEND Regulations extends a date that falls on a closed day,
// so this is the day by which the work has to be done.
func (c *Calendar) PracticalDate(d Date) (Date, error) {
	if err := c.checkDate(d); err != nil {
		return Date{}, err
	}
	i := c.tb.workdayFrom(d.ordinal() + 1)
	if i == 0 {
		return Date{}, tooEarly()
	}
	return dateFromOrdinal(c.tb.workdays[i-1].ordinal), nil
}
