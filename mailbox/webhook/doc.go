// Package webhook tells another program of the council's (a pager, a chat
// channel, a service desk) that a mailbox is in trouble, or that something happened
// to an enquiry: one POST of JSON, signed, without a word about any family.
//
// The address is the operator's, and the connection goes there and nowhere
// else: no redirect is followed, no proxy is taken from the environment, and a
// name that leads to an inside address is refused unless the operator says that
// the receiver is inside.
package webhook
