package throwaway

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"time"
)

// firstPort and lastPort bound the ports that servers get. They lie below Linux's
// range for outgoing connections (32768-60999), so that a client's connection
// cannot sit on a server's port between a stop and the restart.
const (
	firstPort = 15000
	lastPort  = 32000
)

// Ports finds n free TCP ports on 127.0.0.1. Nothing is reserved: a caller whose
// server then finds one taken asks again.
func Ports(n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range 50 * n {
		port := firstPort + rand.IntN(lastPort-firstPort)
		l, err := net.Listen("tcp", Loopback(port))
		if err != nil {
			continue // taken
		}
		// Held until all are found, so that one port is not handed out twice.
		defer func() { _ = l.Close() }()
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, errors.New("no free TCP port on 127.0.0.1 between " + fmt.Sprint(firstPort, " and ", lastPort))
}

// Loopback is 127.0.0.1:port.
func Loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// AwaitFree waits until nothing listens on the ports any more.
func AwaitFree(ports ...int) error {
	giveUp := time.NewTimer(30 * time.Second)
	defer giveUp.Stop()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for _, port := range ports {
		for {
			l, err := net.Listen("tcp", Loopback(port))
			if err == nil {
				if err := l.Close(); err != nil {
					return err
				}
				break
			}
			select {
			case <-again.C:
			case <-giveUp.C:
				return err
			}
		}
	}
	return nil
}
