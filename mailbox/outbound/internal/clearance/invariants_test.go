package clearance

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/mailbox/outbound/internal/compose"
	"hearback/tickets"
	"hearback/tickets/register"
)

// TestInvariantsSoak runs every property 10,000 times.
func TestInvariantsSoak(t *testing.T) {
	if os.Getenv("HEARBACK_SOAK") == "" {
		t.Skip("long: make soak runs it")
	}
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", "10000"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = flag.Set("rapid.checks", before) }()
	t.Run("I2 the cargo is what was judged", TestCargoIsWhatWasJudged)
	t.Run("I11 nothing old is redeemed", TestNothingOldIsRedeemed)
	t.Run("I13 all copies or none", TestAllCopiesOrNone)
}

// I2: whatever whoever made the bytes does to them afterwards, what is redeemed is
// what was judged; bytes that were changed before are another letter, or none.
func TestCargoIsWhatWasJudged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, _, _, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
		given := string(copies[0].Bytes)
		got, r := m.Clear(t.Context(), claim, copies, nil, "")
		if len(got) != 1 {
			rt.Fatalf("%+v", r)
		}
		at := rapid.IntRange(0, len(given)-1).Draw(rt, "at")
		copies[0].Bytes[at] ^= byte(rapid.IntRange(1, 255).Draw(rt, "bits"))
		copies[0].To, copies[0].From = "who@nowhere.example", "who@nowhere.example"
		cargo, err := m.Redeem(t.Context(), got[0])
		if err != nil || string(cargo.Bytes) != given || len(cargo.To) != 1 || cargo.To[0] != mother || cargo.From != ours {
			rt.Fatalf("%v %v", cargo.To, err)
		}
	})
}

// I11: a clearance counts for the version of the register on which it was given,
// for a minute, and no other one.
func TestNothingOldIsRedeemed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, f, c, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
		got, _ := m.Clear(t.Context(), claim, copies, nil, "")
		version := f.version
		f.version += int64(rapid.IntRange(-2, 2).Draw(rt, "changes"))
		c.now = c.now.Add(time.Duration(rapid.IntRange(-90, 90).Draw(rt, "seconds")) * time.Second)
		age := c.now.Sub(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
		_, basisErr := m.Basis(got[0])
		_, err := m.Redeem(t.Context(), got[0])
		young := age >= 0 && age <= time.Minute
		if good := young && f.version == version; (err == nil) != good {
			rt.Fatalf("aged %s, version %d for %d: %v", age, f.version, version, err)
		}
		if (basisErr == nil) != young {
			rt.Fatalf("aged %s: %v", age, basisErr)
		}
		if _, err := m.Redeem(t.Context(), got[0]); !errors.Is(err, ErrSpent) {
			rt.Fatalf("a second time: %v", err)
		}
	})
}

// I13: of several copies all are cleared, or none.
func TestAllCopiesOrNone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, f, clk, claim, _ := setUp(t, "Dear all, on Monday.")
		n := rapid.IntRange(2, 4).Draw(rt, "people")
		bad := rapid.IntRange(0, n).Draw(rt, "who is barred") // n: nobody
		claim.Letter.Deliveries = nil
		var parties []register.Party
		for i := range n {
			email := strings.Repeat("p", i+1) + "erson@mail.example"
			claim.Letter.Deliveries = append(claim.Letter.Deliveries, tickets.Delivery{ID: int64(i + 1), Email: email, MessageID: "m@council.example", Token: "t"})
			parties = append(parties, register.Party{
				Person: register.Person{ID: int64(i + 1), Name: strings.Repeat("Pa", i+1) + " Orchard", Kind: register.KindParent},
				Link:   register.Link{CaseID: 5, PersonID: int64(i + 1), PR: register.PRYes, NoContact: i == bad}, Addresses: []register.Address{{Email: email}},
			})
		}
		letter := *claim
		f.claim, f.change = &letter, func(gf *tickets.GuardFacts) { gf.Parties = parties }
		composer, err := compose.New(compose.Settings{Senders: map[string]compose.Sender{ours: {Name: "SEN team"}}})
		if err != nil {
			rt.Fatal(err)
		}
		copies, err := composer.Copies(claim, clk.now)
		if err != nil {
			rt.Fatal(err)
		}
		got, r := m.Clear(t.Context(), claim, copies, nil, "")
		want := n
		if bad < n {
			want = 0
		}
		if len(got) != want {
			rt.Fatalf("%d of %d cleared, barred %d: %+v", len(got), n, bad, r.Open)
		}
	})
}
