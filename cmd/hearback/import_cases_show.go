package main

import (
	"encoding/json"
	"fmt"
	"io"

	"hearback/tickets/caseload"
)

// planListed is how many changes are named before the rest is counted.
const planListed = 50

// stepMeter shows each step of an import with a meter of its own.
type stepMeter struct {
	w    io.Writer
	step string
	bar  *meter
	at   int
}

func (s *stepMeter) show(step string, done, of int) {
	if step != s.step {
		s.end()
		s.step, s.at, s.bar = step, 0, newMeter(s.w, step, int64(of))
		s.bar.lines = true
	}
	words := "..."
	if of > 0 {
		words = fmt.Sprintf("%d of %d", done, of)
	}
	s.bar.add(int64(done-s.at), words)
	s.at = done
}

func (s *stepMeter) end() {
	if s.bar != nil {
		s.bar.end()
	}
	s.bar, s.step = nil, ""
}

// showPlan prints every problem, and what would change.
func showPlan(out io.Writer, p *caseload.Plan) error {
	for _, x := range p.Problems {
		where := "file"
		if x.Row > 0 {
			where = fmt.Sprintf("row %d", x.Row)
		}
		if x.Column != "" {
			where += ", " + x.Column
		}
		_, _ = fmt.Fprintf(out, "%s: %s: %s\n", x.Severity, where, x.Words)
	}
	list := func(head string, changes []caseload.Change) {
		if len(changes) == 0 {
			return
		}
		_, _ = fmt.Fprintln(out, head)
		for i, c := range changes {
			if i == planListed {
				_, _ = fmt.Fprintf(out, "  and %d more; -json lists all\n", len(changes)-i)
				break
			}
			_, _ = fmt.Fprintf(out, "  row %d, %s: %s\n", c.Row, c.CaseRef, c.Words())
			if c.Waits != "" {
				_, _ = fmt.Fprintf(out, "      %s\n", c.Waits)
			}
		}
	}
	list("Changes:", p.Changes)
	list("Waits for a person to decide, and is not done:", p.Waiting)
	_, err := fmt.Fprintf(out, "%s, %s left out, %s, %d waiting for a person.\n",
		count(p.Rows, "row"), count(p.Errors(), "row"), count(len(p.Changes), "change"), len(p.Waiting))
	return err
}

// planLine is one line of -json.
type planLine struct {
	Kind     string `json:"kind"` // problem, change, waiting
	Row      int    `json:"row"`
	Case     string `json:"case,omitempty"`
	Column   string `json:"column,omitempty"`
	Severity string `json:"severity,omitempty"`
	Action   string `json:"action,omitempty"`
	Field    string `json:"field,omitempty"`
	Person   string `json:"person,omitempty"`
	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"`
	Words    string `json:"words"`
	Why      string `json:"why,omitempty"`
}

type planSum struct {
	Kind    string `json:"kind"` // sum
	Rows    int    `json:"rows"`
	LeftOut int    `json:"left_out"`
	Changes int    `json:"changes"`
	Waiting int    `json:"waiting"`
	Refused string `json:"refused,omitempty"`
}

func jsonPlan(out io.Writer, p *caseload.Plan) error {
	enc := json.NewEncoder(out)
	for _, x := range p.Problems {
		if err := enc.Encode(planLine{Kind: "problem", Row: x.Row, Column: x.Column, Severity: string(x.Severity), Words: x.Words}); err != nil {
			return err
		}
	}
	for _, set := range []struct {
		kind string
		list []caseload.Change
	}{{"change", p.Changes}, {"waiting", p.Waiting}} {
		for _, c := range set.list {
			if err := enc.Encode(planLine{
				Kind: set.kind, Row: c.Row, Case: c.CaseRef, Action: string(c.Action), Field: c.Field, Person: c.Who,
				From: c.From, To: c.To, Words: c.Words(), Why: c.Waits,
			}); err != nil {
				return err
			}
		}
	}
	return enc.Encode(planSum{Kind: "sum", Rows: p.Rows, LeftOut: p.Errors(), Changes: len(p.Changes), Waiting: len(p.Waiting), Refused: p.Refused})
}
