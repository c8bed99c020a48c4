package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"hearback/tickets/fault"
)

// address checks where notices go. Errors are fault.Invalid.
func address(raw string, ownNetwork bool) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, fault.New(fault.Invalid, "is no address; write a full one, for example https://pager.westmarsh.example/hearback")
	case u.User != nil || u.Fragment != "":
		return nil, fault.New(fault.Invalid, "may hold no password and no #")
	case u.Scheme == "http" && ownNetwork && isLoopback(u.Hostname()):
	case u.Scheme != "https":
		return nil, fault.New(fault.Invalid, "must begin with https://")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		if err := refuse(ip, ownNetwork); err != nil {
			return nil, fault.Wrap(fault.Invalid, "leads to an address inside a network; set own_network if that is meant", err)
		}
	}
	return u, nil
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// newClient speaks to the host of u and to no other. It keeps no connection: a
// notice is rare.
func newClient(u *url.URL, roots *x509.CertPool, ownNetwork bool, timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: timeout, Control: func(_, addr string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(addr)
		if err != nil {
			return err
		}
		return refuse(at.Addr(), ownNetwork)
	}}
	return &http.Client{
		Timeout: timeout,
		Transport: pinned{host: u.Host, scheme: u.Scheme, next: &http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, addr)
			},
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    timeout,
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// pinned refuses requests to any other host, whatever the code above it does.
type pinned struct {
	scheme, host string
	next         http.RoundTripper
}

// RoundTrip does one request.
func (p pinned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != p.scheme || r.URL.Host != p.host {
		return nil, errors.New("a request to another host than the webhook's")
	}
	return p.next.RoundTrip(r)
}

// refuse looks at the address that a name led to, just before the connection is
// opened: whoever answers for the name must not make us speak to an inside
// service. Link-local addresses, where clouds keep their metadata, are refused
// always.
func refuse(a netip.Addr, ownNetwork bool) error {
	a = a.Unmap().WithZone("")
	if within(a, "64:ff9b::/96") { // NAT64 (RFC 6052): what counts is the IPv4 address in it
		whole := a.As16()
		a = netip.AddrFrom4([4]byte(whole[12:]))
	}
	inside := a.IsLoopback() || a.IsPrivate() || within(a, "100.64.0.0/10") // RFC 1918, RFC 4193, RFC 6598
	switch {
	case inside && ownNetwork:
		return nil
	case inside, !a.IsGlobalUnicast(), within(a,
		"0.0.0.0/8", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", // RFC 6890
		"64:ff9b:1::/48", "2002::/16", "2001::/32"): // IPv4 inside IPv6
		return fmt.Errorf("the name of the webhook leads to %s, which is not an address of the internet", a)
	}
	return nil
}

func within(a netip.Addr, prefixes ...string) bool {
	for _, p := range prefixes {
		if netip.MustParsePrefix(p).Contains(a) {
			return true
		}
	}
	return false
}
