package sla

import (
	"slices"
	"time"
)

// table is every open stretch from firstYear to the calendar's end, in order,
// with running totals. Working time between two instants is then one
// subtraction, adding working time one binary search, and nothing can loop for
// ever because there is nothing to walk.
type table struct {
	spans    []openSpan
	workdays []workday
	from, to int64 // Unix seconds: the bounds of what is known; to is exclusive
}

// openSpan is a half-open stretch of open time on one local day.
type openSpan struct {
	from, to int64 // Unix seconds
	before   int64 // open seconds in the table before this span
}

// workday is a local day with open time.
type workday struct {
	ordinal         int64 // Date.ordinal
	opening, closes int64 // Unix seconds; closes is the end of its last span
}

// newTable lays the week, less holidays and closures, over every local day.
func newTable(week [7][]Interval, holidays map[Date]string, closed map[Date][]Interval, lastYear int) table {
	last := Date{lastYear, 12, 31}.ordinal()
	days := int(last - firstOrdinal + 1)
	tb := table{
		spans:    make([]openSpan, 0, days),
		workdays: make([]workday, 0, days),
		from:     dateFromOrdinal(firstOrdinal).Midnight().Unix(),
		to:       Date{lastYear + 1, 1, 1}.Midnight().Unix(),
	}
	zone := zoneAt(tb.from)
	date := dateFromOrdinal(firstOrdinal)
	weekday := int(date.Weekday())
	var total int64
	for o := int64(firstOrdinal); o <= last; o++ {
		midnight := o*86400 - zone.offset
		if midnight >= zone.until {
			zone = zoneAt(midnight)
		}
		open := week[weekday]
		if len(open) > 0 {
			if _, isHoliday := holidays[date]; isHoliday {
				open = nil
			} else if cuts := closed[date]; cuts != nil {
				open = subtract(open, cuts)
			}
		}
		first := len(tb.spans)
		for _, iv := range open {
			tb.appendWall(o, iv, zone, first)
		}
		if n := len(tb.spans); n > first {
			tb.workdays = append(tb.workdays, workday{o, tb.spans[first].from, tb.spans[n-1].to})
			for i := first; i < n; i++ {
				tb.spans[i].before = total
				total += tb.spans[i].to - tb.spans[i].from
			}
		}
		weekday = (weekday + 1) % 7
		if date.Day < 28 {
			date.Day++
		} else {
			date = dateFromOrdinal(o + 1)
		}
	}
	return tb
}

// zonePeriod is a stretch of time with one offset from UTC.
type zonePeriod struct {
	offset int64 // seconds east of UTC
	until  int64 // Unix seconds at which the next period begins
}

func zoneAt(unix int64) zonePeriod {
	t := time.Unix(unix, 0).In(London())
	_, offset := t.Zone()
	_, end := t.ZoneBounds()
	if end.IsZero() { // no further change is known
		return zonePeriod{int64(offset), 1<<63 - 1}
	}
	return zonePeriod{int64(offset), end.Unix()}
}

// appendWall adds the instants of day o at which a clock on the wall shows a
// time inside iv. On the last Sunday of March the hour from 01:00 does not
// happen; on the last Sunday of October it happens twice and counts twice. So
// a service that never closes has a day of 23 or 25 hours and loses no minute.
// zone is the one in force at the day's midnight; first is the day's first span.
func (tb *table) appendWall(o int64, iv Interval, zone zonePeriod, first int) {
	from := o*86400 + int64(iv.From)*60 // wall seconds, as if the offset were 0
	to := o*86400 + int64(iv.To)*60
	tb.appendSpan(from-zone.offset, min(to-zone.offset, zone.until), first)
	if end := (o+1)*86400 - zone.offset; end <= zone.until {
		return // the clocks do not change today
	}
	next := zoneAt(zone.until)
	tb.appendSpan(max(from-next.offset, zone.until), to-next.offset, first)
}

// appendSpan keeps the spans of one day ordered, disjoint and merged.
func (tb *table) appendSpan(from, to int64, first int) {
	if from >= to {
		return
	}
	n := len(tb.spans)
	if n > first && tb.spans[n-1].to == from {
		tb.spans[n-1].to = to
		return
	}
	tb.spans = append(tb.spans, openSpan{from: from, to: to})
	// On the October Sunday the second pass of one interval can come after the
	// first pass of the next; restore the order.
	for i := n; i > first && tb.spans[i].from < tb.spans[i-1].from; i-- {
		tb.spans[i], tb.spans[i-1] = tb.spans[i-1], tb.spans[i]
	}
}

// subtract takes the cuts out of the intervals.
func subtract(open, cuts []Interval) []Interval {
	left := slices.Clone(open)
	for _, cut := range cuts {
		var next []Interval
		for _, iv := range left {
			if a := (Interval{iv.From, min(iv.To, cut.From)}); a.From < a.To {
				next = append(next, a)
			}
			if b := (Interval{max(iv.From, cut.To), iv.To}); b.From < b.To {
				next = append(next, b)
			}
		}
		left = next
	}
	return left
}

// spanEndingAfter is the index of the first span that ends after unix second s.
func (tb *table) spanEndingAfter(s int64) int {
	i, _ := slices.BinarySearchFunc(tb.spans, s, func(sp openSpan, s int64) int {
		if sp.to <= s {
			return -1
		}
		return 1
	})
	return i
}

// openBefore is the open time in the table before the instant t, which must be
// within the bounds.
func (tb *table) openBefore(t time.Time) time.Duration {
	s := t.Unix()
	i := tb.spanEndingAfter(s)
	if i == len(tb.spans) {
		return tb.total()
	}
	sp := tb.spans[i]
	d := time.Duration(sp.before) * time.Second
	if s >= sp.from {
		d += time.Duration(s-sp.from)*time.Second + time.Duration(t.Nanosecond())
	}
	return d
}

// total is all open time in the table.
func (tb *table) total() time.Duration {
	if len(tb.spans) == 0 {
		return 0
	}
	sp := tb.spans[len(tb.spans)-1]
	return time.Duration(sp.before+sp.to-sp.from) * time.Second
}

// instantAfter is the earliest instant before which the table holds d open
// time, for 0 < d <= total.
func (tb *table) instantAfter(d time.Duration) time.Time {
	i, _ := slices.BinarySearchFunc(tb.spans, d, func(sp openSpan, d time.Duration) int {
		if time.Duration(sp.before+sp.to-sp.from)*time.Second < d {
			return -1
		}
		return 1
	})
	sp := tb.spans[i]
	return time.Unix(sp.from, 0).Add(d - time.Duration(sp.before)*time.Second).UTC()
}

// workdayFrom is the index of the first working day on or after day o.
func (tb *table) workdayFrom(o int64) int {
	i, _ := slices.BinarySearchFunc(tb.workdays, o, func(w workday, o int64) int {
		if w.ordinal < o {
			return -1
		}
		return 1
	})
	return i
}
