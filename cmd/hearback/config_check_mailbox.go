package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/mailbox/signin"
	"hearback/mailbox/webhook"
	"hearback/sla"
)

func (c Config) checkMailboxes(k *checker) {
	if len(c.Mailboxes) == 0 {
		k.add("mailboxes", "is empty: add at least one shared inbox; config.example.yaml shows one")
	}
	names, addresses := map[string]bool{}, map[string]bool{}
	for i, m := range c.Mailboxes {
		p := fmt.Sprintf("mailboxes[%d]", i)
		k.required(p+".name", m.Name, "a short name, for example sen")
		if names[m.Name] && m.Name != "" {
			k.add(p+".name", "%q is used twice", m.Name)
		}
		names[m.Name] = true
		k.address(p+".address", m.Address)
		low := strings.ToLower(m.Address)
		if addresses[low] && low != "" {
			k.add(p+".address", "%q is used twice", m.Address)
		}
		addresses[low] = true
		k.required(p+".team", m.Team, "the team whose inbox this is")
		k.imap(p+".imap", m)
		k.smtp(p+".smtp", m)
		k.oauth(p+".oauth", m.OAuth)
	}
	c.checkConnections(k)
}

func (k *checker) imap(p string, m MailboxConfig) {
	i := m.IMAP
	k.server(p, i.Host, i.Port, i.TLS, i.CAFile)
	k.required(p+".username", i.Username, "the name to sign in with")
	k.password(p, i.PasswordEnv, i.PasswordFile, m.OAuth.Used())
	k.oneOf(p+".after", orDefault(i.After, "leave"), "leave", "flag", "move")
	if i.After == "move" {
		k.required(p+".move_to", i.MoveTo, "the folder to move mail to once it is safely stored")
	}
	k.oneOf(p+".sent_copy", orDefault(i.SentCopy, sentCopyOff), sentCopyAppend, sentCopyServer, sentCopyOff)
	if i.Poll != 0 && time.Duration(i.Poll) < 5*time.Second {
		k.add(p+".poll", "is %s; it must be at least 5s", time.Duration(i.Poll))
	}
	if i.FolderPoll != 0 && (time.Duration(i.FolderPoll) < 5*time.Second || time.Duration(i.FolderPoll) > time.Hour) {
		k.add(p+".folder_poll", "is %s; it can be from 5s to 1h", time.Duration(i.FolderPoll))
	}
	if i.MaxConnections != 0 {
		k.between(p+".max_connections", i.MaxConnections, 1, 100)
	}
	// Two pollers on one folder would each take its mail for another kind.
	folders := map[string]string{folderKey(orDefault(i.Folder, "INBOX")): "folder"}
	for _, f := range []struct{ name, value string }{{"sent_folder", i.SentFolder}, {"junk_folder", i.JunkFolder}, {"move_to", i.MoveTo}} {
		if f.value == "" || f.name == "move_to" && i.After != "move" {
			continue
		}
		if other := folders[folderKey(f.value)]; other != "" {
			k.add(p+"."+f.name, "is %q, as is %s", f.value, other)
		}
		folders[folderKey(f.value)] = f.name
	}
}

// folderKey: INBOX alone is the same in any case (RFC 3501 section 5.1).
func folderKey(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	return name
}

func (k *checker) smtp(p string, m MailboxConfig) {
	s := m.SMTP
	k.server(p, s.Host, s.Port, s.TLS, s.CAFile)
	if s.PerMinute != 0 {
		k.between(p+".per_minute", s.PerMinute, 1, 100000)
	}
	if s.Connections != 0 {
		k.between(p+".connections", s.Connections, 1, 20)
	}
	switch {
	case s.Username != "":
		k.password(p, s.PasswordEnv, s.PasswordFile, m.OAuth.Used())
	case s.PasswordEnv+s.PasswordFile != "":
		k.add(p+".username", "is missing: there is a password without a name to sign in with")
	}
}

// password: with oauth a password would never be used, and whoever wrote both
// thinks otherwise.
func (k *checker) password(p, env, file string, oauth bool) {
	switch {
	case !oauth:
		k.secret(p+".password", env, file, true)
	case env != "":
		k.add(p+".password_env", "give a password or oauth, not both")
	case file != "":
		k.add(p+".password_file", "give a password or oauth, not both")
	}
}

func (k *checker) oauth(p string, o OAuth) {
	if !o.Used() {
		return
	}
	switch {
	case o.Tenant != "" && o.TokenURL != "":
		k.add(p+".token_url", "give tenant (Microsoft) or token_url (another provider), not both")
	case o.Tenant == "" && o.TokenURL == "":
		k.add(p+".tenant", "is missing: give the tenant (Microsoft), or token_url for another provider")
	case strings.ContainsAny(o.Tenant, "/:?#@ "):
		k.add(p+".tenant", "is %q; write the directory (tenant) id or a domain, for example westmarsh.example", o.Tenant)
	}
	k.required(p+".client_id", o.ClientID, "the application (client) id")
	k.secret(p+".secret", o.SecretEnv, o.SecretFile, true)
	if o.SecretExpires != "" {
		if _, err := sla.ParseDate(o.SecretExpires); err != nil {
			k.add(p+".secret_expires", "is %q; write a date as 2027-03-31", o.SecretExpires)
		}
	}
	k.oneOf(p+".mechanism", orDefault(o.Mechanism, string(signin.XOAuth2)), string(signin.XOAuth2), string(signin.OAuthBearer))
	if o.Tenant != "" && o.Mechanism == string(signin.OAuthBearer) {
		k.add(p+".mechanism", "is oauthbearer, which Microsoft does not know; leave it out")
	}
	k.caFile(p, o.CAFile)
	if o.TokenURL != "" {
		probe := signin.ClientConfig{
			TokenURL: o.TokenURL, ClientID: "x", OwnNetwork: o.OwnNetwork, Secret: func() (string, error) { return "x", nil },
		}
		if _, err := signin.NewClientCredentials(probe); err != nil {
			k.add(p+".token_url", "is %q. %s", o.TokenURL, safe(err))
		}
	}
}

// checkConnections: mailboxes of one server share the connections to it. Each
// inbox keeps one while it waits for mail; the other folders need one besides.
func (c Config) checkConnections(k *checker) {
	type server struct {
		first, limit, inboxes int
		folders               bool
	}
	servers := map[string]*server{}
	for i, m := range c.Mailboxes {
		key := serverKey(m.IMAP)
		limit := m.IMAP.connections()
		s := servers[key]
		if s == nil {
			s = &server{first: i, limit: limit}
			servers[key] = s
		}
		if limit != s.limit {
			k.add(fmt.Sprintf("mailboxes[%d].imap.max_connections", i), "is %d, and %d in mailboxes[%d] of the same server", limit, s.limit, s.first)
		}
		s.inboxes++
		s.folders = s.folders || m.IMAP.SentFolder+m.IMAP.JunkFolder != ""
	}
	for i, m := range c.Mailboxes {
		s := servers[serverKey(m.IMAP)]
		need := s.inboxes
		if s.folders {
			need++
		}
		if s.first == i && s.limit >= 1 && s.limit < need {
			k.add(fmt.Sprintf("mailboxes[%d].imap.max_connections", i),
				"is %d; the mailboxes of this server need at least %d: one for each inbox, and one for their other folders", s.limit, need)
		}
	}
}

func (i IMAPConfig) connections() int {
	if i.MaxConnections == 0 {
		return defaultConnections
	}
	return i.MaxConnections
}

// serverKey is the same for mailboxes of one server.
func serverKey(i IMAPConfig) string {
	return strings.ToLower(net.JoinHostPort(i.Host, strconv.Itoa(i.Port)))
}

func (c Config) checkAlarm(k *checker) {
	a := c.Alarm
	if a.WebhookURL == "" {
		if a.WebhookSecretEnv+a.WebhookSecretFile != "" {
			k.add("alarm.webhook_url", "is missing: there is a secret for it")
		}
		return
	}
	k.secret("alarm.webhook_secret", a.WebhookSecretEnv, a.WebhookSecretFile, true)
	k.caFile("alarm", a.CAFile)
	probe := webhook.Config{URL: a.WebhookURL, OwnNetwork: a.OwnNetwork, Secret: func() (string, error) { return "x", nil }}
	if _, err := webhook.New(probe); err != nil {
		k.add("alarm.webhook_url", "%s", safe(err))
	}
}

func (c Config) checkClamAV(k *checker) {
	a := c.ClamAV
	k.between("clamav.max_mb", a.MaxMB, 1, 2000)
	if t := time.Duration(a.Timeout); t < time.Second || t > 10*time.Minute {
		k.add("clamav.timeout", "is %s; it can be from 1s to 10m", t)
	}
	if a.Address == "" || filepath.IsAbs(a.Address) {
		return
	}
	host, port, err := net.SplitHostPort(a.Address)
	if n, perr := strconv.Atoi(port); err != nil || host == "" || perr != nil || n < 1 || n > 65535 {
		k.add("clamav.address", "is %q; write host:port, or the path of a socket, for example /run/clamav/clamd.ctl", a.Address)
		return
	}
	// clamd has no TLS and no sign-in: whatever is sent to it crosses the network as it is.
	if ip, err := netip.ParseAddr(host); err == nil && !ip.IsLoopback() && !ip.IsPrivate() {
		k.add("clamav.address", "is %q, an address of the internet: clamd has no encryption, so it must be on your own network", a.Address)
	}
}

func (k *checker) caFile(path, file string) {
	if file == "" {
		return
	}
	if _, err := os.Stat(file); err != nil {
		k.add(path+".ca_file", "%q cannot be read", file)
	}
}

// Hints are what is no mistake and still worth knowing.
func (c Config) Hints() []string {
	var out []string
	webhook := c.Alarm.WebhookURL != ""
	switch {
	case len(c.Mailboxes) == 1 && webhook:
		out = append(out, "There is one mailbox: when it fails, the notice to the administrators waits in its own outbox. alarm.webhook_url is the second route.")
	case len(c.Mailboxes) == 1:
		out = append(out, "There is one mailbox: when it fails, the notice to the administrators waits in its own outbox. Set alarm.webhook_url for a second route.")
	}
	for i, m := range c.Mailboxes {
		if m.IMAP.SentFolder == "" {
			out = append(out, fmt.Sprintf("mailboxes[%d].imap.sent_folder is not set: a reply that an officer writes in Outlook does not stop the clock.", i))
		}
		if m.IMAP.JunkFolder == "" {
			out = append(out, fmt.Sprintf("mailboxes[%d].imap.junk_folder is not set: a family's mail that the server takes for spam is not seen.", i))
		}
		if m.OAuth.Used() && m.OAuth.SecretEnv != "" {
			out = append(out, fmt.Sprintf("mailboxes[%d].oauth.secret_env: a new secret needs a restart; one in secret_file does not.", i))
		}
		if m.OAuth.Used() && m.OAuth.SecretExpires == "" {
			out = append(out, fmt.Sprintf("mailboxes[%d].oauth.secret_expires is not set: nobody is warned before the secret ends.", i))
		}
	}
	return slices.Clip(out)
}
