package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"
)

// TestExampleIsTheDefaults holds config.example.yaml equal to Default.
func TestExampleIsTheDefaults(t *testing.T) {
	data, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got Config // from nothing: every default must be written in the file
	if err := yaml.Load(data, &got, yaml.WithKnownFields()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got, cmpopts.IgnoreUnexported(Config{}, MailboxConfig{})); diff != "" {
		t.Errorf("config.example.yaml differs from the defaults (-default +example):\n%s", diff)
	}
}

// TestExampleMailbox: the commented mailbox of the example is a right one.
func TestExampleMailbox(t *testing.T) {
	data, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HEARBACK_SEN_PASSWORD", "x")
	var lines []string
	in := false
	for l := range strings.SplitSeq(string(data), "\n") {
		if strings.HasPrefix(l, "#  - name:") {
			in = true
		}
		if in {
			rest, ok := strings.CutPrefix(l, "#")
			if !ok {
				break
			}
			lines = append(lines, rest)
		}
	}
	if len(lines) < 20 {
		t.Fatalf("found only %d lines of a mailbox", len(lines))
	}
	cfg, err := ParseConfig([]byte(good("mailboxes:\n" + strings.Join(lines, "\n") + "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Mailboxes) != 1 || !cfg.Mailboxes[0].PlusAddressing || cfg.Mailboxes[0].IMAP.Port != 993 {
		t.Errorf("read %+v", cfg.Mailboxes)
	}
}

// TestExampleOAuth: so are its commented lines for OAuth2, in place of the passwords.
func TestExampleOAuth(t *testing.T) {
	data, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var lines []string
	in := false
	for l := range strings.SplitSeq(string(data), "\n") {
		in = in || l == "#    oauth:"
		rest, ok := strings.CutPrefix(l, "#")
		if in && !ok {
			break
		}
		if in {
			lines = append(lines, strings.ReplaceAll(rest, "/etc/hearback/m365-secret", secret))
		}
	}
	text := strings.Join(lines, "\n") + "\n"
	cfg, err := ParseConfig([]byte(good(strings.ReplaceAll(mailboxOK, ", password_env: HB_TEST_PW", "") + text)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := cfg.Doors(cfg.boxesUnregistered())
	if err != nil {
		t.Fatal(err)
	}
	way, out := d.Accounts[0], d.Routes[0]
	if len(d.Tokens) != 1 || way.Tokens == nil || way.Password != nil || out.Tokens == nil || out.Password != nil || way.Mechanism != "xoauth2" ||
		d.Tokens[0].String() != "tokens from login.microsoftonline.com" || d.Tokens[0].Expires.Format("2006-01-02") != "2027-03-31" {
		t.Errorf("%+v %v", d.Tokens, out)
	}
	if len(lines) != 11 { // oauth: and its ten settings
		t.Errorf("%d lines", len(lines))
	}
}

func good(mailboxes string) string {
	return `council:
  name: Westmarsh Council
  team_phone: 01234 000000
  emergency_duty_phone: 01234 000111
  sendiass_phone: 01234 000222
http:
  base_url: https://hearback.westmarsh.example
` + mailboxes
}

const mailboxOK = `mailboxes:
  - name: sen
    address: sen@westmarsh.example
    team: North
    imap: {host: imap.westmarsh.example, port: 993, tls: tls, username: sen, password_env: HB_TEST_PW}
    smtp: {host: smtp.westmarsh.example, port: 587, tls: starttls, username: sen, password_env: HB_TEST_PW}
`

func TestEveryMistakeAtOnce(t *testing.T) {
	t.Setenv("HB_TEST_PW", "x")
	if _, err := ParseConfig([]byte(good(mailboxOK))); err != nil {
		t.Fatalf("the good configuration: %v", err)
	}
	bad := `council:
  name: ""
  team_fone: 01234 000000
  emergency_duty_phone: 01234 000111
  sendiass_phone: 01234 000222
http:
  base_url: http://hearback.westmarsh.example
mailboxes:
  - name: sen
    address: sen at westmarsh
    team: North
    imap: {host: imap.westmarsh.example, prot: 993, tls: none, username: sen, password_env: HB_TEST_NOT_SET}
    smtp: {host: smtp.westmarsh.example, port: 587, tls: starttls}
outbound:
  mode: sent
  hold: 5s
office:
  hours: {monday: ["17:15-08:45"]}
staff_domains: [gmail.com, "*.gov.uk"]
`
	_, err := ParseConfig([]byte(bad))
	var found Mistakes
	if !errors.As(err, &found) {
		t.Fatalf("got %v", err)
	}
	text := found.Error()
	for _, want := range []string{
		"line 2: council.name: is missing", `line 3: there is no setting "team_fone"`, "council.team_phone: is missing",
		"line 7: http.base_url", `line 10: mailboxes[0].address`, `line 12: there is no setting "prot"`,
		"mailboxes[0].imap.port", "mailboxes[0].imap.tls: none is allowed only", "the environment variable HB_TEST_NOT_SET is empty",
		`line 15: outbound.mode: is "sent"`, "line 16: outbound.hold", "office.hours", "gmail.com cannot be added", `"*.gov.uk"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q. It says:\n%s", want, text)
		}
	}
}

func TestWrongYAML(t *testing.T) {
	for _, bad := range []string{"council: [", "council:\n  name: {a: b}\n", "mailboxes: 3", "\x00"} {
		if _, err := ParseConfig([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, err := LoadConfig(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that is not there was taken")
	}
}

func TestSecretsNeverInTheFile(t *testing.T) {
	_, err := ParseConfig([]byte(good(strings.ReplaceAll(mailboxOK, "password_env: HB_TEST_PW", "password: hunter2"))))
	if err == nil || !strings.Contains(err.Error(), `there is no setting "password"`) {
		t.Errorf("a password in the file: %v", err)
	}
}

const oauthOK = `mailboxes:
  - name: sen
    address: sen@westmarsh.example
    team: North
    oauth: {tenant: westmarsh.example, client_id: 00000000-0000-0000-0000-000000000000, secret_env: HB_TEST_PW, secret_expires: 2027-03-31}
    imap: {host: imap.westmarsh.example, port: 993, tls: tls, username: sen, sent_folder: Sent Items, junk_folder: Junk Email}
    smtp: {host: smtp.westmarsh.example, port: 587, tls: starttls, username: sen}
  - name: south
    address: south@westmarsh.example
    team: South
    oauth: {tenant: westmarsh.example, client_id: 00000000-0000-0000-0000-000000000000, secret_env: HB_TEST_PW, secret_expires: 2027-01-31}
    imap: {host: IMAP.westmarsh.example, port: 993, tls: tls, username: south}
    smtp: {host: smtp.westmarsh.example, port: 587, tls: starttls}
`

// TestDoors: what is shared between mailboxes, and what each folder is for.
func TestDoors(t *testing.T) {
	t.Setenv("HB_TEST_PW", "x")
	cfg, err := ParseConfig([]byte(good(oauthOK)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := cfg.Doors(cfg.boxesUnregistered())
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, a := range d.Accounts {
		folders = append(folders, a.Mailbox.Name+"/"+a.Folder+"/"+string(a.Kind))
		if a.Limit == nil || a.Limit != d.Accounts[0].Limit {
			t.Errorf("%s: its connections are not counted with the others of the server", a.Folder)
		}
	}
	if got, want := strings.Join(folders, " "), "sen/INBOX/ sen/Sent Items/sent sen/Junk Email/junk south/INBOX/"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if len(d.Tokens) != 1 || d.Tokens[0].names() != "sen, south" || d.Tokens[0].Expires.Format("2006-01-02") != "2027-01-31" {
		t.Errorf("tokens %+v", d.Tokens)
	}
	if d.Routes[0].Tokens == nil || d.Routes[1].Tokens != nil { // the second has no name to sign in with
		t.Errorf("routes %v", d.Routes)
	}
}

func TestMistakesOfSignInFoldersAndAlarm(t *testing.T) {
	t.Setenv("HB_TEST_PW", "x")
	for change, want := range map[[2]string]string{
		{"tenant: westmarsh.example, ", ""}:                                                                       "line 12: mailboxes[0].oauth.tenant: is missing",
		{"tenant: westmarsh.example, ", "tenant: a, token_url: https://b/, "}:                                     "line 12: mailboxes[0].oauth.token_url: give tenant",
		{"tenant: westmarsh.example, ", "tenant: a/b, "}:                                                          "line 12: mailboxes[0].oauth.tenant: is",
		{"tenant: westmarsh.example, ", "token_url: http://login.example/t, "}:                                    "line 12: mailboxes[0].oauth.token_url: is",
		{"tenant: westmarsh.example, ", "tenant: a, mechanism: oauthbearer, "}:                                    "mechanism: is oauthbearer, which Microsoft",
		{"tenant: westmarsh.example, ", "tenant: a, mechanism: plain, "}:                                          "mechanism: is",
		{"tenant: westmarsh.example, ", "tenant: a, secret: x, "}:                                                 `there is no setting "secret"`,
		{"tenant: westmarsh.example, ", "tenant: a, ca_file: /none, "}:                                            "line 12: mailboxes[0].oauth.ca_file:",
		{"client_id: 00000000-0000-0000-0000-000000000000, ", ""}:                                                 "line 12: mailboxes[0].oauth.client_id: is missing",
		{"secret_env: HB_TEST_PW, ", ""}:                                                                          "line 12: mailboxes[0].oauth.secret_env: is missing",
		{"secret_env: HB_TEST_PW, ", "secret_env: HB_TEST_PW, secret_file: /x, "}:                                 "not both",
		{"secret_expires: 2027-03-31", "secret_expires: soon"}:                                                    "line 12: mailboxes[0].oauth.secret_expires: is",
		{"username: sen, sent", "username: sen, password_env: HB_TEST_PW, sent"}:                                  "line 13: mailboxes[0].imap.password_env: give a password or oauth",
		{"username: sen}", "username: sen, password_file: /x}"}:                                                   "line 14: mailboxes[0].smtp.password_file: give a password or oauth",
		{"sent_folder: Sent Items", "sent_folder: inbox"}:                                                         "line 13: mailboxes[0].imap.sent_folder: is",
		{"junk_folder: Junk Email", "junk_folder: Sent Items"}:                                                    "line 13: mailboxes[0].imap.junk_folder: is",
		{"sent_folder", "folder_poll: 1s, sent_folder"}:                                                           "line 13: mailboxes[0].imap.folder_poll: is",
		{"sent_folder", "max_connections: 2, sent_folder"}:                                                        "line 13: mailboxes[0].imap.max_connections: is 2; the mailboxes of this server need at least 3",
		{"username: south", "max_connections: 4, username: south"}:                                                "line 19: mailboxes[1].imap.max_connections: is 4, and 8 in mailboxes[0]",
		{"mailboxes:", "alarm: {webhook_url: http://pager.example/, webhook_secret_env: HB_TEST_PW}\nmailboxes:"}: "line 8: alarm.webhook_url: must begin with https",
		{"mailboxes:", "alarm: {webhook_url: https://pager.example/}\nmailboxes:"}:                                "line 8: alarm.webhook_secret_env: is missing",
		{"mailboxes:", "alarm: {webhook_secret_env: HB_TEST_PW}\nmailboxes:"}:                                     "line 8: alarm.webhook_url: is missing",
		{"mailboxes:", "alarm: {webhook_url: https://10.0.0.1/, webhook_secret_env: HB_TEST_PW}\nmailboxes:"}:     "line 8: alarm.webhook_url: leads to an address inside",
		{"mailboxes:", "clamav: {address: scanner}\nmailboxes:"}:                                                  "line 8: clamav.address: is",
		{"mailboxes:", "clamav: {address: \"8.8.8.8:3310\"}\nmailboxes:"}:                                         "line 8: clamav.address: is",
		{"mailboxes:", "clamav: {max_mb: 0}\nmailboxes:"}:                                                         "line 8: clamav.max_mb: is 0",
		{"mailboxes:", "intake:\n  machine_patterns:\n    - {kind: fax, sender: x}\nmailboxes:"}:                  "line 10: intake.machine_patterns[0].kind: is",
		{"mailboxes:", "intake:\n  machine_patterns:\n    - {kind: scan, file: x}\nmailboxes:"}:                   "line 10: intake.machine_patterns[0]: needs",
		{"mailboxes:", "intake:\n  machine_patterns:\n    - {kind: scan, sender: \"(\"}\nmailboxes:"}:             "line 10: intake.machine_patterns[0].sender:",
	} {
		_, err := ParseConfig([]byte(good(strings.Replace(oauthOK, change[0], change[1], 1))))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q for %q: want %q, got %v", change[1], change[0], want, err)
		}
	}
}

func TestHints(t *testing.T) {
	t.Setenv("HB_TEST_PW", "x")
	one, err := ParseConfig([]byte(good(mailboxOK)))
	if err != nil {
		t.Fatal(err)
	}
	two, err := ParseConfig([]byte(good(oauthOK)))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(one.Hints(), "\n"); !strings.Contains(got, "Set alarm.webhook_url for a second route") || !strings.Contains(got, "mailboxes[0].imap.sent_folder is not set") {
		t.Errorf("one mailbox: %s", got)
	}
	if got := strings.Join(two.Hints(), "\n"); strings.Contains(got, "second route") || strings.Contains(got, "mailboxes[0].imap.sent_folder") || !strings.Contains(got, "mailboxes[1].imap.sent_folder") {
		t.Errorf("two mailboxes: %s", got)
	}
}
