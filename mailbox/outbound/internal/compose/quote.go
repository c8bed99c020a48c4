package compose

import (
	"strings"

	"hearback/sla"
	"hearback/tickets"
)

// quote is the answered message below the text: what was written that time and
// nothing of what it quoted itself. A message of somebody whose identity is not
// confirmed is never quoted.
func quote(m *tickets.Message, d tickets.Delivery) string {
	if m == nil || m.Unconfirmed || m.Direction != tickets.In {
		return ""
	}
	text := m.ReplyText
	if strings.TrimSpace(text) == "" {
		return ""
	}
	who := "you wrote"
	if m.FromMailbox != d.Mailbox {
		who = "we were written to"
	}
	var b strings.Builder
	b.WriteString("\nOn " + m.ReceivedAt.In(sla.London()).Format("Monday 2 January 2006 at 15:04") + ", " + who + ":\n")
	for _, l := range strings.Split(strings.TrimRight(tidy(text), "\n"), "\n") {
		b.WriteString(strings.TrimRight("> "+l, " ") + "\n")
	}
	return b.String()
}
