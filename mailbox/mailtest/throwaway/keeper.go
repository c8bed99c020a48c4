package throwaway

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// keeperScript reads orders until its standard input ends. That end is the one
// thing the kernel guarantees when the writer dies, however it dies; a signal at
// the parent's death (prctl) would be lost with the starting thread and could not
// remove a directory.
//
// $1 is the directory, $2 the signal. A server that is not simply killed gets five
// seconds to end by itself: PostgreSQL's would otherwise leave a shared memory
// segment behind. What it writes in that time is removed too.
const keeperScript = `
trap '' HUP INT QUIT TERM
pid=
while read -r order value; do
	case $order in
	watch) pid=$value ;;
	done) exit 0 ;;
	esac
done
[ -z "$pid" ] || kill -s "$2" -- "-$pid" 2>/dev/null
n=0
while [ $n -lt 50 ]; do
	rm -rf -- "$1" 2>/dev/null
	[ -n "$pid" ] && kill -s 0 -- "-$pid" 2>/dev/null || break
	sleep 0.1
	n=$((n + 1))
done
[ -z "$pid" ] || kill -s KILL -- "-$pid" 2>/dev/null
rm -rf -- "$1"
`

// keeper is a shell in a session of its own that outlives us and cleans up.
type keeper struct {
	orders *os.File // write end; closed on exec, so no other child of ours holds it
	pid    int
}

func newKeeper(dir, signal string) (*keeper, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	cmd := exec.Command("/bin/sh", "-c", keeperScript, "hearback-test-keeper", dir, signal)
	cmd.Stdin, cmd.Dir = r, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return &keeper{orders: w, pid: cmd.Process.Pid}, cmd.Process.Release()
}

// watch names the process group to end; a later call replaces an earlier one.
func (k *keeper) watch(pid int) error {
	_, err := fmt.Fprintf(k.orders, "watch %d\n", pid)
	return err
}

// dismiss sends the keeper away with its work done by us, and waits for it.
func (k *keeper) dismiss() error {
	_, err := fmt.Fprintln(k.orders, "done")
	err = errors.Join(err, k.orders.Close())
	for {
		var status syscall.WaitStatus
		_, waitErr := syscall.Wait4(k.pid, &status, 0, nil)
		if errors.Is(waitErr, syscall.EINTR) {
			continue
		}
		return errors.Join(err, waitErr)
	}
}
