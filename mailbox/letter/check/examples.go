package check

import (
	"bufio"
	"context"
	_ "embed" // the examples below
	"encoding/json"
	"fmt"
	"strings"

	"hearback/mailbox/guard"
)

// ordinary are harmless letters of every working day. A word list that stops one of
// them, or asks about it, is a mistake.
//
//go:embed examples.jsonl
var ordinary string

// maxTried bounds how many examples are tried at once.
const maxTried = 2000

// Tried is an example with what the check makes of it.
type Tried struct {
	ID, Expect, Got, Message string
	Own                      bool // the council's, not one of the program's
	OK                       bool
}

// Try judges the council's examples, and the ordinary letters of the program, with the
// lists as they would be. An example says in "expect" what is right: block, confirm or
// allow. A stricter answer than expected is wrong for a letter that should go, and a
// milder one for any. The error is in words for whoever wrote the examples.
func Try(ctx context.Context, own string, lists *guard.Lists) ([]Tried, error) {
	var out []Tried
	for _, from := range []struct {
		text string
		own  bool
	}{{ordinary, false}, {own, true}} {
		r := bufio.NewScanner(strings.NewReader(from.text))
		r.Buffer(nil, maxLine)
		for n := 1; r.Scan(); n++ {
			raw := strings.TrimSpace(r.Text())
			if raw == "" {
				continue
			}
			var label struct{ ID, Expect string }
			if err := json.Unmarshal([]byte(raw), &label); err != nil {
				return nil, fmt.Errorf("example in line %d cannot be read: it is no JSON object on one line", n)
			}
			if label.Expect != "block" && label.Expect != "confirm" && label.Expect != "allow" {
				return nil, fmt.Errorf("example in line %d does not say what is right: \"expect\" is block, confirm or allow", n)
			}
			if len(out) >= maxTried {
				return nil, fmt.Errorf("more than %d examples", maxTried)
			}
			a, err := answerWith(ctx, []byte(raw), lists)
			if err != nil {
				return nil, fmt.Errorf("example in line %d cannot be read: %w", n, err)
			}
			out = append(out, Tried{ID: label.ID, Expect: label.Expect, Got: a.Decision, Message: a.Message, Own: from.own, OK: right(label.Expect, a.Decision)})
		}
		if err := r.Err(); err != nil {
			return nil, fmt.Errorf("the examples cannot be read: %w", err)
		}
	}
	return out, nil
}

func right(expect, got string) bool {
	switch expect {
	case "allow":
		return got == "allow" || got == "warn"
	case "confirm":
		return got == "confirm" || got == "block"
	}
	return got == "block"
}
