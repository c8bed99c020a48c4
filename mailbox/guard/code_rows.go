package guard

// hasCodeRow reports whether a text holds as many numbers in a row as codePoints
// wants, without reading any of them: nearly every text has none.
func hasCodeRow(text string) bool {
	row, size, code := 0, 0, true
	end := func() bool {
		switch {
		case size == 0:
			return false
		case code && size >= 2 && size <= 12:
			row++
		default:
			row = 0
		}
		size, code = 0, true
		return row >= minCodes
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', ',', '\n', '\r', '\t', ';', '-', ':', '.', '/', '|', '_', '\\', '[', ']', '(', ')', '{', '}':
			if end() {
				return true
			}
		default:
			size++
			code = code && (c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == 'x' || c == 'X' || c == 'u' || c == 'U' || c == '+')
		}
	}
	return end()
}
