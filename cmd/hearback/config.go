package main

import (
	"time"

	"hearback/tickets"
)

// Config is the whole configuration of `hearback serve`. Every field has a
// comment in config.example.yaml, which a test holds equal to Default().
// Secrets are never in it: a *_env or *_file key says where one is.
type Config struct {
	Council     Council         `yaml:"council"`
	DataDir     string          `yaml:"data_dir"`
	Database    Database        `yaml:"database"`
	HTTP        HTTP            `yaml:"http"`
	Mailboxes   []MailboxConfig `yaml:"mailboxes"`
	Outbound    Outbound        `yaml:"outbound"`
	Intake      Intake          `yaml:"intake"`
	Alarm       Alarm           `yaml:"alarm"`
	Webhooks    []WebhookConfig `yaml:"webhooks"`
	ClamAV      ClamAV          `yaml:"clamav"`
	Office      Office          `yaml:"office"`
	Standards   []Standard      `yaml:"standards"`
	StaffDomain []string        `yaml:"staff_domains"`
	SignIn      SignInConfig    `yaml:"sign_in"`
	Log         Log             `yaml:"log"`

	tokenClock  func() time.Time // by which tokens age; nil is time.Now. Never read from a file
	demoLoading bool             // commits need not be safe: a demonstration that was cut short begins anew
}

// Council is what letters and pages say about the council.
type Council struct {
	Name          string `yaml:"name"`
	TeamPhone     string `yaml:"team_phone"`
	EmergencyDuty string `yaml:"emergency_duty_phone"`
	SENDIASSName  string `yaml:"sendiass_name"`
	SENDIASSPhone string `yaml:"sendiass_phone"`
	PrivacyURL    string `yaml:"privacy_url"`
	TicketPrefix  string `yaml:"ticket_prefix"`
}

// Database is where everything is kept.
type Database struct {
	Engine  string `yaml:"engine"` // "sqlite" or "postgres"
	DSNEnv  string `yaml:"dsn_env"`
	DSNFile string `yaml:"dsn_file"`
}

// HTTP is where staff and programs reach hearback.
type HTTP struct {
	Listen         string   `yaml:"listen"`
	BaseURL        string   `yaml:"base_url"`
	TrustedProxies []string `yaml:"trusted_proxies"`
	SessionIdle    Duration `yaml:"session_idle"`
	SessionLife    Duration `yaml:"session_lifetime"`
}

// MailboxConfig is one shared inbox and the way its answers leave.
type MailboxConfig struct {
	Name              string     `yaml:"name"`
	Address           string     `yaml:"address"`
	Team              string     `yaml:"team"`
	IMAP              IMAPConfig `yaml:"imap"`
	SMTP              SMTPConfig `yaml:"smtp"`
	OAuth             OAuth      `yaml:"oauth"` // instead of passwords, for IMAP and SMTP
	TrustedAuthServer string     `yaml:"trusted_auth_server"`
	PlusAddressing    bool       `yaml:"plus_addressing"`

	demoPassword string // of the embedded server; never read from a file
}

// IMAPConfig is how a mailbox is read.
type IMAPConfig struct {
	Host         string   `yaml:"host"`
	Port         int      `yaml:"port"`
	TLS          string   `yaml:"tls"` // "tls", "starttls", "none" (loopback only)
	CAFile       string   `yaml:"ca_file"`
	Username     string   `yaml:"username"`
	PasswordEnv  string   `yaml:"password_env"`
	PasswordFile string   `yaml:"password_file"`
	Folder       string   `yaml:"folder"`
	After        string   `yaml:"after"` // "leave", "flag", "move"
	MoveTo       string   `yaml:"move_to"`
	Poll         Duration `yaml:"poll"`
	// SentFolder and JunkFolder are read besides Folder; empty means not read.
	SentFolder string   `yaml:"sent_folder"`
	SentCopy   string   `yaml:"sent_copy"` // "append", "server", "off"; "" is append where SentFolder is named
	JunkFolder string   `yaml:"junk_folder"`
	FolderPoll Duration `yaml:"folder_poll"` // the longest time between two looks at those; 2m when 0
	// MaxConnections bounds the connections to this server by all mailboxes
	// together; defaultConnections when 0.
	MaxConnections int `yaml:"max_connections"`
}

const (
	defaultConnections = 8
	defaultFolderPoll  = 2 * time.Minute
)

// OAuth is signing in with tokens by the client credentials grant (RFC 6749
// section 4.4). The zero value means passwords.
type OAuth struct {
	Tenant        string `yaml:"tenant"`    // of Microsoft Entra ID; or
	TokenURL      string `yaml:"token_url"` // of another provider
	ClientID      string `yaml:"client_id"`
	SecretEnv     string `yaml:"secret_env"`
	SecretFile    string `yaml:"secret_file"`
	SecretExpires string `yaml:"secret_expires"` // date; "" when it has no end or nobody knows it
	Scope         string `yaml:"scope"`          // "" with a tenant means all that was consented to
	Mechanism     string `yaml:"mechanism"`      // "xoauth2" (also ""), "oauthbearer"
	CAFile        string `yaml:"ca_file"`
	OwnNetwork    bool   `yaml:"own_network"`
}

// Used reports whether anything of it is set.
func (o OAuth) Used() bool { return o != OAuth{} }

// SMTPConfig is how letters leave.
type SMTPConfig struct {
	Host         string `yaml:"host"`
	Port         int    `yaml:"port"`
	TLS          string `yaml:"tls"`
	CAFile       string `yaml:"ca_file"`
	Username     string `yaml:"username"`
	PasswordEnv  string `yaml:"password_env"`
	PasswordFile string `yaml:"password_file"`
	NullSender   bool   `yaml:"null_sender"`
	PerMinute    int    `yaml:"per_minute"`  // letters that the server is given in any minute; 0 for no bound
	Connections  int    `yaml:"connections"` // letters that the server is given at the same time; 0 for three
}

// Outbound decides what may leave at all.
type Outbound struct {
	Mode tickets.Mode `yaml:"mode"`
	Hold Duration     `yaml:"hold"`
	// HoldHighRisk is the same for letters of high risk (tickets/risk.go).
	HoldHighRisk Duration `yaml:"hold_high_risk"`
	// MailingPerHour is how many letters of one mailing to many families leave in an hour at most.
	MailingPerHour int `yaml:"mailing_per_hour"`
	// OverdueAfter is how late a person's letter may start to leave by itself.
	OverdueAfter Duration `yaml:"overdue_after"`
	GoLive       string   `yaml:"go_live"` // local date; nothing automatic happens for mail received before it
}

// Intake holds the limits on what comes in.
type Intake struct {
	MaxMessageMB   int `yaml:"max_message_mb"`
	AckPerHour     int `yaml:"acknowledgements_per_hour"`
	ReopenDays     int `yaml:"reopen_days"`
	BatchMessages  int `yaml:"batch_messages"`
	FreeDiskMB     int `yaml:"free_disk_mb"`
	AlarmAfterMins int `yaml:"alarm_after_minutes"`
	// MachinePatterns recognise notices of telephone systems and printers beside
	// those that are known anyway.
	MachinePatterns []MachinePattern `yaml:"machine_patterns"`
}

// MachinePattern recognises the notices of one machine. Every expression that is
// given must match.
type MachinePattern struct {
	Kind    string `yaml:"kind"` // "voicemail" or "scan"
	Sender  string `yaml:"sender"`
	Subject string `yaml:"subject"`
	Text    string `yaml:"text"`
	File    string `yaml:"file"`
}

// Alarm is where hearback says that a mailbox cannot be read, besides the banner,
// /healthz and the notice to the administrators.
type Alarm struct {
	WebhookURL        string `yaml:"webhook_url"` // "" for none
	WebhookSecretEnv  string `yaml:"webhook_secret_env"`
	WebhookSecretFile string `yaml:"webhook_secret_file"`
	CAFile            string `yaml:"ca_file"`
	OwnNetwork        bool   `yaml:"own_network"`
}

// WebhookConfig is an endpoint outside that is told of events: the kind, the
// reference, three counts and a link.
type WebhookConfig struct {
	Name       string   `yaml:"name"`
	URL        string   `yaml:"url"`
	Events     []string `yaml:"events"` // empty: all
	SecretEnv  string   `yaml:"secret_env"`
	SecretFile string   `yaml:"secret_file"`
	CAFile     string   `yaml:"ca_file"`
	OwnNetwork bool     `yaml:"own_network"` // it is inside the council's network, or on this machine
}

// ClamAV is the daemon that looks for viruses in attachments.
type ClamAV struct {
	Address string   `yaml:"address"` // host:port, or the path of a socket; "" for none
	Timeout Duration `yaml:"timeout"` // for one file
	MaxMB   int      `yaml:"max_mb"`  // a larger file is not scanned; at most clamd's StreamMaxLength
}

// Office is the calendar of service standards. Statutory clocks ignore it.
type Office struct {
	Hours    map[string][]string `yaml:"hours"`    // "monday": ["08:45-17:15"]
	Closures []ClosureConfig     `yaml:"closures"` // besides the bank holidays of England and Wales
}

// ClosureConfig is a day, or a part of one, on which the office is shut.
type ClosureConfig struct {
	Date string `yaml:"date"`
	Name string `yaml:"name"`
	From string `yaml:"from"` // "16:00"; empty for the whole day
	To   string `yaml:"to"`
}

// Standard is the response standard of a category.
type Standard struct {
	Category    string `yaml:"category"`
	WorkingDays int    `yaml:"working_days"`
}

// Log is what is written to standard error.
type Log struct {
	Level  string `yaml:"level"`  // "debug", "info", "warn", "error"
	Format string `yaml:"format"` // "text", "json"
}

// Duration is a time.Duration written as "60s", "15m", "12h".
type Duration time.Duration

// UnmarshalText reads "60s".
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return err
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes "1m0s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Default is what applies where the file says nothing. It cannot run: the
// council, an address and a mailbox must be given.
func Default() Config {
	return Config{
		Council:  Council{TicketPrefix: "SEN", SENDIASSName: "SENDIASS"},
		DataDir:  "/var/lib/hearback",
		Database: Database{Engine: "sqlite"},
		HTTP: HTTP{
			Listen: "127.0.0.1:8080", TrustedProxies: []string{},
			SessionIdle: Duration(time.Hour), SessionLife: Duration(12 * time.Hour),
		},
		Mailboxes: []MailboxConfig{},
		Outbound: Outbound{
			Mode: tickets.ModeHold, Hold: Duration(time.Minute), HoldHighRisk: Duration(10 * time.Minute), OverdueAfter: Duration(tickets.OverdueAfter), MailingPerHour: 200,
		},
		Intake: Intake{
			MaxMessageMB: 150, AckPerHour: 200, ReopenDays: 30, BatchMessages: 100,
			FreeDiskMB: 200, AlarmAfterMins: 10, MachinePatterns: []MachinePattern{},
		},
		ClamAV: ClamAV{Timeout: Duration(150 * time.Second), MaxMB: 25},
		Office: Office{
			Hours: map[string][]string{
				"monday": {"08:45-17:15"}, "tuesday": {"08:45-17:15"}, "wednesday": {"08:45-17:15"},
				"thursday": {"08:45-17:15"}, "friday": {"08:45-16:45"},
			},
			Closures: []ClosureConfig{},
		},
		Standards: []Standard{
			{Category: "general", WorkingDays: 5},
			{Category: "urgent", WorkingDays: 2},
			{Category: "assessment_request", WorkingDays: 2},
			{Category: "complaint", WorkingDays: 5},
			{Category: "mp", WorkingDays: 10},
			{Category: "school", WorkingDays: 5},
		},
		StaffDomain: []string{},
		SignIn:      SignInConfig{Passwords: true, TOTP: totpRequired, OIDC: OIDC{Groups: map[string]GroupConfig{}}},
		Log:         Log{Level: "info", Format: "text"},
	}
}
