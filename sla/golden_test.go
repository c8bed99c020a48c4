package sla_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets/fault"
)

// goldenCalendars are the calendars of testdata/calendar_golden.csv.
func goldenCalendars(t *testing.T) map[string]*sla.Calendar {
	t.Helper()
	iv := func(times ...string) []sla.Interval {
		var list []sla.Interval
		for i := 0; i < len(times); i += 2 {
			list = append(list, sla.Interval{From: tod(t, times[i]), To: tod(t, times[i+1])})
		}
		return list
	}
	weekdays := func(list []sla.Interval) sla.Hours {
		h := sla.Hours{}
		for d := time.Monday; d <= time.Friday; d++ {
			h[d] = list
		}
		return h
	}
	ew := sla.EnglandAndWales()
	day := iv("09:00", "17:00")
	must := func(h sla.Hours, hol []sla.Holiday, cl []sla.Closure) *sla.Calendar {
		c, err := sla.NewCalendar(h, hol, cl, 2028)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	return map[string]*sla.Calendar{
		"default":     sla.DefaultCalendar(),
		"christmas":   must(sla.DefaultHours(), ew, christmas2026()),
		"always":      must(sla.AlwaysOpen(), nil, nil),
		"lunch":       must(weekdays(iv("13:15", "17:00", "09:00", "12:30")), ew, nil),
		"wednesday":   must(sla.Hours{time.Wednesday: day}, ew, nil),
		"tue-wed-fri": must(sla.Hours{time.Tuesday: day, time.Wednesday: day, time.Friday: day}, ew, nil),
		"night": must(sla.Hours{
			time.Monday:    iv("22:00", "24:00"),
			time.Tuesday:   iv("00:00", "06:00", "22:00", "24:00"),
			time.Wednesday: iv("00:00", "06:00", "22:00", "24:00"),
			time.Thursday:  iv("00:00", "06:00", "22:00", "24:00"),
			time.Friday:    iv("00:00", "06:00"),
		}, nil, nil),
		"sunday": must(sla.Hours{time.Sunday: iv("00:30", "01:30", "01:45", "03:00")}, nil, nil),
		"training": must(sla.DefaultHours(), ew, []sla.Closure{
			{Date: date(t, "2026-11-18"), Name: "Training", From: tod(t, "12:00"), To: tod(t, "14:00")},
			{Date: date(t, "2026-11-19"), Name: "Heating", To: tod(t, "10:00")},
		}),
	}
}

// christmas2026 is a council that shuts at 16:00 on Christmas Eve and on the
// three working days between the holidays.
func christmas2026() []sla.Closure {
	d := func(day int) sla.Date { return sla.Date{Year: 2026, Month: time.December, Day: day} }
	return []sla.Closure{
		{Date: d(24), Name: "Christmas Eve", From: 16 * 60},
		{Date: d(29), Name: "Christmas closure"},
		{Date: d(30), Name: "Christmas closure"},
		{Date: d(31), Name: "Christmas closure"},
	}
}

// The expected values were worked out by walking the wall clock of London
// minute by minute over the same hours, holidays and closures, and by hand
// where the note says what to expect. All times carry London's offset.
func TestCalendarGolden(t *testing.T) {
	f, err := os.Open("testdata/calendar_golden.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows = rows[1:]
	if len(rows) < 200 {
		t.Fatalf("only %d golden rows", len(rows))
	}
	cals := goldenCalendars(t)
	for _, r := range rows {
		id, calendar, op, a, b, want, note := r[0], r[1], r[2], r[3], r[4], r[5], r[6]
		t.Run(id, func(t *testing.T) {
			cal := cals[calendar]
			if cal == nil {
				t.Fatalf("no calendar %q", calendar)
			}
			if got := runGolden(t, cal, op, a, b); got != want {
				t.Errorf("%s %s(%s, %s) = %s, want %s (%s)", calendar, op, a, b, got, want, note)
			}
		})
	}
}

func runGolden(t *testing.T, cal *sla.Calendar, op, a, b string) string {
	t.Helper()
	result := func(v time.Time, err error) string {
		if fault.Is(err, fault.Invalid) {
			return "beyond"
		}
		if err != nil {
			t.Fatal(err)
		}
		if v.Location() != time.UTC {
			t.Errorf("result in %v, not UTC", v.Location())
		}
		return v.In(sla.London()).Format("2006-01-02T15:04:05-07:00")
	}
	switch op {
	case "is_open":
		return strconv.FormatBool(cal.IsOpen(at(t, a)))
	case "working_day":
		return strconv.FormatBool(cal.IsWorkingDay(date(t, a)))
	case "next_opening":
		return result(cal.NextOpening(at(t, a)))
	case "working_time":
		d, err := cal.WorkingTime(at(t, a), at(t, b))
		if fault.Is(err, fault.Invalid) {
			return "beyond"
		}
		if err != nil {
			t.Fatal(err)
		}
		return shortDuration(d)
	case "add_time":
		d, err := time.ParseDuration(b)
		if err != nil {
			t.Fatal(err)
		}
		return result(cal.AddWorkingTime(at(t, a), d))
	case "add_days":
		n, err := strconv.Atoi(b)
		if err != nil {
			t.Fatal(err)
		}
		return result(cal.AddWorkingDays(at(t, a), n))
	default:
		t.Fatalf("unknown operation %q", op)
		return ""
	}
}

// shortDuration is Duration.String without its zero units: 8h30m, not 8h30m0s.
func shortDuration(d time.Duration) string {
	s := d.String()
	if n := len(s); n > 3 && s[n-3:] == "m0s" {
		s = s[:n-2]
	}
	if n := len(s); n > 3 && s[n-3:] == "h0m" {
		s = s[:n-2]
	}
	return s
}
