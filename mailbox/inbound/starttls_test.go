package inbound_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets/fault"
)

// A server that does not begin TLS as it should is left, at the latest by the
// deadline, and never told the password.
func TestStartTLSGoesWrong(t *testing.T) {
	for name, talk := range map[string][]string{
		// What the server says; between two lines it waits for a line of ours.
		"silent":                {""},
		"no greeting":           {"220 smtp.northshire.example\r\n"},
		"greeted by":            {"* BYE go away\r\n"},
		"signed in already":     {"* PREAUTH welcome\r\n"},
		"greeting without end":  {"* OK " + strings.Repeat("x", 1<<16)},
		"silent after greeting": {"* OK ready\r\n", ""},
		"no STARTTLS":           {"* OK ready\r\n", "S1 BAD what\r\n"},
		"another's answer":      {"* OK ready\r\n", strings.Repeat("* OK wait\r\n", 100)},
		"half an answer":        {"* OK ready\r\n", "S1 OK begin\r", "CLOSE"},
		"clear text behind":     {"* OK ready\r\n", "S1 OK begin\r\n* CAPABILITY IMAP4rev1\r\n"},
		"no handshake":          {"* OK ready\r\n", "S1 OK begin\r\n", ""},
		"rubbish handshake":     {"* OK ready\r\n", "S1 OK begin\r\n", "rubbish\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			heard := make(chan string, 100)
			server := newFake(t, func(_ int, c net.Conn, r *bufio.Reader) {
				for i, s := range talk {
					if i > 0 {
						line, _ := r.ReadString('\n')
						heard <- line
					}
					if s == "CLOSE" {
						return
					}
					if _, err := fmt.Fprint(c, s); err != nil {
						return
					}
				}
				_, _ = r.ReadString(0) // until the client leaves
			})
			w := newWorld(t)
			p := w.poller(server.addr(), func(a *inbound.Account, d *inbound.Deps) {
				a.Security, a.TLS = inbound.StartTLS, mailtest.NewCertificate(t).ClientTLS()
				d.Deadlines.Dial = short
			})
			if err := w.fails(p); !fault.Is(err, fault.Temporary) {
				t.Errorf("error %v", err)
			}
			p.Close()
			for {
				select {
				case line := <-heard:
					if strings.Contains(line, mailtest.Password) || strings.Contains(line, "LOGIN") {
						t.Errorf("in clear text: %q", line)
					}
					continue
				default:
				}
				break
			}
		})
	}
}
