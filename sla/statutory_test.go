package sla_test

import (
	"testing"

	"hearback/sla"
)

func legalDays(t testing.TB) *sla.LegalDays {
	t.Helper()
	l, err := sla.NewLegalDays(sla.EnglandAndWales(), sla.EnglandAndWalesLastYear)
	noError(t, err)
	return l
}

// The vectors TV01 to TV35 are dates worked out by hand from the regulations;
// TV30 and TV32 (service standards) are rows of the golden table.
func TestVectors(t *testing.T) {
	l := legalDays(t)
	xmas := christmasCalendar(t)
	d := func(s string) sla.Date { return date(t, s) }
	ok := func(v sla.Date, err error) sla.Date {
		t.Helper()
		noError(t, err)
		return v
	}
	tv04 := sla.WeeksAfter(d("2026-11-14"), 6)
	plan := sla.TwelveMonthsFrom(d("2026-03-10"))
	draft := sla.LastDayInclusive(d("2027-02-03"), 15)
	for _, tc := range []struct {
		id   string
		got  sla.Date
		want string
	}{
		{"TV01 6 weeks to decide", sla.WeeksAfter(d("2026-11-02"), 6), "2026-12-14"},
		{"TV03 20 weeks to the final plan", sla.WeeksAfter(d("2026-11-02"), 20), "2027-03-22"},
		{"TV04 6 weeks end on Boxing Day", tv04, "2026-12-26"},
		{"TV04 practical date", ok(xmas.PracticalDate(tv04)), "2026-12-24"},
		{"TV06 6 weeks through the summer", sla.WeeksAfter(d("2026-07-24"), 6), "2026-09-04"},
		{"TV08 15 days with the day of service", draft, "2027-02-17"},
		{"TV08 earliest final without a reply", draft.AddDays(1), "2027-02-18"},
		{"TV09 12 months", plan, "2027-03-09"},
		{"TV09 last safe meeting", plan.AddDays(-28), "2027-02-09"},
		{"TV09 invitations", plan.AddDays(-28 - 14), "2027-01-26"},
		{"TV10 report", sla.WeeksAfter(d("2027-01-12"), 2), "2027-01-26"},
		{"TV10 decision and notice", sla.WeeksAfter(d("2027-01-12"), 4), "2027-02-09"},
		{"TV10 final at the latest", sla.WeeksAfter(sla.WeeksAfter(d("2027-01-12"), 4), 8), "2027-04-06"},
		{"TV12 last working day before", ok(l.LastBefore(d("2027-02-15"))), "2027-02-12"},
		{"TV12 meeting", d("2027-02-15").AddDays(-12 * 7), "2026-11-23"},
		{"TV14 2 months to mediation", sla.MonthsAfter(d("2026-11-30"), 2), "2027-01-30"},
		{"TV15 appeal", ok(l.TribunalOnOrAfter(sla.MonthsAfter(d("2026-11-30"), 2))), "2027-02-01"},
		{"TV17 2 months from 31 December", sla.MonthsAfter(d("2026-12-31"), 2), "2027-02-28"},
		{"TV17 appeal", ok(l.TribunalOnOrAfter(sla.MonthsAfter(d("2026-12-31"), 2))), "2027-03-01"},
		{"TV20 30 tribunal days over Christmas", ok(l.TribunalDaysAfter(d("2026-12-14"), 30)), "2027-02-02"},
		{"TV23 30 days", d("2027-01-18").AddDays(30), "2027-02-17"},
		{"TV24 3 working days", ok(l.WorkingDaysAfter(d("2027-01-18"), 3)), "2027-01-21"},
		{"TV25 order, 2 weeks", sla.WeeksAfter(d("2027-01-12"), 2), "2027-01-26"},
		{"TV25 order, 5 weeks", sla.WeeksAfter(d("2027-01-12"), 5), "2027-02-16"},
		{"TV25 order, 10 weeks", sla.WeeksAfter(d("2027-01-12"), 10), "2027-03-23"},
		{"TV25 order, 11 weeks", sla.WeeksAfter(d("2027-01-12"), 11), "2027-03-30"},
		{"TV25 order, 14 weeks", sla.WeeksAfter(d("2027-01-12"), 14), "2027-04-20"},
		{"TV26 a month from 31 January", sla.MonthsAfter(d("2027-01-31"), 1), "2027-02-28"},
		{"TV26 next working day", ok(l.OnOrAfter(sla.MonthsAfter(d("2027-01-31"), 1))), "2027-03-01"},
		{"TV28 20 working days", ok(l.WorkingDaysAfter(d("2026-12-14"), 20)), "2027-01-14"},
		{"TV33 15 working days inclusive", ok(l.WorkingDaysBeginningWith(d("2027-02-01"), 15)), "2027-02-19"},
		{"TV35 15 days", d("2027-03-01").AddDays(15), "2027-03-16"},

		{"trap 5: last working day before 31 March 2027", ok(l.LastBefore(d("2027-03-31"))), "2027-03-30"},
		{"trap 6: leap year", sla.MonthsAfter(d("2027-12-31"), 2), "2028-02-29"},
		{"trap 7: 30 tribunal days skip August", ok(l.TribunalDaysAfter(d("2027-07-08"), 30)), "2027-09-20"},
		{"trap 13: 42 dates over the clock change", sla.WeeksAfter(d("2026-10-01"), 6), "2026-11-12"},
		{"scenario 12: 30 tribunal days", ok(l.TribunalDaysAfter(d("2027-01-18"), 30)), "2027-03-01"},
		{"scenario 12: 14 weeks through the summer", sla.WeeksAfter(d("2027-05-12"), 14), "2027-08-18"},

		{"five months back", sla.MonthsAfter(d("2027-09-01"), -5), "2027-04-01"},
		{"three months back to a short month", sla.MonthsAfter(d("2027-05-31"), -3), "2027-02-28"},
		{"fourteen months", sla.MonthsAfter(d("2026-12-31"), 14), "2028-02-29"},
		{"12 months from a leap day", sla.TwelveMonthsFrom(d("2028-02-29")), "2029-02-27"},
		{"12 months from 1 March", sla.TwelveMonthsFrom(d("2027-03-01")), "2028-02-29"},
		{"a working day inclusive", ok(l.WorkingDaysBeginningWith(d("2027-02-01"), 1)), "2027-02-01"},
		{"inclusive from a Saturday", ok(l.WorkingDaysBeginningWith(d("2027-02-06"), 1)), "2027-02-08"},
		{"tribunal: 24 December to 4 January", ok(l.TribunalDaysAfter(d("2026-12-24"), 1)), "2027-01-04"},
		{"tribunal: end of July to September", ok(l.TribunalOnOrAfter(d("2027-07-31"))), "2027-09-01"},
		{"a working day stays", ok(l.OnOrAfter(d("2027-02-26"))), "2027-02-26"},
	} {
		if tc.got.String() != tc.want {
			t.Errorf("%s: %s, want %s", tc.id, tc.got, tc.want)
		}
	}
}

func TestCompulsorySchoolAgeEnds(t *testing.T) {
	for born, want := range map[string]string{
		"2011-07-05": "2027-06-25", // still 15 then
		"2011-09-03": "2028-06-30",
		"2011-09-01": "2028-06-30",
		"2011-08-31": "2027-06-25",
		"2010-01-15": "2026-06-26",
		"2013-06-29": "2029-06-29", // 16 on the very day
		"2012-02-29": "2028-06-30",
		"2010-12-31": "2027-06-25",
	} {
		got := sla.CompulsorySchoolAgeEnds(date(t, born))
		if got.String() != want {
			t.Errorf("born %s: %s, want %s", born, got, want)
		}
	}
}

func TestLegalDaysRefuse(t *testing.T) {
	_, err := sla.NewLegalDays(sla.EnglandAndWales(), 2029)
	wantInvalid(t, err, "loaded only to 31 December 2028")
	l := legalDays(t)
	_, err = l.WorkingDaysAfter(date(t, "2028-12-20"), 30)
	wantInvalid(t, err, beyond2028)
	_, err = l.TribunalDaysAfter(date(t, "2028-12-24"), 1)
	wantInvalid(t, err, beyond2028)
	_, err = l.OnOrAfter(date(t, "2029-02-01"))
	wantInvalid(t, err, beyond2028)
	_, err = l.LastBefore(date(t, "2029-02-01"))
	wantInvalid(t, err, beyond2028)
	_, err = l.IsWorkingDay(date(t, "2029-02-01"))
	wantInvalid(t, err, beyond2028)
	_, err = l.IsTribunalWorkingDay(date(t, "2029-02-01"))
	wantInvalid(t, err, beyond2028)
	_, err = l.LastBefore(date(t, "2000-01-02"))
	wantInvalid(t, err, "before 1 January 2000")
	_, err = l.WorkingDaysAfter(date(t, "2027-02-01"), 0)
	wantInvalid(t, err, "at least one")
	_, err = l.OnOrAfter(sla.Date{Year: 2027, Month: 2, Day: 30})
	wantInvalid(t, err, "does not exist")
}

// The Tribunal's rules leave out 1 January by themselves, not by the table of
// bank holidays.
func TestTribunalNewYearWithoutHolidays(t *testing.T) {
	l, err := sla.NewLegalDays(nil, 2028)
	noError(t, err)
	newYear := date(t, "2027-01-01") // a Friday
	ordinary, err := l.IsWorkingDay(newYear)
	noError(t, err)
	tribunal, err := l.IsTribunalWorkingDay(newYear)
	noError(t, err)
	if !ordinary || tribunal {
		t.Errorf("ordinary %v, tribunal %v", ordinary, tribunal)
	}
}

func TestWorkingDayKinds(t *testing.T) {
	l := legalDays(t)
	for day, want := range map[string][2]bool{ // ordinary, tribunal
		"2026-12-24": {true, true},
		"2026-12-25": {false, false},
		"2026-12-29": {true, false}, // between the holidays
		"2027-01-01": {false, false},
		"2027-08-02": {true, false}, // August
		"2027-09-01": {true, true},
		"2027-09-04": {false, false}, // Saturday
	} {
		ordinary, err := l.IsWorkingDay(date(t, day))
		noError(t, err)
		tribunal, err := l.IsTribunalWorkingDay(date(t, day))
		noError(t, err)
		if ordinary != want[0] || tribunal != want[1] {
			t.Errorf("%s: %v %v, want %v", day, ordinary, tribunal, want)
		}
	}
}
