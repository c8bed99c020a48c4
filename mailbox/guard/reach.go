package guard

// maxReach is how many lists or forwards may stand one behind the other.
const maxReach = 8

// reach is the directory by mailbox.
type reach struct {
	groups   map[string][]string
	forwards map[string][]string
	sealed   map[string]bool
}

func newReach(f Facts) reach {
	r := reach{groups: map[string][]string{}, forwards: map[string][]string{}, sealed: map[string]bool{}}
	for _, g := range f.Directory.Groups {
		mb := FoldMailbox(g.Mailbox)
		r.groups[mb] = append(r.groups[mb], g.Members...)
		if len(g.Members) == 0 {
			r.sealed[mb] = true // a list of nobody is one that was not read
		}
	}
	for _, w := range f.Directory.Forwards {
		mb := FoldMailbox(w.Mailbox)
		r.forwards[mb] = append(r.forwards[mb], w.To...)
	}
	for _, u := range f.Directory.Unresolved {
		r.sealed[FoldMailbox(u)] = true
	}
	return r
}

// expand follows lists and forwarding from every recipient until only mailboxes
// are left. A circle ends where it began.
func (m *matter) expand(done map[string]int) []Finding {
	var findings []Finding
	type step struct {
		at      int // place in recipients
		through string
		depth   int
	}
	queue := make([]step, 0, len(m.recipients))
	for i := range m.recipients {
		queue = append(queue, step{at: i})
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		m.mind()
		r := &m.recipients[s.at]
		members, isGroup := m.reach.groups[r.mailbox]
		to := append(append([]string{}, members...), m.reach.forwards[r.mailbox]...)
		if m.reach.sealed[r.mailbox] || len(to) > 0 && s.depth >= maxReach {
			r.sealed, to = true, nil
			if r.class == staffClass {
				r.class = unknown
			}
		} else if isGroup && len(r.people) == 0 {
			r.class = list
		}
		for _, t := range to {
			addresses, err := ParseAddresses(t)
			if err != nil {
				findings = append(findings, addressFinding(err))
				continue
			}
			for _, a := range addresses {
				through := s.through
				if through == "" {
					through = m.recipients[s.at].mailbox
				}
				if _, known := done[a.Mailbox()]; known {
					continue
				}
				done[a.Mailbox()] = len(m.recipients)
				n := m.who(a)
				n.through = through
				m.recipients = append(m.recipients, n)
				queue = append(queue, step{len(m.recipients) - 1, through, s.depth + 1})
			}
		}
	}
	return findings
}
