package register

import "time"

const dateForm = "2006-01-02"

// YoungPersonFrom is the local date from which a child is a young person: the
// day after the last Friday in June of the school year (1 September to 31
// August) in which they turn 16 (Education Act 1996 s.8; Children and Families
// Act 2014 s.83). ok is false when the date of birth is not known or is no date.
func YoungPersonFrom(dob string) (date string, ok bool) {
	born, err := time.Parse(dateForm, dob)
	if err != nil {
		return "", false
	}
	end := born.Year() + 16
	if born.Month() >= time.September {
		end++
	}
	last := time.Date(end, time.June, 30, 0, 0, 0, 0, time.UTC)
	for last.Weekday() != time.Friday {
		last = last.AddDate(0, 0, -1)
	}
	return last.AddDate(0, 0, 1).Format(dateForm), true
}

// IsYoungPerson reports whether somebody born on dob is a young person on a
// local date.
func IsYoungPerson(dob, on string) bool {
	from, ok := YoungPersonFrom(dob)
	return ok && from <= on
}

// askedWithin is how long the parents of a young person whom nobody has asked
// are still written to as before.
const askedWithin = 60

// notAskedTooLong reports whether the switch lies so far back that a parent may
// not be told any more without an arrangement.
func notAskedTooLong(dob, on string) bool {
	from, ok := YoungPersonFrom(dob)
	if !ok {
		return false
	}
	switched, err := time.Parse(dateForm, from)
	if err != nil {
		return false
	}
	return switched.AddDate(0, 0, askedWithin).Format(dateForm) < on
}

// AskYoungPersonFrom is twelve months before compulsory school age ends, the day before somebody is a
// young person: since then an officer is prompted to ask them.
func AskYoungPersonFrom(from string) string {
	t, err := time.Parse(dateForm, from)
	if err != nil {
		return from
	}
	return t.AddDate(-1, 0, -1).Format(dateForm)
}
