package inbound_test

import (
	"bufio"
	"fmt"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// fake is an IMAP server that says what a test wants it to say, for answers that
// no healthy server gives. It listens on loopback and serves any number of
// connections, one after the other or side by side.
type fake struct {
	ln    net.Listener
	conns sync.WaitGroup

	mu    sync.Mutex
	lines []string // commands without their tags
	open  []net.Conn
	serve func(n int, c net.Conn, r *bufio.Reader) // n counts connections from 1
}

func newFake(t testing.TB, serve func(n int, c net.Conn, r *bufio.Reader)) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{ln: ln, serve: serve}
	f.conns.Go(f.accept)
	t.Cleanup(func() {
		_ = ln.Close()
		f.mu.Lock()
		for _, c := range f.open {
			_ = c.Close()
		}
		f.mu.Unlock()
		f.conns.Wait()
	})
	return f
}

func (f *fake) addr() string { return f.ln.Addr().String() }

func (f *fake) accept() {
	for n := 1; ; n++ {
		c, err := f.ln.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.open = append(f.open, c)
		f.mu.Unlock()
		f.conns.Go(func() {
			defer func() { _ = c.Close() }()
			f.serve(n, c, bufio.NewReader(c))
		})
	}
}

// count is how many commands matched.
func (f *fake) count(pattern string) int {
	re := regexp.MustCompile(pattern)
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, l := range f.lines {
		if re.MatchString(l) {
			n++
		}
	}
	return n
}

// script answers commands by pattern; the first one that matches counts. The
// answer is what comes before the tagged OK, unless it ends in a line that
// begins with the word TAG, which stands for the tag. An answer "DROP" ends the
// connection.
type script []struct {
	pattern string
	answer  func(n int) string // n counts the connections
}

func says(s string) func(int) string { return func(int) string { return s } }

// ordinary is what a simple server says in a folder.
func ordinary(exists, uidValidity, uidNext int) script {
	return script{
		{`^CAPABILITY`, says("* CAPABILITY IMAP4rev1\r\n")},
		{`^LOGIN`, says("")},
		{`^(SELECT|EXAMINE)`, says(fmt.Sprintf("* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY %d] ok\r\n* OK [UIDNEXT %d] ok\r\n", exists, uidValidity, uidNext))},
	}
}

func newScripted(t testing.TB, s func() script) *fake {
	var f *fake
	f = newFake(t, func(n int, c net.Conn, r *bufio.Reader) {
		_, _ = fmt.Fprint(c, "* OK ready\r\n")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			tag, command, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			f.mu.Lock()
			f.lines = append(f.lines, command)
			f.mu.Unlock()
			answer := "TAG BAD unknown\r\n"
			for _, rule := range s() {
				if regexp.MustCompile(rule.pattern).MatchString(command) {
					answer = rule.answer(n)
					break
				}
			}
			if answer == "DROP" {
				return
			}
			if !strings.Contains(answer, "TAG ") {
				answer += "TAG OK done\r\n"
			}
			if _, err := fmt.Fprint(c, strings.ReplaceAll(answer, "TAG ", tag+" ")); err != nil {
				return
			}
		}
	})
	return f
}

// body is a FETCH answer with a mail.
func body(seq, uid int, raw []byte) string {
	return fmt.Sprintf("* %d FETCH (UID %d INTERNALDATE \"01-Sep-2026 08:00:00 +0000\" BODY[] {%d}\r\n%s)\r\n", seq, uid, len(raw), raw)
}

func size(seq, uid, bytes int) string {
	return fmt.Sprintf("* %d FETCH (UID %d RFC822.SIZE %d)\r\n", seq, uid, bytes)
}
