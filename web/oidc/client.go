package oidc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"hearback/tickets/fault"
)

const (
	timeout   = 10 * time.Second
	maxAnswer = 1 << 20 // of any answer: discovery, keys, tokens
)

// issuerURL checks the address of an identity provider. Errors are fault.Invalid.
func issuerURL(raw string, ownNetwork bool) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "":
		return nil, fault.New(fault.Invalid, "The issuer is not the address of an identity provider")
	case u.Scheme == "http" && ownNetwork && isLoopback(u.Hostname()):
	case u.Scheme != "https":
		return nil, fault.New(fault.Invalid, "The issuer must begin with https://")
	}
	return u, nil
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// newHTTPClient makes a client that speaks to the provider. It takes no proxy from
// the environment and follows no redirect: the client secret goes where the
// discovery document of the configured issuer says, over TLS, and nowhere else.
func newHTTPClient(scheme string, roots *x509.CertPool, ownNetwork bool) *http.Client {
	dialer := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		return refuseAddress(address, ownNetwork)
	}}
	return &http.Client{
		Timeout: timeout,
		Transport: bounded{scheme: scheme, next: &http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, addr)
			},
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    timeout,
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true, // a few requests a day
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded refuses requests that are not by the issuer's scheme, and cuts answers.
type bounded struct {
	scheme string
	next   http.RoundTripper
}

// RoundTrip does one request.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != b.scheme {
		return nil, errors.New("a request without TLS to the identity provider")
	}
	res, err := b.next.RoundTrip(r)
	if err == nil {
		res.Body = body{io.LimitReader(res.Body, maxAnswer), res.Body}
	}
	return res, err
}

type body struct {
	io.Reader
	io.Closer
}

// refuseAddress looks at the address that a name led to, just before the
// connection is opened. Link-local addresses, where clouds keep their metadata,
// are refused always.
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
	inside := a.IsLoopback() || a.IsPrivate() || netip.MustParsePrefix("100.64.0.0/10").Contains(a)
	if inside && ownNetwork {
		return nil
	}
	if inside || !a.IsGlobalUnicast() {
		return fmt.Errorf("the identity provider's name leads to %s, which is not an address of the internet", a)
	}
	for _, p := range []string{"0.0.0.0/8", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"} {
		if netip.MustParsePrefix(p).Contains(a) {
			return fmt.Errorf("the identity provider's name leads to %s, which is not an address of the internet", a)
		}
	}
	return nil
}
