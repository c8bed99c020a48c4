package parse

import "strings"

// unflow joins the lines of format=flowed text (RFC 3676 section 4).
func unflow(s string, delsp bool) string {
	var out strings.Builder
	out.Grow(len(s))
	open, openDepth := false, 0
	for _, l := range strings.Split(s, "\n") {
		depth := 0
		for depth < len(l) && l[depth] == '>' {
			depth++
		}
		l = strings.TrimPrefix(l[depth:], " ") // space-stuffing
		signature := l == "-- "
		if open && (depth != openDepth || signature) {
			out.WriteByte('\n')
			open = false
		}
		if !open && depth > 0 {
			out.WriteString(strings.Repeat(">", depth))
			out.WriteByte(' ')
		}
		flowed := strings.HasSuffix(l, " ") && !signature
		if flowed && delsp {
			l = l[:len(l)-1]
		}
		out.WriteString(l)
		if flowed {
			open, openDepth = true, depth
		} else {
			out.WriteByte('\n')
			open = false
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}
