package scan

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// eicar is the harmless test file of the European Institute for Computer
// Anti-Virus Research, in two parts so that no scanner takes this file for it.
func eicar() string {
	return `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`
}

// realClamd starts the clamd of this machine on a signature of its own, so that
// nothing has to be fetched.
func realClamd(t *testing.T, extra string) string {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		if program = "/usr/sbin/clamd"; !exists(program) {
			t.Skip("clamd is not installed (Debian: clamav-daemon)")
		}
	}
	dir := t.TempDir()
	socket := filepath.Join(dir, "clamd.ctl")
	// A body signature (.ndb): name, any kind of file (0), anywhere (*), bytes in hex.
	write(t, filepath.Join(dir, "db", "hearback.ndb"), fmt.Sprintf("Hearback.Test.Eicar:0:*:%x\n", eicar()))
	config := filepath.Join(dir, "clamd.conf")
	write(t, config, strings.Join([]string{
		"Foreground yes", "LocalSocket " + socket, "DatabaseDirectory " + filepath.Join(dir, "db"), "TemporaryDirectory " + dir,
		"LogVerbose yes", "SelfCheck 0", "MaxThreads 2", "ConcurrentDatabaseReload no", extra, "",
	}, "\n"))
	cmd := exec.CommandContext(t.Context(), program, "--config-file="+config)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan struct{})
	var log bytes.Buffer
	go func() {
		defer close(ended)
		for lines, said := bufio.NewScanner(out), false; lines.Scan(); {
			log.WriteString(lines.Text() + "\n")
			if !said && strings.Contains(lines.Text(), "Self checking disabled") {
				said = true
				close(ready)
			}
		}
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended; _ = cmd.Wait() })
	select {
	case <-ready:
	case <-ended:
		t.Fatalf("clamd ended:\n%s", log.String())
	}
	return socket
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRealClamd(t *testing.T) {
	socket := realClamd(t, "StreamMaxLength 1M\nMaxFileSize 1M\nMaxScanSize 1M")
	s := scanner(t, Config{Address: socket})
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Version(t.Context()); err != nil || !strings.HasPrefix(v, "ClamAV ") {
		t.Error(v, err)
	}
	for _, c := range []struct {
		name, text string
		want       Verdict
	}{
		{"the test file", eicar(), Infected},
		{"the test file in a letter", "Dear team,\n\n" + eicar() + "\n", Infected},
		{"a letter", "Dear team, thank you for the draft plan.", Clean},
		{"nothing", "", Clean},
		{"above StreamMaxLength", strings.Repeat("A", 3<<20), NotScanned},
	} {
		r, err := s.Scan(t.Context(), strings.NewReader(c.text))
		if r.Verdict != c.want {
			t.Errorf("%s: %+v, %v", c.name, r, err)
		}
		if c.want == Infected && !strings.HasPrefix(r.Signature, "Hearback.Test.Eicar") {
			t.Errorf("%s: signature %q", c.name, r.Signature)
		}
	}
}

func TestRealClamdLimits(t *testing.T) {
	s := scanner(t, Config{Address: realClamd(t, "MaxFileSize 1M\nMaxScanSize 1M\nAlertExceedsMax yes")})
	if r, err := s.Scan(t.Context(), strings.NewReader(strings.Repeat("A", 2<<20))); r != (Result{NotScanned, reasonTooLarge}) || err != nil {
		t.Errorf("above MaxFileSize: %+v, %v", r, err)
	}
}
