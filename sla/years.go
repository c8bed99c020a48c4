package sla

import "hearback/tickets/fault"

// Counting starts in firstYear. Before the first year of the holiday table
// every weekday counts as a working day: a date comes out early, which is safe,
// and an old email found in a mailbox does not stop the program.
const (
	firstYear   = 2000
	maxLastYear = 2200 // the open nanoseconds of a calendar still fit into 64 bits

	firstOrdinal = 10957 // Date{firstYear, 1, 1}.ordinal()
)

// tooLate is the error of every method asked about a day beyond lastYear.
func tooLate(lastYear int) error {
	return fault.Newf(fault.Invalid, "Bank holidays are loaded to 31 December %d. Add %d before using dates after it", lastYear, lastYear+1)
}

// tooEarly is the error of every method asked about a day before firstYear.
func tooEarly() error {
	return fault.Newf(fault.Invalid, "Dates before 1 January %d cannot be counted", firstYear)
}

// holidaySet checks the holidays and lastYear against each other. A calendar
// that claims a year for which it has no holidays would count Christmas as a
// working day, so that is refused. No holidays at all is a choice (a service
// that never closes).
func holidaySet(holidays []Holiday, lastYear int) (map[Date]string, error) {
	if lastYear < firstYear || lastYear > maxLastYear {
		return nil, fault.Newf(fault.Invalid, "The last year of the calendar is %d. It must be between %d and %d", lastYear, firstYear, maxLastYear)
	}
	set := make(map[Date]string, len(holidays))
	newest := 0
	for _, h := range holidays {
		switch {
		case !h.Date.Valid() || h.Date.Year < firstYear:
			return nil, fault.Newf(fault.Invalid, "The bank holiday date %s does not exist or is before %d", h.Date, firstYear)
		case h.Date.Year > lastYear:
			return nil, fault.Newf(fault.Invalid, "The bank holiday %s is after the calendar's last year, %d. Load that year completely and raise the last year", h.Date, lastYear)
		}
		newest = max(newest, h.Date.Year)
		set[h.Date] = h.Name
	}
	if len(holidays) > 0 && newest < lastYear {
		return nil, fault.Newf(fault.Invalid, "The calendar's last year is %d, but bank holidays are loaded only to 31 December %d. Add the years between", lastYear, newest)
	}
	return set, nil
}

// checkYears refuses a day that does not exist or is outside what is known.
func checkYears(d Date, lastYear int) error {
	switch {
	case !d.Valid():
		return fault.New(fault.Invalid, "That date does not exist")
	case d.Year < firstYear:
		return tooEarly()
	case d.Year > lastYear:
		return tooLate(lastYear)
	}
	return nil
}
