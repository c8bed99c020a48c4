package chart

import (
	"fmt"
	"html/template"
	"time"
)

// Contact is one contact on the line of a case.
type Contact struct {
	At   time.Time
	Kind string // "in", "out" or "call"
	Href string
	Text string // "Email from mother"
}

// Gap is a time in which nobody said anything.
type Gap struct {
	From, To time.Time
	Text     string // "No message from us for 14 working days (27 Oct to 14 Nov)"
}

type placed struct {
	Contact
	X    int
	When string
}

type placedGap struct {
	Gap
	X, Width int
}

type month struct {
	X    int
	Name string
}

// ContactLine draws the contacts of a case between two days: in above the line, out below, calls on it, grey blocks where it was
// silent; and the same rows as a table. Times are shown in the given location.
func (dr *Drawer) ContactLine(from, to time.Time, loc *time.Location, contacts []Contact, gaps []Gap) (template.HTML, error) {
	const left, width = 10, 780
	if !to.After(from) {
		return "", fmt.Errorf("a contact line needs a start before its end, got %s to %s", from, to)
	}
	at := func(t time.Time) int {
		x := left + int(float64(width)*float64(t.Sub(from))/float64(to.Sub(from)))
		return min(max(x, left), left+width)
	}
	var marks []placed
	counts := map[string]int{}
	for _, c := range contacts {
		if c.At.Before(from) || c.At.After(to) {
			continue
		}
		counts[c.Kind]++
		marks = append(marks, placed{c, at(c.At), c.At.In(loc).Format("Mon 2 Jan 2006, 15:04")})
	}
	var blocks []placedGap
	for _, g := range gaps {
		blocks = append(blocks, placedGap{g, at(g.From), max(at(g.To)-at(g.From), 2)})
	}
	var months []month
	start := from.In(loc)
	for m := time.Date(start.Year(), start.Month()+1, 1, 0, 0, 0, 0, loc); m.Before(to); m = m.AddDate(0, 1, 0) {
		months = append(months, month{at(m), m.Format("Jan")})
	}
	say := fmt.Sprintf("Contacts from %s to %s: %d in, %d out, %d calls, %d silent times", from.In(loc).Format("2 January 2006"), to.In(loc).Format("2 January 2006"),
		counts["in"], counts["out"], counts["call"], len(gaps))
	return dr.draw("line", map[string]any{"Marks": marks, "Gaps": blocks, "Months": months, "Say": say, "Right": left + width, "Left": left})
}

const lineTemplate = `{{define "line"}}
<div class="hb-chart">
<svg viewBox="0 0 800 84" role="img" aria-label="{{.Say}}" preserveAspectRatio="xMinYMin meet">
{{range .Gaps}}<rect class="hb-gap" x="{{.X}}" y="32" width="{{.Width}}" height="16"/>{{end}}
<line class="hb-chart__rule" x1="{{.Left}}" x2="{{.Right}}" y1="40" y2="40"/>
{{range .Months}}<line class="hb-chart__rule" x1="{{.X}}" x2="{{.X}}" y1="36" y2="44"/><text x="{{.X}}" y="80" text-anchor="middle">{{.Name}}</text>{{end}}
<g>{{range .Marks}}{{if eq .Kind "in"}}<path class="hb-line-in" transform="translate({{.X}} 16)" d="M0 -7 7 6H-7Z"/>{{else if eq .Kind "out"}}<path class="hb-line-out" transform="translate({{.X}} 58)" d="M0 7 7 -6H-7Z"/>{{else}}<circle class="hb-line-call" cx="{{.X}}" cy="40" r="5"/>{{end}}{{end}}</g>
</svg>
<p class="hb-small">Triangle up: from the family. Triangle down: from us. Dot: call. Dashed block: silence.</p>
<details class="hb-fold"><summary>Table of these contacts</summary>
<table class="hb-table"><caption class="govuk-visually-hidden">{{.Say}}</caption><thead><tr><th scope="col">When</th><th scope="col">What</th></tr></thead><tbody>
{{range .Marks}}<tr><td>{{.When}}</td><td>{{if .Href}}<a href="{{.Href}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}</td></tr>{{end}}
{{range .Gaps}}<tr><td>silence</td><td>{{.Text}}</td></tr>{{end}}
</tbody></table></details>
</div>{{end}}`
