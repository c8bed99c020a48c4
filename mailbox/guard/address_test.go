package guard

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAddressesUnderstands(t *testing.T) {
	for in, want := range map[string]string{
		`tegan@parents.example`:                             "tegan@parents.example",
		`Tegan Trevanion <Tegan@Parents.Example>`:           "Tegan@parents.example",
		`"Trevanion, Tegan" <tegan@parents.example>`:        "tegan@parents.example",
		`tegan@parents.example (Tegan)`:                     "tegan@parents.example",
		`(to) tegan@parents.example`:                        "tegan@parents.example",
		`a@parents.example, B <b@parents.example>`:          "a@parents.example b@parents.example",
		`a@parents.example; b@parents.example`:              "a@parents.example b@parents.example",
		`Family: a@parents.example, B <b@parents.example>;`: "a@parents.example b@parents.example",
		`undisclosed-recipients:;`:                          "",
		`x+school@sub.council.example`:                      "x+school@sub.council.example",
		`o'neill@parents.example`:                           "o'neill@parents.example",
		`käte@nope.example`:                                 "!ADDRESS-TRICK",
		`tegan@bücher.example`:                              "tegan@xn--bcher-kva.example",
		`=?utf-8?q?Zo=C3=AB?= <zoe@parents.example>`:        "zoe@parents.example",
		``:                                                               "",
		`tegan`:                                                          "!UNPARSEABLE-RECIPIENT",
		`tegan@localhost`:                                                "!UNPARSEABLE-RECIPIENT",
		`a@parents.example b@parents.example`:                            "!UNPARSEABLE-RECIPIENT",
		`tegan @parents.example`:                                         "!UNPARSEABLE-RECIPIENT",
		`<tegan@parents.example`:                                         "!UNPARSEABLE-RECIPIENT",
		`Tegan <tegan@parents.example> x`:                                "!UNPARSEABLE-RECIPIENT",
		`"tegan"@parents.example`:                                        "!ADDRESS-TRICK",
		`tegan(x)@parents.example`:                                       "!ADDRESS-TRICK",
		`tegan@parents.example(x)`:                                       "!ADDRESS-TRICK",
		`<@relay.example:tegan@parents.example>`:                         "!ADDRESS-TRICK",
		`tegan%parents.example@relay.example`:                            "!ADDRESS-TRICK",
		`relay!tegan@parents.example`:                                    "!ADDRESS-TRICK",
		`tegan@[127.0.0.1]`:                                              "!ADDRESS-TRICK",
		`tegan@10.0.0.1`:                                                 "!ADDRESS-TRICK",
		`tegan@parents.example.`:                                         "!ADDRESS-TRICK",
		`te..gan@parents.example`:                                        "!ADDRESS-TRICK",
		`.tegan@parents.example`:                                         "!ADDRESS-TRICK",
		"te\u200bgan@parents.example":                                    "!ADDRESS-TRICK",
		"tegan@par\u00adents.example":                                    "!ADDRESS-TRICK",
		"\u202etegan@parents.example":                                    "!ADDRESS-TRICK",
		"tegan\uff20parents.example":                                     "!ADDRESS-TRICK",
		"tegan@ｐarents.example":                                          "!ADDRESS-TRICK",
		"tegan@parents。example":                                          "!ADDRESS-TRICK",
		"tegan@parents.example\r\nBcc: x@evil.example":                   "!HEADER-INJECTION",
		"tegan@parents.example\x00":                                      "!HEADER-INJECTION",
		`mailto:tegan@parents.example`:                                   "!UNPARSEABLE-RECIPIENT",
		`a: b: c@d.example;;`:                                            "!ADDRESS-TRICK",
		`"fay@council.example" <efua@parents.example>`:                   "!DISPLAY-NAME-SPOOF",
		`efua@parents.example <EFUA@parents.example>`:                    "!UNPARSEABLE-RECIPIENT",
		`"efua@parents.example" <EFUA@parents.example>`:                  "EFUA@parents.example",
		`=?utf-8?q?fay=40council.example?= <efua@parents.example>`:       "!DISPLAY-NAME-SPOOF",
		`Fay <fay@council.example>, "x" <"y"@council.example>`:           "!ADDRESS-TRICK",
		strings.Repeat("a", 65) + `@parents.example`:                     "!UNPARSEABLE-RECIPIENT",
		`tegan@` + strings.Repeat("a.", 130) + `example`:                 "!UNPARSEABLE-RECIPIENT",
		`(((((deep))))) tegan@parents.example`:                           "!ADDRESS-TRICK",
		`Tegan \\ <tegan@parents.example>`:                               "!UNPARSEABLE-RECIPIENT",
		`=?utf-8?q?a=0D=0ABcc=3A_x=40evil.example?= <a@parents.example>`: "!HEADER-INJECTION",
	} {
		list, err := ParseAddresses(in)
		got := ""
		var e *AddressError
		if errors.As(err, &e) {
			got = "!" + e.Rule
		} else {
			var out []string
			for _, a := range list {
				out = append(out, a.String())
			}
			got = strings.Join(out, " ")
		}
		if got != want {
			t.Errorf("%q: got %q, want %q (%v)", in, got, want, err)
		}
	}
}

// Whatever is understood is understood the same way when it is read again from
// its serialised form, and folds to itself.
func TestAddressRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[a-zA-Z0-9_+'-]{1,12}(\.[a-z0-9]{1,8}){0,2}`).Draw(t, "local")
		domain := rapid.StringMatching(`[a-zA-Z0-9]{1,10}\.(example|EXAMPLE)`).Draw(t, "domain")
		name := rapid.StringMatching(`[A-Za-z ]{0,12}`).Draw(t, "name")
		a, err := ParseAddress(name + " <" + local + "@" + domain + ">")
		if err != nil {
			t.Fatal(err)
		}
		b, err := ParseAddress(a.String())
		if err != nil || b.String() != a.String() || b.Mailbox() != a.Mailbox() {
			t.Fatalf("%q became %q: %v", a, b, err)
		}
	})
}

// No string makes the parser panic, and no address that it accepts holds a
// character that could end an SMTP command or mean a route.
func FuzzAddressList(f *testing.F) {
	for _, s := range []string{"a@b.example", `"x" <a@b.example>, g: c@d.example;`, "a@b.example\r\n", "(c) a@b.example", `"\"`, "<@a,@b:c@d.example>", "a@ｂ.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseAddresses(s)
		if err != nil {
			if len(list) > 0 {
				t.Fatal("addresses beside an error")
			}
			return
		}
		for _, a := range list {
			spec := a.String()
			if strings.ContainsAny(spec, "\r\n\x00 \t<>()[]\\\",;:%!") || strings.Count(spec, "@") != 1 || !isASCII(spec) {
				t.Fatalf("accepted %q", spec)
			}
			again, err := ParseAddress(spec)
			if err != nil || again.String() != spec {
				t.Fatalf("%q does not read as itself: %v", spec, err)
			}
		}
	})
}
