package sla_test

import (
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets/fault"
)

// at reads an instant: RFC 3339, or London wall time "2026-11-20 18:40".
func at(t testing.TB, s string) time.Time {
	t.Helper()
	if strings.Contains(s, "T") {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v, err := time.ParseInLocation("2006-01-02 15:04", s, sla.London())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func date(t testing.TB, s string) sla.Date {
	t.Helper()
	d, err := sla.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func tod(t testing.TB, s string) sla.TimeOfDay {
	t.Helper()
	v, err := sla.ParseTimeOfDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// local is an instant as London wall time.
func local(v time.Time) string { return v.In(sla.London()).Format("2006-01-02 15:04") }

// wantInvalid asserts a fault.Invalid whose text for people contains part.
func wantInvalid(t testing.TB, err error, part string) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("error %v is not fault.Invalid", err)
	}
	if text := fault.SafeText(err); !strings.Contains(text, part) {
		t.Errorf("text %q does not say %q", text, part)
	}
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fiveDays is the general standard.
func fiveDays() sla.Policy { return sla.DefaultPolicies()[sla.PolicyGeneral] }
