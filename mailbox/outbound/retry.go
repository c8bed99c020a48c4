package outbound

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// backoff is how long to wait after so many attempts. more is false when it is
// time to give up: after the last wait a letter has been tried for about a day,
// and a person can ring.
func backoff(attempts int) (wait time.Duration, more bool) {
	waits := [...]time.Duration{
		time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
	}
	i := max(attempts-1, 0)
	if i >= len(waits) {
		return 0, false
	}
	return waits[i], true
}

// causeForLog is an error without what a server said: its words may hold an
// address.
func causeForLog(err error) string {
	var e *smtp.SMTPError
	if errors.As(err, &e) {
		step, _, _ := strings.Cut(err.Error(), ":")
		return fmt.Sprintf("%s: %d", step, e.Code)
	}
	return err.Error()
}
