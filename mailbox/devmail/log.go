package devmail

import (
	"fmt"
	"log/slog"
	"strings"
)

// protocolLog takes what the protocol libraries want to tell. Almost all of it
// is about clients that sent rubbish or went away, and may cite their input:
// debug level. A panic in a session is ours to know.
type protocolLog struct {
	log   *slog.Logger
	event string
}

// Printf is the logger of imapserver and of go-smtp.
func (l protocolLog) Printf(format string, args ...any) {
	text := strings.TrimSpace(fmt.Sprintf(format, args...))
	if strings.HasPrefix(format, "panic") {
		l.log.Error("a mail session broke", "event", l.event, "outcome", "panic", "detail", text)
		return
	}
	l.log.Debug("mail protocol", "event", l.event, "detail", text)
}

// Println is the other method that go-smtp asks for.
func (l protocolLog) Println(args ...any) { l.Printf("%s", fmt.Sprintln(args...)) }
