package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"hearback/mailbox/parse"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// lastHolidayYear is the last year whose bank holidays are built in.
const lastHolidayYear = 2028

// Calendar is the office calendar of the configuration. The error is a Mistake
// when it is known which setting is wrong.
func (c Config) Calendar() (*sla.Calendar, error) {
	hours := sla.Hours{}
	for day, spans := range c.Office.Hours {
		path := "office.hours." + day
		weekday, ok := weekdayNamed(day)
		if !ok {
			return nil, mistake(path, "is no day of the week")
		}
		for _, span := range spans {
			from, to, ok := strings.Cut(span, "-")
			if !ok {
				return nil, mistake(path, fmt.Sprintf("%q: write hours as 08:45-17:15", span))
			}
			f, err := sla.ParseTimeOfDay(strings.TrimSpace(from))
			if err != nil {
				return nil, mistake(path, safe(err))
			}
			t, err := sla.ParseTimeOfDay(strings.TrimSpace(to))
			if err != nil {
				return nil, mistake(path, safe(err))
			}
			hours[weekday] = append(hours[weekday], sla.Interval{From: f, To: t})
		}
	}
	var closures []sla.Closure
	for i, x := range c.Office.Closures {
		path := fmt.Sprintf("office.closures[%d]", i)
		d, err := sla.ParseDate(x.Date)
		if err != nil {
			return nil, mistake(path+".date", fmt.Sprintf("is %q; write a date as 2026-12-24", x.Date))
		}
		cl := sla.Closure{Date: d, Name: x.Name}
		if x.From != "" || x.To != "" {
			if cl.From, err = sla.ParseTimeOfDay(orDefault(x.From, "00:00")); err != nil {
				return nil, mistake(path+".from", safe(err))
			}
			if cl.To, err = sla.ParseTimeOfDay(orDefault(x.To, "24:00")); err != nil {
				return nil, mistake(path+".to", safe(err))
			}
		}
		closures = append(closures, cl)
	}
	return sla.NewCalendar(hours, sla.EnglandAndWales(), closures, lastHolidayYear)
}

// Policies are the response standards of the configuration.
func (c Config) Policies() map[string]sla.Policy {
	out := sla.DefaultPolicies()
	for _, s := range c.Standards {
		p := out[s.Category]
		p.FirstResponse = sla.Target{WorkingDays: s.WorkingDays}
		out[s.Category] = p
	}
	return out
}

// machinePatterns are the patterns of the configuration. The error is a Mistake.
func (c Config) machinePatterns() ([]parse.MachinePattern, error) {
	var out []parse.MachinePattern
	for i, m := range c.Intake.MachinePatterns {
		path := fmt.Sprintf("intake.machine_patterns[%d]", i)
		p := parse.MachinePattern{Kind: tickets.MailKind(m.Kind)}
		if p.Kind != tickets.KindVoicemail && p.Kind != tickets.KindScan {
			return nil, mistake(path+".kind", fmt.Sprintf("is %q; it can be voicemail, scan", m.Kind))
		}
		if m.Sender+m.Subject+m.Text == "" {
			// A file's name alone would take a parent's photograph for a notice.
			return nil, mistake(path, "needs a sender, a subject or a text")
		}
		for _, x := range []struct {
			name, value string
			into        **regexp.Regexp
		}{{"sender", m.Sender, &p.Sender}, {"subject", m.Subject, &p.Subject}, {"text", m.Text, &p.Text}, {"file", m.File, &p.File}} {
			if x.value == "" {
				continue
			}
			e, err := regexp.Compile(x.value)
			if err != nil {
				return nil, mistake(path+"."+x.name, fmt.Sprintf("%q is no regular expression: %v", x.value, err))
			}
			*x.into = e
		}
		out = append(out, p)
	}
	return out, nil
}

// asMistake finds the Mistake in an error, or makes one.
func asMistake(path string, err error) Mistake {
	var m Mistake
	if errors.As(err, &m) {
		return m
	}
	return Mistake{Path: path, What: safe(err)}
}

func weekdayNamed(name string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String(), name) {
			return d, true
		}
	}
	return 0, false
}

func mistake(path, what string) error { return Mistake{Path: path, What: what} }

// Error makes a Mistake an error by itself.
func (m Mistake) Error() string { return m.String() }

func safe(err error) string { return fault.SafeText(err) }
