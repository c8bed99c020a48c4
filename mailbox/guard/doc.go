// Package guard decides whether a letter may go to the people it is addressed
// to. It is rules as pure functions of a letter and of facts that somebody else
// read: it reads nothing, sends nothing and has no power to let anything out.
// Only outbound/internal/clearance can turn a verdict into a clearance.
//
// The package imports nothing of hearback, so that the composer's preview, the
// dispatcher, the gateway and the command line judge by the very same code.
//
// A reader starts at judge.go (the order of things), then rules.go (the table
// of rules with their ids and who may release them), then one rule_*.go a
// family. address.go is the only reader of addresses; views.go and words.go
// turn a letter into what the rules compare.
//
// Everything that cannot be decided is a block: an unknown purpose, facts that
// were not read, a rule that is not in the table, a panic.
package guard
