package signin

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

// tokenURL checks the address of a token server. Errors are fault.Invalid.
func tokenURL(raw string, ownNetwork bool) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, fault.New(fault.Invalid, "The address of the token server is not an address.")
	case u.User != nil || u.Fragment != "":
		return nil, fault.New(fault.Invalid, "The address of the token server may hold no password and no #.")
	case u.Scheme == "http" && ownNetwork && isLoopback(u.Hostname()):
	case u.Scheme != "https":
		return nil, fault.New(fault.Invalid, "The address of the token server must begin with https://.")
	}
	return u, nil
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// newHTTPClient makes a client that speaks to the host of u and to no other. It
// takes no proxy from the environment, keeps no connection and follows no
// redirect: whoever could send us elsewhere would be given the secret.
func newHTTPClient(u *url.URL, roots *x509.CertPool, ownNetwork bool, timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		return refuseAddress(address, ownNetwork)
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
			DisableKeepAlives:      true, // one request an hour
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
		return nil, errors.New("a request to another host than the token server")
	}
	return p.next.RoundTrip(r)
}

// refuseAddress looks at the address that a name led to, just before the
// connection is opened: a name that is answered with an inside address must not
// lead the secret, or us, to an inside service. Link-local addresses, where
// clouds keep their metadata, are refused always.
func refuseAddress(address string, ownNetwork bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return err
	}
	a = a.Unmap().WithZone("")
	if inAny(a, "64:ff9b::/96") { // NAT64 (RFC 6052): what counts is the IPv4 address in it
		whole := a.As16()
		a = netip.AddrFrom4([4]byte(whole[12:]))
	}
	inside := a.IsLoopback() || a.IsPrivate() || inAny(a, "100.64.0.0/10") // RFC 1918, RFC 4193, RFC 6598
	switch {
	case inside && ownNetwork:
		return nil
	case inside, !a.IsGlobalUnicast(), inAny(a,
		"0.0.0.0/8", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", // RFC 6890
		"64:ff9b:1::/48", "2002::/16", "2001::/32"): // IPv4 inside IPv6
		return fmt.Errorf("the name of the token server leads to %s, which is not an address of the internet", a)
	}
	return nil
}

func inAny(a netip.Addr, prefixes ...string) bool {
	for _, p := range prefixes {
		if netip.MustParsePrefix(p).Contains(a) {
			return true
		}
	}
	return false
}
