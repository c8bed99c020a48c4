package inbound

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// maxPlainLines bounds what a server may say before TLS.
const maxPlainLines = 50

// startTLS begins TLS on a connection on which nothing was said yet (RFC 3501
// section 6.2.1). It is done here because go-imap's NewStartTLS waits without
// limit, and for ever when the connection ends within the server's OK. The
// caller closes the socket when it takes too long.
func startTLS(ctx context.Context, socket net.Conn, cfg *tls.Config) (net.Conn, error) {
	r := bufio.NewReaderSize(socket, 8<<10)
	greeting, err := plainLine(r)
	if err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	// A PREAUTH here would keep us from asking for TLS; whoever sits in between
	// could forge it (RFC 9051 section 7.1.4).
	if !strings.HasPrefix(strings.ToUpper(greeting), "* OK") {
		return nil, errors.New("the greeting is not OK")
	}
	if _, err := io.WriteString(socket, "S1 STARTTLS\r\n"); err != nil {
		return nil, err
	}
	for range maxPlainLines {
		line, err := plainLine(r)
		if err != nil {
			return nil, fmt.Errorf("answer to STARTTLS: %w", err)
		}
		upper := strings.ToUpper(line)
		switch {
		case strings.HasPrefix(line, "* "):
			continue
		case !strings.HasPrefix(upper, "S1 OK"):
			return nil, errors.New("STARTTLS was refused")
		case r.Buffered() > 0:
			// What comes in clear text behind the OK would be taken for an answer
			// under TLS.
			return nil, errors.New("the server went on in clear text after STARTTLS")
		}
		secure := tls.Client(socket, cfg)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		return &greeted{Conn: secure, r: io.MultiReader(strings.NewReader("* OK under TLS\r\n"), secure)}, nil
	}
	return nil, errors.New("the server does not answer STARTTLS")
}

func plainLine(r *bufio.Reader) (string, error) {
	b, err := r.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// greeted is a connection that begins with a greeting: under STARTTLS the
// server's own came before, and imapclient waits for one.
type greeted struct {
	net.Conn
	r io.Reader
}

// Read reads the greeting, then the connection.
func (g *greeted) Read(b []byte) (int, error) { return g.r.Read(b) }
