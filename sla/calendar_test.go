package sla_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets/fault"
)

const beyond2028 = "Bank holidays are loaded to 31 December 2028. Add 2029 before using dates after it"

func TestNewCalendarRefuses(t *testing.T) {
	ew := sla.EnglandAndWales()
	nine, five := tod(t, "09:00"), tod(t, "17:00")
	monday := func(list ...sla.Interval) sla.Hours { return sla.Hours{time.Monday: list} }
	ok := monday(sla.Interval{From: nine, To: five})
	var allClosed []sla.Closure
	for d := date(t, "2000-01-01"); d.Year <= 2001; d = d.AddDays(1) {
		allClosed = append(allClosed, sla.Closure{Date: d})
	}
	for name, tc := range map[string]struct {
		hours    sla.Hours
		holidays []sla.Holiday
		closures []sla.Closure
		lastYear int
		says     string
	}{
		"nil hours":              {nil, ew, nil, 2028, "No office hours are set"},
		"days without intervals": {sla.Hours{time.Monday: nil, time.Friday: {}}, ew, nil, 2028, "No office hours are set"},
		"reversed":               {monday(sla.Interval{From: five, To: nine}), ew, nil, 2028, "Monday's hours 17:00 to 09:00 do not end after they begin"},
		"empty interval":         {monday(sla.Interval{From: nine, To: nine}), ew, nil, 2028, "do not end after they begin"},
		"overlap":                {monday(sla.Interval{From: 600, To: five}, sla.Interval{From: nine, To: 601}), ew, nil, 2028, "Monday's hours overlap"},
		"the same twice":         {monday(sla.Interval{From: nine, To: five}, sla.Interval{From: nine, To: five}), ew, nil, 2028, "overlap"},
		"beyond 24:00":           {monday(sla.Interval{From: nine, To: 1441}), ew, nil, 2028, "leave the day"},
		"before 00:00":           {monday(sla.Interval{From: -1, To: five}), ew, nil, 2028, "leave the day"},
		"an eighth weekday":      {sla.Hours{7: {{From: nine, To: five}}}, ew, nil, 2028, "weekday that does not exist"},
		"year not loaded":        {ok, ew, nil, 2029, "loaded only to 31 December 2028"},
		"holiday after the end":  {ok, ew, nil, 2027, "after the calendar's last year, 2027"},
		"holiday does not exist": {ok, []sla.Holiday{{Date: sla.Date{Year: 2027, Month: 2, Day: 29}}}, nil, 2027, "2027-02-29"},
		"holiday without a date": {ok, []sla.Holiday{{Name: "Forgotten"}}, nil, 2027, "does not exist"},
		"closure does not exist": {ok, ew, []sla.Closure{{Date: sla.Date{Year: 2027, Month: 13, Day: 1}}}, 2028, "does not exist"},
		"closure reversed":       {ok, ew, []sla.Closure{{Date: date(t, "2026-12-24"), From: five, To: nine}}, 2028, "The closure on 2026-12-24 does not end after it begins"},
		"closure beyond 24:00":   {ok, ew, []sla.Closure{{Date: date(t, "2026-12-24"), From: five, To: 1500}}, 2028, "does not end"},
		"no last year":           {ok, nil, nil, 0, "It must be between"},
		"absurd last year":       {ok, nil, nil, math.MaxInt, "It must be between"},
		"everything closed":      {ok, nil, allClosed, 2001, "no open day"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := sla.NewCalendar(tc.hours, tc.holidays, tc.closures, tc.lastYear)
			wantInvalid(t, err, tc.says)
			if c != nil {
				t.Error("a refused calendar was returned")
			}
		})
	}
}

func TestNewCalendarKeepsItsOwnCopy(t *testing.T) {
	hours := sla.DefaultHours()
	closures := []sla.Closure{{Date: date(t, "2026-11-17")}}
	c, err := sla.NewCalendar(hours, sla.EnglandAndWales(), closures, 2028)
	noError(t, err)
	hours[time.Monday][0] = sla.Interval{From: 0, To: 1}
	delete(hours, time.Friday)
	closures[0].Date = date(t, "2026-11-18")
	if !c.IsOpen(at(t, "2026-11-16 12:00")) || !c.IsWorkingDay(date(t, "2026-11-20")) ||
		c.IsWorkingDay(date(t, "2026-11-17")) || !c.IsWorkingDay(date(t, "2026-11-18")) {
		t.Error("a change of the arguments changed the calendar")
	}
}

// An extra bank holiday is a row, as in 2022 and 2023.
func TestExtraHolidayIsARow(t *testing.T) {
	extra := append(sla.EnglandAndWales(), sla.Holiday{Date: date(t, "2027-06-18"), Name: "A royal event"})
	c, err := sla.NewCalendar(sla.DefaultHours(), extra, nil, 2028)
	noError(t, err)
	due, err := c.AddWorkingDays(at(t, "2027-06-17 10:00"), 1)
	noError(t, err)
	if got := local(due); got != "2027-06-21 17:15" {
		t.Errorf("due %s, want the Monday after the extra Friday", got)
	}
}

func TestTouchingIntervalsAreOneDay(t *testing.T) {
	c, err := sla.NewCalendar(sla.Hours{time.Monday: {{From: 540, To: 720}, {From: 720, To: 1020}}}, nil, nil, 2028)
	noError(t, err)
	d, err := c.WorkingTime(at(t, "2026-11-16 00:00"), at(t, "2026-11-17 00:00"))
	noError(t, err)
	if d != 8*time.Hour || !c.IsOpen(at(t, "2026-11-16 12:00")) {
		t.Errorf("09-12 and 12-17 give %v, open at noon: %v", d, c.IsOpen(at(t, "2026-11-16 12:00")))
	}
}

func TestBeyondTheCalendar(t *testing.T) {
	c := sla.DefaultCalendar()
	if c.LastYear() != sla.EnglandAndWalesLastYear {
		t.Errorf("last year %d", c.LastYear())
	}
	inside := at(t, "2028-12-29 12:00")
	for _, late := range []time.Time{
		at(t, "2029-01-02 10:00"),
		at(t, "2100-01-01 10:00"),
		time.Unix(1<<40, 0),
		time.Unix(math.MaxInt64-62135596801, 999999999),
	} {
		calls := map[string]func() error{
			"NextOpening":    func() error { _, err := c.NextOpening(late); return err },
			"WorkingTime to": func() error { _, err := c.WorkingTime(inside, late); return err },
			"WorkingTime":    func() error { _, err := c.WorkingTime(late, inside); return err },
			"AddWorkingTime": func() error { _, err := c.AddWorkingTime(late, 0); return err },
			"AddWorkingDays": func() error { _, err := c.AddWorkingDays(late, 0); return err },
			"Start":          func() error { _, err := sla.Start(fiveDays(), c, late); return err },
		}
		for name, call := range calls {
			t.Run(name, func(t *testing.T) { wantInvalid(t, call(), beyond2028) })
		}
		if c.IsOpen(late) {
			t.Errorf("open at %v", late)
		}
	}
	d2029 := sla.Date{Year: 2029, Month: time.January, Day: 2}
	_, err := c.Closing(d2029)
	wantInvalid(t, err, beyond2028)
	_, err = c.PracticalDate(d2029)
	wantInvalid(t, err, beyond2028)
	_, err = c.WorkingDaysBetween(date(t, "2028-12-29"), d2029)
	wantInvalid(t, err, beyond2028)
	if c.IsWorkingDay(d2029) {
		t.Error("2 January 2029 is a working day")
	}
	// Results beyond the end, from a start inside.
	_, err = c.AddWorkingDays(inside, 1)
	wantInvalid(t, err, beyond2028)
	_, err = c.AddWorkingDays(inside, math.MaxInt)
	wantInvalid(t, err, beyond2028)
	_, err = c.AddWorkingTime(inside, math.MaxInt64)
	wantInvalid(t, err, beyond2028)
	_, err = sla.Start(fiveDays(), c, inside)
	wantInvalid(t, err, beyond2028)
	// The end itself may end a stretch.
	if _, err = c.WorkingTime(inside, at(t, "2029-01-01 00:00")); err != nil {
		t.Errorf("the last midnight is refused: %v", err)
	}
}

func TestBeforeTheCalendar(t *testing.T) {
	c := sla.DefaultCalendar()
	for _, early := range []time.Time{{}, time.Unix(0, 0), at(t, "1999-12-31 23:59"), time.Unix(math.MinInt64, 0)} {
		_, err := c.NextOpening(early)
		wantInvalid(t, err, "Dates before 1 January 2000")
		_, err = c.AddWorkingTime(early, time.Hour)
		wantInvalid(t, err, "Dates before 1 January 2000")
		_, err = sla.Start(fiveDays(), c, early)
		wantInvalid(t, err, "Dates before 1 January 2000")
		if c.IsOpen(early) {
			t.Errorf("open at %v", early)
		}
	}
	if _, err := c.PracticalDate(sla.Date{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no date: %v", err)
	}
	if _, err := c.PracticalDate(date(t, "2000-01-02")); !fault.Is(err, fault.Invalid) { // a Sunday; nothing before it is known
		t.Errorf("first weekend: %v", err)
	}
	// Before the first loaded bank holiday the week counts, so the date is early rather than late.
	due, err := c.AddWorkingDays(at(t, "2019-12-24 10:00"), 1)
	noError(t, err)
	if got := local(due); got != "2019-12-25 17:15" {
		t.Errorf("due %s", got)
	}
}

func TestBackwardsIsRefused(t *testing.T) {
	c := sla.DefaultCalendar()
	_, err := c.AddWorkingTime(at(t, "2026-11-16 10:00"), -1)
	wantInvalid(t, err, "backwards")
	_, err = c.AddWorkingDays(at(t, "2026-11-16 10:00"), -1)
	wantInvalid(t, err, "backwards")
}

func TestWorkingDaysBetween(t *testing.T) {
	c := sla.DefaultCalendar()
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"2026-11-16", "2026-11-16", 0},
		{"2026-11-16", "2026-11-17", 1},
		{"2026-11-20", "2026-11-23", 1}, // Friday to Monday
		{"2026-11-20", "2026-11-22", 0}, // Friday to Sunday
		{"2026-11-21", "2026-11-22", 0},
		{"2026-11-21", "2026-11-23", 1},
		{"2026-11-23", "2026-11-30", 5},
		{"2026-12-23", "2027-01-04", 5}, // 24, 29, 30, 31 December, 4 January
		{"2026-11-23", "2026-11-20", -1},
	} {
		got, err := c.WorkingDaysBetween(date(t, tc.a), date(t, tc.b))
		noError(t, err)
		if got != tc.want {
			t.Errorf("%s to %s: %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestClosingAndPracticalDate(t *testing.T) {
	c, err := sla.NewCalendar(sla.DefaultHours(), sla.EnglandAndWales(), christmas2026(), 2028)
	noError(t, err)
	for day, want := range map[string]string{"2026-12-23": "17:15", "2026-12-24": "16:00", "2026-12-18": "16:45"} {
		got, err := c.Closing(date(t, day))
		noError(t, err)
		if local(got) != day+" "+want {
			t.Errorf("closing %s, want %s %s", local(got), day, want)
		}
	}
	_, err = c.Closing(date(t, "2026-12-25"))
	wantInvalid(t, err, "The office is not open on Friday 25 December 2026")
	for day, want := range map[string]string{
		"2026-12-26": "2026-12-24", // TV04
		"2027-01-03": "2026-12-24", // all closed between
		"2027-01-04": "2027-01-04",
		"2027-03-29": "2027-03-25", // Easter Monday to Maundy Thursday
	} {
		got, err := c.PracticalDate(date(t, day))
		noError(t, err)
		if got.String() != want {
			t.Errorf("practical date of %s is %s, want %s", day, got, want)
		}
	}
}

// TestTimeIsAnArgument: the package asks no clock and reads no zone but London.
func TestTimeIsAnArgument(t *testing.T) {
	names, err := filepath.Glob("*.go")
	noError(t, err)
	files := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		noError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
				switch sel.Sel.Name {
				case "Now", "Since", "Until", "Local", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker":
					t.Errorf("%s uses time.%s", name, sel.Sel.Name)
				}
			}
			return true
		})
	}
	if files < 8 {
		t.Errorf("looked at only %d files", files)
	}
}

func BenchmarkNewCalendar(b *testing.B) {
	for b.Loop() {
		sla.DefaultCalendar()
	}
}

func BenchmarkStart(b *testing.B) {
	c, p := sla.DefaultCalendar(), fiveDays()
	when := at(b, "2026-12-23 10:00")
	for b.Loop() {
		if _, err := sla.Start(p, c, when); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWorkingTimeOverYears(b *testing.B) {
	c := sla.DefaultCalendar()
	from, to := at(b, "2022-01-01 10:00"), at(b, "2028-12-31 10:00")
	for b.Loop() {
		if _, err := c.WorkingTime(from, to); err != nil {
			b.Fatal(err)
		}
	}
}
