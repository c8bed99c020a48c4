package view

// contentRules are the rules on other children, files, lists and addresses.
func contentRules() []GuardRule {
	return []GuardRule{
		{
			ID: "REPLY-TO-MISMATCH", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "Answers would go elsewhere",
			Text:    "Answers to this would go to {address}, not to us.",
			Fixes:   []string{"Use our address"},
			Confirm: "It is right",
		},
		{
			ID: "OTHER-CHILD-ID", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "It identifies another child",
			Text:    "This names {other child} (line {n}). {name} is not linked to that child.",
			Fixes:   []string{"Show where", "Take it out"},
		},
		{
			ID: "OTHER-CHILD-FIRST-NAME", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "It may name another child",
			Text:    "Is \"{first name}\" someone else's child?",
			Fixes:   []string{"Take it out"},
			Confirm: "No, it is fine here",
		},
		{
			ID: "SUBJECT-OTHER-CASE", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The subject belongs to another case",
			Text:    "The subject belongs to another case.",
			Fixes:   []string{"Use this enquiry's subject"},
		},
		{
			ID: "SUBJECT-OTHER-CHILD", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The subject names another child",
			Text:    "The subject belongs to another case.",
			Fixes:   []string{"Use this enquiry's subject"},
		},
		{
			ID: "ATTACH-OTHER-CHILD", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A file is about another child",
			Text:    "\"{file}\" is about {other child}, not {child}.",
			Fixes:   []string{"Remove file", "Open file"},
		},
		{
			ID: "ATTACH-INTERNAL", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A file holds staff comments",
			Text:    "\"{file}\" has staff comments in it (page {n}).",
			Fixes:   []string{"Make a clean copy", "Remove file"},
		},
		{
			ID: "ATTACH-META", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A file holds hidden details",
			Text:    "\"{file}\" has hidden details about {what}.",
			Fixes:   []string{"Clear hidden details", "Remove file"},
		},
		{
			ID: "ATTACH-UNREADABLE", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "A file cannot be checked",
			Text:    "We cannot read \"{file}\", so we cannot check it.",
			Fixes:   []string{"Open file"},
			Confirm: "I opened it and every page is about {child}",
		},
		{
			ID: "CONFIDENTIAL-ADDRESS", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "It holds a protected address",
			Text:    "This holds a protected address. {name} must not be told it.",
			Fixes:   []string{"Show where", "Take it out"},
		},
		{
			ID: "CONFIDENTIAL-EMAIL-VISIBLE", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A protected email address would be seen",
			Text:    "{other} would see {name}'s protected email address.",
			Fixes:   []string{"Send one copy each"},
		},
		{
			ID: "IN-CONFIDENCE", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "It was told to us in confidence",
			Text:    "{name} asked us not to share this with {other}.",
			Fixes:   []string{"Show what they asked", "Take it out"},
		},
		{
			ID: "QUOTED-OTHER-PARTY", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "It passes on someone else’s words",
			Text:    "You are passing on {name}'s words to {other}.",
			Fixes:   []string{"Sum it up in your own words"},
			Confirm: "{name} would expect this",
		},
		{
			ID: "UNMERGED-TEMPLATE", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A blank was not filled in",
			Text:    "A blank was not filled in: \"{token}\".",
			Fixes:   []string{"Go to it"},
		},
		{
			ID: "GROUP-EXPANDS-EXTERNAL", Levels: []Level{Stopped, Confirm}, Release: []Release{Nobody, You},
			Heading: "A list includes people outside the council",
			Text:    "{list} includes {n} people outside the council: {names}.",
			Fixes:   []string{"Take the list off"},
			Confirm: "I mean all of them",
		},
		{
			ID: "GROUP-UNRESOLVED", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A list cannot be looked into",
			Text:    "We cannot see who is on {list}.",
			Fixes:   []string{"Choose people instead"},
		},
		{
			ID: "FORWARDS-EXTERNAL", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A mailbox passes its mail on",
			Text:    "{mailbox} passes its mail on to {address}.",
			Fixes:   []string{"Take {mailbox} off"},
		},
		{
			ID: "BULK-VISIBLE", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "Families would see each other",
			Text:    "These families would see each other.",
			Fixes:   []string{"Send one each"},
		},
		{
			ID: "BULK-BCC", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "Families are in one hidden list",
			Text:    "{n} families are in one hidden list. One email each is safer.",
			Fixes:   []string{"Send one each"},
			Confirm: "Keep one list",
		},
		{
			ID: "DOMAIN-SPOOF", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The address only looks like ours",
			Text:    "{domain} looks like ours but is not.",
			Fixes:   []string{"Use {right domain}", "Take it off"},
		},
		{
			ID: "DOMAIN-HOMOGRAPH", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The address only looks like ours",
			Text:    "{domain} looks like ours but is not.",
			Fixes:   []string{"Use {right domain}", "Take it off"},
		},
		{
			ID: "UNLISTED-SUBDOMAIN", Levels: []Level{Stopped, Confirm}, Release: []Release{Nobody, You},
			Heading: "The address is not on our staff list",
			Text:    "{domain} is not on our staff list, so we treat it as outside.",
			Fixes:   []string{"Take it off", "Ask admin"},
		},
		{
			ID: "DISPLAY-NAME-SPOOF", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The shown name is not the address",
			Text:    "It shows \"{A}\" but would be delivered to {B}.",
			Fixes:   []string{"Take it off"},
		},
		{
			ID: "ADDRESS-TRICK", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The address cannot be read safely",
			Text:    "We cannot read this address safely. Pick the person from the case.",
			Fixes:   []string{"Choose from the case"},
		},
		{
			ID: "HEADER-INJECTION", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The address cannot be read safely",
			Text:    "We cannot read this address safely. Pick the person from the case.",
			Fixes:   []string{"Choose from the case"},
		},
		{
			ID: "UNPARSEABLE-RECIPIENT", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The address cannot be read safely",
			Text:    "We cannot read this address safely. Pick the person from the case.",
			Fixes:   []string{"Choose from the case"},
		},
		{
			ID: "APPROVAL-MISMATCH", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "It changed after it was agreed",
			Text:    "This changed after {approver} agreed it: {what changed}.",
			Fixes:   []string{"Ask {approver} again", "Undo my change"},
		},
		{
			ID: "HEADER-LEAK", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "A hidden part gives something away",
			Text:    "A hidden part of this email would give away {what}.",
			Fixes:   []string{"Remove the hidden part"},
		},
		{
			ID: "CASE-DATA-UNAVAILABLE", Levels: []Level{CannotCheck}, Release: []Release{Nobody},
			Heading: "It cannot be checked just now",
			Text:    "We cannot check this just now. Your message is saved and nothing was sent. We will try again each minute; you will be told.",
			Fixes:   []string{"Try now", "Ring instead (shows number)"},
		},
	}
}

// caseRules are the rules that come from the law and practice of the field.
func caseRules() []GuardRule {
	return []GuardRule{
		{
			ID: "ONE-PARENT-ONLY", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "The other parent is not being told",
			Text:    "This is a decision. {other parent} also has parental responsibility and is not being told.",
			Fixes:   []string{"Send {other parent} their own copy"},
			Confirm: "Not now, because", Reason: true,
		},
		{
			ID: "YOUNG-PERSON", Levels: []Level{Confirm, Stopped}, Release: []Release{You, Manager},
			Heading: "The young person decides now",
			Text:    "{child} now makes these decisions. We have not asked whether {name} may be told.",
			Fixes:   []string{"Ask {child}"},
			Confirm: "Send this once, because", Reason: true,
		},
		{
			ID: "PLAN-OUTSIDE-LIST", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "The plan needs consent for this person",
			Text:    "{name} is not someone who may be sent the plan without consent.",
			Fixes:   []string{"Send a summary", "Add consent"},
		},
		{
			ID: "PRIVILEGED", Levels: []Level{Stopped}, Release: []Release{Manager},
			Heading: "It holds legal advice",
			Text:    "This holds legal advice or panel discussion.",
			Fixes:   []string{"Take it out", "Ask Legal"},
		},
		{
			ID: "SPREADSHEET", Levels: []Level{Stopped, Confirm}, Release: []Release{Nobody, You},
			Heading: "A spreadsheet may hold more than one child",
			Text:    "\"{file}\" lists {n} children.",
			Weaker:  "\"{file}\" may hold hidden sheets or comments.",
			Fixes:   []string{"Make a one-child PDF", "Remove file"},
		},
		{
			ID: "CALLER-NOT-CHECKED", Levels: []Level{Stopped}, Release: []Release{Nobody},
			Heading: "The caller was not checked",
			Text:    "The caller has not passed two checks. Take a message. Share nothing.",
			Fixes:   []string{"Take a message"},
		},
		{
			ID: "BOUNCED", Levels: []Level{Confirm, Stopped}, Release: []Release{You, Nobody},
			Heading: "Mail to this address did not arrive",
			Text:    "Mail to {address} did not arrive on {date}.",
			Fixes:   []string{"Ring {name}", "Use {other}"},
			Confirm: "Try again",
		},
		{
			ID: "REPRESENTED", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "This person has a representative",
			Text:    "{name} has a representative, {rep}.",
			Fixes:   []string{"Copy {rep} separately"},
			Confirm: "Only {name} asked for this",
		},
		{
			ID: "LOOKED-AFTER", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "The social worker is not being told",
			Text:    "{child} is looked after. The social worker is not being told.",
			Fixes:   []string{"Send {sw} a copy"},
			Confirm: "Not needed",
		},
		{
			ID: "DISCLOSURE", Levels: []Level{Stopped}, Release: []Release{Safeguarding},
			Heading: "Speak to the safeguarding lead first",
			Text:    "{name} is named in a safety concern. Speak to the safeguarding lead first.",
			Fixes:   []string{"Contact {lead}"},
		},
		{
			ID: "POST-CHECK", Levels: []Level{Confirm}, Release: []Release{Second},
			Heading: "A second person must check this",
			Text:    "A second person must check name, address and number of pages.",
			Fixes:   []string{"Ask {person}"},
		},
		{
			ID: "FORGOTTEN-FILE", Levels: []Level{Attention}, Release: []Release{NoRelease},
			Heading: "A file is mentioned and none is added",
			Text:    "You mention a file but none is added.",
			Fixes:   []string{"Choose file", "Send without"},
		},
		{
			ID: "DATE-DIFFERS", Levels: []Level{Confirm}, Release: []Release{You},
			Heading: "The date differs from the legal date",
			Text:    "You wrote {date}. The legal date is {clock}.",
			Fixes:   []string{"Use {clock}"},
			Confirm: "Mine is right",
		},
		{
			ID: "DUPLICATE-ANSWER", Levels: []Level{Attention}, Release: []Release{NoRelease},
			Heading: "A colleague has answered too",
			Text:    "{colleague} has a message to {name} waiting to go.",
			Fixes:   []string{"See it"},
		},
	}
}
