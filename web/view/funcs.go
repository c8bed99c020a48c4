package view

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"hearback/web/assets"
)

// funcs are the functions that templates may call.
func funcs(opts Options) template.FuncMap {
	c := clockface{opts.Location, opts.Now}
	// The marks of the built files are worked out once: they are embedded and cannot change while the program runs.
	urls := map[string]string{}
	for _, name := range []string{"app.css", "app.js", "favicon.svg"} {
		urls[name] = assets.URL(name)
	}
	return template.FuncMap{
		"asset":  func(name string) string { return urls[name] },
		"icon":   icon,
		"stamp":  c.stamp,
		"day":    c.day,
		"clock":  c.clock,
		"long":   c.long,
		"iso":    c.iso,
		"isZero": func(t time.Time) bool { return t.IsZero() },

		"names":     Names,
		"plural":    plural,
		"size":      size,
		"ago":       ago,
		"id":        domID,
		"recipient": recipientNames,
		"lower":     strings.ToLower,
		"list":      func(v ...string) []string { return v },
		"join":      strings.Join,
		"lines":     lines,
		"upper1":    upper1,
		"dict":      dict,
		"add":       func(a, b int) int { return a + b },

		"due":          func(state, text string) Due { return Due{DueState(state), text} },
		"dueWord":      dueWord,
		"dueIcon":      dueIcon,
		"deliveryWord": deliveryWord,
		"deliveryTone": deliveryTone,
		"levelHead":    levelHead,
		"levelIcon":    levelIcon,
		"kindWord":     kindWord,
		"callWord":     callWord,
		"machineWord":  machineWord,
		"outWord":      outWord,
		"rowFacts":     rowFacts,
		"fateWord":     fateWord,

		"enquiryURL":      EnquiryURL,
		"replyURL":        ReplyURL,
		"replyCheckURL":   ReplyCheckURL,
		"replyDraftURL":   ReplyDraftURL,
		"noteURL":         NoteURL,
		"noteDraftURL":    NoteDraftURL,
		"askURL":          AskURL,
		"alertURL":        AlertURL,
		"moveURL":         MoveURL,
		"finishURL":       FinishURL,
		"reopenURL":       ReopenURL,
		"assessmentURL":   AssessmentURL,
		"presenceURL":     PresenceURL,
		"originalURL":     OriginalURL,
		"headersURL":      HeadersURL,
		"messageFrameURL": MessageFrameURL,
		"outgoingURL":     OutgoingURL,
		"doubtURL":        DoubtURL,
		"caseURL":         CaseURL,
		"personURL":       PersonURL,
		"newCaseURL":      NewCaseURL,
		"caseOfficerURL":  CaseOfficerURL,
		"newMessageURL":   NewMessageURL,
		"dutyFrameURL":    DutyFrameURL,
		"dutyOriginalURL": DutyOriginalURL,
		"dutyHeadersURL":  DutyHeadersURL,
		"escalationURL":   EscalationURL,
		"mailboxURL":      MailboxURL,
		"ledgerURL":       LedgerURL,
		"parentURL":       ParentURL,
		"rulesURL":        RulesURL,
		"spamURL":         SpamURL,
	}
}

// clockface writes moments the one way that all pages use.
type clockface struct {
	loc *time.Location
	now func() time.Time
}

// stamp is "Tue 24 Nov, 17:15", with the year when it is another one.
func (c clockface) stamp(t time.Time) template.HTML { return c.element(t, c.date(t)+", 15:04") }

// day is "Tue 24 Nov".
func (c clockface) day(t time.Time) template.HTML { return c.element(t, c.date(t)) }

// clock is "17:15", for lines whose day is already said.
func (c clockface) clock(t time.Time) template.HTML { return c.element(t, "15:04") }

// long is the form for headings that are read aloud: "Tuesday 17 November, 09:40".
func (c clockface) long(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.loc).Format("Monday 2 January 2006, 15:04")
}

func (c clockface) iso(t time.Time) string { return t.In(c.loc).Format(time.RFC3339) }

func (c clockface) date(t time.Time) string {
	if t.In(c.loc).Year() == c.now().In(c.loc).Year() {
		return "Mon 2 Jan"
	}
	return "Mon 2 Jan 2006"
}

func (c clockface) element(t time.Time, layout string) template.HTML {
	if t.IsZero() {
		return ""
	}
	local := t.In(c.loc)
	return template.HTML(`<time datetime="` + local.Format(time.RFC3339) + `">` + //nolint:gosec // digits and month names only
		template.HTMLEscapeString(local.Format(layout)) + `</time>`)
}

// Names joins names for a button that must name the people: all of up to three, then "and n more". The list itself is always
// on the page above the button.
func Names(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	case 2, 3:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return strings.Join(names[:2], ", ") + fmt.Sprintf(" and %d more", n-2)
	}
}

func recipientNames(to []Recipient) string {
	names := make([]string, len(to))
	for i, r := range to {
		names[i] = r.Name
	}
	return Names(names)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

func size(n int64) string {
	switch {
	case n < 1000:
		return plural(int(n), "byte", "bytes")
	case n < 1000*1000:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
}

func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return plural(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour", "hours")
	default:
		return plural(int(d/(24*time.Hour)), "day", "days")
	}
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func upper1(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// dict passes several values to a template.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict needs pairs, got %d values", len(pairs))
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		k, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict key %v is not a string", pairs[i])
		}
		m[k] = pairs[i+1]
	}
	return m, nil
}
