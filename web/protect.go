package web

import (
	"strings"

	"hearback/tickets/register"
	"hearback/web/view"
)

// protectedAddress stands where an address would: the case page shows it to
// those who may see it, and records that they looked.
const protectedAddress = "address protected"

// protected reports the mailboxes of people whose whereabouts are hidden from
// others on the case, or that are confidential themselves.
func protected(parties []register.Party) map[string]bool {
	out := map[string]bool{}
	for _, p := range parties {
		for _, a := range p.Addresses {
			if p.Link.AddressHidden || a.Confidential {
				out[a.Mailbox] = true
			}
		}
	}
	return out
}

// protect takes protected addresses out of what a timeline shows: a screen is
// read over a shoulder, and printed. The composer shows where a letter goes:
// whoever sends it has to see that.
func protect(items []view.Item, parties []register.Party) {
	hidden := protected(parties)
	for _, it := range items {
		if it.In != nil {
			if hidden[register.FoldMailbox(it.In.Address)] {
				it.In.Address = protectedAddress
			}
			it.In.To = withoutProtected(it.In.To, hidden)
		}
		if it.Out == nil {
			continue
		}
		it.Out.To = withoutProtected(it.Out.To, hidden)
		for i := range it.Out.Deliveries {
			if hidden[register.FoldMailbox(it.Out.Deliveries[i].Address)] {
				it.Out.Deliveries[i].Address = protectedAddress
			}
		}
	}
}

// withoutProtected does the same for the addresses of a header, as text.
func withoutProtected(to string, hidden map[string]bool) string {
	if len(hidden) == 0 {
		return to
	}
	list := strings.Split(to, ",")
	for i, a := range list {
		address := strings.TrimSpace(a)
		if open := strings.LastIndexByte(address, '<'); open >= 0 {
			address = strings.TrimSuffix(address[open+1:], ">")
		}
		if hidden[register.FoldMailbox(address)] {
			list[i] = " " + protectedAddress
		}
	}
	return strings.TrimSpace(strings.Join(list, ","))
}
