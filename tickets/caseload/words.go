package caseload

import (
	"fmt"
	"strings"

	"hearback/tickets/register"
)

// Words says what a change does, for people: "school: Northgate, before Hartfield".
func (c Change) Words() string {
	who := ""
	if c.Who != "" {
		who = c.Who + ": "
	}
	switch c.Action {
	case AddCase:
		return "new case"
	case SetCase:
		from := c.From
		if c.ToID != 0 { // the register knows them by number
			from = ""
		}
		return fieldWords(c.Field) + ": " + c.To + before(from)
	case AddAlias:
		return "also known as " + c.To
	case SetDate:
		return "date of " + dateWords(c.Field) + ": " + c.To + before(c.From)
	case AddPerson:
		return who + "new person"
	case SetPersonRef:
		return who + "number in the case system " + c.To
	case AddLink:
		return who + "put on the case as " + c.To
	case SetLink:
		return who + fieldWords(c.Field) + ": " + c.To + before(c.From)
	case AddAddress:
		return who + "e-mail address " + c.To + ", unverified"
	case AddPhone:
		return who + "telephone number " + c.To
	case AddPostal:
		return who + strings.TrimSpace("postal address "+c.To)
	case AddRestriction:
		return who + "restriction: " + register.RestrictionKind(c.To).Words()
	case EndRestriction:
		return who + "end of the restriction: " + register.RestrictionKind(c.From).Words()
	}
	return string(c.Action)
}

func before(from string) string {
	if from == "" {
		return ""
	}
	return fmt.Sprintf(" (was %s)", from)
}

func fieldWords(f string) string {
	switch f {
	case string(ChildName):
		return "child's name"
	case string(DOB):
		return "date of birth"
	case string(UPN):
		return "UPN"
	case string(NHS):
		return "NHS number"
	case string(Officer):
		return "named officer"
	case string(Fallback):
		return "fall-back owner"
	case string(Restricted):
		return "restricted case"
	case string(Open):
		return "case open"
	case "pr":
		return "parental responsibility"
	case "may_be_told":
		return "may be told"
	case "address_protected":
		return "address protected"
	}
	return f
}

func dateWords(kind string) string {
	switch kind {
	case "request":
		return "the request"
	case "decision":
		return "the decision to assess"
	case "draft":
		return "the draft plan"
	case "final":
		return "the final plan"
	case "review":
		return "the last review"
	}
	return kind
}
