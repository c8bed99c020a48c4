package mailtest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// shared is the Dovecot of this test binary. One for each process is the whole
// point of it, which is why it is a variable of the package.
var shared struct {
	sync.Once
	server *DovecotServer
	err    error
}

// SharedDovecot gives the one Dovecot of this test binary and starts it when it is
// first asked for. A test works with users of its own (User) and must not Kill, Stop
// or Restart it. It ends with the binary.
func SharedDovecot(t testing.TB) *DovecotServer {
	t.Helper()
	program := Require(t, "dovecot")
	shared.Do(func() { shared.server, shared.err = newDovecot(program) })
	if shared.err != nil {
		t.Fatalf("dovecot: %v", shared.err)
	}
	return shared.server
}

// counter hands out numbers from 1.
type counter struct{ n atomic.Int64 }

// User gives the name of a user whose mailbox no other test has seen.
func (s *DovecotServer) User() string {
	return fmt.Sprintf("user%d@northshire.example", s.users.n.Add(1))
}
