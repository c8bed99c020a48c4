package chart

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// Bar is one row of a bar chart: what one officer holds, split by age.
type Bar struct {
	Name  string
	Href  string
	Parts []int  // one number for each of the names given to Bars
	Note  string // "away, deputy Ola R."
}

type segment struct {
	X, Width, Class int
	Label           string
	LabelX          int
}

type barRow struct {
	Bar
	Y, TextY, Total, TotalX int
	Segments                []segment
}

// Bars draws horizontal bars in segments of one hue from light to dark, oldest darkest, with each number inside its segment when it
// fits, a dashed line at the ceiling (zero leaves it out), and the same rows as a table. At most four parts.
func (dr *Drawer) Bars(name string, parts []string, rows []Bar, ceiling int) (template.HTML, error) {
	const left, width, step, height = 120, 400, 26, 16
	if len(parts) > 4 {
		return "", fmt.Errorf("a bar has at most 4 parts, got %d", len(parts))
	}
	most := max(ceiling, 1)
	for _, r := range rows {
		if len(r.Parts) != len(parts) {
			return "", fmt.Errorf("bar %q has %d parts, want %d", r.Name, len(r.Parts), len(parts))
		}
		most = max(most, sum(r.Parts))
	}
	drawn := make([]barRow, len(rows))
	for i, r := range rows {
		row := barRow{Bar: r, Y: 22 + i*step, Total: sum(r.Parts)}
		row.TextY = row.Y + height - 4
		x := left
		for p, n := range r.Parts {
			w := n * width / most
			if n > 0 {
				s := segment{X: x, Width: max(w-2, 1), Class: p + 1, LabelX: x + w/2 - 1}
				// Only the two lightest shades carry dark text at enough contrast in both themes; the table has every number.
				if w >= 18 && p < 2 {
					s.Label = strconv.Itoa(n)
				}
				row.Segments = append(row.Segments, s)
			}
			x += w
		}
		row.TotalX = x + 6
		drawn[i] = row
	}
	return dr.draw("bars", map[string]any{
		"Name": name, "Parts": parts, "Rows": drawn, "Ceiling": ceiling, "CeilingX": left + ceiling*width/most, "Height": 28 + len(rows)*step,
		"NoteX": left + width + 40, "Bottom": 22 + len(rows)*step, "Say": sentence(rows, name),
	})
}

// sentence is the finding that a listener needs first: who holds most.
func sentence(rows []Bar, name string) string {
	if len(rows) == 0 {
		return name + ": nothing to show"
	}
	top := rows[0]
	for _, r := range rows[1:] {
		if sum(r.Parts) > sum(top.Parts) {
			top = r
		}
	}
	return fmt.Sprintf("%s: %d people, %s holds most with %d", strings.TrimSuffix(name, "."), len(rows), top.Name, sum(top.Parts))
}

func sum(ns []int) int {
	t := 0
	for _, n := range ns {
		t += n
	}
	return t
}

const barsTemplate = `{{define "bars"}}
<div class="hb-chart">
<svg viewBox="0 0 720 {{.Height}}" role="img" aria-label="{{.Say}}" preserveAspectRatio="xMinYMin meet">
{{if .Ceiling}}<line class="hb-ceiling" x1="{{.CeilingX}}" x2="{{.CeilingX}}" y1="14" y2="{{.Bottom}}"/><text x="{{.CeilingX}}" y="10" text-anchor="middle">ceiling {{.Ceiling}}</text>{{end}}
{{range .Rows}}<text class="hb-chart__head" x="0" y="{{.TextY}}">{{.Name}}</text>{{$r := .}}{{range .Segments}}<rect class="hb-bar hb-bar--{{.Class}}" x="{{.X}}" y="{{$r.Y}}" width="{{.Width}}" height="16" rx="1"/>{{if .Label}}<text class="hb-chart__in" x="{{.LabelX}}" y="{{$r.TextY}}" text-anchor="middle">{{.Label}}</text>{{end}}{{end}}<text x="{{.TotalX}}" y="{{.TextY}}">{{.Total}}</text>{{if .Note}}<text x="{{$.NoteX}}" y="{{.TextY}}">{{.Note}}</text>{{end}}
{{end}}</svg>
<details class="hb-fold"><summary>Table: {{.Name}}</summary>
<table class="hb-table"><caption class="govuk-visually-hidden">{{.Name}}</caption><thead><tr><th scope="col">Who</th>{{range .Parts}}<th scope="col" class="hb-num">{{.}}</th>{{end}}<th scope="col" class="hb-num">All</th></tr></thead><tbody>
{{range .Rows}}<tr><th scope="row">{{if .Href}}<a href="{{.Href}}">{{.Name}}</a>{{else}}{{.Name}}{{end}}</th>{{range .Parts}}<td class="hb-num">{{.}}</td>{{end}}<td class="hb-num">{{.Total}}</td></tr>
{{end}}</tbody></table></details>
</div>{{end}}`
