package signin

import (
	"fmt"
	"time"
)

// Warning says that a secret runs out soon, or has.
type Warning struct {
	// Ahead names the warning: 30, 7 or 1 days ahead, 0 when the day has come. A
	// secret whose Expires and Ahead were told before need not be told again.
	Ahead   int
	Days    int       // days left, on the calendar; negative when it is over
	Expires time.Time // midnight at which the day of the end begins
}

// DueWarning gives the warning that is due at now for a secret whose last safe
// day is the one before expires, and whether there is any. Days are counted on
// the calendar of loc, Europe/London for councils: of expires only the date as
// it is written counts, whatever its zone. A warning stays due until the next
// one, so that none is missed when hearback was not running.
func DueWarning(expires, now time.Time, loc *time.Location) (Warning, bool) {
	y, m, d := expires.Date()
	end := time.Date(y, m, d, 0, 0, 0, 0, loc)
	ny, nm, nd := now.In(loc).Date()
	// In UTC every day has 24 hours; in London two of them do not.
	days := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(ny, nm, nd, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
	w := Warning{Days: days, Expires: end}
	switch {
	case days > 30:
		return Warning{}, false
	case days > 7:
		w.Ahead = 30
	case days > 1:
		w.Ahead = 7
	case days == 1:
		w.Ahead = 1
	}
	return w, true
}

// Text is the warning for people. of names the mailbox.
func (w Warning) Text(of string) string {
	when := w.Expires.Format("2 January 2006")
	switch {
	case w.Days < 0:
		return fmt.Sprintf("The sign-in secret of %s ran out on %s. Put a new one in place now.", of, when)
	case w.Days == 0:
		return fmt.Sprintf("The sign-in secret of %s runs out today. Put a new one in place now.", of)
	case w.Days == 1:
		return fmt.Sprintf("The sign-in secret of %s runs out tomorrow, %s. Put a new one in place today.", of, when)
	}
	return fmt.Sprintf("The sign-in secret of %s runs out on %s, in %d days. Put a new one in place before then.", of, when, w.Days)
}
