// Package chart draws the few charts of hearback on the server: a picture and a table from the same rows, so that the two cannot
// disagree. Every mark is a link, every picture has a sentence for its name, sizes are attributes and colours are classes of
// the stylesheet, and nothing is ever said by colour alone.
package chart

import (
	"bytes"
	"fmt"
	"html/template"
)

// Mark is one enquiry on the due strip.
type Mark struct {
	Ref   string
	Href  string
	State string // "late", "soon", "ontrack" or "paused"
	Words string // "due today 17:15, 6 working hours left"
}

// Day is one column of the due strip.
type Day struct {
	Name  string // "late", "today", "Wed 25 Nov", "next week"
	Marks []Mark
	// More is how many enquiries of the day are not drawn; the link goes to all of them.
	More     int
	MoreHref string
}

// maxMarks keeps a column readable; the rest is a number with a link.
const maxMarks = 24

// DueStrip shows one mark for each enquiry, in the column of the day its answer is due, with the same rows as a table. Name is the
// name of the picture and of the table, for instance "Enquiries by due day". The strip is a list of links, not an image: each
// mark can be reached and read by itself.
func (dr *Drawer) DueStrip(name string, days []Day) (template.HTML, error) {
	cut := make([]Day, len(days))
	for i, d := range days {
		if len(d.Marks) > maxMarks {
			d.More += len(d.Marks) - maxMarks
			d.Marks = d.Marks[:maxMarks]
		}
		cut[i] = d
	}
	return dr.draw("strip", map[string]any{"Name": name, "Days": cut, "All": days})
}

// Drawer holds the parsed templates of the charts. It is safe for use by several goroutines.
type Drawer struct {
	tmpl *template.Template
}

// New parses the templates of the charts once.
func New() (*Drawer, error) {
	t, err := template.New("charts").Funcs(template.FuncMap{"shape": shape}).Option("missingkey=error").Parse(stripTemplate + barsTemplate + lineTemplate)
	if err != nil {
		return nil, fmt.Errorf("parse the chart templates: %w", err)
	}
	return &Drawer{t}, nil
}

// draw runs one of the chart templates.
func (dr *Drawer) draw(name string, data any) (template.HTML, error) {
	var buf bytes.Buffer
	if err := dr.tmpl.ExecuteTemplate(&buf, name, data); err != nil {
		return "", fmt.Errorf("draw chart %s: %w", name, err)
	}
	return template.HTML(buf.String()), nil //nolint:gosec // the template escaped it
}

// shape is the fixed shape of a state: square late, triangle soon, circle on track, bars paused.
func shape(state string) template.HTML {
	switch state {
	case "late":
		return `<rect x="3" y="3" width="10" height="10" fill="currentColor"/>`
	case "soon":
		return `<path d="M8 2 14.5 13.5H1.5Z" fill="currentColor"/>`
	case "paused":
		return `<path d="M4 3h3v10H4zM9 3h3v10H9z" fill="currentColor"/>`
	}
	return `<circle cx="8" cy="8" r="5" fill="currentColor"/>`
}

const stripTemplate = `{{define "strip"}}
<ol class="hb-strip__days" aria-label="{{.Name}}">
{{range .Days}}<li class="hb-strip__day"><span class="hb-strip__name">{{.Name}}</span><span class="hb-strip__marks">
{{- range .Marks}}<a class="hb-strip__mark--{{.State}}" href="{{.Href}}" aria-label="{{.Ref}}, {{.Words}}"><svg class="hb-icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">{{shape .State}}</svg></a>{{end}}
{{- if .More}}{{if .MoreHref}}<a class="hb-strip__more" href="{{.MoreHref}}">+{{.More}}</a>{{else}}<span class="hb-strip__more">+{{.More}}</span>{{end}}{{end}}
{{- if and (not .Marks) (not .More)}}<span class="hb-strip__more">none</span>{{end}}</span></li>
{{end}}</ol>
<details class="hb-fold"><summary>Table: {{.Name}}</summary>
<table class="hb-table"><caption class="govuk-visually-hidden">{{.Name}}</caption><thead><tr><th scope="col">Day</th><th scope="col">Enquiry</th><th scope="col">When</th></tr></thead><tbody>
{{range .All}}{{$day := .Name}}{{range .Marks}}<tr><td>{{$day}}</td><td><a href="{{.Href}}">{{.Ref}}</a></td><td>{{.Words}}</td></tr>
{{end}}{{if .More}}<tr><td>{{$day}}</td><td>{{.More}} more</td><td></td></tr>
{{end}}{{end}}</tbody></table></details>{{end}}`
