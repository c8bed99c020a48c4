package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"hearback/sla"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// seen marks the facts that a form is made of. When somebody changes them in the
// meantime, the form comes back with 409 and what was typed. What the verbs refuse
// by themselves does not depend on it.
func seen(facts ...any) string {
	b, err := json.Marshal(facts)
	if err != nil {
		return "" // never equals what a form sends back: nothing is overwritten
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// options are choices of a select with their words; chosen is preset.
func options(chosen string, pairs ...string) []view.Option {
	var out []view.Option
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, view.Option{Value: pairs[i], Text: pairs[i+1], Selected: pairs[i] == chosen})
	}
	return out
}

func tickField(name, label string, on bool) view.Field {
	return view.Field{Name: name, Label: label, Kind: "tick", Checked: on}
}

func hiddenField(name, value string) view.Field {
	return view.Field{Name: name, Kind: "hidden", Value: value}
}

const dateHint = "For example 24/11/2026"

// dateField holds a local date of the register, as people type it.
func dateField(name, label, on string) view.Field {
	return view.Field{Name: name, Label: label, Kind: "date", Value: typed(on), Hint: dateHint}
}

// typed is 2006-01-02 as people type it; what is no date stays as it is.
func typed(on string) string {
	d, err := sla.ParseDate(on)
	if err != nil {
		return on
	}
	return d.Midnight().In(sla.London()).Format("2/1/2006")
}

// posted is a form of a page with what somebody sent.
type posted struct {
	c    *Ctx
	form *view.Form
}

// fill puts what was sent into the form, so that nothing has to be typed twice.
func fill(c *Ctx, f *view.Form) posted {
	for i := range f.Fields {
		x := &f.Fields[i]
		v := strings.ReplaceAll(c.PostForm(x.Name), "\r\n", "\n")
		switch x.Kind {
		case "hidden":
		case "tick":
			x.Checked = v == "yes"
		case "select", "radios":
			x.Value = ""
			for j := range x.Options {
				o := &x.Options[j]
				if o.Selected = o.Value == v && !o.Disabled; o.Selected {
					x.Value = v
				}
			}
		default:
			x.Value = v
		}
	}
	f.Open = true
	return posted{c, f}
}

// text of a field, without space around it.
func (p posted) text(name string) string {
	for _, x := range p.form.Fields {
		if x.Name == name {
			return strings.TrimSpace(x.Value)
		}
	}
	return ""
}

func (p posted) ticked(name string) bool {
	for _, x := range p.form.Fields {
		if x.Name == name {
			return x.Checked
		}
	}
	return false
}

// day is a date field as the register keeps it; "" when it is empty or no date,
// which check has found before.
func (p posted) day(name string) string {
	d, ok := typedDate(p.text(name))
	if !ok {
		return ""
	}
	return d.String()
}

// wrong marks a field and gives the line for the summary.
func (p posted) wrong(i int, text string) view.FieldError {
	p.form.Fields[i].Error = text
	id := p.form.FieldID(p.form.Fields[i].Name)
	if p.form.Fields[i].Kind == "radios" {
		id += "-0"
	}
	return view.FieldError{Field: id, Text: text}
}

// check finds what is missing and what is no date.
func (p posted) check() []view.FieldError {
	var errs []view.FieldError
	for i, x := range p.form.Fields {
		v := strings.TrimSpace(x.Value)
		switch {
		case x.Kind == "hidden", x.Kind == "tick":
		case v == "" && x.Need != "":
			errs = append(errs, p.wrong(i, x.Need))
		case x.Kind == "date" && v != "":
			if _, ok := typedDate(v); !ok {
				errs = append(errs, p.wrong(i, "Enter a real date, like 24/11/2026"))
			}
		case len(v) > 2000:
			errs = append(errs, p.wrong(i, "This is too long"))
		}
	}
	return errs
}

// refused is a refusal of the desk beside the field that it is about.
func (p posted) refused(err error) []view.FieldError {
	text := fault.SafeText(err)
	if text == "" {
		text = "This could not be saved"
	}
	low := strings.ToLower(text)
	for i, x := range p.form.Fields {
		for _, about := range x.About {
			if strings.Contains(low, about) {
				return []view.FieldError{p.wrong(i, text)}
			}
		}
	}
	return []view.FieldError{{Text: text}}
}

// outcome is what became of a form that was sent.
type outcome struct {
	status  int // 0: it was done
	errs    []view.FieldError
	changed bool // somebody changed the facts in the meantime
}

// submit checks a form and does what it asks for. What the person can put right
// comes back as an outcome; everything else as an error.
func submit(p posted, do func() error) (outcome, error) {
	if errs := p.check(); len(errs) > 0 {
		return outcome{status: http.StatusUnprocessableEntity, errs: errs}, nil
	}
	if p.form.Seen != "" && p.c.PostForm("seen") != p.form.Seen {
		return outcome{status: http.StatusConflict, changed: true, errs: []view.FieldError{{Text: "Nothing was saved: a colleague changed this while you were writing"}}}, nil
	}
	err := do()
	if err == nil {
		return outcome{}, nil
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused, fault.Conflict, fault.Denied:
		return outcome{status: statusOf(fault.KindOf(err)), errs: p.refused(err)}, nil
	}
	return outcome{}, err
}
