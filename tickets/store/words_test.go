package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"hearback/tickets"
	"hearback/tickets/access"
)

func TestTerms(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"Zoë O’Brien":               "zoe o brien",
		"ZOE\u0308":                 "zoe",
		"foo-bar a@b.uk":            "foo bar a b uk",
		"the The THE":               "the",
		"Łódź Bjørn straße İzmir":   "lodz bjorn straße izmir",
		"½ ² ﬁne":                   "1 2 fine",
		"日本語 кот":                   "日本語 кот",
		strings.Repeat("x", 100):    strings.Repeat("x", 64),
		strings.Repeat("é", 100):    strings.Repeat("e", 64),
		"\xff\xfe broken \x00 text": "broken text",
	} {
		if got := strings.Join(terms(text, 0), " "); got != want {
			t.Errorf("terms(%q) = %q, want %q", text, got, want)
		}
	}
	if got := terms(strings.Repeat("a b c ", 1<<18), 2); len(got) != 2 {
		t.Errorf("limit: %q", got)
	}
	if got := terms(strings.Repeat("a", maxIndexed+10)+" late", 0); slices.Contains(got, "late") {
		t.Error("the index has no end")
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("before ", 40) + "the TAXI, came " + strings.Repeat("after ", 60)
	for name, tc := range map[string]struct{ text, q, want string }{
		"short":        {"A taxi came.\nTwice \x02", "taxi", "A \x02taxi\x03 came. Twice"},
		"two":          {"taxi and Zoë", "taxi zoe", "\x02taxi\x03 and \x02Zoë\x03"},
		"beginning":    {"transport", "tran", "\x02transport\x03"},
		"combining":    {"nai\u0308ve", "naive", "\x02nai\u0308ve\x03"},
		"not there":    {"nothing", "taxi", "nothing"},
		"empty":        {"", "taxi", ""},
		"forged marks": {"\x02no\x03 taxi", "taxi", "no \x02taxi\x03"},
	} {
		if got := snippet(tc.text, terms(tc.q, 0)); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	got := snippet(long, []string{"taxi"})
	if !strings.HasPrefix(got, "... ") || !strings.HasSuffix(got, " ...") || !strings.Contains(got, "the \x02TAXI\x03, came") || len(got) > 330 {
		t.Errorf("%q", got)
	}
}

// Whatever somebody writes can be stored, whatever somebody types can be asked,
// and each word of a text finds it, on both engines.
func TestEveryWordIsFound(t *testing.T) {
	eachEngine(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z'"()*:&|!<>\\ -]{0,40}`), rapid.Just("O'Brien & co: \\' \"x")).Draw(t, "text")
			var id int64
			err := db.inTx(ctx, func(x *tx) error {
				tk := &tickets.Ticket{Ref: fmt.Sprint("R-", n), State: tickets.StateTriage, ReceivedAt: now, LastInboundAt: now, CreatedAt: now}
				if err := x.InsertTicket(ctx, tk); err != nil {
					return err
				}
				m := &tickets.Message{
					TicketID: tk.ID, Direction: tickets.In, Channel: tickets.ChannelEmail, Kind: tickets.KindHuman,
					Text: text, ReplyText: text, ReceivedAt: now, CreatedAt: now,
				}
				err := x.InsertMessage(ctx, m)
				id = m.ID
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			ask := func(q string) bool {
				hits, err := db.Search(ctx, access.System("test"), q, 200)
				if err != nil {
					t.Fatalf("%q: %v", q, err)
				}
				for _, h := range hits {
					if !utf8.ValidString(h.Snippet) || strings.Count(h.Snippet, "\x02") != strings.Count(h.Snippet, "\x03") {
						t.Fatalf("snippet %q", h.Snippet)
					}
				}
				return len(hits) == 200 || slices.ContainsFunc(hits, func(h tickets.SearchHit) bool { return h.MessageID == id })
			}
			ask(text)
			for i, w := range terms(text, 0) {
				if i < 3 && !ask(w) {
					t.Fatalf("%q does not find %q", w, text)
				}
			}
		})
	})
}
