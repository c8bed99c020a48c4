package web

import (
	"errors"
	"net/http"
	"strings"

	"hearback/mailbox/guard"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// errExamples says that examples did not come out as they should; they stand beside it.
var errExamples = errors.New("examples fail")

// guardWords shows the council's word lists beside those of the program.
func (s *Server) guardWords(c *Ctx) error {
	lists, v, err := s.Desk.GuardWords(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	return s.showWords(c, http.StatusOK, lists, v, nil, nil)
}

func (s *Server) showWords(c *Ctx, status int, l tickets.GuardLists, v tickets.SettingVersion, tries []WordTry, errs []view.FieldError) error {
	m := view.GuardWords{
		Shell: s.shell(c, "Words of the check", "guard"), Version: v.Version, CanChange: c.Actor.May(access.ManageGuard), Tried: tries != nil, Errors: errs,
	}
	m.Shell.Failed = len(errs) > 0
	if v.ID != 0 {
		m.Changed = s.nameOf(c, v.SetBy) + ", " + sla.FormatShort(v.SetAt)
	}
	program := guard.ProgramLists()
	immediate, concern := s.Desk.SafetyWords()
	list := func(name, heading, hint, text string, program []string, locked bool) {
		m.Lists = append(m.Lists, view.GuardList{
			Name: name, Heading: heading, Hint: hint, Text: text, Program: program, Locked: locked, Rows: min(12, max(4, strings.Count(text, "\n")+2)),
		})
	}
	list("tone", "Tone", "What may read as harsh. It asks the writer, and nobody else hears of it. A line “- phrase” takes a phrase of the program out.", l.Tone, phraseLines(program["tone"]), false)
	list("talk", "Between colleagues", "What only colleagues say to each other. A letter to a family that holds it is stopped.", l.Talk, nil, true)
	list("marks", "Internal markings", "What marks a text as for staff. A letter that holds it is stopped.", l.Marks, phraseLines(program["marks"]), true)
	list("immediate", "Safety: danger now", "Words in mail from families that mean somebody may be in danger now. The team is told at once.", l.Immediate, immediate, true)
	list("concern", "Safety: serious concern", "Words in mail from families that are a serious concern.", l.Concern, concern, true)
	list("examples", "Examples of your own", "One letter a line, as hearback guard check reads them, with “expect”: block, confirm or allow. They are tried whenever words are saved.", l.Examples, nil, false)
	for _, t := range tries {
		if t.OK {
			m.Good++
			continue
		}
		whose := "An ordinary letter of the program"
		if t.Own {
			whose = "Your example"
		}
		m.Tries = append(m.Tries, view.GuardTry{ID: t.ID, Expect: decisionWords(t.Expect), Got: decisionWords(t.Got), Message: t.Message, Whose: whose})
	}
	return s.page(c, status, view.PageGuardWords, m)
}

func decisionWords(d string) string {
	switch d {
	case "allow":
		return "goes"
	case "warn":
		return "goes, with something pointed out"
	case "confirm":
		return "asks"
	}
	return "is stopped"
}

// phraseLines is a list of the program, one phrase a line.
func phraseLines(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// setGuardWords tries the lists on every example, and saves them when all come out as
// they should.
func (s *Server) setGuardWords(c *Ctx) error {
	ctx := c.Request.Context()
	field := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(c.PostForm(name), "\r\n", "\n"))
	}
	l := tickets.GuardLists{
		Tone: field("tone"), Talk: field("talk"), Marks: field("marks"), Immediate: field("immediate"), Concern: field("concern"), Examples: field("examples"),
	}
	_, v, err := s.Desk.GuardWords(ctx, c.Actor)
	if err != nil {
		return err
	}
	var tries []WordTry
	try := func(l tickets.GuardLists) error {
		var err error
		if tries, err = s.TryWords(ctx, l); err != nil {
			return err
		}
		for _, t := range tries {
			if !t.OK {
				return fault.Wrap(fault.Refused, "Nothing was saved. With these words the check answers some examples wrongly: see below", errExamples)
			}
		}
		return nil
	}
	if c.PostForm("do") == "try" {
		err = try(l)
	} else if err = s.Desk.SetGuardWords(ctx, c.Actor, l, number(c.PostForm("seen")), try, c.Now); err == nil {
		return s.done(c, "/admin/guard/words", "success", "Saved. The words count from the next letter on.")
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return s.showWords(c, http.StatusUnprocessableEntity, l, v, tries, []view.FieldError{{Text: fault.SafeText(err)}})
	case fault.Conflict:
		return s.showWords(c, http.StatusConflict, l, v, tries, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	return s.showWords(c, http.StatusOK, l, v, tries, nil)
}
