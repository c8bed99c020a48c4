package tickets_test

import (
	"strings"
	"testing"

	"hearback/tickets"
)

func TestWordList(t *testing.T) {
	l := tickets.NewWordList([]string{"can't keep him safe", "self harm", "A&E", "Łódź café", " – "})
	for in, want := range map[string]string{
		"I CAN’T   keep\nhim safe":         "can't keep him safe",
		"cant keep him safe":               "can't keep him safe",
		"we can't keep him safely":         "",
		"self-harm; taken to A & E":        "self harm, A&E",
		"myself harmless":                  "",
		"in Lodz cafe, or ŁÓDŹ CAFE\u0301": "Łódź café",
		"self\u00adharm":                   "",
		"":                                 "",
	} {
		if got := strings.Join(l.In(in), ", "); got != want {
			t.Errorf("%q holds %q, want %q", in, got, want)
		}
	}
	if got := (tickets.WordList{}).In("anything"); got != nil {
		t.Errorf("nothing finds %q", got)
	}
}
