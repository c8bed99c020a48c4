package main

import (
	"crypto/x509"
	"net"
	"strconv"
	"strings"
	"time"

	"hearback/mailbox/inbound"
	"hearback/mailbox/outbound"
	"hearback/mailbox/signin"
	"hearback/sla"
	"hearback/tickets"
)

// doors are the ways in and out that a configuration names. Everything that
// opens a connection to a mail server is made here: serve, the live check and
// the import of a folder sign in alike.
type doors struct {
	Accounts []inbound.Account // every folder that is read, of all mailboxes
	Routes   []outbound.Route  // one for each mailbox, in their order
	Tokens   []*tokenSource    // one for each application registration
}

// tokenSource signs in to one or more mailboxes with OAuth2.
type tokenSource struct {
	*signin.ClientCredentials
	Mailboxes []string  // names
	Expires   time.Time // the first of the dates that are given; zero when none is
}

// Doors makes the ways in and out. boxes are the mailboxes of the register, in
// the order of the configuration.
func (c Config) Doors(boxes []tickets.Mailbox) (*doors, error) {
	d, b := &doors{}, &doorBuilder{clock: c.tokenClock, sources: map[sourceKey]*tokenSource{}, limits: map[string]*inbound.Connections{}}
	for i, m := range c.Mailboxes {
		tokens, err := b.tokens(m)
		if err != nil {
			return nil, err
		}
		accounts, err := c.accounts(m, boxes[i], tokens, b.limit(m.IMAP))
		if err != nil {
			return nil, err
		}
		route, err := c.route(m, tokens)
		if err != nil {
			return nil, err
		}
		d.Accounts, d.Routes = append(d.Accounts, accounts...), append(d.Routes, route)
	}
	d.Tokens = b.order
	return d, nil
}

// boxesUnregistered are the mailboxes of the configuration where there is no
// register to ask, as in a check.
func (c Config) boxesUnregistered() []tickets.Mailbox {
	var out []tickets.Mailbox
	for _, m := range c.Mailboxes {
		out = append(out, tickets.Mailbox{Name: m.Name, Address: m.Address})
	}
	return out
}

// doorBuilder keeps what mailboxes share.
type doorBuilder struct {
	clock   func() time.Time
	sources map[sourceKey]*tokenSource
	order   []*tokenSource
	limits  map[string]*inbound.Connections
}

// limit is shared by the folders of all mailboxes of a server.
func (b *doorBuilder) limit(i IMAPConfig) *inbound.Connections {
	key := serverKey(i)
	if b.limits[key] == nil {
		b.limits[key] = inbound.NewConnections(i.connections())
	}
	return b.limits[key]
}

// sourceKey: mailboxes for which all of this is the same share their tokens.
type sourceKey struct{ url, client, env, file, scope, ca string }

// tokens is the source of a mailbox; nil when it signs in with a password.
func (b *doorBuilder) tokens(m MailboxConfig) (*tokenSource, error) {
	o := m.OAuth
	if !o.Used() {
		return nil, nil //nolint:nilnil // no source is an answer: a password is used
	}
	cc := signin.ClientConfig{
		TokenURL: o.TokenURL, ClientID: o.ClientID, Scope: o.Scope, OwnNetwork: o.OwnNetwork, Now: b.clock,
		Secret: func() (string, error) { return Secret(o.SecretEnv, o.SecretFile) },
	}
	if o.Tenant != "" {
		cc.TokenURL, cc.Scope = signin.MicrosoftTokenURL(o.Tenant), orDefault(o.Scope, signin.MicrosoftScope)
	}
	key := sourceKey{cc.TokenURL, cc.ClientID, o.SecretEnv, o.SecretFile, cc.Scope, o.CAFile}
	s := b.sources[key]
	if s == nil {
		roots, err := rootsFrom(o.CAFile)
		if err != nil {
			return nil, err
		}
		cc.RootCAs = roots
		source, err := signin.NewClientCredentials(cc)
		if err != nil {
			return nil, err
		}
		s = &tokenSource{ClientCredentials: source}
		b.sources[key], b.order = s, append(b.order, s)
	}
	s.Mailboxes = append(s.Mailboxes, m.Name)
	if o.SecretExpires != "" {
		day, err := sla.ParseDate(o.SecretExpires)
		if err != nil {
			return nil, err
		}
		if at := day.Midnight().In(sla.London()); s.Expires.IsZero() || at.Before(s.Expires) {
			s.Expires = at
		}
	}
	return s, nil
}

// accounts are the folders of a mailbox that are read: the inbox first.
func (c Config) accounts(m MailboxConfig, box tickets.Mailbox, tokens *tokenSource, limit *inbound.Connections) ([]inbound.Account, error) {
	tlsConfig, err := tlsFrom(m.IMAP.CAFile)
	if err != nil {
		return nil, err
	}
	inbox := inbound.Account{
		Mailbox: box, Addr: net.JoinHostPort(m.IMAP.Host, strconv.Itoa(m.IMAP.Port)),
		Security: inbound.Security(m.IMAP.TLS), TLS: tlsConfig, Username: m.IMAP.Username,
		Folder: orDefault(m.IMAP.Folder, "INBOX"), After: inbound.After(orDefault(m.IMAP.After, "leave")), MoveTo: m.IMAP.MoveTo,
		Poll: time.Duration(m.IMAP.Poll), MaxBytes: int64(c.Intake.MaxMessageMB) << 20, Batch: c.Intake.BatchMessages,
		Kind: tickets.FolderInbox, Limit: limit,
	}
	if tokens != nil {
		inbox.Tokens, inbox.Mechanism = tokens, signin.Mechanism(m.OAuth.Mechanism)
	} else {
		inbox.Password = m.imapPassword
	}
	if inbox.Parse.MachinePatterns, err = c.machinePatterns(); err != nil {
		return nil, err
	}
	if m.TrustedAuthServer != "" {
		inbox.TrustedAuth = []string{m.TrustedAuthServer}
	}
	out := []inbound.Account{inbox}
	for _, f := range []struct {
		name string
		kind tickets.FolderKind
	}{{m.IMAP.SentFolder, tickets.FolderSent}, {m.IMAP.JunkFolder, tickets.FolderJunk}} {
		if f.name == "" {
			continue
		}
		a := inbox
		// Whatever is done to the mail of the inbox, people's own folders stay as they are.
		a.Folder, a.Kind, a.After, a.MoveTo = f.name, f.kind, inbound.Leave, ""
		a.Poll = time.Duration(m.IMAP.FolderPoll)
		if a.Poll <= 0 {
			a.Poll = defaultFolderPoll
		}
		out = append(out, a)
	}
	return out, nil
}

// route is how the letters of a mailbox leave.
func (c Config) route(m MailboxConfig, tokens *tokenSource) (outbound.Route, error) {
	roots, err := rootsFrom(m.SMTP.CAFile)
	if err != nil {
		return outbound.Route{}, err
	}
	r := outbound.Route{
		Address: m.Address, Name: c.Council.Name, PlusAddressing: m.PlusAddressing, NullSender: m.SMTP.NullSender,
		Host: m.SMTP.Host, Port: m.SMTP.Port, TLS: m.SMTP.TLS, RootCAs: roots, Username: m.SMTP.Username,
		PerMinute: m.SMTP.PerMinute, Connections: m.SMTP.Connections,
	}
	switch {
	case m.SMTP.Username == "": // the server knows us by address
	case tokens != nil:
		r.Tokens, r.Mechanism = tokens, signin.Mechanism(m.OAuth.Mechanism)
	default:
		r.Password = m.smtpPassword
	}
	return r, nil
}

// rootsFrom reads a certificate authority; nil, for the system's, without a file.
func rootsFrom(caFile string) (*x509.CertPool, error) {
	t, err := tlsFrom(caFile)
	if err != nil {
		return nil, err
	}
	return t.RootCAs, nil
}

// names lists mailboxes for people.
func (s *tokenSource) names() string { return strings.Join(s.Mailboxes, ", ") }
