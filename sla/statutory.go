package sla

import (
	"time"

	"hearback/tickets/fault"
)

// Statutory periods run in calendar days and stop for nothing: not for
// weekends, bank holidays, school holidays or the office's Christmas. None of
// these functions takes a Calendar.

// WeeksAfter is the last day of "within n weeks of d": d is not counted.
func WeeksAfter(d Date, n int) Date { return d.AddDays(7 * n) }

// LastDayInclusive is the last day of "n days beginning with the day d": d is
// day 1 (SEND Regulations 2014, regs 13(1)(a) and 22(2)(c)). n must be at least 1.
func LastDayInclusive(d Date, n int) Date { return d.AddDays(n - 1) }

// MonthsAfter is the last day of "n months after d": the same day of the month,
// or the last day of that month when it has none such. n may be negative.
func MonthsAfter(d Date, n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// TwelveMonthsFrom is the last day of "12 months starting with d" (Children and
// Families Act 2014, s.44): the day before the anniversary. A plan of 29
// February has its anniversary on 28 February, as MonthsAfter counts; the
// earlier reading is the safe one.
func TwelveMonthsFrom(d Date) Date { return MonthsAfter(d, 12).AddDays(-1) }

// CompulsorySchoolAgeEnds is the last day on which a child born on d is of
// compulsory school age: the last Friday in June of the school year (1
// September to 31 August) in which they turn 16 (Education Act 1996, s.8). From
// the next day they are a young person and the rights under the Children and
// Families Act are their own.
func CompulsorySchoolAgeEnds(born Date) Date {
	sixteen := MonthsAfter(born, 16*12)
	year := sixteen.Year
	if sixteen.Month >= time.September {
		year++
	}
	june30 := Date{year, time.June, 30}
	sinceFriday := (int(june30.Weekday()-time.Friday) + 7) % 7
	return june30.AddDays(-sinceFriday)
}

// LegalDays counts working days as statutes and tribunals do: Monday to Friday
// without bank holidays. A council's own hours and closures have no part in it.
// It is immutable.
type LegalDays struct {
	holidays map[Date]string
	lastYear int
}

// NewLegalDays checks the holidays as NewCalendar does.
func NewLegalDays(holidays []Holiday, lastYear int) (*LegalDays, error) {
	set, err := holidaySet(holidays, lastYear)
	if err != nil {
		return nil, err
	}
	return &LegalDays{set, lastYear}, nil
}

// dayTest is a kind of working day.
type dayTest func(Date) bool

// ordinary: Monday to Friday, no bank holiday.
func (l *LegalDays) ordinary(d Date) bool {
	wd := d.Weekday()
	_, holiday := l.holidays[d]
	return wd != time.Saturday && wd != time.Sunday && !holiday
}

// tribunal: also no day of August and none from 25 December to 1 January (HESC
// Rules 2008, rule 1, "working day").
func (l *LegalDays) tribunal(d Date) bool {
	switch {
	case d.Month == time.August,
		d.Month == time.December && d.Day >= 25,
		d.Month == time.January && d.Day == 1:
		return false
	}
	return l.ordinary(d)
}

// IsWorkingDay reports whether d is Monday to Friday and no bank holiday.
func (l *LegalDays) IsWorkingDay(d Date) (bool, error) {
	if err := checkYears(d, l.lastYear); err != nil {
		return false, err
	}
	return l.ordinary(d), nil
}

// IsTribunalWorkingDay reports whether d is a working day of the Tribunal.
func (l *LegalDays) IsTribunalWorkingDay(d Date) (bool, error) {
	if err := checkYears(d, l.lastYear); err != nil {
		return false, err
	}
	return l.tribunal(d), nil
}

// WorkingDaysAfter is the n-th working day after d; d is not counted. n is at least 1.
func (l *LegalDays) WorkingDaysAfter(d Date, n int) (Date, error) {
	return l.count(d.AddDays(1), n, l.ordinary)
}

// WorkingDaysBeginningWith is the n-th working day when d, if it is one, is the
// first (SEND Regulations 2014, reg 15(2)). n is at least 1.
func (l *LegalDays) WorkingDaysBeginningWith(d Date, n int) (Date, error) {
	return l.count(d, n, l.ordinary)
}

// TribunalDaysAfter is the n-th tribunal working day after d; an act is due on
// it by 17:00. A date that the Tribunal has named goes before any count. n is
// at least 1.
func (l *LegalDays) TribunalDaysAfter(d Date, n int) (Date, error) {
	return l.count(d.AddDays(1), n, l.tribunal)
}

// OnOrAfter is d if it is a working day, otherwise the next one: where a rule
// carries a period that ends on a weekend over to it (subject access requests).
func (l *LegalDays) OnOrAfter(d Date) (Date, error) { return l.count(d, 1, l.ordinary) }

// TribunalOnOrAfter is OnOrAfter with the Tribunal's working days (rule 12).
func (l *LegalDays) TribunalOnOrAfter(d Date) (Date, error) { return l.count(d, 1, l.tribunal) }

// LastBefore is the last working day strictly before d: for duties that the law
// wants done "before" a date (reg 18(1), phase transfers).
func (l *LegalDays) LastBefore(d Date) (Date, error) {
	if err := checkYears(d, l.lastYear); err != nil {
		return Date{}, err
	}
	for d = d.AddDays(-1); d.Year >= firstYear; d = d.AddDays(-1) {
		if l.ordinary(d) {
			return d, nil
		}
	}
	return Date{}, tooEarly()
}

// count is the n-th day from d on, d included, that passes the test. It ends at
// the last year at the latest.
func (l *LegalDays) count(d Date, n int, isDay dayTest) (Date, error) {
	if n < 1 {
		return Date{}, fault.New(fault.Invalid, "Count at least one working day")
	}
	for {
		if err := checkYears(d, l.lastYear); err != nil {
			return Date{}, err
		}
		if isDay(d) {
			if n--; n == 0 {
				return d, nil
			}
		}
		d = d.AddDays(1)
	}
}
