//go:build !race

package parse_test

// raced says that the race detector is on, which makes all about ten times as slow.
const raced = false
