package tickets

import (
	"context"
	"strings"
)

// staysInJunk decides on mail that the server had put into Junk. What somebody
// wrote who is recorded on a case, or who has a part in a conversation that the
// mail cites, must not be lost to a filter; neither must a colleague's answer, the
// news that a letter of ours did not arrive, or a message on our own telephone
// system. Everything else stays where it is: it is what the filter is for.
func (w *work) staysInJunk(ctx context.Context, m *incoming) (bool, error) {
	if len(m.facts.Sender) > 0 {
		return false, nil
	}
	if m.facts.Staff != nil && m.facts.Staff.Active && !m.match.AuthFailed {
		return false, nil
	}
	about := matcher{in: m.in, f: m.facts, sender: m.from}
	for _, c := range about.citations() {
		if about.belongs(c) {
			return false, nil
		}
	}
	switch {
	case fromMachine(m.in.Kind) && w.ourDomain(m.from):
		return false, nil
	case m.in.Kind == KindBounce:
		// Not by the address alone: anybody can name one.
		_, _, err := w.bouncedByNumber(ctx, m.in, m.own)
		if notFound(err) {
			return true, nil
		}
		return false, err
	}
	return true, nil
}

// ourDomain reports whether a folded mailbox is on a domain of the council.
func (w *work) ourDomain(mailbox string) bool {
	for _, d := range w.d.staffDomains() {
		if domainOf(mailbox) == d {
			return true
		}
	}
	return false
}

// confirmedByServer reports whether our own receiving server says that the mail
// is from the sender's domain, and not merely that nothing speaks against it.
func confirmedByServer(a AuthResult, trusted string) bool {
	return trusted != "" && strings.EqualFold(a.ServerID, trusted) && strings.EqualFold(a.DMARC, "pass")
}
