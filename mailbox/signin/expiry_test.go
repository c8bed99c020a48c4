package signin

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestDueWarning(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	expires := time.Date(2027, 4, 20, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		now   string
		due   bool
		ahead int
		days  int
		text  string
	}{
		{"2027-01-01T09:00:00Z", false, 0, 0, ""},
		{"2027-03-20T23:59:59Z", false, 0, 0, ""},
		{"2027-03-21T00:00:00Z", true, 30, 30, "The sign-in secret of sen runs out on 20 April 2027, in 30 days. Put a new one in place before then."},
		// The clocks go forward on 28 March; the day before, London's midnight is UTC's.
		{"2027-03-28T23:30:00Z", true, 30, 22, ""},
		{"2027-04-12T22:59:59Z", true, 30, 8, ""},
		{"2027-04-12T23:00:00Z", true, 7, 7, "The sign-in secret of sen runs out on 20 April 2027, in 7 days. Put a new one in place before then."},
		{"2027-04-18T12:00:00Z", true, 7, 2, ""},
		{"2027-04-18T23:00:00Z", true, 1, 1, "The sign-in secret of sen runs out tomorrow, 20 April 2027. Put a new one in place today."},
		{"2027-04-19T23:00:00Z", true, 0, 0, "The sign-in secret of sen runs out today. Put a new one in place now."},
		{"2027-04-25T09:00:00Z", true, 0, -5, "The sign-in secret of sen ran out on 20 April 2027. Put a new one in place now."},
	} {
		now, err := time.Parse(time.RFC3339, test.now)
		if err != nil {
			t.Fatal(err)
		}
		w, due := DueWarning(expires, now, london)
		if due != test.due || w.Ahead != test.ahead || w.Days != test.days {
			t.Errorf("%s: due %v, %d ahead, %d days", test.now, due, w.Ahead, w.Days)
		}
		if test.text != "" && w.Text("sen") != test.text {
			t.Errorf("%s: %q", test.now, w.Text("sen"))
		}
	}
}

// TestEveryWarningComesOnce: looked at every hour for a year, each is due for one
// stretch, in order.
func TestEveryWarningComesOnce(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	expires := time.Date(2027, 11, 2, 0, 0, 0, 0, london) // just behind the end of summer time
	var told []int
	last := -1
	for now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); now.Year() == 2027; now = now.Add(time.Hour) {
		if w, due := DueWarning(expires, now, london); due && w.Ahead != last {
			last = w.Ahead
			told = append(told, last)
			if now.Before(expires.AddDate(0, 0, -w.Ahead)) {
				t.Errorf("the warning of %d days came at %s", w.Ahead, now)
			}
		}
	}
	if len(told) != 4 || told[0] != 30 || told[1] != 7 || told[2] != 1 || told[3] != 0 {
		t.Errorf("told %v", told)
	}
}
