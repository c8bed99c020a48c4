package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const signInOK = `sign_in:
  passwords: true
  totp: required
  oidc:
    issuer: https://login.example/tenant-1/v2.0
    client_id: hearback
    client_secret_env: HB_TEST_PW
    groups:
      g-1: {role: officer, team: North}
`

// Each mistake of sign_in is named with its line and stops the program.
func TestMistakesOfSignIn(t *testing.T) {
	t.Setenv("HB_TEST_PW", "x")
	none := filepath.Join(t.TempDir(), "none")
	noPEM := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(noPEM, []byte("no certificate\n"), 0o600))
	if _, err := ParseConfig([]byte(good(signInOK + mailboxOK))); err != nil {
		t.Fatalf("the good configuration: %v", err)
	}
	for change, want := range map[[2]string]string{
		{"totp: required", "totp: sometimes"}:                                                                             `line 10: sign_in.totp: is "sometimes"; it can be required, optional`,
		{"totp: required", "totp: required\n  mfa: true"}:                                                                 `line 11: there is no setting "mfa"`,
		{"passwords: true", "passwords: perhaps"}:                                                                         "line 9",
		{"issuer: https://login.example/tenant-1/v2.0", "button: x"}:                                                      "sign_in.oidc.issuer: is missing",
		{"https://login.example/tenant-1", "http://login.example/t"}:                                                      "line 12: sign_in.oidc.issuer: is",
		{"https://login.example/tenant-1", "http://127.0.0.1"}:                                                            "line 12: sign_in.oidc.issuer: is",
		{"tenant-1/v2.0", "common/v2.0"}:                                                                                  "line 12: sign_in.oidc.issuer: is \"https://login.example/common/v2.0\", at which every council",
		{"tenant-1/v2.0", "organizations/v2.0"}:                                                                           "line 12: sign_in.oidc.issuer: is",
		{"tenant-1/v2.0", "v2.0?tenant=1"}:                                                                                "line 12: sign_in.oidc.issuer: is",
		{"//login.example", "//user:pw@login.example"}:                                                                    "line 12: sign_in.oidc.issuer: holds",
		{"issuer: https://login.example/tenant-1/v2.0", "issuer: x"}:                                                      "line 12: sign_in.oidc.issuer: is",
		{"client_id: hearback", "client_id: \"\""}:                                                                        "line 13: sign_in.oidc.client_id: is missing",
		{"client_secret_env: HB_TEST_PW", "ca_file: \"\""}:                                                                "sign_in.oidc.client_secret_env: is missing",
		{"client_secret_env: HB_TEST_PW", "client_secret_env: HB_TEST_NOT_SET"}:                                           "line 14: sign_in.oidc.client_secret_env: the environment variable HB_TEST_NOT_SET is empty",
		{"client_secret_env: HB_TEST_PW", "client_secret: hunter2"}:                                                       `line 14: there is no setting "client_secret"`,
		{"client_secret_env: HB_TEST_PW", "client_secret_env: HB_TEST_PW\n    client_secret_file: /x"}:                    "not both",
		{"client_secret_env: HB_TEST_PW", "client_secret_env: HB_TEST_PW\n    ca_file: " + none}:                          "line 15: sign_in.oidc.ca_file:",
		{"client_secret_env: HB_TEST_PW", "client_secret_env: HB_TEST_PW\n    ca_file: " + noPEM}:                         "line 15: sign_in.oidc.ca_file:",
		{"role: officer", "role: queen"}:                                                                                  `line 16: sign_in.oidc.groups.g-1.role: is "queen"; it can be`,
		{"role: officer", "role: system"}:                                                                                 `line 16: sign_in.oidc.groups.g-1.role: is "system"`,
		{"role: officer", "role: auditor"}:                                                                                "line 16: sign_in.oidc.groups.g-1.role: auditors are invited",
		{"role: officer", "rank: officer"}:                                                                                `line 16: there is no setting "rank"`,
		{signInOK, "sign_in:\n  passwords: false\n"}:                                                                      "line 9: sign_in.passwords: is false, and sign_in.oidc.issuer is missing",
		{signInOK, "data_dir: \"\"\ndatabase: {engine: postgres, dsn_env: HB_TEST_PW}\n" + "sign_in: {totp: required}\n"}: "sign_in.key_file: is missing",
	} {
		_, err := ParseConfig([]byte(good(strings.Replace(signInOK, change[0], change[1], 1) + mailboxOK)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q for %q: want %q, got %v", change[1], change[0], want, err)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "user:pw")) {
			t.Errorf("the report holds a secret: %v", err)
		}
	}
}
