package compose

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
)

//go:embed templates/*.txt
var templateFiles embed.FS

// kind is what a template is for and what it must say.
type kind struct {
	purpose  tickets.Purpose
	required []string // fields; each must show in the text
	phrases  []string // fixed words that must show
}

const noteLine = "Replies to this become an internal note. They never go to the family."

// noReply stands in notices about the program: a reply to one would belong to no enquiry.
const noReply = "Please do not reply."

// kinds lists every template of letters to staff. tickets/wording has those to
// families; one that neither knows is refused.
func kinds() map[string]kind {
	machine := []string{tickets.FieldMailbox, tickets.FieldLink}
	notice := kind{tickets.PurposeNotice, []string{tickets.FieldRef, tickets.FieldLink}, []string{noteLine}}
	record := []string{tickets.FieldRef, tickets.FieldDue, tickets.FieldLink}
	return map[string]kind{
		tickets.TemplateWarning:     notice,
		tickets.TemplateBreach:      notice,
		tickets.TemplateLead:        notice,
		tickets.TemplateTriage:      notice,
		tickets.TemplateUndelivered: notice,
		tickets.TemplateUncertain:   notice,
		tickets.TemplateDoubtful:    notice,
		tickets.TemplateStopped:     notice,
		tickets.TemplateAlert:       notice,
		tickets.TemplateSecond:      notice,
		tickets.TemplateSecondDone:  notice,
		tickets.TemplateCopied:      notice,
		tickets.TemplateIncident:    {tickets.PurposeNotice, record, []string{noteLine}},
		tickets.TemplateMailboxDown: {tickets.PurposeNotice, machine, []string{"Nothing is lost", noReply}},
		tickets.TemplateMailboxBack: {tickets.PurposeNotice, machine, []string{noReply}},
		tickets.TemplateAccess:      {tickets.PurposeNotice, []string{tickets.FieldLink}, []string{noReply}},
		tickets.TemplateNoLead:      {tickets.PurposeNotice, []string{tickets.FieldTeam, tickets.FieldLink}, []string{"waits unseen", noReply}},
		tickets.TemplateReview:      {tickets.PurposeNotice, record, []string{"counts until two people end it", noReply}},
		tickets.TemplateAuthority:   {tickets.PurposeNotice, record, []string{noReply}},
		tickets.TemplateYoung:       {tickets.PurposeNotice, record, []string{noReply}},
		tickets.TemplateMailing:     {tickets.PurposeNotice, []string{tickets.FieldRef, tickets.FieldLink}, []string{"wait until somebody else says", noReply}},
		tickets.TemplateSecretEnds:  {tickets.PurposeNotice, append([]string{tickets.FieldDue}, machine...), []string{noReply}},
	}
}

// constant fields are made of the reference alone, or the council's own: somebody
// who quotes one of them back has supplied nothing.
func constant(field string) bool {
	return field == tickets.FieldCouncil || field == tickets.FieldRef || field == tickets.FieldLink
}

// Composer holds the templates, parsed and checked.
type Composer struct {
	settings  Settings
	templates map[string]*template.Template
}

// New parses every template and checks that it shows its required fields and
// phrases. Errors are fault.Invalid.
func New(s Settings) (*Composer, error) {
	c := &Composer{settings: Settings{Senders: map[string]Sender{}}, templates: map[string]*template.Template{}}
	for address, sender := range s.Senders {
		c.settings.Senders[strings.ToLower(address)] = sender
	}
	for name, k := range kinds() {
		text, err := templateFiles.ReadFile("templates/" + name + ".txt")
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "A letter template is missing", err)
		}
		if c.templates[name], err = parseTemplate(name, string(text)); err != nil {
			return nil, err
		}
		if err := check(c.templates[name], k); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// parseTemplate makes every unknown field an error. opt is for fields that may
// be absent.
func parseTemplate(name, text string) (*template.Template, error) {
	t, err := template.New(name).Option("missingkey=error").
		Funcs(template.FuncMap{"opt": func(string) string { return "" }}).Parse(text)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The letter template "+name+" cannot be read", err)
	}
	return t, nil
}

func execute(t *template.Template, fields map[string]string) (string, error) {
	t, err := t.Clone()
	if err != nil {
		return "", err
	}
	t.Funcs(template.FuncMap{"opt": func(k string) (string, error) {
		if !knownField(k) {
			return "", fmt.Errorf("no field %q", k)
		}
		return fields[k], nil
	}})
	var b strings.Builder
	if err := t.Execute(&b, fields); err != nil {
		return "", err
	}
	return tidy(strings.TrimLeft(collapse(b.String()), "\n")), nil
}

// collapse leaves at most one empty line between paragraphs, whatever options
// were left out.
func collapse(s string) string {
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return s
}

// check renders with every known field set and looks for what must show.
func check(t *template.Template, k kind) error {
	all := map[string]string{}
	for _, f := range fieldNames() {
		all[f] = "(" + f + ")"
	}
	text, err := execute(t, all)
	if err != nil {
		return fault.Wrap(fault.Invalid, "The letter template "+t.Name()+" uses a field that does not exist", err)
	}
	for _, f := range k.required {
		if !strings.Contains(text, "("+f+")") {
			return fault.Newf(fault.Invalid, "The letter template %s does not say %q, which it must", t.Name(), f)
		}
	}
	for _, p := range k.phrases {
		if !strings.Contains(text, p) {
			return fault.Newf(fault.Invalid, "The letter template %s does not say %q, which it must", t.Name(), p)
		}
	}
	return nil
}

// render makes the text of an automatic letter, and its standing words: the
// template with nothing but the council's own constants filled in.
func (c *Composer) render(claim *tickets.Claim) (text, standing string, err error) {
	o := claim.Letter
	if _, ok := wording.Of(o.Template); ok {
		return family(claim)
	}
	k, ok := kinds()[o.Template]
	t := c.templates[o.Template]
	if !ok || t == nil || k.purpose != o.Purpose {
		return "", "", invalid("template %q is none for purpose %q", o.Template, o.Purpose)
	}
	empty := map[string]string{}
	for _, f := range fieldNames() {
		empty[f] = ""
	}
	for name, v := range o.Fields {
		if !knownField(name) {
			return "", "", invalid("field %q of outgoing %d does not exist", name, o.ID)
		}
		if strings.ContainsAny(v, "\r\n\x00") {
			return "", "", invalid("field %q of outgoing %d has more than one line", name, o.ID)
		}
		if constant(name) {
			empty[name] = v
		}
	}
	for _, f := range k.required {
		if strings.TrimSpace(o.Fields[f]) == "" {
			return "", "", invalid("field %q of outgoing %d is missing", f, o.ID)
		}
	}
	if text, err = execute(t, o.Fields); err != nil {
		return "", "", invalid("template %s: %w", o.Template, err)
	}
	if standing, err = execute(t, empty); err != nil {
		return "", "", invalid("template %s: %w", o.Template, err)
	}
	return text, standing, nil
}

// fieldNames are the fields of letters to staff: reference and initials, times, a
// link, who has it; never what anybody wrote.
func fieldNames() []string {
	return []string{
		tickets.FieldRef, tickets.FieldCouncil, tickets.FieldOwner, tickets.FieldDue, tickets.FieldInitials, tickets.FieldSince,
		tickets.FieldLink, tickets.FieldLate, tickets.FieldTier, tickets.FieldMailbox, tickets.FieldTeam,
	}
}

func knownField(name string) bool {
	for _, f := range fieldNames() {
		if f == name {
			return true
		}
	}
	return false
}
