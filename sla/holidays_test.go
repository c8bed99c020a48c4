package sla_test

import (
	"slices"
	"testing"
	"time"

	"hearback/sla"
)

// easter is Easter Sunday by the anonymous Gregorian method (Meeus, ch. 8).
func easter(y int) sla.Date {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return sla.Date{Year: y, Month: time.Month(n / 31), Day: n%31 + 1}
}

// byRule are the bank holidays of a year without royal events.
func byRule(y int) []sla.Date {
	day := func(m time.Month, d int) sla.Date { return sla.Date{Year: y, Month: m, Day: d} }
	monday := func(d sla.Date, step int) sla.Date {
		for d.Weekday() != time.Monday {
			d = d.AddDays(step)
		}
		return d
	}
	newYear := day(time.January, 1)
	switch newYear.Weekday() {
	case time.Saturday, time.Sunday:
		newYear = monday(newYear, 1)
	}
	var christmas, boxing sla.Date
	switch day(time.December, 25).Weekday() {
	case time.Friday:
		christmas, boxing = day(time.December, 25), day(time.December, 28)
	case time.Saturday:
		christmas, boxing = day(time.December, 27), day(time.December, 28)
	case time.Sunday:
		christmas, boxing = day(time.December, 27), day(time.December, 26)
	default:
		christmas, boxing = day(time.December, 25), day(time.December, 26)
	}
	list := []sla.Date{
		newYear, easter(y).AddDays(-2), easter(y).AddDays(1),
		monday(day(time.May, 1), 1), monday(day(time.May, 31), -1), monday(day(time.August, 31), -1),
		christmas, boxing,
	}
	return list
}

func TestEnglandAndWalesFollowsTheRules(t *testing.T) {
	want := map[sla.Date]bool{}
	for y := 2022; y <= sla.EnglandAndWalesLastYear; y++ {
		for _, d := range byRule(y) {
			want[d] = true
		}
	}
	// What no rule foresees.
	delete(want, date(t, "2022-05-30"))
	for _, s := range []string{"2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"} {
		want[date(t, s)] = true
	}
	got := sla.EnglandAndWales()
	for _, h := range got {
		if !want[h.Date] {
			t.Errorf("%s %s is not a bank holiday by rule", h.Date, h.Name)
		}
		if wd := h.Date.Weekday(); wd == time.Saturday || wd == time.Sunday {
			t.Errorf("%s %s is on a %s", h.Date, h.Name, wd)
		}
		if h.Name == "" {
			t.Errorf("%s has no name", h.Date)
		}
		delete(want, h.Date)
	}
	for d := range want {
		t.Errorf("%s is missing", d)
	}
	if !slices.IsSortedFunc(got, func(a, b sla.Holiday) int { return a.Date.Compare(b.Date) }) {
		t.Error("not in order")
	}
}

func TestDate(t *testing.T) {
	if d := sla.DateOf(at(t, "2026-07-01T23:30:00Z")); d.String() != "2026-07-02" {
		t.Errorf("half past midnight in London in summer is %s", d) // zammad issues 3706, 2229
	}
	if d := sla.DateOf(at(t, "2026-12-01T23:30:00Z")); d.String() != "2026-12-01" {
		t.Errorf("winter: %s", d)
	}
	for _, bad := range []string{"", "2027-02-29", "2027-13-01", "27-01-01", "2027-1-1", "2027-01-01 ", "2027-01-01T00:00:00Z"} {
		_, err := sla.ParseDate(bad)
		wantInvalid(t, err, "must exist")
	}
	leap := date(t, "2028-02-28")
	if got := leap.AddDays(2); got != date(t, "2028-03-01") || leap.DaysUntil(got) != 2 || got.DaysUntil(leap) != -2 {
		t.Errorf("28 February 2028 + 2 = %s", got)
	}
	if a, b := date(t, "2026-12-31"), date(t, "2027-01-01"); !a.Before(b) || !b.After(a) || a.Compare(a) != 0 || a.After(b) {
		t.Error("order of dates")
	}
	if got := date(t, "2026-06-01").Midnight(); got.Format(time.RFC3339) != "2026-05-31T23:00:00Z" {
		t.Errorf("midnight %s", got)
	}
	var d sla.Date
	noError(t, d.UnmarshalText([]byte("2026-11-02")))
	text, err := d.MarshalText()
	noError(t, err)
	if string(text) != "2026-11-02" {
		t.Errorf("text %s", text)
	}
	noError(t, d.UnmarshalText(nil))
	if text, err = d.MarshalText(); err != nil || len(text) != 0 || !d.IsZero() {
		t.Errorf("no date is %q, %v", text, err)
	}
	if err := d.UnmarshalText([]byte("x")); err == nil {
		t.Error("x is a date")
	}
	if (sla.Date{Year: 2027, Month: 2, Day: 29}).Valid() || !date(t, "2028-02-29").Valid() {
		t.Error("Valid")
	}
}

func TestTimeOfDay(t *testing.T) {
	for _, s := range []string{"00:00", "08:45", "23:59", "24:00"} {
		if v := tod(t, s); v.String() != s {
			t.Errorf("%s became %s", s, v)
		}
	}
	for _, bad := range []string{"", "8:45", "08.45", "24:01", "25:00", "12:60", "+1:00", "08:45 ", "99:99"} {
		_, err := sla.ParseTimeOfDay(bad)
		wantInvalid(t, err, "from 00:00 to 24:00")
	}
	var v sla.TimeOfDay
	noError(t, v.UnmarshalText([]byte("17:15")))
	if text, err := v.MarshalText(); err != nil || string(text) != "17:15" || v != 17*60+15 {
		t.Errorf("text %s, %v", text, err)
	}
	if err := v.UnmarshalText([]byte("late")); err == nil || v != 17*60+15 {
		t.Error("a bad time changed the value")
	}
}
