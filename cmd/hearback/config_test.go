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
