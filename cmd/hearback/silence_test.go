package main

import (
	"testing"
	"time"

	"hearback/sla"
)

// rhythm makes arrivals every step in office hours for the four weeks before now,
// the last of them quiet before now.
func rhythm(t *testing.T, cal *sla.Calendar, now time.Time, step, quiet time.Duration) []time.Time {
	t.Helper()
	var out []time.Time
	at := now.AddDate(0, 0, -silenceDays).Add(time.Minute)
	for {
		next, err := cal.AddWorkingTime(at, step)
		if err != nil {
			t.Fatal(err)
		}
		left, err := cal.WorkingTime(next, now)
		if err != nil {
			t.Fatal(err)
		}
		if left < quiet {
			return out
		}
		out, at = append(out, next), next
	}
}

func TestSilence(t *testing.T) {
	cal := sla.DefaultCalendar()
	now := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC) // a Tuesday
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name        string
		now         time.Time
		step, since time.Duration // office time between mails, and since the last
		quiet       bool
	}{
		{"a mail an hour, one ten minutes ago", now, time.Hour, 10 * time.Minute, false},
		{"a mail an hour, none for three", now, time.Hour, 3 * time.Hour, false},
		{"a mail an hour, none for five", now, time.Hour, 5 * time.Hour, true},
		{"a mail a minute, none for half an hour", now, time.Minute, 30 * time.Minute, false},
		{"a mail a minute, none for two hours and a half", now, time.Minute, 150 * time.Minute, true},
		{"a mail in three hours, none for a day", now, 3 * time.Hour, 8 * time.Hour, false},
		{"a weekend is no gap", monday, time.Hour, time.Hour, false},
		{"too few to know", now, 3 * time.Hour, 80 * time.Hour, false},
	} {
		arrivals := rhythm(t, cal, test.now, test.step, test.since)
		s, err := silenceOf(cal, arrivals, test.now)
		if err != nil || s.Quiet != test.quiet {
			t.Errorf("%s: %+v, %v, of %d mails", test.name, s, err, len(arrivals))
		}
	}
}

// TestSilenceOfANight: mail that comes at night neither ends a gap of the day nor
// makes the usual one shorter.
func TestSilenceOfANight(t *testing.T) {
	cal := sla.DefaultCalendar()
	now := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
	arrivals := rhythm(t, cal, now, time.Hour, 0)
	for d := range silenceDays {
		night := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC).AddDate(0, 0, -d)
		for i := range 30 {
			arrivals = append(arrivals, night.Add(time.Duration(i)*time.Minute))
		}
	}
	s, err := silenceOf(cal, arrivals, now)
	if err != nil || s.Usual < 30*time.Minute || s.Quiet {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := silenceOf(cal, nil, now); err != nil || s.Quiet {
		t.Errorf("nothing: %+v, %v", s, err)
	}
	if s, err := silenceOf(cal, []time.Time{now.Add(time.Hour)}, now); err != nil || s.Quiet {
		t.Errorf("from the future: %+v, %v", s, err)
	}
}
