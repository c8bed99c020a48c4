package throwaway

import (
	"net"
	"os"
	"testing"
)

// fakeTB catches how a test is ended.
type fakeTB struct {
	testing.TB
	skipped, failed bool
}

func (f *fakeTB) Helper()               {}
func (f *fakeTB) Skip(...any)           { f.skipped = true }
func (f *fakeTB) Fatalf(string, ...any) { f.failed = true }

func TestRequire(t *testing.T) {
	for _, c := range []struct {
		name, ci, require string
		fails             bool
	}{
		{"developer", "", "", false},
		{"CI", "true", "", true},
		{"CI in another spelling", "1", "", true},
		{"not CI", "false", "", false},
		{"asked for", "", "1", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("CI", c.ci)
			t.Setenv("HEARBACK_REQUIRE_SERVERS", c.require)
			missing := &fakeTB{TB: t}
			Require(missing, "no-such-server")
			if missing.failed != c.fails {
				t.Errorf("failed %v, want %v", missing.failed, c.fails)
			}
			if !c.fails && !missing.skipped {
				t.Error("neither failed nor skipped")
			}
			there := &fakeTB{TB: t}
			if path := Require(there, "sh"); path == "" || there.failed || there.skipped {
				t.Errorf("sh: %q, %+v", path, there)
			}
		})
	}
}

func TestLongTestsAreAskedFor(t *testing.T) {
	for variable, helper := range map[string]func(testing.TB){"HEARBACK_SOAK": Soak, "HEARBACK_BENCH": Figures} {
		for value, skips := range map[string]bool{"": true, "0": true, "1": false} {
			t.Setenv(variable, value)
			f := &fakeTB{TB: t}
			helper(f)
			if f.skipped != skips {
				t.Errorf("%s=%q: skipped %v, want %v", variable, value, f.skipped, skips)
			}
		}
	}
}

func TestPorts(t *testing.T) {
	ports, err := Ports(5)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[int]bool)
	for _, port := range ports {
		if seen[port] || port < firstPort || port >= lastPort {
			t.Errorf("port %d of %v", port, ports)
		}
		seen[port] = true
		l, err := net.Listen("tcp", Loopback(port))
		if err != nil {
			t.Error(err)
			continue
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := AwaitFree(ports...); err != nil {
		t.Error(err)
	}
}

func TestRunAs(t *testing.T) {
	a, err := RunAs("no-such-account", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	if root := os.Geteuid() == 0; a.Drop != root || a.UID == 0 || a.Name == "" || a.Group == "" {
		t.Errorf("%+v", a)
	}
	if os.Geteuid() == 0 {
		if a, err := RunAs("no-such-account"); err == nil {
			t.Errorf("%+v", a)
		}
	}
}
