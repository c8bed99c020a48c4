package main

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
)

// Check finds what is wrong with the values. Lines are filled in by the caller.
func (c Config) Check() []Mistake {
	k := &checker{}
	c.checkCouncil(k)
	c.checkStorage(k)
	c.checkHTTP(k)
	c.checkMailboxes(k)
	c.checkOutbound(k)
	c.checkIntake(k)
	c.checkAlarm(k)
	c.checkWebhooks(k)
	c.checkClamAV(k)
	c.checkOffice(k)
	c.checkStaffDomains(k)
	c.checkSignIn(k)
	k.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	k.oneOf("log.format", c.Log.Format, "text", "json")
	return k.found
}

type checker struct{ found []Mistake }

func (k *checker) add(path, format string, args ...any) {
	k.found = append(k.found, Mistake{Path: path, What: fmt.Sprintf(format, args...)})
}

func (k *checker) required(path, value, what string) {
	if strings.TrimSpace(value) == "" {
		k.add(path, "is missing: give %s", what)
	}
}

func (k *checker) oneOf(path, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		k.add(path, "is %q; it can be %s", value, strings.Join(allowed, ", "))
	}
}

func (k *checker) between(path string, value, low, high int) {
	if value < low || value > high {
		k.add(path, "is %d; it can be from %d to %d", value, low, high)
	}
}

func (c Config) checkCouncil(k *checker) {
	k.required("council.name", c.Council.Name, "the council's name as families know it")
	k.required("council.team_phone", c.Council.TeamPhone, "the number that families ring when they have not heard")
	k.required("council.emergency_duty_phone", c.Council.EmergencyDuty, "the number for urgent worries out of hours; every acknowledgement carries it")
	k.required("council.sendiass_phone", c.Council.SENDIASSPhone, "the number of the free independent advice service; every acknowledgement carries it")
	if p := c.Council.TicketPrefix; len(p) < 2 || len(p) > 6 || strings.ToUpper(p) != p || strings.ContainsAny(p, " -0123456789") {
		k.add("council.ticket_prefix", "is %q; use 2 to 6 capital letters, for example SEN", p)
	}
	if c.Council.PrivacyURL != "" {
		k.webAddress("council.privacy_url", c.Council.PrivacyURL)
	}
}

func (c Config) checkStorage(k *checker) {
	if c.Database.Engine != "postgres" {
		k.required("data_dir", c.DataDir, "a directory that only hearback writes to")
	}
	k.oneOf("database.engine", c.Database.Engine, "sqlite", "postgres")
	if c.Database.Engine == "postgres" {
		k.secret("database.dsn", c.Database.DSNEnv, c.Database.DSNFile, true)
	}
}

func (c Config) checkHTTP(k *checker) {
	if _, _, err := net.SplitHostPort(c.HTTP.Listen); err != nil {
		k.add("http.listen", "is %q; write an address and a port, for example 127.0.0.1:8080", c.HTTP.Listen)
	}
	k.required("http.base_url", c.HTTP.BaseURL, "the address at which staff reach hearback, for links in notices")
	if c.HTTP.BaseURL != "" {
		k.webAddress("http.base_url", c.HTTP.BaseURL)
	}
	for i, p := range c.HTTP.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				k.add(fmt.Sprintf("http.trusted_proxies[%d]", i), "is %q; write an address or a network, for example 127.0.0.1", p)
			}
		}
	}
	if time.Duration(c.HTTP.SessionIdle) < 5*time.Minute {
		k.add("http.session_idle", "is %s; it must be at least 5m", time.Duration(c.HTTP.SessionIdle))
	}
	if c.HTTP.SessionLife < c.HTTP.SessionIdle {
		k.add("http.session_lifetime", "is shorter than http.session_idle")
	}
}

func (c Config) checkOutbound(k *checker) {
	k.oneOf("outbound.mode", string(c.Outbound.Mode), string(tickets.ModeHold), string(tickets.ModeObserve), string(tickets.ModeSend))
	if h := time.Duration(c.Outbound.Hold); h < 20*time.Second || h > 10*time.Minute {
		k.add("outbound.hold", "is %s; it can be from 20s to 10m. It is never 0: it is the time in which somebody can take a letter back", h)
	}
	if r := c.Outbound.HoldHighRisk; r < c.Outbound.Hold || time.Duration(r) > time.Hour {
		k.add("outbound.hold_high_risk", "is %s; it can be from outbound.hold (%s) to 1h", time.Duration(r), time.Duration(c.Outbound.Hold))
	}
	if m := c.Outbound.MailingPerHour; m < 1 || m > 100000 {
		k.add("outbound.mailing_per_hour", "is %d; it can be from 1 to 100000", m)
	}
	if o := time.Duration(c.Outbound.OverdueAfter); o < 15*time.Minute || o > 72*time.Hour {
		k.add("outbound.overdue_after", "is %s; it can be from 15m to 72h", o)
	}
	if c.Outbound.GoLive != "" {
		if _, err := sla.ParseDate(c.Outbound.GoLive); err != nil {
			k.add("outbound.go_live", "is %q; write a date as 2027-01-04", c.Outbound.GoLive)
		}
	}
	if c.Outbound.Mode == tickets.ModeSend && c.Outbound.GoLive == "" {
		k.add("outbound.go_live", "is missing: mode send needs the date from which families get letters, for example 2027-01-04")
	}
}

func (c Config) checkIntake(k *checker) {
	k.between("intake.max_message_mb", c.Intake.MaxMessageMB, 1, 500)
	k.between("intake.acknowledgements_per_hour", c.Intake.AckPerHour, 1, 100000)
	k.between("intake.reopen_days", c.Intake.ReopenDays, 0, 366)
	k.between("intake.batch_messages", c.Intake.BatchMessages, 1, 500)
	k.between("intake.free_disk_mb", c.Intake.FreeDiskMB, 10, 100000)
	k.between("intake.alarm_after_minutes", c.Intake.AlarmAfterMins, 1, 120)
	if _, err := c.machinePatterns(); err != nil {
		k.found = append(k.found, asMistake("intake.machine_patterns", err))
	}
}

func (c Config) checkOffice(k *checker) {
	if _, err := c.Calendar(); err != nil {
		path := "office.hours"
		if m, ok := err.(Mistake); ok {
			k.found = append(k.found, m)
			return
		}
		k.add(path, "%s", safe(err))
	}
	known := sla.DefaultPolicies()
	for i, s := range c.Standards {
		if _, ok := known[s.Category]; !ok {
			k.add(fmt.Sprintf("standards[%d].category", i), "%q is no category", s.Category)
		}
		k.between(fmt.Sprintf("standards[%d].working_days", i), s.WorkingDays, 1, 60)
	}
}

// freeMail are providers at which anybody can get an address: a staff domain
// among them would make every stranger staff.
func freeMail() []string {
	return []string{
		"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk",
		"msn.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "aol.com", "btinternet.com", "sky.com",
		"virginmedia.com", "talktalk.net", "proton.me", "protonmail.com", "gmx.com", "gmx.net", "mail.com", "zoho.com",
	}
}

func (c Config) checkStaffDomains(k *checker) {
	for i, d := range c.StaffDomain {
		p := fmt.Sprintf("staff_domains[%d]", i)
		low := strings.ToLower(strings.TrimSpace(d))
		switch {
		case strings.ContainsAny(low, "*@/ ") || !strings.Contains(low, ".") || strings.HasPrefix(low, ".") || strings.HasSuffix(low, "."):
			k.add(p, "is %q; write one exact domain, for example westmarsh.gov.uk, without wildcards", d)
		case slices.Contains(freeMail(), low):
			k.add(p, "%s cannot be added because anyone can get an address there", d)
		case slices.Contains([]string{"gov.uk", "co.uk", "org.uk", "nhs.uk", "sch.uk", "ac.uk", "nhs.net"}, low):
			k.add(p, "%s cannot be added because it belongs to many organisations", d)
		}
	}
}

func (k *checker) webAddress(path, value string) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		k.add(path, "is %q; write a full address, for example https://hearback.westmarsh.example", value)
		return
	}
	if u.Scheme == "http" && !isLoopbackHost(u.Hostname()) {
		k.add(path, "is %q; use https, except on this machine itself", value)
	}
}

func (k *checker) address(path, value string) {
	a, err := mail.ParseAddress(value)
	if err != nil || a.Address != value {
		k.add(path, "is %q; write one e-mail address, for example sen@westmarsh.example", value)
	}
}

func (k *checker) server(path, host string, port int, tls, ca string) {
	k.required(path+".host", host, "the server's name")
	k.between(path+".port", port, 1, 65535)
	k.oneOf(path+".tls", tls, "tls", "starttls", "none")
	if tls == "none" && !isLoopbackHost(host) {
		k.add(path+".tls", "none is allowed only for a server on this machine")
	}
	k.caFile(path, ca)
}

// secret checks that a secret has one place to come from and is there.
func (k *checker) secret(path, env, file string, needed bool) {
	switch {
	case env != "" && file != "":
		k.add(path+"_env", "give %s_env or %s_file, not both", leaf(path), leaf(path))
	case env != "":
		if os.Getenv(env) == "" {
			k.add(path+"_env", "the environment variable %s is empty", env)
		}
	case file != "":
		if b, err := os.ReadFile(file); err != nil {
			k.add(path+"_file", "%q cannot be read", file)
		} else if strings.TrimSpace(string(b)) == "" {
			k.add(path+"_file", "%q is empty", file)
		}
	case needed:
		k.add(path+"_env", "is missing: name the environment variable (or, as %s_file, the file) that holds it", leaf(path))
	}
}

// Secret reads a secret from where the configuration says it is.
func Secret(env, file string) (string, error) {
	if env != "" {
		return os.Getenv(env), nil
	}
	if file == "" {
		return "", nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("a secret cannot be read: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

func leaf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

func orDefault(v, d string) string {
	if v == "" {
		return d
	}
	return v
}

func isLoopbackHost(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
