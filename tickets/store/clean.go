package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// clean makes a text that both databases take: PostgreSQL refuses the character
// NUL and bytes that are not UTF-8, and mail holds both. What is replaced stays
// as it was in the raw mail.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

// cleanAll cleans the texts among the arguments of a statement, in place.
func cleanAll(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = clean(s)
		}
	}
	return args
}

// pack is v as the JSON text of a column; "" for what is empty.
func pack[T any](v T, empty bool) (string, error) {
	if empty {
		return "", nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("packing %T: %w", v, err)
	}
	return string(b), nil
}

// unpack reads what pack made.
func unpack[T any](text string, into *T) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("unpacking %T: %w", *into, err)
	}
	return nil
}
