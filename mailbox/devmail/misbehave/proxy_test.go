package misbehave_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearback/mailbox/devmail"
	m "hearback/mailbox/devmail/misbehave"
)

// mailbox is a devmail server with n messages in the INBOX of from.
func mailbox(t *testing.T, n int, opts devmail.Options) (*devmail.Server, string) {
	t.Helper()
	opts.Password = "demo"
	s, err := devmail.Open(t.TempDir(), opts)
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for i := range n {
		_, err := s.Deliver(t.Context(), from, []byte(letter(i)), time.Time{}, "")
		must(t, err)
	}
	addr, err := s.ListenIMAP("127.0.0.1:0")
	must(t, err)
	return s, addr
}

// letter has a line in it that looks like the server's answer to FETCH.
func letter(i int) string {
	return fmt.Sprintf("Subject: %d\r\n\r\n* 1 FETCH (UID 1)\r\n%s\r\n", i, strings.Repeat("y", 3000))
}

func proxy(t *testing.T, upstream string, rules ...m.ProxyRule) *m.IMAPProxy {
	t.Helper()
	p, err := m.NewIMAPProxy(m.ProxyOptions{Upstream: upstream, Rules: rules})
	must(t, err)
	t.Cleanup(p.Close)
	return p
}

func signIn(t *testing.T, addr string) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(addr, nil)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	must(t, c.Login(from, "demo").Wait())
	_, err = c.Select("INBOX", nil).Wait()
	must(t, err)
	return c
}

// fetch reads all messages and gives the number of whole ones. When a message
// ends early it closes the client before anything else: imapclient's Next and
// Close would read from the connection beside imapclient's own reader.
func fetch(c *imapclient.Client) (whole int, err error) {
	cmd := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			if b, ok := item.(imapclient.FetchItemDataBodySection); ok && b.Literal != nil {
				n, err := io.Copy(io.Discard, b.Literal)
				if err != nil || n != b.Literal.Size() {
					_ = c.Close()
					return whole, errors.Join(io.ErrUnexpectedEOF, err, cmd.Close())
				}
				whole++
			}
		}
	}
	return whole, cmd.Close()
}

func fetchN(n int, do m.Fault) m.ProxyRule {
	return m.ProxyRule{Name: "fetch", From: m.FromServer, Pattern: regexp.MustCompile(`^\* \d+ FETCH`), Nth: n, Do: do}
}

func TestProxyCountsFetches(t *testing.T) {
	_, addr := mailbox(t, 20, devmail.Options{})
	p := proxy(t, addr, fetchN(7, m.Signal))
	var mu sync.Mutex
	var seen []m.Match
	p.OnMatch(func(x m.Match) { mu.Lock(); defer mu.Unlock(); seen = append(seen, x) })
	if n, err := fetch(signIn(t, p.Addr())); n != 20 || err != nil {
		t.Fatalf("%d messages, %v", n, err)
	}
	must(t, p.WaitCount(soon(t), "fetch", 20))
	mu.Lock()
	defer mu.Unlock()
	// The line within each message has not been counted.
	if len(seen) != 20 || p.Count("fetch") != 20 || seen[6].N != 7 || seen[6].Conn != 1 || !strings.HasPrefix(seen[6].Line, "* 7 FETCH (UID 7 BODY[] {") {
		t.Errorf("%d matches, the seventh: %+v", len(seen), seen[6])
	}
}

func TestProxyDropsInTheMiddleOfAMessage(t *testing.T) {
	for _, fault := range []m.Fault{m.Drop, m.Reset} {
		_, addr := mailbox(t, 20, devmail.Options{})
		rule := fetchN(7, fault)
		rule.After = 1000
		p := proxy(t, addr, rule)
		c := signIn(t, p.Addr())
		n, err := fetch(c)
		if err == nil || fault == m.Drop && n != 6 || n > 6 {
			t.Errorf("%d whole messages, %v", n, err)
		}
		must(t, p.WaitFault(soon(t), 1))
		// The eighth and later ones are of another connection, and nothing happens.
		if n, err := fetch(signIn(t, p.Addr())); n != 20 || err != nil {
			t.Errorf("second connection: %d, %v", n, err)
		}
	}
}

func TestProxyStallsAndResumes(t *testing.T) {
	_, addr := mailbox(t, 20, devmail.Options{})
	p := proxy(t, addr, fetchN(7, m.Stall))
	c := signIn(t, p.Addr())
	done := make(chan int, 1)
	go func() {
		n, _ := fetch(c)
		done <- n
	}()
	must(t, p.WaitFault(soon(t), 1))
	select {
	case n := <-done:
		t.Fatalf("the fetch ended with %d messages during the stall", n)
	default:
	}
	p.Resume()
	if n := <-done; n != 20 {
		t.Errorf("%d messages", n)
	}

	// Without Resume only the client's own timer ends it.
	p.SetRules(m.ProxyRule{Name: "noop", From: m.FromClient, Pattern: regexp.MustCompile(`(?i)^\S+ NOOP`), Before: true, Do: m.Stall})
	go func() {
		if c.Noop().Wait() == nil {
			done <- 1
		}
		done <- 0
	}()
	must(t, p.WaitFault(soon(t), 2))
	must(t, c.Close())
	if n := <-done; n != 0 {
		t.Error("NOOP was answered through a stall")
	}
}

func TestProxyHalfOpen(t *testing.T) {
	s, addr := mailbox(t, 1, devmail.Options{})
	p := proxy(t, addr, m.ProxyRule{Name: "idle", From: m.FromServer, Pattern: regexp.MustCompile(`^\+ idling`), Do: m.HalfOpen})
	c, err := net.Dial("tcp", p.Addr())
	must(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "a LOGIN "+from+" demo\r\nb SELECT INBOX\r\nc IDLE\r\n")
	must(t, err)
	r := bufio.NewReader(c)
	for line := ""; !strings.HasPrefix(line, "+ idling"); {
		line, err = r.ReadString('\n')
		must(t, err)
	}
	must(t, p.WaitFault(soon(t), 1))
	// New mail is not pushed, and what the client says is taken and goes nowhere.
	_, err = s.Deliver(t.Context(), from, []byte(letter(2)), time.Time{}, "")
	must(t, err)
	_, err = io.WriteString(c, "DONE\r\nd NOOP\r\n")
	must(t, err)
	must(t, s.Close()) // the server leaves, and the client does not hear it
	must(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	if b, err := r.ReadByte(); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("the client read %q, %v", b, err)
	}
}

func TestProxyInjects(t *testing.T) {
	_, addr := mailbox(t, 3, devmail.Options{})
	rule := fetchN(2, m.Inject)
	rule.Before, rule.Bytes = true, []byte("* \x00\xff rubbish (((\r\n")
	p := proxy(t, addr, rule)
	c := signIn(t, p.Addr())
	if n, err := fetch(c); err == nil || n > 1 {
		t.Errorf("%d messages, %v", n, err)
	}
	// To the server too: it says BAD and goes on.
	p.SetRules(m.ProxyRule{Name: "noop", From: m.FromClient, Pattern: regexp.MustCompile(`NOOP`), Before: true, Do: m.Inject, Bytes: []byte("zz RUBBISH\r\n")})
	conn, err := net.Dial("tcp", p.Addr())
	must(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "a LOGIN "+from+" demo\r\nb NOOP\r\nc LOGOUT\r\n")
	must(t, err)
	if all, err := io.ReadAll(conn); err != nil || !strings.Contains(string(all), "zz BAD") || !strings.Contains(string(all), "b OK") {
		t.Errorf("answers: %q %v", all, err)
	}
}

func TestProxyDownAndDrop(t *testing.T) {
	_, addr := mailbox(t, 1, devmail.Options{})
	p := proxy(t, addr)
	c := signIn(t, p.Addr())
	must(t, p.WaitConns(soon(t), 1))
	p.Down(true)
	must(t, c.Noop().Wait()) // open connections stay
	if other, err := imapclient.DialInsecure(p.Addr(), nil); err == nil {
		if err := other.WaitGreeting(); err == nil {
			t.Error("a connection was taken")
		}
		_ = other.Close()
	}
	p.Drop()
	select {
	case <-c.Closed():
	case <-soon(t).Done():
		t.Fatal("the connection was not dropped")
	}
	p.Down(false)
	if n, err := fetch(signIn(t, p.Addr())); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := m.NewIMAPProxy(m.ProxyOptions{Upstream: "192.0.2.1:143"}); err == nil {
		t.Error("an upstream beyond loopback was accepted")
	}
}

// Patterns work on TLS too, when the proxy has the keys of both ends.
func TestProxyTLS(t *testing.T) {
	config, pool := certificate(t)
	s, _ := mailbox(t, 5, devmail.Options{TLSConfig: config})
	addr, err := s.ListenIMAPS("127.0.0.1:0")
	must(t, err)
	client := &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
	p, err := m.NewIMAPProxy(m.ProxyOptions{Upstream: addr, ClientTLS: config, UpstreamTLS: client, Rules: []m.ProxyRule{fetchN(3, m.Drop)}})
	must(t, err)
	defer p.Close()
	c, err := imapclient.DialTLS(p.Addr(), &imapclient.Options{TLSConfig: client})
	must(t, err)
	defer c.Close()
	must(t, c.Login(from, "demo").Wait())
	_, err = c.Select("INBOX", nil).Wait()
	must(t, err)
	if n, err := fetch(c); n > 2 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
	must(t, p.WaitCount(soon(t), "fetch", 3))
}
