package register_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/tickets/register"
)

// TestStaffDomainsSoak runs the property 10,000 times.
func TestStaffDomainsSoak(t *testing.T) {
	if os.Getenv("HEARBACK_SOAK") == "" {
		t.Skip("long: make soak runs it")
	}
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", "10000"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = flag.Set("rapid.checks", before) }()
	TestNoUnsafeStaffDomain(t)
}

// I14: however it is written, a domain below which anybody can have an address, or
// something that is no exact domain, is never taken as one of staff; what is taken
// is in one form, and taken again as it is.
func TestNoUnsafeStaffDomain(t *testing.T) {
	unsafe := []string{
		"uk", "gov.uk", "co.uk", "org.uk", "sch.uk", "com", "github.io", "gmail.com", "hotmail.co.uk", "btinternet.com", "outlook.com",
		"*.council.example", "council.*", "localhost", "council", "10.0.0.1", "[::1]", "jo@council.example", "a b.example", "", "..", "council..example",
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(unsafe).Draw(rt, "domain")
		for i := range s {
			if rapid.Bool().Draw(rt, "capital") {
				s = s[:i] + strings.ToUpper(s[i:i+1]) + s[i+1:]
			}
		}
		s = rapid.SampledFrom([]string{"", " ", "\t"}).Draw(rt, "before") + s + rapid.SampledFrom([]string{"", ".", " "}).Draw(rt, "behind")
		if got, err := register.CheckStaffDomain(s); err == nil {
			rt.Fatalf("%q is taken, as %q", s, got)
		}
		any := rapid.String().Draw(rt, "anything")
		got, err := register.CheckStaffDomain(any)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "*@ ") || strings.Count(got, ".") < 1 || got != strings.ToLower(got) {
			rt.Fatalf("%q is taken, as %q", any, got)
		}
		if again, err := register.CheckStaffDomain(got); err != nil || again != got {
			rt.Fatalf("%q becomes %q: %v", got, again, err)
		}
	})
}
