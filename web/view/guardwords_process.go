package view

// processRules are the rules on how a letter comes about, and those that only point
// something out.
func processRules() []GuardRule {
	return []GuardRule{
		{
			ID: "PURPOSE-UNLISTED", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "What kind of letter this is, is not known", Text: "We do not know what kind of letter this is. Nothing was sent.",
		},
		{
			ID: "PURPOSE-RECIPIENT", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "An automatic letter to the wrong person", Text: "A letter that hearback writes by itself may not go to this person.",
		},
		{
			ID: "PURPOSE-CONTENT", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "An automatic letter says too much", Text: "A letter that hearback writes by itself holds words that only a person may send.",
		},
		{
			ID: "AUTHOR-NOT-ALLOWED", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "Its writer may not send it", Text: "The person who wrote this may no longer work on this case. A colleague has to send it.",
		},
		{
			ID: "NO-RECIPIENT", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "Nobody would get it", Text: "Nobody is chosen to get this.",
		},
		{
			ID: "TOO-MUCH-TO-CHECK", Levels: []Level{Stopped, Confirm}, Release: []Release{Nobody, You},
			Heading: "It is too long to be checked", Text: "This letter is too large to be checked. Make it shorter, or send it in parts.",
			Weaker: "\"{file}\" is too long to be checked closely. Have you looked through it?", Confirm: "I looked through it",
		},
		{
			ID: "BODY-UNREADABLE", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A part cannot be read", Text: "A part of this letter cannot be read, so it cannot be checked. Write it again as plain text.",
		},
		{
			ID: "ENVELOPE-MISMATCH", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "It would go to somebody it does not name", Text: "The people named in this letter are not those who would get it.",
		},
		{
			ID: "PR-NOT-CHECKED", Levels: []Level{Attention}, Release: []Release{NoRelease},
			Heading: "Parental responsibility was not checked", Text: "Nobody has checked yet whether {name} has parental responsibility for {child}.",
		},
		{
			ID: "PROTECTED-SCHOOL", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "It names a protected school", Text: "{name} must not be told which school this is.",
		},
		{
			ID: "AUTHORITY-ENDED", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "The authority to act has ended", Text: "There is no signed authority for {name}, or it has ended.",
		},
		{
			ID: "DATE-PAST", Levels: []Level{Attention}, Release: []Release{NoRelease},
			Heading: "A date has gone by", Text: "{date} has gone by.",
		},
	}
}
