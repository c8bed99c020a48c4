package session

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// period is the step of RFC 6238 in seconds; skew is how many steps a telephone's
// clock may be off, either way (section 5.2 recommends one).
const (
	period = 30
	skew   = 1
)

// NewSecret makes the secret of an authenticator app: 160 bits (RFC 4226 section
// 4), in base32 as people type it.
func NewSecret() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// KeyURI is what an authenticator app reads from the picture.
func KeyURI(secret, council, account string) string {
	issuer := "hearback " + strings.ReplaceAll(council, ":", " ")
	q := url.Values{"secret": {secret}, "issuer": {issuer}, "period": {"30"}, "digits": {"6"}, "algorithm": {"SHA1"}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// Step finds the step that code is of, around now; false when it is of none. It
// compares with every step, whether or not one has matched. Whether the step has
// counted before is for storage to say.
func Step(secret, code string, now time.Time) (int64, bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code)
	at := now.Unix() / period
	var found int64
	ok := false
	for step := at - skew; step <= at+skew; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found, ok = step, true
		}
	}
	return found, ok
}

// CodeAt is the code that an app shows at now.
func CodeAt(secret string, now time.Time) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(now.Unix()/period), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// Picture is a QR code as the path of an SVG drawing on a grid of size by size,
// with the quiet zone of four that ISO/IEC 18004 asks for.
func Picture(text string) (path string, size int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0, fmt.Errorf("drawing the code: %w", err)
	}
	const quiet = 4
	var b strings.Builder
	n := code.Bounds().Dx()
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return b.String(), n + 2*quiet, nil
}

// Codes makes ten recovery codes of 80 bits.
func Codes() []string {
	out := make([]string, 10)
	for i := range out {
		b := make([]byte, 10)
		_, _ = rand.Read(b)
		s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
		out[i] = s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
	}
	return out
}
