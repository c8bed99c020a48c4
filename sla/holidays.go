package sla

import (
	"time"

	"hearback/tickets/fault"
)

// Holiday is a bank holiday: a whole local day.
type Holiday struct {
	Date Date
	Name string
}

// Closure is a day, or part of one, on which the council's office is shut
// although it is not a bank holiday. Closures count for service standards only.
//
// From == To == 0 is the whole day. Otherwise the office is shut from From to
// To; To == 0 means to the end of the day, so that {24 December, From 16:00}
// says what it looks like.
type Closure struct {
	Date     Date
	Name     string
	From, To TimeOfDay
}

// span is the closed part of the day, checked.
func (c Closure) span() (Interval, error) {
	iv := Interval{c.From, c.To}
	if iv.To == 0 {
		iv.To = EndOfDay
	}
	switch {
	case !c.Date.Valid():
		return iv, fault.Newf(fault.Invalid, "The closure date %s does not exist", c.Date)
	case iv.From < 0 || iv.To > EndOfDay || iv.From >= iv.To:
		return iv, fault.Newf(fault.Invalid, "The closure on %s does not end after it begins. Times run from 00:00 to 24:00", c.Date)
	}
	return iv, nil
}

// EnglandAndWales are the bank holidays from 2022 to 2028, oldest first; each
// call returns a new slice. They are data, not rules: a royal event adds or
// moves a day (three times in 2022 and 2023), and no rule foresees that.
// Source: the list published at https://www.gov.uk/bank-holidays, made under
// the Banking and Financial Dealings Act 1971.
func EnglandAndWales() []Holiday {
	h := func(y int, m time.Month, d int, name string) Holiday { return Holiday{Date{y, m, d}, name} }
	return []Holiday{
		h(2022, 1, 3, "New Year substitute"),
		h(2022, 4, 15, "Good Friday"),
		h(2022, 4, 18, "Easter Monday"),
		h(2022, 5, 2, "Early May"),
		h(2022, 6, 2, "Spring"), // moved from 30 May
		h(2022, 6, 3, "Platinum Jubilee"),
		h(2022, 8, 29, "Summer"),
		h(2022, 9, 19, "State Funeral of Queen Elizabeth II"),
		h(2022, 12, 26, "Boxing Day"),
		h(2022, 12, 27, "Christmas substitute"),

		h(2023, 1, 2, "New Year substitute"),
		h(2023, 4, 7, "Good Friday"),
		h(2023, 4, 10, "Easter Monday"),
		h(2023, 5, 1, "Early May"),
		h(2023, 5, 8, "Coronation of King Charles III"),
		h(2023, 5, 29, "Spring"),
		h(2023, 8, 28, "Summer"),
		h(2023, 12, 25, "Christmas"),
		h(2023, 12, 26, "Boxing Day"),

		h(2024, 1, 1, "New Year"),
		h(2024, 3, 29, "Good Friday"),
		h(2024, 4, 1, "Easter Monday"),
		h(2024, 5, 6, "Early May"),
		h(2024, 5, 27, "Spring"),
		h(2024, 8, 26, "Summer"),
		h(2024, 12, 25, "Christmas"),
		h(2024, 12, 26, "Boxing Day"),

		h(2025, 1, 1, "New Year"),
		h(2025, 4, 18, "Good Friday"),
		h(2025, 4, 21, "Easter Monday"),
		h(2025, 5, 5, "Early May"),
		h(2025, 5, 26, "Spring"),
		h(2025, 8, 25, "Summer"),
		h(2025, 12, 25, "Christmas"),
		h(2025, 12, 26, "Boxing Day"),

		h(2026, 1, 1, "New Year"),
		h(2026, 4, 3, "Good Friday"),
		h(2026, 4, 6, "Easter Monday"),
		h(2026, 5, 4, "Early May"),
		h(2026, 5, 25, "Spring"),
		h(2026, 8, 31, "Summer"),
		h(2026, 12, 25, "Christmas"),
		h(2026, 12, 28, "Boxing Day substitute"),

		h(2027, 1, 1, "New Year"),
		h(2027, 3, 26, "Good Friday"),
		h(2027, 3, 29, "Easter Monday"),
		h(2027, 5, 3, "Early May"),
		h(2027, 5, 31, "Spring"),
		h(2027, 8, 30, "Summer"),
		h(2027, 12, 27, "Christmas substitute"),
		h(2027, 12, 28, "Boxing Day substitute"),

		h(2028, 1, 3, "New Year substitute"),
		h(2028, 4, 14, "Good Friday"),
		h(2028, 4, 17, "Easter Monday"),
		h(2028, 5, 1, "Early May"),
		h(2028, 5, 29, "Spring"),
		h(2028, 8, 28, "Summer"),
		h(2028, 12, 25, "Christmas"),
		h(2028, 12, 26, "Boxing Day"),
	}
}

// EnglandAndWalesLastYear is the last year of [EnglandAndWales].
const EnglandAndWalesLastYear = 2028
