package throwaway

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// server is a stand-in for a server: a shell with a child, both of which run until
// they are killed.
func server(p *Place) Command {
	return Command{
		Path: "/bin/sh", Args: []string{"-c", `sleep 1000 & echo "started in $(pwd)"; wait`},
		Log: filepath.Join(p.Dir, "log"),
	}
}

func started(p *Place) func() error {
	return func() error {
		if Tail(filepath.Join(p.Dir, "log"), 1) != "started in /" {
			return errors.New("not started")
		}
		return nil
	}
}

func TestPlace(t *testing.T) {
	defer goleak.VerifyNone(t)
	p, err := New("test", "KILL")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Dir) > 60 {
		t.Errorf("%s leaves no room for socket names", p.Dir)
	}
	if err := p.Start(server(p)); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(server(p)); err == nil {
		t.Error("two servers in one place")
	}
	if err := p.Ready(started(p)); err != nil {
		t.Fatal(err)
	}
	group := p.PID()
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	if p.PID() != 0 || syscall.Kill(group, 0) == nil {
		t.Error("the killed server is still there")
	}
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("signal to no server: %v", err)
	}
	if err := p.Start(server(p)); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(p.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", p.Dir, err)
	}
}

func TestReadyGivesUpWhenTheServerEnds(t *testing.T) {
	p, err := New("test", "KILL")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(Command{Path: "/bin/false", Log: filepath.Join(p.Dir, "log")}); err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(func() error { return errors.New("no answer") }); err == nil {
		t.Error("a server that has ended is ready")
	}
	if err := p.Close(syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}

// helperVariable makes a run of this test binary the process that is killed below.
const helperVariable = "HEARBACK_THROWAWAY_HELPER"

// When the test binary is killed, its servers and their directories go too. Server,
// child, keeper and helper all hold one end of a pipe, so that its end says that every
// one of them is gone.
func TestNothingStaysBehind(t *testing.T) {
	if os.Getenv(helperVariable) != "" {
		helper()
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	held, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	cmd := exec.Command(self, "-test.run=^TestNothingStaysBehind$")
	cmd.Env = append(os.Environ(), helperVariable+"=1")
	cmd.ExtraFiles = []*os.File{hold}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = hold.Close()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the helper did not start its server: %v", err)
	}
	dir, number, ok := strings.Cut(strings.TrimSpace(line), " ")
	if !ok {
		t.Fatalf("the helper says %q", line)
	}
	pid, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatalf("the server does not run: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed"
	if _, err := io.ReadAll(held); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", dir, err)
	}
}

// helper starts a server, says where, and waits to be killed.
func helper() {
	p, err := New("test", "KILL")
	if err == nil {
		err = p.Start(server(p))
	}
	if err == nil {
		err = p.Ready(started(p))
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(p.Dir, p.PID())
	select {}
}
