package register

import "strings"

// upnLetters are the check letters of a unique pupil number: no I, O, S.
const upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

// UPNValid reports whether s is a unique pupil number with a right check letter:
// a letter, then twelve digits, of which the last may be a letter in a temporary
// number (Department for Education, Unique pupil numbers: guide, 2019).
func UPNValid(s string) bool {
	if len(s) != 13 {
		return false
	}
	sum := 0
	for i := 1; i < 13; i++ {
		c := s[i]
		v := 0
		switch {
		case c >= '0' && c <= '9':
			v = int(c - '0')
		case i == 12: // temporary numbers end in a letter, which counts by its place
			v = strings.IndexByte(upnLetters, c)
			if v < 0 {
				return false
			}
		default:
			return false
		}
		sum += v * (i + 1)
	}
	return upnLetters[sum%23] == s[0]
}

// NHSValid reports whether s holds ten digits of which the last is the check
// digit of the others, modulo 11 (NHS Data Dictionary, NHS NUMBER).
func NHSValid(s string) bool {
	if len(s) != 10 {
		return false
	}
	sum := 0
	for i := range 10 {
		c := s[i]
		if c < '0' || c > '9' {
			return false
		}
		if i < 9 {
			sum += int(c-'0') * (10 - i)
		}
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	return check != 10 && check == int(s[9]-'0')
}

// CleanNHS drops the spaces and hyphens in which people write an NHS number.
func CleanNHS(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, s)
}

// CleanUPN is a unique pupil number in capitals, without spaces.
func CleanUPN(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(s), ""))
}
