package sla_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/sla"
	"hearback/tickets/fault"
)

// drawHours are weeks of up to three intervals a day, some days free, with at
// least one open minute.
func drawHours(t *rapid.T) sla.Hours {
	h := sla.Hours{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		edges := rapid.SliceOfNDistinct(rapid.IntRange(0, 1440), 0, 6, rapid.ID[int]).Draw(t, d.String())
		edges = edges[:len(edges)/2*2]
		for i := range edges {
			for j := i; j > 0 && edges[j] < edges[j-1]; j-- {
				edges[j], edges[j-1] = edges[j-1], edges[j]
			}
		}
		for i := 0; i < len(edges); i += 2 {
			h[d] = append(h[d], sla.Interval{From: sla.TimeOfDay(edges[i]), To: sla.TimeOfDay(edges[i+1])})
		}
	}
	if len(h) == 0 {
		h[time.Wednesday] = []sla.Interval{{From: 540, To: 1020}}
	}
	return h
}

func drawClosures(t *rapid.T) []sla.Closure {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sla.Closure {
		c := sla.Closure{Date: sla.Date{Year: 2026, Month: 11, Day: 1}.AddDays(rapid.IntRange(0, 120).Draw(t, "closed day"))}
		if rapid.Bool().Draw(t, "partly") {
			c.From = sla.TimeOfDay(rapid.IntRange(0, 1439).Draw(t, "closed from"))
			c.To = sla.TimeOfDay(rapid.IntRange(int(c.From)+1, 1440).Draw(t, "closed to"))
		}
		return c
	}), 0, 8).Draw(t, "closures")
}

func drawCalendar(t *rapid.T) *sla.Calendar {
	c, err := sla.NewCalendar(drawHours(t), sla.EnglandAndWales(), drawClosures(t), 2028)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// drawInstant is any nanosecond of the loaded bank holidays' years, often near
// a change of the clocks or Christmas.
func drawInstant(t *rapid.T, name string) time.Time {
	base := rapid.SampledFrom([]string{
		"2022-01-01T00:00:00Z", "2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z", "2026-12-23T00:00:00Z", "2028-02-28T00:00:00Z",
	}).Draw(t, name+" near")
	from, err := time.Parse(time.RFC3339, base)
	if err != nil {
		t.Fatal(err)
	}
	span := 4 * 24 * time.Hour
	if base[:4] == "2022" {
		span = 6 * 365 * 24 * time.Hour
	}
	return from.Add(time.Duration(rapid.Int64Range(0, int64(span)).Draw(t, name)))
}

func mustTime(t *rapid.T) func(time.Time, error) time.Time {
	return func(v time.Time, err error) time.Time {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func mustSpan(t *rapid.T) func(time.Duration, error) time.Duration {
	return func(v time.Duration, err error) time.Duration {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestWorkingTimeIsAdditive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal, ok := drawCalendar(t), mustSpan(t)
		a, b, c := drawInstant(t, "a"), drawInstant(t, "b"), drawInstant(t, "c")
		ab, bc, ac := ok(cal.WorkingTime(a, b)), ok(cal.WorkingTime(b, c)), ok(cal.WorkingTime(a, c))
		if ab+bc != ac {
			t.Fatalf("%v + %v is not %v", ab, bc, ac)
		}
		if elapsed := b.Sub(a); elapsed >= 0 && (ab < 0 || ab > elapsed) {
			t.Fatalf("%v open in %v", ab, elapsed)
		}
		if ba := ok(cal.WorkingTime(b, a)); ba != -ab {
			t.Fatalf("%v there, %v back", ab, ba)
		}
	})
}

// A service that never closes counts every nanosecond (zammad issue 3180).
func TestAlwaysOpenIsElapsedTime(t *testing.T) {
	cal, err := sla.NewCalendar(sla.AlwaysOpen(), nil, nil, 2028)
	noError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawInstant(t, "a"), drawInstant(t, "b")
		if got := mustSpan(t)(cal.WorkingTime(a, b)); got != b.Sub(a) {
			t.Fatalf("%v, want %v", got, b.Sub(a))
		}
		if !cal.IsOpen(a) {
			t.Fatalf("closed at %v", a)
		}
	})
}

func TestAddWorkingTimeIsTheInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal, ok, span := drawCalendar(t), mustTime(t), mustSpan(t)
		a := drawInstant(t, "a")
		d := time.Duration(rapid.Int64Range(0, int64(20*time.Hour)).Draw(t, "d"))
		r, err := cal.AddWorkingTime(a, d)
		if fault.Is(err, fault.Invalid) {
			end := sla.Date{Year: 2029, Month: 1, Day: 1}.Midnight()
			if left := span(cal.WorkingTime(a, end)); left >= d {
				t.Fatalf("refused, though %v are left of the calendar", left)
			}
			return
		}
		ok(r, err)
		if got := span(cal.WorkingTime(a, r)); got != d {
			t.Fatalf("%v after %v: back %v", d, a, got)
		}
		if d > 0 { // the earliest such instant: the moment before it is open
			before := r.Add(-1)
			if span(cal.WorkingTime(a, before)) != d-1 || !cal.IsOpen(before) {
				t.Fatalf("%v is not the earliest", r)
			}
		}
		e := time.Duration(rapid.Int64Range(0, int64(10*time.Hour)).Draw(t, "e"))
		if twice, err := cal.AddWorkingTime(r, e); err == nil {
			if once := ok(cal.AddWorkingTime(a, d+e)); !once.Equal(twice) {
				t.Fatalf("%v in one step, %v in two", once, twice)
			}
		}
	})
}

func TestOpenAndNextOpeningAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal, span := drawCalendar(t), mustSpan(t)
		a := drawInstant(t, "a")
		next := mustTime(t)(cal.NextOpening(a))
		if next.Before(a) || !cal.IsOpen(next) || cal.IsOpen(a) != next.Equal(a) || span(cal.WorkingTime(a, next)) != 0 {
			t.Fatalf("next opening of %v is %v", a, next)
		}
		if d := sla.DateOf(next); !cal.IsWorkingDay(d) {
			t.Fatalf("%s is open but no working day", d)
		}
		// By definition: open exactly when the wall clock shows an open minute,
		// so a minute's working time is all or nothing.
		minute := a.Truncate(time.Minute)
		want := time.Duration(0)
		if cal.IsOpen(minute) {
			want = time.Minute
		}
		if got := span(cal.WorkingTime(minute, minute.Add(time.Minute))); got != want || cal.IsOpen(a) != cal.IsOpen(minute) {
			t.Fatalf("minute %v: %v", minute, got)
		}
	})
}

func TestWorkingDayRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal, ok := drawCalendar(t), mustTime(t)
		a := drawInstant(t, "a")
		n := rapid.IntRange(0, 12).Draw(t, "n")
		due, err := cal.AddWorkingDays(a, n)
		if fault.Is(err, fault.Invalid) {
			return // too near the end of the calendar
		}
		ok(due, err)
		day0 := sla.DateOf(ok(cal.NextOpening(a)))
		dueDay := sla.DateOf(due.Add(-1))
		between, err := cal.WorkingDaysBetween(day0, dueDay)
		if err != nil || between != n {
			t.Fatalf("%s to %s are %d working days, not %d (%v)", day0, dueDay, between, n, err)
		}
		if closing := ok(cal.Closing(dueDay)); !closing.Equal(due) || cal.IsOpen(due) && sla.DateOf(due) == dueDay {
			t.Fatalf("due %v, closing %v", due, closing)
		}
	})
}

// One closure more never makes anything due earlier. Only where it shuts the
// due day itself early is the answer due when the office closes that day.
func TestClosureNeverMakesDueEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours, closures := drawHours(t), drawClosures(t)
		plain, err := sla.NewCalendar(hours, sla.EnglandAndWales(), nil, 2028)
		if err != nil {
			t.Fatal(err)
		}
		closed, err := sla.NewCalendar(hours, sla.EnglandAndWales(), closures, 2028)
		if err != nil {
			t.Fatal(err)
		}
		p := sla.Policy{Name: "x", WarnAt: 0.8}
		if rapid.Bool().Draw(t, "in days") {
			p.FirstResponse.WorkingDays = rapid.IntRange(1, 10).Draw(t, "days")
		} else {
			p.FirstResponse.WorkingTime = time.Duration(rapid.IntRange(1, 600).Draw(t, "minutes")) * time.Minute
		}
		received := sla.Date{Year: 2026, Month: 11, Day: 1}.Midnight().Add(time.Duration(rapid.Int64Range(0, int64(120*24*time.Hour)).Draw(t, "received")))
		// A week of a few minutes can use up the calendar: that is no due date,
		// and with closures it may happen sooner, never later.
		before, errBefore := sla.Start(p, plain, received)
		after, errAfter := sla.Start(p, closed, received)
		switch {
		case errAfter != nil:
			if !fault.Is(errAfter, fault.Invalid) {
				t.Fatal(errAfter)
			}
			return
		case errBefore != nil:
			t.Fatalf("due %v with closures, but not without: %v", after.DueAt, errBefore)
		}
		if after.StartAt.Before(before.StartAt) || after.DueDay.Before(before.DueDay) {
			t.Fatalf("before %+v\nafter %+v", before, after)
		}
		if after.DueAt.Before(before.DueAt) {
			closing, err := closed.Closing(before.DueDay)
			if err != nil || p.FirstResponse.WorkingDays == 0 || after.DueDay != before.DueDay || !after.DueAt.Equal(closing) {
				t.Fatalf("due %v without, %v with closures %v", before.DueAt, after.DueAt, closures)
			}
		}
	})
}

// Nothing panics, hangs or answers nonsense for any instant, day or duration.
func TestBounds(t *testing.T) {
	cal := sla.DefaultCalendar()
	legal := legalDays(t)
	first, end := sla.Date{Year: 2000, Month: 1, Day: 1}.Midnight(), sla.Date{Year: 2029, Month: 1, Day: 1}.Midnight()
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.OneOf(
			rapid.Int64(),
			rapid.Int64Range(first.Unix()-5, first.Unix()+5),
			rapid.Int64Range(end.Unix()-400_000, end.Unix()+400_000),
			rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0, -1}),
		)
		draw := func(name string) time.Time {
			return time.Unix(seconds.Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, name+" ns"))
		}
		a, b := draw("a"), draw("b")
		// In Unix seconds: time.Time compares instants near its limits wrongly.
		inside := func(v time.Time) bool {
			s := v.Unix()
			return s >= first.Unix() && (s < end.Unix() || s == end.Unix() && v.Nanosecond() == 0)
		}
		check := func(what string, known bool, err error) {
			t.Helper()
			if err != nil && !fault.Is(err, fault.Invalid) || err == nil && !known {
				t.Fatalf("%s(%v, %v): %v", what, a, b, err)
			}
		}
		_, err := cal.WorkingTime(a, b)
		check("WorkingTime", inside(a) && inside(b), err)
		if (err == nil) != (inside(a) && inside(b)) {
			t.Fatalf("WorkingTime(%v, %v): %v", a, b, err)
		}
		_, err = cal.NextOpening(a)
		check("NextOpening", inside(a), err)
		d := time.Duration(rapid.Int64().Draw(t, "d"))
		r, err := cal.AddWorkingTime(a, d)
		check("AddWorkingTime", inside(a) && d >= 0, err)
		if err == nil && (r.Before(a) || r.After(end)) {
			t.Fatalf("AddWorkingTime(%v, %v) = %v", a, d, r)
		}
		n := rapid.Int().Draw(t, "n")
		_, err = cal.AddWorkingDays(a, n)
		check("AddWorkingDays", inside(a) && n >= 0, err)
		c, err := sla.Start(fiveDays(), cal, a)
		check("Start", inside(a), err)
		if err == nil {
			sla.Describe(c, cal, b)
			sla.State(c, b)
			_, err = sla.Remaining(c, cal, b)
			check("Remaining", inside(b), err)
		}
		cal.IsOpen(a)

		day := sla.Date{Year: rapid.IntRange(-9999, 9999).Draw(t, "year"), Month: time.Month(rapid.IntRange(-1, 14).Draw(t, "month")), Day: rapid.IntRange(-1, 32).Draw(t, "day")}
		known := day.Valid() && day.Year >= 2000 && day.Year <= 2028
		if cal.IsWorkingDay(day) && !known {
			t.Fatalf("%v is a working day", day)
		}
		_, err = cal.PracticalDate(day)
		check("PracticalDate", known, err)
		_, err = cal.Closing(day)
		check("Closing", known, err)
		_, err = legal.OnOrAfter(day)
		check("OnOrAfter", known, err)
		_, err = legal.WorkingDaysBeginningWith(day, n)
		check("WorkingDaysBeginningWith", known && n >= 1, err)
		_, err = legal.LastBefore(day)
		check("LastBefore", known, err)
	})
}
