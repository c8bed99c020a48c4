package session

import (
	"encoding/base32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/tickets/fault"
)

// The vectors of RFC 6238 appendix B, of which an app shows the last six digits.
func TestCodesOfTheRFC(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		got, err := CodeAt(secret, time.Unix(at, 0))
		if err != nil || got != want {
			t.Errorf("at %d: %s, %v; want %s", at, got, err, want)
		}
		if step, ok := Step(secret, want[:3]+" "+want[3:], time.Unix(at, 0)); !ok || step != at/30 {
			t.Errorf("at %d: step %d, %v", at, step, ok)
		}
		for _, off := range []int64{-30, 30} {
			if _, ok := Step(secret, want, time.Unix(at+off, 0)); !ok {
				t.Errorf("%d, a clock off by %d s: refused", at, off)
			}
		}
		for _, off := range []int64{-90, 90} {
			if _, ok := Step(secret, want, time.Unix(at+off, 0)); ok {
				t.Errorf("%d, a clock off by %d s: counts", at, off)
			}
		}
	}
	for _, code := range []string{"", "000000", "28708", "2870822", "abcdef"} {
		if _, ok := Step(secret, code, time.Unix(59, 0)); ok {
			t.Errorf("%q counts", code)
		}
	}
}

func TestVault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "key")
	v, err := OpenVault(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key file: %v, %v", info.Mode(), err)
	}
	sealed := v.Seal(7, "SECRET")
	if strings.Contains(sealed, "SECRET") || sealed == v.Seal(7, "SECRET") {
		t.Error("a secret is in the open, or sealed the same way twice")
	}
	again, err := OpenVault(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(7, sealed); got != "SECRET" || err != nil {
		t.Errorf("after a restart: %q, %v", got, err)
	}
	other, err := NewVault()
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() (string, error){
		"another account": func() (string, error) { return v.Open(8, sealed) },
		"another key":     func() (string, error) { return other.Open(7, sealed) },
		"cut":             func() (string, error) { return v.Open(7, sealed[:10]) },
		"nothing":         func() (string, error) { return v.Open(7, "") },
	} {
		if got, err := try(); got != "" || !fault.Is(err, fault.Conflict) || !strings.Contains(fault.SafeText(err), "administrator") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	mark := v.Device("priya@westmarsh.example")
	if !again.Known(mark, "priya@westmarsh.example") || v.Known(mark, "dean@westmarsh.example") || other.Known(mark, "priya@westmarsh.example") || v.Known("", "") {
		t.Error("marks of browsers are not told apart")
	}
	for name, spoil := range map[string]func(){
		"no key":          func() { _ = os.WriteFile(file, []byte("abc\n"), 0o600) },
		"others may read": func() { _ = os.Chmod(file, 0o644) },
	} {
		spoil()
		before, _ := os.ReadFile(file)
		if _, err := OpenVault(file); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(file); string(after) != string(before) {
			t.Errorf("%s: the file was written over", name)
		}
	}
}

// Whoever guesses cannot keep the owner of the account out.
func TestLimits(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	l := NewLimits(func() time.Time { return now })
	tries := func(network, account, device string) int {
		n := 0
		for n < 1000 && l.Password(network, account, device) {
			n++
		}
		return n
	}
	if n := tries("192.0.2.1", "priya", ""); n != 10 {
		t.Errorf("%d guesses at one account", n)
	}
	if n := tries("198.51.100.9", "priya", ""); n != 0 {
		t.Errorf("%d guesses more from another network", n)
	}
	if n := tries("192.0.2.1", "priya", "her-browser"); n != 10 {
		t.Errorf("her own browser has %d tries", n)
	}
	if !l.Password("203.0.113.5", "dean", "") {
		t.Error("a colleague elsewhere has to wait")
	}
	now = now.Add(7 * time.Second)
	if !l.Password("203.0.113.5", "priya", "") {
		t.Error("locked out for longer than a turn")
	}
	n := 0
	for i := range 200 {
		if l.Password("192.0.2.77", string(rune('a'+i)), "") {
			n++
		}
	}
	if n != 60 {
		t.Errorf("%d guesses at many accounts from one network", n)
	}
	n = 0
	for l.Factor("priya", "") {
		n++
	}
	if n != 5 {
		t.Errorf("%d guesses of a code", n)
	}
}

func TestAgent(t *testing.T) {
	for ua, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0": "Edge on Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                "Firefox on Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1":          "Safari on iPhone",
		"": "A browser", "<script>": "A browser",
	} {
		if got := Agent(ua); got != want {
			t.Errorf("%q is %q", ua, got)
		}
	}
}

func TestPictureAndCodes(t *testing.T) {
	uri := KeyURI(NewSecret(), "Westmarsh Council", "priya@westmarsh.example")
	if !strings.HasPrefix(uri, "otpauth://totp/hearback%20Westmarsh%20Council:priya@westmarsh.example?") || strings.Contains(uri, "+") {
		t.Errorf("the address is %s", uri)
	}
	path, size, err := Picture(uri)
	if err != nil || size < 29 || !strings.HasPrefix(path, "M4 4h1v1h-1z") || strings.Trim(path, "Mhvz-0123456789 ") != "" {
		t.Errorf("a picture of %d: %.40s, %v", size, path, err)
	}
	seen := map[string]bool{}
	for _, c := range append(Codes(), Codes()...) {
		if len(c) != 19 || seen[c] {
			t.Errorf("code %q", c)
		}
		seen[c] = true
	}
}
