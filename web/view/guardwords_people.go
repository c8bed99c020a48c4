package view

// peopleRules are the rules on private content and on the right person.
func peopleRules() []GuardRule {
	return []GuardRule{
		{
			ID: "NOTE-CONTENT", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "It contains part of an internal note",
			Text:    "Part of this is from an internal note ({author}, {when}). {name} is not staff. Take it out, or ask for that wording to be published.",
			Fixes:   []string{"Take this part out", "Ask to publish"},
		},
		{
			ID: "NOTE-ENCODED", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "It hides text from an internal note",
			Text:    "There is hidden or coded text here that matches an internal note. Paste your words as plain text.",
			Fixes:   []string{"Make it plain text"},
		},
		{
			ID: "QUOTED-INTERNAL", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "An email between staff is below it",
			Text:    "Below your message is an email between staff ({A} to {B}, {when}). {name} is not staff.",
			Fixes:   []string{"Remove that email"},
		},
		{
			ID: "STAFF-TALK-EXTERNAL", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "It reads as if written to a colleague",
			Text:    "This reads as if written to {colleague}. {name}, {child}'s {role}, would get it too.",
			Fixes:   []string{"Move it to a note for {colleague}", "Rewrite for {name}"},
		},
		{
			ID: "MIXED-AUDIENCE", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "It is written to a colleague, and the family would read it",
			Text:    "You have written to {colleague}. {name} will read it as well.",
			Fixes:   []string{"Take {name} off"},
			Confirm: "I mean {name} to read every word",
		},
		{
			ID: "INTERNAL-MARKING", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "It is marked for staff only",
			Text:    "This is marked \"{mark}\". Marked text cannot go to {name}.",
			Fixes:   []string{"Take the marked part out"},
		},
		{
			ID: "MARKING-WEAK", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "The subject is marked internal",
			Text:    "The subject still says \"{mark}\". Is this meant for {name}?",
			Fixes:   []string{"Clean the subject"},
			Confirm: "Yes, it is",
		},
		{
			ID: "TONE-EXTERNAL", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "Some words may read as harsh",
			Text:    "\"{words}\" may read as harsh.",
			Fixes:   []string{"Show me a calmer way"},
			Confirm: "Send as it is",
		},
		{
			ID: "TONE-INTERNAL", Levels: []Level{Attention}, Release: []Release{NoRelease},
			Heading: "Some words are about the person, not the need",
			Text:    "Families can ask to see what we write about them. \"{words}\" is about the person, not the need.",
			Fixes:   []string{"Use \"{suggestion}\"", "Leave it"},
		},
		{
			ID: "NO-CONTACT", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "We must not contact this person",
			Text:    "We must not contact {name} about {child}. Not by this message or any other.",
			Fixes:   []string{"Take {name} off"},
		},
		{
			ID: "NO-PR", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "No parental responsibility on record",
			Text:    "{name} is not recorded as having parental responsibility for {child}, so cannot be sent this.",
			Fixes:   []string{"Take {name} off", "Check the record"},
		},
		{
			ID: "NO-PR-ACK", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "Only an acknowledgement may be sent",
			Text:    "You can say we got {name}'s message. You cannot share details about {child}.",
			Confirm: "This shares no details",
		},
		{
			ID: "RECIPIENT-NOT-LINKED", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "This person is not linked to the child",
			Text:    "{name} is not linked to {child}. They are on {other child}'s case.",
			Fixes:   []string{"Take {name} off", "Check the record"},
		},
		{
			ID: "WRONG-RECIPIENT-OTHER-CASE", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "It is greeted to one person and goes to another",
			Text:    "You greeted {X} but this would go to {Y}, who is on another case.",
			Fixes:   []string{"Change to {X}", "Take {Y} off"},
		},
		{
			ID: "WRONG-SIBLING", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "It may be about the other child",
			Text:    "This is {A}'s case, but you have written about {B}.",
			Fixes:   []string{"Move to {B}'s case"},
			Confirm: "{A} is right",
		},
		{
			ID: "UNLINKED-RECIPIENT", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "This address is not on the case",
			Text:    "{address} is not on {child}'s case. What do they need this for?",
			Fixes:   []string{"Add to the case"},
			Confirm: "Send once, because", Reason: true,
		},
		{
			ID: "NEAR-MISS-ADDRESS", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The address may be mistyped",
			Text:    "{typed} is very close to {known}, which we use for {name}.",
			Fixes:   []string{"Use {known}", "Verify {typed}"},
		},
		{
			ID: "ADDRESS-VARIANT", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "It is not their usual address",
			Text:    "We normally write to {known}. This is another address of theirs.",
			Fixes:   []string{"Use {known}"},
			Confirm: "Use this one",
		},
		{
			ID: "NEW-ADDRESS", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "The address is new",
			Text:    "This is a new address for {name}. Check it by phone first.",
			Confirm: "I checked it by phone on {date}",
		},
		{
			ID: "SALUTATION-MISMATCH", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "The greeting names someone else",
			Text:    "You greeted {X}, but this goes to {Y}.",
			Fixes:   []string{"Change greeting to {Y}"},
			Confirm: "It is right",
		},
	}
}
