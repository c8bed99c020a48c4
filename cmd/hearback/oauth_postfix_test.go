package main

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
)

// TestOAuthOutByPostfix: a letter leaves by the submission port of a real Postfix
// with STARTTLS and XOAUTH2, as the configuration says, with a token that Dovecot
// checks for Postfix.
func TestOAuthOutByPostfix(t *testing.T) {
	signer := mailtest.NewTokenSigner(t)
	dovecot := mailtest.DovecotWithKeys(t, signer)
	postfix := mailtest.Postfix(t, dovecot)
	tokens := newTokenServer(t, signer, "the secret")
	dir := t.TempDir()
	secret, ca := filepath.Join(dir, "secret"), filepath.Join(dir, "ca.pem")
	must(t, os.WriteFile(secret, []byte("the secret\n"), 0o600))
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tokens.Certificate().Raw}), 0o600))
	_, port := hostPort(postfix.SubmissionAddr())
	h := open(t, plan{
		dovecot: dovecot, user: sen, start: time.Date(2025, 11, 25, 10, 0, 0, 0, time.UTC),
		text: func(text string) string {
			i := strings.Index(text, ", password_file: ")
			j := i + strings.Index(text[i:], ", poll")
			text = text[:i] + text[j:]
			oauth := fmt.Sprintf("    oauth: {token_url: %q, client_id: hearback, secret_file: %s, scope: mail, ca_file: %s, own_network: true}\n",
				tokens.URL+"/token", secret, ca)
			text = strings.Replace(text, "    imap:", oauth+"    imap:", 1)
			i = strings.Index(text, "    smtp: {")
			j = i + strings.Index(text[i:], "\n")
			return text[:i] + fmt.Sprintf("    smtp: {host: 127.0.0.1, port: %d, ca_file: %s, tls: starttls, username: %s}", port, dovecot.CAFile(), sen) + text[j:]
		},
	})
	h.dovecot.Append(t, sen, "INBOX", letter("ask@family.example", "tessa@family.example", "Transport", "When does the bus come?"), h.now())
	h.look()
	h.until("the letter to be taken", func() bool {
		for line := range strings.Lines(h.log.String()) {
			if strings.Contains(line, " event=delivery ") && strings.Contains(line, " outcome=accepted") {
				return true
			}
		}
		return false
	})
	log := postfix.Log(200)
	if !strings.Contains(log, "sasl_method=XOAUTH2") || !strings.Contains(log, "sasl_username="+sen) {
		t.Errorf("Postfix's log does not say that XOAUTH2 was used:\n%s", log)
	}
}
