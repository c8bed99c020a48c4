package throwaway

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Place is one throw-away server: its directory, its process group and the keeper
// that clears both away when we are killed. It starts no goroutine, so that a
// server shared by a whole test binary does not look like a leak.
type Place struct {
	// Dir is short (UNIX socket paths end at 108 bytes) and every account may enter it.
	Dir string

	keeper *keeper

	mu     sync.Mutex
	pid    int                // leader of the server's own session and process group; 0 when none runs
	status syscall.WaitStatus // how the latest one ended
}

// New makes an empty place. onDeath is the signal ("KILL", "QUIT", "TERM") with
// which the keeper ends the server if this process dies.
func New(name, onDeath string) (*Place, error) {
	dir, err := os.MkdirTemp(base(), "hb-"+name+"-")
	if err != nil {
		return nil, err
	}
	p := &Place{Dir: dir}
	if err := os.Chmod(dir, 0o755); err != nil { // the server's account must get in
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if p.keeper, err = newKeeper(dir, onDeath); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return p, nil
}

// base is the directory for places: the usual one for temporary files unless it is
// so long that sockets would not fit, or closed to the account a server runs as.
func base() string {
	dir := os.TempDir()
	if len(dir) > 40 {
		return "/tmp"
	}
	if os.Geteuid() == 0 {
		for d := dir; d != "/" && d != "."; d = filepath.Dir(d) {
			if info, err := os.Stat(d); err != nil || info.Mode()&0o001 == 0 {
				return "/tmp"
			}
		}
	}
	return dir
}

// Command says how to run a server in the foreground.
type Command struct {
	Path    string
	Args    []string
	Env     []string // nil: ours
	Log     string   // file that takes standard output and error
	Account Account
}

// Start runs c as the place's server. The server gets a session and process group
// of its own, the root directory as its working directory (its account may not
// read ours), and no file of ours: a server that inherits a test's output keeps
// "go test" waiting for the end of it.
func (p *Place) Start(c Command) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pid != 0 {
		return errors.New("the server runs already")
	}
	log, err := os.OpenFile(c.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Dir, cmd.Env = "/", c.Env
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.Account.credential()}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.pid = cmd.Process.Pid
	// From here on we wait with wait4 ourselves: it can look without blocking and
	// needs no goroutine. We are the parent, so the number cannot be given to
	// another process before we have waited.
	return errors.Join(cmd.Process.Release(), p.keeper.watch(p.pid))
}

// Ready calls probe until it succeeds. It gives up when the server has ended or
// when a minute has passed. Servers tell nobody when they are ready, so asking is
// the only way to know.
func (p *Place) Ready(probe func() error) error {
	giveUp := time.NewTimer(time.Minute)
	defer giveUp.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := probe()
		if err == nil {
			return nil
		}
		if p.ended() {
			return errors.New("the server ended while starting")
		}
		select {
		case <-again.C:
		case <-giveUp.C:
			return fmt.Errorf("the server did not become ready: %w", err)
		}
	}
}

// ended says whether the server's first process is gone, and then forgets it.
func (p *Place) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reap(syscall.WNOHANG)
}

// reap waits for the server's first process (options WNOHANG: only looks). The
// caller holds p.mu.
func (p *Place) reap(options int) bool {
	for p.pid != 0 {
		var status syscall.WaitStatus
		got, err := syscall.Wait4(p.pid, &status, options, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil || got == p.pid: // ECHILD: somebody else has waited for it
			p.pid, p.status = 0, status
		default:
			return false
		}
	}
	return true
}

// Wait waits until a program that ends by itself has done so. It is an error when
// that reports failure.
func (p *Place) Wait() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reap(0)
	if !p.status.Exited() || p.status.ExitStatus() != 0 {
		return fmt.Errorf("the program ended badly (exit status %d)", p.status.ExitStatus())
	}
	return nil
}

// PID is the process number of the server's first process, 0 when none runs.
func (p *Place) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// Signal sends a signal to every process of the server's group. It is not an
// error when no server runs.
func (p *Place) Signal(signal syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.signal(signal)
}

func (p *Place) signal(signal syscall.Signal) error {
	if p.pid == 0 {
		return nil
	}
	if err := syscall.Kill(-p.pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal %v to the server: %w", signal, err)
	}
	return nil
}

// Kill ends all of the server at once, as a crash would, and waits until its
// first process is gone.
func (p *Place) Kill() error { return p.Stop(syscall.SIGKILL) }

// Stop sends the signal to the server's group and waits until its first process
// is gone. After half a minute it uses SIGKILL.
func (p *Place) Stop(signal syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.signal(signal); err != nil {
		return err
	}
	giveUp := time.NewTimer(30 * time.Second)
	defer giveUp.Stop()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for !p.reap(syscall.WNOHANG) {
		select {
		case <-again.C:
		case <-giveUp.C:
			if err := p.signal(syscall.SIGKILL); err != nil {
				return err
			}
			p.reap(0)
		}
	}
	return nil
}

// Close ends what still runs, removes the directory and dismisses the keeper.
func (p *Place) Close(signal syscall.Signal) error {
	err := p.Stop(signal)
	// Children that outlived their leader may still write for a moment; the keeper
	// stays on duty until the directory is gone.
	for range 50 {
		if removed := os.RemoveAll(p.Dir); removed == nil {
			break
		}
	}
	if _, statErr := os.Stat(p.Dir); statErr == nil {
		err = errors.Join(err, fmt.Errorf("could not remove %s", p.Dir))
	}
	return errors.Join(err, p.keeper.dismiss())
}

// Tail gives the last lines of a log file, for the message of a failing test.
func Tail(path string, lines int) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
